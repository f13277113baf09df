"""Windows of kept documents that stand in a better document too."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.stage import Task
from dedup.columns import Census, read_array, write_array
from dedup.config import DedupConfig, Reason
from dedup.index import Plan
from dedup.passages.match_kernels import (
    SLICES,
    Hashes,
    Integers,
    Mask,
    Numbers,
    deal_by_key,
    fill_matches,
    find_marked,
    keys_of,
    mark,
    pick_marked,
    pick_repeated,
    take_living,
    words_for,
)
from dedup.passages.windows import view_windows
from dedup.traits import NUMBERS, view_numbers

FEW_TASKS: Final = 16  # as each looks at every shard
TASK_WINDOWS: Final = 1 << 20  # for one task at the least: about a twentieth of a second
MOST_WINDOWS: Final = 2 << 20  # for one task where there are more than FEW_TASKS: 64 MB
PART_WINDOWS: Final = 1 << 15  # whose table of bits stays in the nearest caches
MATCH: Final = {
    "key": "uint64",
    "number": "uint32",
    "position": "uint32",
    "keeper": "uint32",
    "there": "uint32",
}

_HALF: Final = np.uint64(32)
_LAST: Final = np.uint64(0xFFFFFFFF)
_WORTH: Final = [NUMBERS.index("preference"), NUMBERS.index("text_key")]


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
        place = self.number.astype(np.uint64) << _HALF | self.position
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


def read_matches(task: Task[Any], folder: str, start: int = 0, stop: int | None = None) -> Matches:
    """What `write_matches` wrote, from row `start` up to `stop`, or to the end."""
    return Matches(
        *(
            read_array(task.folder, f"{folder}/matches.{name}", dtype, start, stop)
            for name, dtype in MATCH.items()
        )
    )


def deal_slices(n_windows: int) -> list[tuple[int, int]]:
    """Slices of windows for each task, from and up to: about as many windows as make one worth its while."""
    n_tasks = max(min(n_windows // TASK_WINDOWS, FEW_TASKS), n_windows // MOST_WINDOWS, 1)
    n_tasks = min(n_tasks, SLICES)
    return list(pairwise(SLICES * n // n_tasks for n in range(n_tasks + 1)))


def match_windows(task: Task[DedupConfig]) -> None:
    """Write the matches of all keys that a document has which is kept and was not, or the other way round, in order.

    And these keys, sorted, where documents were matched before. `task.arguments["slices"]` are the slices of
    windows to look at, from and up to. Memory: 6 bytes a document, 50 a window of these slices.
    """
    shards = _Shards(task)
    changed, shared = _changed(shards) if shards.has_past else (np.empty(0, np.uint64), _repeated(shards))
    write_array(task, f"work/matches/{task.name}.changed", changed)
    write_matches(task, f"work/matches/{task.name}", _matches_of(task, shared))


class _Shards:
    """The windows of all shards in the task's slices, and which documents are kept now and were kept before."""

    def __init__(self, task: Task[DedupConfig]) -> None:
        plan, self._census, self._task = Plan.of(task), Census.of(task), task
        self.slices: tuple[int, int] = tuple(task.arguments["slices"])
        self.has_past = bool(plan.state)
        self._kept = read_array(task.folder, f"{plan.new_state}/reason", np.uint8) == Reason.KEPT
        self._was_kept = np.zeros_like(self._kept)
        if plan.state:
            old = read_array(task.folder, f"{plan.state}/reason", np.uint8)
            self._was_kept[: old.size] = old == Reason.KEPT

    def __iter__(self) -> Iterator[tuple[int, Hashes, Mask, Mask]]:
        """Of each shard the number of its first document, windows, and which of its documents are kept or changed."""
        first, last = self.slices
        for name, start, stop in self._census.spans():
            windows, bounds = view_windows(self._task, name)
            kept, was_kept = self._kept[start:stop], self._was_kept[start:stop]
            yield start, windows[bounds[first] : bounds[last]], kept, kept != was_kept


