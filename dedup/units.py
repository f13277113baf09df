"""The units of some documents, read where they stand."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from corpus.stage import Task
from dedup.columns import Census, read_runs
from dedup.config import DedupConfig
from dedup.index import entry
from dedup.members import Flags, Integers, Members, Numbers, Texts
from dedup.traits import NUMBERS, view_numbers

_PLACE: Final = [NUMBERS.index("first_unit"), NUMBERS.index("n_units")]


def places_of(task: Task[Any], numbers: NDArray[Any]) -> Integers:
    """Where the units of documents, by their sorted numbers, stand: the first in its shard and how many, `(n, 2)`."""

    def read(shard: str, rows: Integers) -> Integers:
        return view_numbers(task.folder, shard).take(rows, axis=0)[:, _PLACE].astype(np.int64)

    places: Integers = Census.of(task).gather(numbers, np.empty((0, 2), np.int64), read)
    return places


def read_units(
    task: Task[Any], numbers: NDArray[Any], places: Integers, target: Numbers, begins: Integers
) -> None:
    """Read the units of documents, by their sorted numbers, to where each one begins in `target`.

    `places` are those of `places_of`. On this machine they alone are read; elsewhere those of one shard after another.
    """
    for shard, _, part in Census.of(task).parts(numbers):
        runs = places[part, 0], places[part, 1]
        read_runs(task.folder, f"{entry(shard)}/units", runs, target, begins[part])


class Units:
    """Room for the units of a group's texts, of which some are at hand; memory is taken by these alone."""

    def __init__(
        self, task: Task[DedupConfig], numbers: NDArray[np.uint32], firsts: Integers, members: Members
    ) -> None:
        """`firsts`: the place of each one's first unit in its shard."""
        self._task, self._numbers, self._firsts = task, numbers, firsts
        carries = members.carrier == np.arange(numbers.size)
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(members.n_units * carries)])
        at_hand = np.zeros(numbers.size, np.bool_)
        self.texts = Texts(np.empty(offsets[-1], np.uint32), offsets, at_hand, task.config.shingle_units)

    def fetch(self, wanted: Flags) -> None:
        """Bring the units of these members to hand."""
        (rows,) = np.nonzero(wanted & ~self.texts.at_hand)
        rows = rows[np.argsort(self._numbers[rows])]
        texts, begins = self.texts, self.texts.offsets[rows]
        places = np.stack([self._firsts[rows], texts.offsets[rows + 1] - begins], axis=1)
        read_units(self._task, self._numbers[rows], places, texts.units, begins)
        texts.at_hand[rows] = True
