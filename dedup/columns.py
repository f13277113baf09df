"""Intermediate files in the stage's work folder: flat arrays read by range, and tables read by column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import DTypeLike, NDArray

from corpus.paths import Folder, resolve
from corpus.stage import Task


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

    def spans(self) -> Iterator[tuple[str, int, int]]:
        """Each shard's name, the number of its first document and that after its last."""
        start = 0
        for name, count in zip(self.names, self.counts, strict=True):
            yield name, start, start + count
            start += count

    def parts(self, numbers: NDArray[Any]) -> Iterator[tuple[str, int, slice]]:
        """Of sorted document numbers, the slice that stands in each shard, with the number the shard starts at."""
        for name, start, stop in self.spans():
            first, last = np.searchsorted(numbers, [start, stop])
            if first < last:
                yield name, start, slice(int(first), int(last))


def write_array(task: Task[Any], path: str, array: NDArray[Any]) -> None:
    """Write an array's items in C order, without a header."""
    with task.create(path) as file:
        file.write(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)


def open_array(folder: Folder, path: str) -> pa.NativeFile:
    """An array's file, for `read_range`."""
    filesystem, full = resolve(folder.at(path))
    return filesystem.open_input_file(full)


def read_range(file: pa.NativeFile, dtype: DTypeLike, start: int, count: int) -> NDArray[Any]:
    """`count` items of an array's file from item `start` on."""
    size = np.dtype(dtype).itemsize
    return np.frombuffer(file.read_at(count * size, start * size), dtype)


def read_array(
    folder: Folder, path: str, dtype: DTypeLike, start: int = 0, stop: int | None = None
) -> NDArray[Any]:
    """The items of an array from `start` up to `stop`, or to the end."""
    with open_array(folder, path) as file:
        end = file.size() // np.dtype(dtype).itemsize if stop is None else stop
        return read_range(file, dtype, start, end - start)


def write_table(task: Task[Any], path: str, table: pa.Table) -> None:
    """Write a table as an Arrow file."""
    with task.create(path) as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table)


def read_columns(folder: Folder, path: str, names: Sequence[str]) -> pa.Table:
    """These columns of a table."""
    filesystem, full = resolve(folder.at(path))
    with filesystem.open_input_file(full) as file:
        fields = pa.ipc.open_file(file).schema
        options = pa.ipc.IpcReadOptions(
            included_fields=sorted(fields.get_field_index(name) for name in names)
        )
        return pa.ipc.open_file(file, options=options).read_all().select(list(names))
