"""The units of a group's members, read where they stand."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from corpus.stage import Task
from dedup.columns import Census, read_runs
from dedup.config import DedupConfig
from dedup.index import entry
from dedup.members import Flags, Members, Texts
from dedup.traits import NUMBERS, view_numbers

_FIRST_UNIT: Final = NUMBERS.index("first_unit")


class Units:
    """Room for the units of a group's texts, of which some are at hand; memory is taken by these alone."""

    def __init__(self, task: Task[DedupConfig], numbers: NDArray[np.uint32], members: Members) -> None:
        self._task, self._numbers = task, numbers
        carries = members.carrier == np.arange(numbers.size)
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(members.n_units * carries)])
        at_hand = np.zeros(numbers.size, np.bool_)
        self.texts = Texts(np.empty(offsets[-1], np.uint32), offsets, at_hand, task.config.shingle_units)

    def fetch(self, wanted: Flags) -> None:
        """Bring the units of these members to hand.

        On this machine they alone are read; elsewhere the units of one shard after another.
        """
        (rows,) = np.nonzero(wanted & ~self.texts.at_hand)
        rows = rows[np.argsort(self._numbers[rows])]
        places, folder = self.texts.offsets, self._task.folder
        for shard, start, part in Census.of(self._task).parts(self._numbers[rows]):
            there = rows[part]
            firsts = view_numbers(folder, shard)[self._numbers[there].astype(np.int64) - start, _FIRST_UNIT]
            runs = firsts.astype(np.int64), places[there + 1] - places[there]
            read_runs(folder, f"{entry(shard)}/units", runs, self.texts.units, places[there])
        self.texts.at_hand[rows] = True
