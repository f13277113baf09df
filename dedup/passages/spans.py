"""Runs of units that a document shares with better ones, and which documents have too little else."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.paths import Folder
from corpus.stage import Task
from dedup.columns import Census, read_array, view_array, write_array
from dedup.config import DedupConfig, Reason
from dedup.index import Plan, entry
from dedup.passages.kernels import Integers, Numbers, fill_groups, fill_spans
from dedup.passages.matches import MATCH, Matches, among, join, read_matches, rows_among
from dedup.traits import NUMBERS, view_numbers
from dedup.trees import copy_ranges

MOST_TASKS: Final = 16  # as each looks at every shard
TASK_DOCUMENTS: Final = 1 << 15  # whose spans are found by one task at the least: a quarter of a second
RANGE_MATCHES: Final = 1 << 19  # put in order at once, about
GROUP_UNITS: Final = 16 << 20  # held at once: 64 MB
SPAN: Final = ("number", "first", "stop", "keeper", "n_units")
_LOST: Final = ("number", "keeper")
_PLACE: Final = [NUMBERS.index("first_unit"), NUMBERS.index("n_units")]


class Spans(NamedTuple):
    """A row a passage to be cut; sorted by number and first."""

    number: Numbers  # of the document
    first: Numbers  # unit of the passage in it
    stop: Numbers  # the unit after its last
    keeper: Numbers  # a better document that has it
    n_units: Numbers  # of the document

    def take(self, rows: Any) -> Spans:
        """These rows."""
        return Spans(*(column[rows] for column in self))


def join_spans(parts: Sequence[Spans]) -> Spans:
    """The rows of all, in this order."""
    none = Spans(*(np.empty(0, np.uint32) for _ in SPAN))
    return Spans(*map(np.concatenate, zip(none, *parts, strict=True)))


def merge_matches(task: Task[DedupConfig]) -> dict[str, Any]:
    """Write the matches of all documents to the state, and which documents have others than before.

    `task.arguments["matched"]` names the tasks of `match_windows`. Returns how the latter, `work/spans/touched`, are
    divided among tasks of `find_spans`. Memory: 16 bytes a document, 150 of each of RANGE_MATCHES.
    """
    plan, parts = Plan.of(task), [f"work/matches/{name}" for name in task.arguments["matched"]]
    parts += [plan.state] if plan.state else []
    starts = _ranges(task, parts)
    touched = []
    with ExitStack() as files:
        columns = [files.enter_context(task.create(f"{plan.new_state}/matches.{name}")) for name in MATCH]
        for bounds in pairwise(starts.tolist()):
            found = [read_matches(task, part, a, b) for part, a, b in zip(parts, *bounds, strict=True)]
            matches, documents = _merged(task, found)
            touched.append(documents)
            for file, name in zip(columns, MATCH, strict=True):
                file.write(getattr(matches, name).data)
    documents = np.concatenate([np.empty(0, np.uint32), *touched])
    write_array(task, "work/spans/touched", documents)
    step = max(TASK_DOCUMENTS, -(-documents.size // MOST_TASKS))
    ends = range(0, documents.size + step, step)
    return {"bounds": [min(end, documents.size) for end in ends]}


def _ranges(task: Task[Any], parts: Sequence[str]) -> Integers:
    """Where ranges of documents of about RANGE_MATCHES begin and the last ends in some sorted matches, `(n, parts)`."""
    numbers = [view_array(task.folder, f"{part}/matches.number", np.uint32) for part in parts]
    n_ranges = max(sum(column.size for column in numbers) // RANGE_MATCHES, 1)
    bounds = np.linspace(0, Census.of(task).total, n_ranges + 1).astype(np.uint32)
    return np.stack([np.searchsorted(column, bounds) for column in numbers], axis=1)


def _merged(task: Task[Any], parts: list[Matches]) -> tuple[Matches, Numbers]:
    """The matches of some documents, and the documents that have others than before."""
    if not Plan.of(task).state:
        found = join(parts).in_order()
        return found, found.number[np.flatnonzero(np.diff(found.number, prepend=~found.number[:1]))]
    *parts, known = parts
    names = task.arguments["matched"]
    changed = [read_array(task.folder, f"work/matches/{name}.changed", np.uint64) for name in names]
    gone = rows_among(known.key, np.concatenate(changed))
    found = join(parts)
    left = np.delete(np.arange(known.key.size), gone)
    return join([known.take(left), found]).in_order(), _documents_that_differ(known.take(gone), found)


def _documents_that_differ(before: Matches, after: Matches) -> Numbers:
    """The documents that have a match which stands in one of the two only."""
    both = join([before, after])
    both = both.take(np.lexsort(both))
    same = np.logical_and.reduce([column[1:] == column[:-1] for column in both])
    alone = ~(np.append(same, False) | np.append(False, same))[: both.key.size]
    return np.unique(both.number[alone])


def find_spans(task: Task[DedupConfig]) -> None:
    """Write the spans of touched documents, `task.arguments["first"]` to `["stop"]` of them.

    Memory: 10 bytes a document, and the units of GROUP_UNITS, or of a document that has more and of those that keep
    passages of it.
    """
    first, stop = task.arguments["first"], task.arguments["stop"]
    touched = read_array(task.folder, "work/spans/touched", np.uint32, first, stop)
    matches = _matches_of(task, touched)
    texts = _Texts(task, distinct(touched, matches.keeper, Census.of(task).total))
    starts = np.append(np.searchsorted(matches.number, touched), matches.number.size)
    parts = []
    for a, b in pairwise(_bounds(matches, starts, touched, texts)):
        parts.append(_spans_of(matches.take(slice(starts[a], starts[b])), texts, task.config.least_passage))
    write_spans(task, f"work/spans/{task.name}", join_spans(parts))


def distinct(some: Numbers, others: Numbers, total: int) -> Numbers:
    """The documents that are among some or others of `total`, sorted."""
    is_there = np.zeros(total, np.bool_)
    is_there[some] = is_there[others] = True
    return np.flatnonzero(is_there).astype(np.uint32)


def _matches_of(task: Task[Any], documents: Numbers) -> Matches:
    """The matches of sorted documents."""
    folder = Plan.of(task).new_state
    columns: list[Any] = [
        view_array(task.folder, f"{folder}/matches.{name}", dtype) for name, dtype in MATCH.items()
    ]
    matches = Matches(*columns)
    first = np.searchsorted(matches.number, documents)
    count = np.searchsorted(matches.number, documents, "right") - first
    return matches.take(np.repeat(first - np.cumsum(count) + count, count) + np.arange(count.sum()))


class _Texts:
    """Where the units of some documents stand, and room for those of a group."""

    def __init__(self, task: Task[Any], numbers: Numbers) -> None:
        """Their numbers are sorted."""
        self._task, self._census = task, Census.of(task)
        self._places = self._census.gather(numbers, np.empty((0, 2), np.int64), self._read_places)
        self._row_of = np.zeros(self._census.total, np.uint32)
        self._row_of[numbers] = np.arange(numbers.size)
        self._room = np.empty(0, np.uint32)

    def _read_places(self, shard: str, rows: Integers) -> Integers:
        return view_numbers(self._task.folder, shard)[rows][:, _PLACE].astype(np.int64)

    def rows(self, numbers: Numbers) -> Numbers:
        """The places of these documents among all."""
        return self._row_of[numbers]

    def sizes(self) -> Integers:
        """Units of each document."""
        return np.ascontiguousarray(self._places[:, 1])

    def units(self, numbers: Numbers) -> tuple[Integers, Numbers]:
        """The units of sorted documents one after another, until others are asked for: offsets `(n + 1,)` and units."""
        places = self._places[self.rows(numbers)]
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(places[:, 1])])
        if offsets[-1] > self._room.size:
            self._room = np.empty(offsets[-1], np.uint32)
        for shard, _, part in self._census.parts(numbers):
            bounds = offsets[part.start : part.stop + 1]
            there = view_array(self._task.folder, f"{entry(shard)}/units", np.uint32)
            copy_ranges(there, places[part, 0].copy(), bounds, self._room)
        return offsets, self._room[: offsets[-1]]


def _bounds(matches: Matches, starts: Integers, touched: Numbers, texts: _Texts) -> list[int]:
    """Where groups of touched documents begin, of GROUP_UNITS with those that keep passages, and the last ends."""
    groups = np.empty(touched.size, np.int64)
    fill_groups((starts, texts.rows(matches.keeper)), texts.rows(touched), texts.sizes(), GROUP_UNITS, groups)
    return [*np.flatnonzero(np.diff(groups, prepend=-1)).tolist(), touched.size]


def _spans_of(matches: Matches, texts: _Texts, least: int) -> Spans:
    """The spans of documents with these matches."""
    numbers = np.unique(np.concatenate([matches.number, matches.keeper]))
    offsets, units = texts.units(numbers)
    rows = np.empty((matches.key.size, 5), np.int64)
    rows[:, 0], rows[:, 2] = (
        np.searchsorted(numbers, matches.number),
        np.searchsorted(numbers, matches.keeper),
    )
    rows[:, 1], rows[:, 3], rows[:, 4] = matches.position, matches.there, matches.key & np.uint64(1)
    found = np.empty((rows.shape[0], 4), np.int64)
    n = fill_spans(units, (offsets[:-1], offsets[1:]), rows, least, found)
    text, start, end, match = found[:n].T
    columns = (numbers[text], start, end, matches.keeper[match], np.diff(offsets)[text])
    return Spans(*(column.astype(np.uint32) for column in columns))


def write_spans(task: Task[Any], folder: str, spans: Spans) -> None:
    """Write `spans.number` and so on."""
    for name, column in spans._asdict().items():
        write_array(task, f"{folder}/spans.{name}", column)


def read_spans(task: Task[Any], folder: str) -> Spans:
    """What `write_spans` wrote."""
    return Spans(*(read_array(task.folder, f"{folder}/spans.{name}", np.uint32) for name in SPAN))


def settle_passages(task: Task[DedupConfig]) -> dict[str, int]:
    """Write the spans of all documents to the state, and the documents that go whole.

    A document goes if fewer than `least_left` of its units stand outside its spans; also if these are fewer than a
    passage has and less than `least_left_share` of all. It stays if a passage of another is kept in it, unless all of
    its units stand elsewhere. `lost.number` are these, and `lost.keeper` the document that has the longest passage of
    each, or that which stays for it. `task.arguments["spanned"]` names the tasks of `find_spans`. Memory: 40 bytes a
    span.
    """
    plan = Plan.of(task)
    parts = [read_spans(task, f"work/spans/{name}") for name in task.arguments["spanned"]]
    if plan.state:
        known = read_spans(task, plan.state)
        touched = read_array(task.folder, "work/spans/touched", np.uint32)
        parts.append(known.take(~among(known.number, touched)))
    spans = join_spans(parts)
    spans = spans.take(np.lexsort((spans.first, spans.number)))
    write_spans(task, plan.new_state, spans)
    lost, keeper = _lost(spans, task.config)
    for name, column in zip(_LOST, (lost, keeper), strict=True):
        write_array(task, f"{plan.new_state}/lost.{name}", column)
    return {"passages_alone": lost.size}


def read_lost(folder: Folder, state: str) -> tuple[Numbers, Numbers]:
    """The documents that go whole, sorted, and the document that stays for each, as `settle_passages` wrote them."""
    lost, keeper = (view_array(folder, f"{state}/lost.{name}", np.uint32) for name in _LOST)
    return lost, keeper


def _lost(spans: Spans, config: DedupConfig) -> tuple[Numbers, Numbers]:
    """The documents that go whole, and the document that stays for each."""
    is_first = np.diff(spans.number, prepend=~spans.number[:1]) != 0
    first, at = np.flatnonzero(is_first), np.cumsum(is_first) - 1
    documents = spans.number[first]
    sizes, n_units = spans.stop.astype(np.int64) - spans.first, spans.n_units[first].astype(np.int64)
    left = n_units - np.bincount(at, sizes, documents.size).astype(np.int64)
    is_little = (left < config.least_passage) & (left < config.least_left_share * n_units)
    goes = (left == 0) | ((left < config.least_left) | is_little) & ~np.isin(documents, spans.keeper)
    longest = np.lexsort((-sizes, at))
    keeper = spans.keeper[longest[np.searchsorted(at[longest], np.arange(documents.size))]]
    lost, kept_by = documents[goes], keeper[goes]
    return lost, stays(kept_by, lost, kept_by)


def stays(numbers: Numbers, lost: Numbers, keeper: Numbers) -> Numbers:
    """Each document itself if it is not among the sorted `lost`, or else the one that stays for it.

    A keeper is better than what it keeps a passage of, so the way from one to the next comes to an end.
    """
    is_lost = _table(numbers, lost)
    rows = np.flatnonzero(is_lost[numbers])
    if rows.size:
        numbers = numbers.copy()
    while rows.size:
        numbers[rows] = keeper[np.searchsorted(lost, numbers[rows])]
        rows = rows[among(numbers[rows], lost)]
    return numbers


def _table(numbers: Numbers, lost: Numbers) -> NDArray[np.bool_]:
    """Whether each document up to the last of `numbers` is lost."""
    table = np.zeros(int(numbers.max(initial=0)) + 1, np.bool_)
    table[lost[: np.searchsorted(lost, table.size)]] = True
    return table


def redirect(
    kept: Numbers, reason: NDArray[np.uint8], lost: Numbers, keeper: Numbers
) -> tuple[Numbers, NDArray[np.uint8]]:
    """The ties of documents (the one kept, the Reason) after those in `lost` have gone too."""
    gone = _table(kept, lost)[kept]
    reason = np.where(gone, np.uint8(Reason.REPEATED_PASSAGES), reason)
    return stays(kept, lost, keeper), reason
