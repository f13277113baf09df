"""Buckets: documents that share a key of any band, and which of them resemble each other enough to be compared.

The keys of the shards that are added together are sorted once, into a generation of the index. Buckets are found by
walking through those of the new documents, and looking them up among the old. Small generations become part of a new
one, so that there are few.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from corpus.paths import Folder
from corpus.stage import Task
from dedup.columns import Census, read_array, view_array, write_array
from dedup.config import DedupConfig
from dedup.index import COMPONENT, SURE_BANDS, Generation, Plan, entry
from dedup.sketch_kernels import SLOTS
from dedup.trees import (
    PROBE_WORDS,
    Hashes,
    Integers,
    Numbers,
    fill_entries,
    flatten,
    join_buckets,
    join_equal,
    join_similar,
    mark_numbers,
    pick_shared,
    renumber,
    sort_by_key,
    with_known,
)

TASK_KEYS: Final = 8 << 20  # sorted by one task at the most, unless a band has more
FEW: Final = 1 << 16  # documents up to which one task sorts all bands
MOST_BANDS: Final = 6  # of a task with more, so that two workers have as many tasks


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

    Memory: 4 bytes a document, 32 a document of the new generation, and of those that share a bucket with a new one
    40 a document and 8 a document and band.
    """
    plan, census = Plan.of(task), Census.of(task)
    buckets = _buckets(task, plan, census)
    row_of = np.zeros(census.total, np.uint32)
    for entries in buckets.values():
        mark_numbers(entries, row_of)
    numbers = np.flatnonzero(row_of).astype(np.uint32)
    row_of[numbers] = np.arange(numbers.size)
    probes = _probes(task, census, numbers)
    n_old = int(np.searchsorted(numbers, plan.n_old_documents(census)))
    parents = _known_trees(task, plan, numbers, n_old)
    least, n_pairs = least_agreeing(task.config.threshold, 2), 0
    for band in reversed(task.arguments["bands"]):  # sure ones first: what is joined need not be looked at
        entries = buckets[band]
        renumber(entries, row_of)
        if band >= task.config.bands:
            join_buckets(entries, parents)
        else:
            n_pairs += join_similar(entries, n_old, probes, least, parents)
    flatten(parents)
    joined = np.flatnonzero(parents != np.arange(parents.size))
    write_array(
        task, f"work/joined/{task.name}", np.stack([numbers[joined], numbers[parents[joined]]], axis=1)
    )
    return {"pairs": n_pairs}


def _buckets(task: Task[DedupConfig], plan: Plan, census: Census) -> dict[int, Hashes]:
    """Of each band the sorted entries, key above number, of all buckets of two and more that hold a new document.

    Writes the new generation's part of these bands.
    """
    bands, n_bands = task.arguments["bands"], task.config.bands + SURE_BANDS
    buckets, ends = {}, [0]
    with task.create(_file_of(plan.new_generation, bands)) as file:
        for band in bands:
            new = _sorted_entries(task, plan, census, band)
            known = [view_band(task.folder, generation, n_bands, band) for generation in plan.generations]
            merged = known[plan.n_staying :]
            held = sort_by_key(np.concatenate([*merged, new])) if merged else new
            file.write(held.data)
            ends.append(ends[-1] + held.size)
            for generation in reversed(known):
                new = with_known(generation, new)
            buckets[band] = new[: pick_shared(new)].copy()
        file.write(np.array(ends, np.uint64).data)
    return buckets


def _file_of(generation: str, bands: Sequence[int]) -> str:
    """The file of sorted entries of bands, one band after another, and then where each begins and the last ends."""
    return f"{generation}/bands-{bands[0]:02d}"


def view_band(folder: Folder, generation: Generation, n_bands: int, band: int) -> Hashes:
    """A generation's sorted entries, key above number, of one of `n_bands`; mapped into memory like `view_array`."""
    name, n_documents = generation
    bands = next(dealt for dealt in deal_bands(n_bands, n_documents) if band in dealt)
    file = _file_of(name, bands)
    ends = view_array(folder, file, np.uint64, -len(bands) - 1).tolist()
    first, stop = ends[bands.index(band) :][:2]
    return view_array(folder, file, np.uint64, first, stop)


def _sorted_entries(task: Task[Any], plan: Plan, census: Census, band: int) -> Hashes:
    """The new documents' entries of a band."""
    entries, n = np.empty(census.total - plan.n_old_documents(census), np.uint64), 0
    for name, start, stop in list(census.spans())[plan.n_old :]:
        size = stop - start
        keys = read_array(task.folder, f"{entry(name)}/keys", np.uint32, band * size, (band + 1) * size)
        n = fill_entries(keys, start, entries, n)
    sorted_entries: Hashes = sort_by_key(entries[:n])
    return sorted_entries


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
