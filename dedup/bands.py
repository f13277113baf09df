"""Buckets: documents that share a key of any band, and which of them resemble each other enough to be compared.

The keys of the shards that are added together are sorted once, into a generation of the index. Buckets are found by
walking through those of the new documents, and looking them up among the old.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from corpus.stage import Task
from dedup.columns import Census, read_array, view_array, write_array
from dedup.config import DedupConfig
from dedup.index import COMPONENT, Plan, entry
from dedup.sketch_kernels import SLOTS
from dedup.trees import (
    PROBE_WORDS,
    Hashes,
    Integers,
    Numbers,
    flatten,
    join_buckets,
    join_equal,
    join_similar,
    sort_by_key,
)

TASK_KEYS: Final = 8 << 20  # sorted by one task at the most, unless a band has more
FEW: Final = 1 << 16  # documents up to which one task sorts all bands
MOST_BANDS: Final = 6  # of a task with more, so that two workers have as many tasks
_KEY_SHIFT: Final = np.uint64(32)
_LAST_NUMBER: Final = np.uint64(0xFFFFFFFF)


def deal_bands(n_bands: int, n_documents: int) -> list[list[int]]:
    """Bands for each task: several where documents are few, as a task costs more than sorting some thousand keys."""
    size = n_bands if n_documents <= FEW else min(max(TASK_KEYS // n_documents, 1), MOST_BANDS)
    return [list(range(band, min(band + size, n_bands))) for band in range(0, n_bands, size)]


def least_agreeing(threshold: float, bits: int) -> int:
    """Slots of which `bits` bits agree before two documents are compared: four deviations under the threshold's mean.

    Bits of unequal slots agree by chance once in 2^bits. Of 128 slots, for 0.8, 84 of whole ones and 92 of two bits.
    """
    share = threshold + (1 - threshold) / 2**bits
    return max(int(SLOTS * share - 4 * math.sqrt(SLOTS * share * (1 - share))), 1)


def join_bands(task: Task[DedupConfig]) -> dict[str, int]:
    """Sort the new documents' keys of the task's bands, and write which documents they join, `(n, 2) uint32`.

    Memory: 4 bytes a document, 16 a new document and band, 44 a document that shares a bucket with a new one.
    """
    plan, census = Plan.of(task), Census.of(task)
    buckets = {band: _buckets(task, plan, census, band) for band in task.arguments["bands"]}
    row_of = np.zeros(census.total, np.uint32)
    for entries in buckets.values():
        row_of[entries & _LAST_NUMBER] = 1
    numbers = np.flatnonzero(row_of).astype(np.uint32)
    row_of[numbers] = np.arange(numbers.size)
    probes = _probes(task, census, numbers)
    n_old = int(np.searchsorted(numbers, plan.n_old_documents(census)))
    parents = _known_trees(task, plan, numbers, n_old)
    least, n_pairs = least_agreeing(task.config.threshold, 2), 0
    for band in reversed(task.arguments["bands"]):  # sure ones first: what is joined need not be looked at
        entries = buckets[band]
        rows = row_of[entries & _LAST_NUMBER].astype(np.int64)
        if band >= task.config.bands:
            join_buckets(entries, rows, parents)
        else:
            n_pairs += join_similar(entries, rows, n_old, probes, least, parents)
    flatten(parents)
    joined = np.flatnonzero(parents != np.arange(parents.size))
    write_array(
        task, f"work/joined/{task.name}", np.stack([numbers[joined], numbers[parents[joined]]], axis=1)
    )
    return {"pairs": n_pairs}


def _buckets(task: Task[DedupConfig], plan: Plan, census: Census, band: int) -> Hashes:
    """The sorted entries, key above number, of all buckets of two and more that hold a new document."""
    new = _sorted_entries(task, plan, census, band)
    if plan.new:
        write_array(task, f"{plan.new_generation}/band-{band:02d}", new)
    keys = new >> _KEY_SHIFT
    asked = keys[np.flatnonzero(np.diff(keys, prepend=~keys[:1]))] << _KEY_SHIFT
    parts = [new]
    for generation in plan.generations:
        old = view_array(task.folder, f"{generation}/band-{band:02d}", np.uint64)
        first = np.searchsorted(old, asked)
        known = first < old.size
        known[known] = old[first[known]] >> _KEY_SHIFT == asked[known] >> _KEY_SHIFT
        last = np.searchsorted(old, asked[known] | _LAST_NUMBER, "right")
        parts.append(_ranges(old, first[known], last - first[known]))
    entries = np.concatenate(parts)
    if len(parts) > 1:
        entries.sort()
    keys = entries >> _KEY_SHIFT
    same = keys[1:] == keys[:-1]
    shared = np.append(same, False) | np.append(False, same)
    found: Hashes = entries[shared[: entries.size]]
    return found


def _sorted_entries(task: Task[Any], plan: Plan, census: Census, band: int) -> Hashes:
    parts = [np.empty(0, np.uint64)]
    for name, start, stop in list(census.spans())[plan.n_old :]:
        n = stop - start
        keys = read_array(task.folder, f"{entry(name)}/keys", np.uint32, band * n, (band + 1) * n)
        (rows,) = np.nonzero(keys)
        parts.append(keys[rows].astype(np.uint64) << _KEY_SHIFT | (rows + start).astype(np.uint64))
    entries: Hashes = sort_by_key(np.concatenate(parts))
    return entries


def _ranges(array: Hashes, first: Integers, counts: Integers) -> Hashes:
    """The items of several ranges of an array, one after another."""
    ends = np.cumsum(counts)
    total = int(ends[-1]) if ends.size else 0
    items: Hashes = array[np.arange(total) + np.repeat(first - (ends - counts), counts)]
    return items


def _probes(task: Task[Any], census: Census, numbers: Numbers) -> Hashes:
    def read(name: str, rows: Integers) -> NDArray[Any]:
        return view_array(task.folder, f"{entry(name)}/probes", np.uint64).reshape(-1, PROBE_WORDS)[rows]

    probes: Hashes = census.gather(numbers, np.empty((0, PROBE_WORDS), np.uint64), read)
    return probes


def _known_trees(task: Task[Any], plan: Plan, numbers: Numbers, n_old: int) -> Numbers:
    """Trees over the rows of `numbers`, of which the first `n_old` are known: those of one component are joined."""
    parents = np.arange(numbers.size, dtype=np.uint32)
    if plan.state:
        components = view_array(task.folder, f"{plan.state}/{COMPONENT}", np.uint32)[numbers[:n_old]]
        join_equal(components, np.argsort(components, kind="stable"), parents)
    return parents
