"""The units of some documents, read where they stand."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from corpus.stage import Task
from dedup.columns import Census, view_array
from dedup.index import entry
from dedup.traits import NUMBERS, view_numbers
from dedup.trees import Integers, Numbers, copy_ranges

_PLACE: Final = [NUMBERS.index(name) for name in ("first_unit", "n_units")]


def units_of(task: Task[Any], numbers: NDArray[Any]) -> tuple[Integers, Numbers]:
    """The units of documents, by their sorted numbers, one after another: offsets `(n + 1,)` and units.

    On this machine only their own pages are read; elsewhere the units of one shard after another.
    """
    parts = list(Census.of(task).parts(numbers))
    firsts, counts = np.empty((2, numbers.size), np.int64)
    for shard, start, part in parts:
        known = view_numbers(task.folder, shard)[numbers[part].astype(np.int64) - start]
        firsts[part], counts[part] = known[:, _PLACE].astype(np.int64).T
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    units = np.empty(offsets[-1], np.uint32)
    for shard, _, part in parts:
        stored = view_array(task.folder, f"{entry(shard)}/units", np.uint32)
        copy_ranges(stored, firsts[part], offsets[part.start : part.stop + 1], units)
    return offsets, units
