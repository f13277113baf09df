"""Short pieces of documents, found in the pass that makes the sketches, by which repeated passages are recognised.

A window is a whole line, or WIDTH units at a place that the units themselves determine, so that two documents that
share a long run of units share a window of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from corpus.stage import Task
from dedup.columns import Census, read_array, read_runs, view_array
from dedup.config import DedupConfig
from dedup.index import entry
from dedup.passages.keeper_kernels import SLICES, Mask, count_slices, deal
from dedup.passages.kernels import WIDTH, Hashes, Integers, Numbers, fill_anchors, fill_lines
from dedup.units import places_of, read_units

_HALF: Final = np.uint64(32)
_TOP_BYTE: Final = np.uint64(56)
SHARE_FEW: Final = 0.02  # of a shard's documents, whose windows are sooner found anew than among those of all


class Windows(NamedTuple):
    """A row a window, of 16 bytes."""

    key: Hashes  # a hash of its units, odd for a line and even for any other window
    row: Numbers  # of its document in the shard
    position: Numbers  # of its first unit in the document

    def take(self, rows: Any) -> Windows:
        """These rows."""
        return Windows(self.key[rows], self.row[rows], self.position[rows])


def join_windows(parts: Sequence[Windows]) -> Windows:
    """The rows of all, in this order."""
    return Windows(*map(np.concatenate, zip(_room(0), *parts, strict=True)))


def windows_of(units: Numbers, offsets: Integers, config: DedupConfig, first_row: int) -> Windows:
    """The windows of consecutive documents, the first of which is row `first_row` of its shard.

    The units carry their flag LINE (`khmer.clusters`). About one window to 35 units, and one a line.
    """
    n_starts = config.least_passage - WIDTH + 1
    lines, anchors = _room(units.size // config.least_line), _room(units.size)  # few rows are written to
    n_lines = fill_lines(units, offsets, config.least_line, *lines)
    n_anchors = fill_anchors(units, offsets, n_starts, *anchors)
    key, row, position = join_windows([anchors.take(slice(n_anchors)), lines.take(slice(n_lines))])
    return Windows(key, row + np.uint32(first_row), position)


def _room(n: int) -> Windows:
    return Windows(np.empty(n, np.uint64), np.empty(n, np.uint32), np.empty(n, np.uint32))


def write_windows(task: Task[Any], folder: str, found: Sequence[Windows]) -> None:
    """Write a shard's windows, dealt into SLICES by the keys' top byte: all keys, and then all places.

    Before them stands where each slice begins and the last one ends, `(SLICES + 1,) uint64`. Within a slice windows
    stand as they were found: sorting them would cost as much as finding them.
    """
    counts = np.zeros(SLICES, np.int64)
    for part in found:
        count_slices(part.key, counts)
    slices = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    dealt, ends = np.empty((2, slices[-1]), np.uint64), slices[:-1].copy()
    for part in found:
        deal(part, ends, (dealt[0], dealt[1]))
    with task.create(f"{folder}/windows") as file:
        file.write(slices.data)
        file.write(dealt.data)


class Placed(NamedTuple):
    """Windows by key and place: the document above the position in it."""

    key: Hashes
    place: Hashes

    @classmethod
    def room(cls, n: int) -> Placed:
        """Room for n windows."""
        return cls(*np.empty((2, n), np.uint64))

    def take(self, rows: Any) -> Placed:
        """These rows."""
        return Placed(self.key[rows], self.place[rows])

    @property
    def documents(self) -> Hashes:
        """The document of each."""
        return self.place >> _HALF


def join_placed(parts: Sequence[Placed]) -> Placed:
    """The rows of all, in this order."""
    return Placed(*map(np.concatenate, zip(Placed.room(0), *parts, strict=True)))


def view_windows(task: Task[Any], shard: str) -> tuple[Placed, Integers]:
    """A shard's windows as `write_windows` wrote them, mapped into memory, and the bounds of their slices."""
    stored = view_array(task.folder, f"{entry(shard)}/windows", np.uint64)
    windows = Placed(*stored[SLICES + 1 :].reshape(2, -1))
    return windows, stored[: SLICES + 1].astype(np.int64)


class Part(NamedTuple):
    """Windows, some of whose documents are chosen."""

    windows: Placed  # by rows of the documents
    first: int  # number of the document of row 0
    chosen: Mask  # by row


def _part(task: Task[Any], shard: str, chosen: Mask, first: int, slices: tuple[int, int]) -> Part:
    """All windows of a shard are mapped into memory; those of some slices are read.

    A task holds these of all shards at once, and what is mapped around a few pages of a file is a megabyte and more.
    """
    if slices == (0, SLICES):
        return Part(view_windows(task, shard)[0], first, chosen)
    path = f"{entry(shard)}/windows"
    bounds = read_array(task.folder, path, np.int64, 0, SLICES + 1)
    begin, n = bounds[slices[0]], bounds[slices[1]] - bounds[slices[0]]
    keys, found = SLICES + 1 + begin, np.empty((2, n), np.uint64)
    runs = np.array([keys, keys + bounds[-1]]), np.array([n, n])
    read_runs(task.folder, path, runs, found.reshape(-1), np.array([0, n]))
    return Part(Placed(*found), first, chosen)


def every_window(task: Task[Any], chosen: Mask, slices: tuple[int, int]) -> Iterator[Part]:
    """The windows of all documents in some slices, from and up to; those are chosen whose numbers are."""
    for shard, start, stop in Census.of(task).spans():
        yield _part(task, shard, chosen[start:stop], start, slices)


def windows_of_documents(task: Task[Any], chosen: Mask, slices: tuple[int, int]) -> Iterator[Part]:
    """The windows of documents, chosen by number, in some slices, from and up to.

    Of few documents of a shard they are sooner found anew than picked from all: these come as one part, the last.
    """
    few = chosen.copy()
    for shard, start, stop in Census.of(task).spans():
        if np.count_nonzero(chosen[start:stop]) > SHARE_FEW * (stop - start):
            yield _part(task, shard, chosen[start:stop], start, slices)
            few[start:stop] = False
    numbers = np.flatnonzero(few)
    if numbers.size:
        places = places_of(task, numbers)
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(places[:, 1])])
        units = np.empty(offsets[-1], np.uint32)
        read_units(task, numbers, places, units, offsets)
        key, row, position = windows_of(units, offsets, task.config, 0)
        wanted = (key >> _TOP_BYTE >= slices[0]) & (key >> _TOP_BYTE < slices[1])
        place = numbers.astype(np.uint64)[row] << _HALF | position
        yield Part(Placed(key, place).take(wanted), 0, chosen)
