"""Intermediate files of the stage: flat arrays, read by range or by row."""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray
from pyarrow.fs import LocalFileSystem

from corpus.paths import Folder, resolve
from corpus.stage import Task

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Census:
    """How many documents stand in which shard; a document's number counts through the shards in order."""

    names: list[str]
    counts: list[int]

    @classmethod
    def of(cls, task: Task[Any]) -> Census:
        """The census handed to a task as its argument `census`."""
        return cls(**task.arguments["census"])

    @property
    def total(self) -> int:
        """Documents in all shards."""
        return sum(self.counts)

    def by_name(self, numbers: NDArray[Any]) -> Integers:
        """The numbers that documents would have if the shards stood in the order of their names."""
        counts, order = np.array(self.counts, np.int64), np.argsort(np.array(self.names))
        starts, moved = np.cumsum(counts) - counts, np.empty_like(counts)
        moved[order] = np.cumsum(counts[order]) - counts[order]
        shard = np.searchsorted(starts, numbers, "right") - 1
        return np.asarray(numbers + (moved - starts)[shard])

    def spans(self) -> Iterator[tuple[str, int, int]]:
        """Each shard's name, the number of its first document and that after its last."""
        start = 0
        for name, count in zip(self.names, self.counts, strict=True):
            yield name, start, start + count
            start += count

    def span(self, shard: str) -> tuple[int, int]:
        """The number of a shard's first document and that after its last."""
        return next((start, stop) for name, start, stop in self.spans() if name == shard)

    def parts(self, numbers: NDArray[Any]) -> Iterator[tuple[str, int, slice]]:
        """Of sorted document numbers, the slice that stands in each shard, with the number the shard starts at."""
        stops = np.array([stop for _, _, stop in self.spans()], numbers.dtype)
        first = 0
        for (name, start, _), last in zip(
            self.spans(), np.searchsorted(numbers, stops).tolist(), strict=True
        ):
            if first < last:
                yield name, start, slice(first, last)
            first = last

    def gather(
        self, numbers: NDArray[Any], like: NDArray[Any], read: Callable[[str, Integers], NDArray[Any]]
    ) -> NDArray[Any]:
        """Rows shaped as those of `like` for sorted numbers; `read` gives them for rows of one shard."""
        rows = np.empty((numbers.size, *like.shape[1:]), like.dtype)
        for name, start, part in self.parts(numbers):
            rows[part] = read(name, numbers[part].astype(np.int64) - start)
        return rows


def write_array(task: Task[Any], path: str, array: NDArray[Any]) -> None:
    """Write an array's items in C order, without a header."""
    with task.create(path) as file:
        file.write(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)


def read_array(
    folder: Folder, path: str, dtype: DTypeLike, start: int = 0, stop: int | None = None
) -> NDArray[Any]:
    """The items of an array from `start`, of the last ones where that is negative, up to `stop`, or to the end."""
    filesystem, full = resolve(folder.at(path))
    size = np.dtype(dtype).itemsize
    with filesystem.open_input_file(full) as file:
        end = file.size() // size if stop is None else stop
        first = start + end if start < 0 else start
        return np.frombuffer(file.read_at((end - first) * size, first * size), dtype)


def view_array(
    folder: Folder, path: str, dtype: DTypeLike, start: int = 0, stop: int | None = None
) -> NDArray[Any]:
    """What `read_array` gives, mapped into memory where the folder is on this machine: only pages touched are read.

    In 23 µs where `numpy.memmap` takes 37: many phases look at every shard.
    """
    filesystem, full = resolve(folder.at(path))
    if not isinstance(filesystem, LocalFileSystem):
        return read_array(folder, path, dtype, start, stop)
    file = os.open(full, os.O_RDONLY)
    try:
        size = os.fstat(file).st_size
        items = mmap.mmap(file, size, access=mmap.ACCESS_READ) if size else b""
        return np.frombuffer(items, dtype)[start:stop]
    finally:
        os.close(file)


def read_runs(
    folder: Folder, path: str, runs: tuple[Integers, Integers], target: NDArray[Any], places: Integers
) -> None:
    """Read runs of an array, their first items and numbers of items, to these places in `target`.

    On this machine a call each: runs of 2 KB in a quarter of the time that their pages in a mapped file take.
    Elsewhere the array is read whole.
    """
    filesystem, full = resolve(folder.at(path))
    found = (column.tolist() for column in (*runs, places))
    if not isinstance(filesystem, LocalFileSystem):
        whole = read_array(folder, path, target.dtype)
        for first, count, place in zip(*found, strict=True):
            target[place : place + count] = whole[first : first + count]
        return
    room, size = target.view(np.uint8).data, target.itemsize
    file = os.open(full, os.O_RDONLY)
    try:
        for first, count, place in zip(*found, strict=True):
            there = room[place * size : (place + count) * size]
            if os.preadv(file, [there], first * size) != there.nbytes:
                msg = f"{full}: ends before item {first + count}"
                raise EOFError(msg)
    finally:
        os.close(file)