def _repeated(shards: _Shards) -> Hashes:
    """Windows whose key a kept document repeats, with few others."""
    found = list(shards)
    windows = np.empty((sum(len(part) for _, part, _, _ in found) + 1, 2), np.uint64)
    n = 0
    for start, part, kept, _ in found:
        n = take_living(part, kept, start, windows, n)
    first, last = shards.slices
    n_bits = (n // PART_WINDOWS // (last - first)).bit_length()  # of a key, by which slices are parted
    ends = np.zeros(((last - first) << n_bits) + 1, np.int64)
    dealt = np.empty((n, 2), np.uint64)
    deal_by_key(windows[:n], 56 - n_bits, first << n_bits, ends, dealt)
    return windows[: pick_repeated(dealt, ends[:-1], windows)]


def _changed(shards: _Shards) -> tuple[Hashes, Hashes]:
    """The sorted keys of changed documents, and the windows of kept documents that have them."""
    found, parts = list(shards), [np.empty(0, np.uint64)]
    room = np.empty((max((len(part) for _, part, _, _ in found), default=0) + 1, 2), np.uint64)
    for _, part, _, changes in found:
        if changes.any():
            keys = room.reshape(-1)
            parts.append(keys[: keys_of(part, changes, keys)].copy())
    changed = np.unique(np.concatenate(parts))
    bits = table_of(changed)
    windows = [np.empty((0, 2), np.uint64)]
    for start, part, kept, _ in found:
        windows.append(room[: pick_marked(part, kept, start, bits, room)].copy())
    shared = np.concatenate(windows)
    return changed, shared[among(shared[:, 0], changed)]


def table_of(keys: Hashes) -> Hashes:
    """A table of bits in which those of the keys are set."""
    bits = np.zeros(words_for(keys.size), np.uint64)
    mark(keys, bits)
    return bits


def rows_among(values: Hashes, keys: Hashes) -> Integers:
    """The rows of values that are among sorted keys, of which few are."""
    rows = np.empty(values.size, np.int64)
    likely = rows[: find_marked(values, table_of(keys), rows)]
    found: Integers = likely[among(values[likely], keys)]
    return found


def among(values: NDArray[Any], keys: NDArray[Any]) -> Mask:
    """Which values are among sorted ones."""
    if not keys.size:
        return np.zeros(values.size, np.bool_)
    return np.asarray(keys[np.minimum(np.searchsorted(keys, values), keys.size - 1)] == values)


def _matches_of(task: Task[DedupConfig], windows: Hashes) -> Matches:
    """The matches of windows that stand sorted by document and position within their key."""
    windows = windows[np.argsort(windows[:, 0], kind="stable")]
    number = (windows[:, 1] >> _HALF).astype(np.uint32)
    matched, keepers = np.empty(len(windows), np.int64), np.empty(len(windows), np.int64)
    least = (task.config.least_line_documents, 2 * task.config.least_passage)
    n = fill_matches(windows, *_worth(task, number), least, matched, keepers)
    rows, best = matched[:n], keepers[:n]
    position = (windows[:, 1] & _LAST).astype(np.uint32)
    found = Matches(windows[rows, 0], number[rows], position[rows], number[best], position[best])
    return found.in_order()


def _worth(task: Task[Any], numbers: Numbers) -> Hashes:
    """The preference of each document, and a hash of its text: `(2, n)`."""
    census = Census.of(task)
    row_of = np.zeros(census.total, np.uint32)
    row_of[numbers] = 1
    documents = np.flatnonzero(row_of)
    row_of[documents] = np.arange(documents.size)

    def read(shard: str, rows: Integers) -> Hashes:
        return view_numbers(task.folder, shard)[rows][:, _WORTH]

    worth = census.gather(documents, np.empty((0, 2), np.uint64), read)
    return np.asarray(worth[row_of[numbers]].T.copy())
