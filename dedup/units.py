"""The units of some documents, read where they stand."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.stage import Task
from dedup.columns import Census, view_array
from dedup.index import entry
from dedup.traits import NUMBERS, view_numbers
from dedup.trees import Integers, Numbers, copy_ranges


def units_of(task: Task[Any], numbers: NDArray[Any]) -> tuple[Integers, Numbers]:
    """The units of documents, by their sorted numbers, one after another: offsets `(n + 1,)` and units."""
    counts, parts = np.zeros(numbers.size, np.int64), [np.empty(0, np.uint32)]
    for shard, start, part in Census.of(task).parts(numbers):
        known = view_numbers(task.folder, shard)[:, NUMBERS.index("n_units")].astype(np.int64)
        rows = numbers[part].astype(np.int64) - start
        counts[part] = known[rows]
        firsts = np.cumsum(known)[rows] - known[rows]
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(known[rows])])
        units = np.empty(offsets[-1], np.uint32)
        copy_ranges(view_array(task.folder, f"{entry(shard)}/units", np.uint32), firsts, offsets, units)
        parts.append(units)
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)]), np.concatenate(parts)
