"""Who keeps what: of each window that enough kept documents share, the best of them, in the index by the window's key.

A document that comes or goes changes the keepers of its own windows alone. Where a key has its keeper already and the
document is no better, it is only counted; the others' windows are looked up for keys that are new or open again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np

from corpus.stage import Task
from dedup.columns import Census, read_array, view_array, write_array
from dedup.config import DedupConfig, Reason
from dedup.index import Plan
from dedup.passages.keeper_kernels import (
    SLICES,
    Hashes,
    Integers,
    Mask,
    Numbers,
    count_chosen,
    deal_chosen,
    fill_bits,
    fill_keepers,
    fill_starts,
    find_rows,
    pick_likely,
    pick_repeated,
    take_chosen,
    update_keepers,
)
from dedup.passages.windows import Part, Placed, every_window, join_placed, windows_of_documents
from dedup.traits import NUMBERS, view_numbers

FEW_TASKS: Final = 16  # as each looks at every shard
TASK_WINDOWS: Final = 1 << 20  # for one task at the least: about a twentieth of a second
MOST_WINDOWS: Final = 2 << 20  # for one task where there are more than FEW_TASKS: 64 MB
PART_WINDOWS: Final = 1 << 15  # whose table of bits stays in the nearest caches
KEEPER: Final = ("key", "place", "documents")  # place: the document above the position in it

_HALF: Final = np.uint64(32)
_TOP_BYTE: Final = np.uint64(56)
_WORTH: Final = [NUMBERS.index("preference"), NUMBERS.index("text_key")]


class Index(NamedTuple):
    """Sorted keys, and where those of each beginning start."""

    keys: Hashes
    starts: Numbers
    shift: int  # bits of a key below its beginning

    @classmethod
    def of(cls, keys: Hashes) -> Index:
        """For sorted keys, with one to two beginnings a key."""
        keys, shift = np.ascontiguousarray(keys), shift_for(keys.size)
        starts = np.zeros((1 << 64 - shift) + 1, np.uint32)
        fill_starts(keys, shift, starts)
        return cls(keys, starts, shift)


class Bits(NamedTuple):
    """A table of bits by the beginnings of keys: those of some keys are set."""

    bits: Hashes
    shift: int

    @classmethod
    def of(cls, keys: Hashes) -> Bits:
        """For some keys; of others one in 64, at the most, has its bit set."""
        shift = shift_for(64 * keys.size)
        bits = np.zeros(max(1 << 64 - shift >> 6, 1), np.uint64)
        fill_bits(keys, shift, bits)
        return cls(bits, shift)

    def pick(self, part: Part) -> Placed:
        """The windows of chosen documents whose bit is set, by number."""
        picked = Placed.room(part.windows.key.size + 1)
        n = pick_likely(*part, self, picked)
        return Placed(picked.key[:n].copy(), picked.place[:n].copy())


def shift_for(n_keys: int) -> int:
    """Bits of a key below a beginning of as many bits as tell n keys apart."""
    return 64 - max(n_keys.bit_length(), 1)


def deal_slices(n_rows: int) -> list[tuple[int, int]]:
    """Slices for each task, from and up to: about as many windows and keepers as make one worth its while."""
    n_tasks = max(min(n_rows // TASK_WINDOWS, FEW_TASKS), n_rows // MOST_WINDOWS, 1)
    n_tasks = min(n_tasks, SLICES)
    return list(pairwise(SLICES * n // n_tasks for n in range(n_tasks + 1)))


def read_keepers(task: Task[Any], folder: str) -> Hashes:
    """The keepers of a state by key, `(n, len(KEEPER)) uint64`, mapped into memory."""
    return view_array(task.folder, f"{folder}/keepers", np.uint64).reshape(-1, len(KEEPER))


def find_keepers(task: Task[DedupConfig]) -> None:
    """Write the keepers of the keys in the task's slices, and the documents whose passages may be others than before.

    `task.arguments["slices"]` are the slices of windows to look at, from and up to. Memory: 8 bytes a document, 40 a
    window of these slices of documents that came, 65 a keeper of these slices, and the units of documents found anew.
    """
    shards = _Shards(task)
    changed = list(shards.changed())
    touched = np.zeros(shards.kept.size, np.bool_)
    known = np.empty((0, len(KEEPER)), np.uint64)
    if shards.has_past:
        known, open_ones = _settled(shards, _taken(changed), touched)
        changed = [Part(open_ones, 0, shards.kept)]
    found = _keepers_of(task, _repeated(changed, shards.slices), touched)
    found = np.insert(known, np.searchsorted(known[:, 0], found[:, 0]), found, axis=0)
    write_array(task, f"work/keepers/{task.name}", found)
    write_array(task, f"work/keepers/{task.name}.touched", np.flatnonzero(touched).astype(np.uint32))


class _Shards:
    """The windows of all shards in the task's slices, and which documents are kept now and were kept before."""

    def __init__(self, task: Task[DedupConfig]) -> None:
        self.plan, self._census, self.task = Plan.of(task), Census.of(task), task
        self.slices: tuple[int, int] = tuple(task.arguments["slices"])
        self.has_past = bool(self.plan.state)
        self.kept = read_array(task.folder, f"{self.plan.new_state}/reason", np.uint8) == Reason.KEPT
        self._was_kept = np.zeros_like(self.kept)
        if self.has_past:
            old = read_array(task.folder, f"{self.plan.state}/reason", np.uint8)
            self._was_kept[: old.size] = old == Reason.KEPT

    def changed(self) -> Iterator[Part]:
        """The windows of documents that are kept and were not, or the other way round."""
        return windows_of_documents(self.task, self.kept != self._was_kept, self.slices)

    def known(self) -> Hashes:
        """The keepers before of the keys in the slices."""
        keepers = read_keepers(self.task, self.plan.state)
        slice_of = keepers[:, 0] >> _TOP_BYTE
        first, last = np.searchsorted(slice_of, self.slices)
        return keepers[first:last].copy()

    def likely(self, keys: Hashes) -> Placed:
        """The windows of kept documents that have one of these keys, with few others, by number."""
        bits = Bits.of(keys)
        return join_placed([bits.pick(part) for part in every_window(self.task, self.kept, self.slices)])


