"""Candidate pairs of near-duplicates, one band at a time, and the components that they connect."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from corpus.stage import Task
from dedup.columns import Census, read_array, read_columns, write_array
from dedup.config import DedupConfig
from dedup.kernels import SLOTS, Numbers, Sketches, connect, fill_pairs, flatten

TASK_KEYS: Final = 8 << 20  # sorted by one task at the least: about a second
GROUP_UNITS: Final = 16 << 20  # held by one task of verification; 64 MB, and 128 MB as shingles


def deal_bands(n_bands: int, n_documents: int) -> list[list[int]]:
    """Bands for each task: several where documents are few, as a task costs more than sorting some thousand keys."""
    size = max(TASK_KEYS // max(n_documents, 1), 1)
    return [list(range(band, min(band + size, n_bands))) for band in range(0, n_bands, size)]


def pair_bands(task: Task[DedupConfig]) -> dict[str, int]:
    """Write the candidate pairs of bands, one at a time, `(pairs, 2) uint32`. Memory: 40 bytes a document."""
    left = np.flatnonzero(read_array(task.folder, "work/exact/left", np.bool_))
    n_pairs = 0
    for band in task.arguments["bands"]:
        pairs = _pairs_of_band(task, Census.of(task), band, left)
        write_array(task, f"work/pairs/{band:03d}", pairs)
        n_pairs += len(pairs)
    return {"pairs": n_pairs}


def _pairs_of_band(task: Task[Any], census: Census, band: int, left: NDArray[np.int64]) -> Numbers:
    parts = [np.empty(0, np.uint64)]
    for name, n in zip(census.names, census.counts, strict=True):
        parts.append(read_array(task.folder, f"work/bands/{name}", np.uint64, band * n, (band + 1) * n))
    keys = np.concatenate(parts)
    n_low = max(census.total - 1, 1).bit_length()
    entries = keys[left] >> np.uint64(n_low) << np.uint64(n_low) | left.astype(np.uint64)
    entries.sort()
    pairs = np.empty((2 * entries.size, 2), np.uint32)
    return pairs[: fill_pairs(entries, n_low, pairs)]


def least_agreeing(threshold: float) -> int:
    """Slots that must agree before two documents are compared: four standard deviations under the threshold.

    84 of 128 for 0.8, where it lost none of 45,025 pairs.
    """
    deviation = math.sqrt(threshold * (1 - threshold) / SLOTS)
    return max(int(SLOTS * (threshold - 4 * deviation)), 1)


def low_bytes(task: Task[Any], census: Census, numbers: NDArray[np.int64]) -> Sketches:
    """A byte of each slot of these documents' sketches: unequal slots look equal once in 256 times."""
    sketches = np.empty((numbers.size, SLOTS), np.uint8)
    for name, start, part in census.parts(numbers):
        slots = read_array(task.folder, f"work/sketches/{name}", np.uint32).reshape(-1, SLOTS)
        sketches[part] = slots[numbers[part] - start].astype(np.uint8)
    return sketches


def cut(weights: NDArray[np.int64], starts: NDArray[np.int64], limit: int) -> list[int]:
    """Bounds of groups of consecutive members of up to `limit` weight; only a component heavier than that is cut.

    `starts` are the components' first members.
    """
    reached = np.concatenate([np.zeros(1, np.int64), np.cumsum(weights)])
    allowed = np.append(starts, weights.size)
    bounds = [0]
    while bounds[-1] < weights.size:
        here = bounds[-1]
        fits = int(np.searchsorted(reached, reached[here] + limit, "right")) - 1
        whole = int(allowed[np.searchsorted(allowed, fits, "right") - 1])
        bounds.append(whole if whole > here else max(fits, here + 1))
    return bounds


def find_components(task: Task[DedupConfig]) -> dict[str, Any]:
    """Write the members of all components of two and more, best first within each, and where groups of them end.

    Members are document numbers (uint32), beside them the component (the number of its first member) and the
    low bytes of the sketches. Memory: 20 bytes a document, 140 a document in any pair, and one band's pairs.
    """
    census = Census.of(task)
    numbers, sketches, parents = _connected(task, census)
    place = read_array(task.folder, "work/exact/place", np.uint32)[numbers]
    chosen = np.lexsort((place, parents))
    chosen = chosen[np.bincount(parents, minlength=1)[parents[chosen]] > 1]
    starts = np.flatnonzero(np.diff(parents[chosen].astype(np.int64), prepend=-1))
    sizes = np.diff(np.append(starts, chosen.size))
    members = numbers[chosen].astype(np.uint32)
    write_array(task, "work/components/members", members)
    write_array(task, "work/components/component", np.repeat(members[starts], sizes))
    write_array(task, "work/components/sketches", sketches[chosen])
    return {
        "bounds": cut(_unit_counts(task, census)[members], starts, GROUP_UNITS),
        "components": int(starts.size),
        "largest": int(sizes.max(initial=0)),
    }


def _connected(task: Task[DedupConfig], census: Census) -> tuple[NDArray[np.int64], Sketches, Numbers]:
    """The documents of all candidate pairs, the low bytes of their sketches, and the roots of their trees."""
    bands = [f"work/pairs/{band:03d}" for band in range(task.config.bands)]
    paired = np.zeros(census.total, np.bool_)
    for path in bands:
        paired[read_array(task.folder, path, np.uint32)] = True
    numbers = np.flatnonzero(paired)
    row_of = np.cumsum(paired, dtype=np.int64).astype(np.uint32) - np.uint32(1)
    sketches = low_bytes(task, census, numbers)
    parents = np.arange(numbers.size, dtype=np.uint32)
    for path in bands:
        pairs = read_array(task.folder, path, np.uint32).reshape(-1, 2)
        connect(row_of[pairs], sketches, least_agreeing(task.config.threshold), parents)
    flatten(parents)
    return numbers, sketches, parents


def _unit_counts(task: Task[Any], census: Census) -> NDArray[np.int64]:
    counts = [
        read_columns(task.folder, f"work/traits/{name}", ["n_units"])["n_units"].to_numpy()
        for name in census.names
    ]
    return np.concatenate([np.empty(0, np.int64), *counts])
