"""Windows of kept documents that stand in a better document too."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.stage import Task
from dedup.columns import Census, read_array, read_columns, write_array
from dedup.config import DedupConfig, Reason
from dedup.index import Plan, entry
from dedup.passages.kernels import SLICES, Hashes, Integers, Numbers, fill_matches, mark, mark_twice, pick
from dedup.passages.windows import Windows, join_windows, view_windows

MOST_TASKS: Final = 16  # as each looks at every shard
TASK_WINDOWS: Final = 1 << 20  # for one task at the least: about a twentieth of a second
RUN_WINDOWS: Final = 1 << 16  # whose keys are counted together at the least
MATCH: Final = {
    "key": "uint64",
    "number": "uint32",
    "position": "uint32",
    "keeper": "uint32",
    "there": "uint32",
}

Mask = NDArray[np.bool_]


class Matches(NamedTuple):
    """A row a window of a document that stands in a better one; sorted by number, position and key."""

    key: Hashes
    number: Numbers  # of the document
    position: Numbers  # of the window's first unit in it
    keeper: Numbers  # the best document that has the window
    there: Numbers  # its position in that

    def take(self, rows: Any) -> Matches:
        """These rows."""
        columns: list[Any] = [column[rows] for column in self]
        return Matches(*columns)

    def in_order(self) -> Matches:
        """The rows sorted, quickly where most of them are already."""
        place = self.number.astype(np.uint64) << np.uint64(32) | self.position
        order = np.argsort(place, kind="stable")
        same = np.flatnonzero(np.diff(place[order]) == 0)
        tied = np.unique(np.append(same, same + 1))
        order[tied] = order[tied][np.lexsort((self.key[order[tied]], place[order[tied]]))]
        return self.take(order)


def no_matches() -> Matches:
    """None."""
    return Matches(*(np.empty(0, dtype) for dtype in MATCH.values()))


def join(parts: list[Matches]) -> Matches:
    """The rows of all, in this order."""
    return Matches(*map(np.concatenate, zip(no_matches(), *parts, strict=True)))


def write_matches(task: Task[Any], folder: str, matches: Matches) -> None:
    """Write `matches.key` and so on."""
    for name, column in matches._asdict().items():
        write_array(task, f"{folder}/matches.{name}", column)


def read_matches(task: Task[Any], folder: str) -> Matches:
    """What `write_matches` wrote."""
    return Matches(
        *(read_array(task.folder, f"{folder}/matches.{name}", dtype) for name, dtype in MATCH.items())
    )


def deal_slices(n_windows: int) -> list[tuple[int, int]]:
    """Slices of windows for each task, from and up to: about as many windows as make one worth its while."""
    n_tasks = min(max(n_windows // TASK_WINDOWS, 1), MOST_TASKS)
    return list(pairwise(SLICES * n // n_tasks for n in range(n_tasks + 1)))


def match_windows(task: Task[DedupConfig]) -> dict[str, int]:
    """Write the matches of all keys that a document has which is kept and was not, or the other way round.

    And these keys, sorted, where documents were matched before. `task.arguments["slices"]` are the slices of
    windows to look at, from and up to. Memory: 2 bytes a document, 20 a repeated window, and 4 a window of a shard.
    """
    shards = _Shards(task)
    changed, repeated = _changed(shards) if shards.has_past else (np.empty(0, np.uint64), _repeated(shards))
    matches = _matches_of(task, repeated)
    write_array(task, f"work/matches/{task.name}.changed", changed)
    write_matches(task, f"work/matches/{task.name}", matches)
    return {"matches": matches.key.size}


class _Shards:
    """The windows of all shards by slice, and which documents are kept now and were kept before."""

    def __init__(self, task: Task[DedupConfig]) -> None:
        plan, census = Plan.of(task), Census.of(task)
        self.slices: tuple[int, int] = tuple(task.arguments["slices"])
        self.has_past = bool(plan.state)
        kept = read_array(task.folder, f"{plan.new_state}/reason", np.uint8) == Reason.KEPT
        was_kept = np.zeros_like(kept)
        if plan.state:
            old = read_array(task.folder, f"{plan.state}/reason", np.uint8)
            was_kept[: old.size] = old == Reason.KEPT
        changed = kept != was_kept
        self._shards = [
            (start, view_windows(task, name), kept[start:stop], changed[start:stop])
            for name, start, stop in census.spans()
        ]

    def of(self, first: int, stop: int) -> Iterator[tuple[int, Windows, Mask, Mask]]:
        """Of each shard the number of its first document, windows, and which of its documents are kept or changed."""
        for start, (windows, bounds), kept, changed in self._shards:
            rows = slice(int(bounds[first]), int(bounds[stop]))
            yield start, windows.take(rows), kept, changed

    def runs(self) -> Iterator[tuple[int, int, int]]:
        """Slices from and up to, and their windows: as many as leave their table of bits in the cache."""
        sizes = np.sum([np.diff(bounds) for _, (_, bounds), _, _ in self._shards], axis=0)
        first, n = self.slices[0], 0
        for stop in range(first + 1, self.slices[1] + 1):
            n += int(sizes[stop - 1])
            if n >= RUN_WINDOWS or stop == self.slices[1]:
                yield first, stop, n
                first, n = stop, 0


def _bits(n_keys: int) -> Hashes:
    """A table with 16 bits a key and more: one other key in 16, at the most, has a key's bit."""
    return np.zeros(1 << max(n_keys // 4, 1).bit_length(), np.uint64)


def _repeated(shards: _Shards) -> Windows:
    """Windows whose key a kept document repeats, with few others; a row is the document's number."""
    parts = []
    for first, stop, n_windows in shards.runs():
        once = _bits(n_windows)
        twice = np.zeros_like(once)
        for _, windows, kept, _ in shards.of(first, stop):
            mark_twice(windows.key, windows.row, kept, once, twice)
        parts += _picked(shards, first, stop, twice)
    return join_windows(parts)


def _changed(shards: _Shards) -> tuple[Hashes, Windows]:
    """The sorted keys of changed documents, and the windows of kept documents that have them."""
    parts = [np.empty(0, np.uint64)]
    for _, windows, _, changes in shards.of(*shards.slices):
        if changes.any():
            parts.append(windows.key[changes[windows.row]])
    keys = np.unique(np.concatenate(parts))
    bits = _bits(keys.size)
    mark(keys, bits)
    windows = join_windows(_picked(shards, *shards.slices, bits))
    return keys, windows.take(among(windows.key, keys))


def among(values: NDArray[Any], keys: NDArray[Any]) -> Mask:
    """Which values are among sorted ones."""
    if not keys.size:
        return np.zeros(values.size, np.bool_)
    return np.asarray(keys[np.minimum(np.searchsorted(keys, values), keys.size - 1)] == values)


def _picked(shards: _Shards, first: int, stop: int, bits: Hashes) -> list[Windows]:
    """Of each shard the windows of kept documents whose key's bit is set."""
    parts = []
    for start, windows, kept, _ in shards.of(first, stop):
        picked = np.empty(windows.key.size, np.int64)
        rows = picked[: pick(windows.key, windows.row, kept, bits, picked)]
        key, row, position = windows.take(rows)
        parts.append(Windows(key, row + np.uint32(start), position))
    return parts


def _matches_of(task: Task[DedupConfig], windows: Windows) -> Matches:
    """The matches of windows that stand sorted by number and position within their key."""
    order = np.argsort(windows.key, kind="stable")
    key, number, position = windows.take(order)
    matched, keepers = np.empty(key.size, np.int64), np.empty(key.size, np.int64)
    least = (task.config.least_line_documents, 2 * task.config.least_passage)
    n = fill_matches((key, number, position), *_worth(task, number), least, matched, keepers)
    rows, best = matched[:n], keepers[:n]
    return Matches(key[rows], number[rows], position[rows], number[best], position[best])


def _worth(task: Task[Any], numbers: Numbers) -> Hashes:
    """The preference of each document, and a hash of its text: `(2, n)`."""
    documents, at = np.unique(numbers, return_inverse=True)
    names = ["preference", "text_key"]

    def read(shard: str, rows: Integers) -> Hashes:
        columns = read_columns(task.folder, f"{entry(shard)}/traits.arrow", names)
        return np.stack([columns[name].to_numpy()[rows] for name in names], axis=1)

    return np.asarray(Census.of(task).gather(documents, np.empty((0, 2), np.uint64), read)[at].T.copy())