def _settled(shards: _Shards, changed: Placed, touched: Mask) -> tuple[Hashes, Placed]:
    """The keepers that stay, recounted, and the windows of all keys that are new or another document may keep now."""
    known = shards.known()
    index = Index.of(known[:, 0])
    rows = rows_of(changed.key, index)
    is_open = _recount(shards, known, changed, rows)
    touched[changed.documents[rows >= 0]] = True
    windows = shards.likely(np.concatenate([changed.key[rows < 0], known[is_open, 0]]))
    rows = rows_of(windows.key, index)
    had_keeper = rows >= 0
    had_keeper[had_keeper] = is_open[rows[had_keeper]]
    touched[windows.documents[had_keeper]] = True
    return known[~is_open], windows.take(had_keeper | (rows < 0))


def rows_of(keys: Hashes, index: Index) -> Integers:
    """The row of each key in an index, -1 where it has none."""
    rows = np.empty(keys.size, np.int64)
    find_rows(keys, index, rows)
    return rows


def _recount(shards: _Shards, known: Hashes, changed: Placed, rows: Integers) -> Mask:
    """Count the documents that came and went in `known`; which of these keys another document may keep."""
    (known_ones,) = np.nonzero(rows >= 0)
    order = known_ones[np.argsort(rows[known_ones], kind="stable")]
    windows, rows = changed.take(order), rows[order]
    asked, at = np.unique(rows, return_inverse=True)
    keepers, is_open = known[asked], np.zeros(asked.size, np.bool_)
    both = _worth(shards.task, np.concatenate([windows.place, keepers[:, 1]]))
    worth = both[: rows.size], both[rows.size :]
    update_keepers((windows, at), worth, shards.kept, _least(shards.task.config), keepers, is_open)
    known[asked] = keepers
    is_open_of = np.zeros(len(known), np.bool_)
    is_open_of[asked] = is_open
    return is_open_of


def _taken(parts: Sequence[Part]) -> Placed:
    """The windows of chosen documents by number, those of one together."""
    taken, n = Placed.room(sum(part.windows.key.size for part in parts) + 1), 0
    for part in parts:
        n = take_chosen(*part, taken, n)
    return taken.take(slice(n))


def _repeated(parts: Sequence[Part], slices: tuple[int, int]) -> Placed:
    """The windows of chosen documents whose key another of them has, with few others."""
    first, last = slices
    n = sum(part.windows.key.size for part in parts)
    n_bits = (n // PART_WINDOWS // (last - first)).bit_length()  # of a key, by which slices are parted
    low, ends = 56 - n_bits, np.zeros(((last - first) << n_bits) + 1, np.int64)
    for part in parts:
        count_chosen(part.windows, part.chosen, low, first << n_bits, ends)
    ends = np.cumsum(ends)
    dealt, picked = Placed.room(ends[-1]), Placed.room(ends[-1])
    for part in parts:
        deal_chosen(*part, (low, first << n_bits), ends, dealt)
    return picked.take(slice(pick_repeated(dealt, ends[:-1], picked)))


def _keepers_of(task: Task[DedupConfig], windows: Placed, touched: Mask) -> Hashes:
    """The keepers of windows, of which a document's of one key stand together; their documents are touched."""
    windows = windows.take(np.argsort(windows.key, kind="stable"))
    keepers = np.empty((windows.key.size, len(KEEPER)), np.uint64)
    n = fill_keepers(windows, _worth(task, windows.place), _least(task.config), touched, keepers)
    return keepers[:n]


def _least(config: DedupConfig) -> tuple[int, int]:
    return config.least_line_documents, 2 * config.least_passage


def _worth(task: Task[Any], places: Hashes) -> Hashes:
    """The preference of the document in each place, and a hash of its text: `(n, 2)`."""
    census, numbers = Census.of(task), places >> _HALF
    row_of = np.zeros(census.total, np.uint32)
    row_of[numbers] = 1
    documents = np.flatnonzero(row_of)
    row_of[documents] = np.arange(documents.size)

    def read(shard: str, rows: Integers) -> Hashes:
        return view_numbers(task.folder, shard).take(rows, axis=0)[:, _WORTH]

    worth = census.gather(documents, np.empty((0, 2), np.uint64), read)
    of_windows: Hashes = worth[row_of[numbers]]
    return of_windows
