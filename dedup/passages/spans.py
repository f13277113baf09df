"""Runs of units that a document shares with better ones, and which documents have too little else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.paths import Folder
from corpus.stage import Task
from dedup.columns import Census, read_array, read_runs, view_array, write_array
from dedup.config import DedupConfig, Reason
from dedup.index import Plan, entry
from dedup.passages.keeper_kernels import SLICES, Hashes, fill_matches
from dedup.passages.keepers import Bits, Index, read_keepers
from dedup.passages.kernels import Integers, Numbers, fill_gone, fill_groups, fill_spans
from dedup.passages.windows import join_placed, windows_of_documents
from dedup.units import places_of, read_units

MOST_TASKS: Final = 16  # as each looks at every shard
TASK_DOCUMENTS: Final = 1 << 15  # whose spans are found by one task at the least: a quarter of a second
DENSE: Final = 8  # units of a shard to one of documents, up to which these are read where they stand
GROUP_UNITS: Final = 16 << 20  # held at once: 64 MB
_HALF: Final = np.uint64(32)


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
    none = Spans(*np.empty((len(Spans._fields), 0), np.uint32))
    return Spans(*map(np.concatenate, zip(none, *parts, strict=True)))


class Matches(NamedTuple):
    """A row a window of a document that a better one keeps; sorted by number, position and key."""

    key: Hashes
    number: Numbers  # of the document
    position: Numbers  # of the window's first unit in it
    keeper: Numbers  # the best document that has the window
    there: Numbers  # its position in that

    def take(self, rows: Any) -> Matches:
        """These rows."""
        columns: list[Any] = [column[rows] for column in self]
        return Matches(*columns)


def merge_keepers(task: Task[DedupConfig]) -> dict[str, Any]:
    """Write the keepers of all keys to the state, and the documents whose spans are to be found, `work/spans/touched`.

    `task.arguments["found"]` names the tasks of `find_keepers`, in order. Returns for each task of `find_spans` its
    documents: where they begin among the touched. Memory: 1 byte a document, 12 a touched one, and the keepers of one
    task.
    """
    plan, census, names = Plan.of(task), Census.of(task), task.arguments["found"]
    with task.create(f"{plan.new_state}/keepers") as file:
        for name in names:
            file.write(read_array(task.folder, f"work/keepers/{name}", np.uint8).data)
    is_touched = np.zeros(census.total, np.bool_)
    for name in names:
        is_touched[read_array(task.folder, f"work/keepers/{name}.touched", np.uint32)] = True
    touched = np.flatnonzero(is_touched).astype(np.uint32)
    write_array(task, "work/spans/touched", touched)
    return {"bounds": _deal_documents(census, touched)}


def _deal_documents(census: Census, touched: Numbers) -> list[int]:
    """Where the documents of each task of `find_spans` begin among the touched, and the last end: whole shards."""
    most, bounds = max(TASK_DOCUMENTS, -(-touched.size // MOST_TASKS)), [0]
    for _, _, part in census.parts(touched):
        if part.stop - bounds[-1] > most and part.start > bounds[-1]:
            bounds.append(part.start)
    return [*bounds, touched.size]


def find_spans(task: Task[DedupConfig]) -> None:
    """Write the spans of touched documents, `task.arguments["first"]` to `["stop"]` of them: all of some shards.

    Memory: 6 bytes a document, 30 a keeper, 60 a match, and GROUP_UNITS, or the units of all that keep passages of one
    document.
    """
    first, stop = task.arguments["first"], task.arguments["stop"]
    touched = read_array(task.folder, "work/spans/touched", np.uint32, first, stop)
    matches = find_matches(task, touched)
    (starts,) = np.nonzero(np.diff(matches.number, prepend=~matches.number[:1], append=~matches.number[-1:]))
    losing = matches.number[starts[:-1]]
    texts, parts = _Texts(task, np.union1d(losing, matches.keeper)), list[Spans]()
    for a, b in pairwise(_bounds(matches, starts, losing, texts)):
        parts += _spans_of(matches.take(slice(starts[a], starts[b])), losing[a:b], texts)
    write_spans(task, f"work/spans/{task.name}", join_spans(parts))


def find_matches(task: Task[DedupConfig], documents: Numbers) -> Matches:
    """The matches of those of some documents, sorted, that are kept."""
    plan = Plan.of(task)
    keepers = read_keepers(task, plan.new_state)
    reasons = view_array(task.folder, f"{plan.new_state}/reason", np.uint8)
    chosen = np.zeros(Census.of(task).total, np.bool_)
    chosen[documents[reasons[documents] == Reason.KEPT]] = True
    index, bits = Index.of(keepers[:, 0]), Bits.of(keepers[:, 0])
    likely = join_placed([bits.pick(part) for part in windows_of_documents(task, chosen, (0, SLICES))])
    matched, rows = np.empty((2, likely.key.size), np.int64)
    n = fill_matches(likely, index, keepers, matched, rows)
    own, best = likely.take(matched[:n]), keepers[rows[:n], 1]
    return _in_order(Matches(own.key, *_place(own.place), *_place(best)))


def _place(places: Hashes) -> tuple[Numbers, Numbers]:
    """Documents and positions in them."""
    return (places >> _HALF).astype(np.uint32), places.astype(np.uint32)


def _in_order(matches: Matches) -> Matches:
    """The rows sorted, quickly where most of them are already."""
    place = matches.number.astype(np.uint64) << _HALF | matches.position
    order = np.argsort(place, kind="stable")
    same = np.flatnonzero(np.diff(place[order]) == 0)
    tied = np.unique(np.append(same, same + 1))
    order[tied] = order[tied][np.lexsort((matches.key[order[tied]], place[order[tied]]))]
    return matches.take(order)


class _Texts:
    """Where the units of some documents stand, and room for those of a group."""

    def __init__(self, task: Task[Any], numbers: Numbers) -> None:
        """Their numbers are sorted."""
        self._task, self._census, self.least_passage = task, Census.of(task), task.config.least_passage
        self._places = places_of(task, numbers)
        self._row_of = np.zeros(self._census.total, np.uint32)
        self._row_of[numbers] = np.arange(numbers.size)
        self._room = np.empty(0, np.uint32)

    def rows(self, numbers: Numbers) -> Numbers:
        """The places of these documents among all."""
        return self._row_of[numbers]

    def sizes(self) -> Integers:
        """Units of each document."""
        return np.ascontiguousarray(self._places[:, 1])

    def places(self, numbers: Numbers) -> Integers:
        """First unit in its shard and units of each document, `(n, 2)`."""
        return self._places[self.rows(numbers)]

    def shards(self, numbers: Numbers) -> Iterator[tuple[slice, tuple[Numbers, Integers, Integers]]]:
        """Of sorted documents those of each shard, and units, with the first and the end of each one's.

        Few of a shard are read by calls, which is sooner done than mapping their pages.
        """
        folder = self._task.folder
        for shard, _, part in self._census.parts(numbers):
            firsts, sizes = self.places(numbers[part]).T.copy()
            path, n_units = f"{entry(shard)}/units", int(sizes.sum())
            if DENSE * n_units < firsts[-1] + sizes[-1] - firsts[0]:
                units, begins = np.empty(n_units, np.uint32), np.cumsum(sizes) - sizes
                read_runs(folder, path, (firsts, sizes), units, begins)
                yield part, (units, begins, begins + sizes)
            else:
                yield part, (view_array(folder, path, np.uint32), firsts, firsts + sizes)

    def units(self, numbers: Numbers) -> tuple[Integers, Numbers]:
        """The units of sorted documents one after another, until others are asked for: offsets `(n + 1,)` and units."""
        places = self.places(numbers)
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(places[:, 1])])
        if offsets[-1] > self._room.size:
            self._room = np.empty(offsets[-1], np.uint32)
        read_units(self._task, numbers, places, self._room, offsets)
        return offsets, self._room[: offsets[-1]]


def _bounds(matches: Matches, starts: Integers, losing: Numbers, texts: _Texts) -> list[int]:
    """Where groups of documents begin whose passages GROUP_UNITS of others keep, and the last ends."""
    groups = np.empty(losing.size, np.int64)
    fill_groups(starts, texts.rows(matches.keeper), texts.sizes(), GROUP_UNITS, groups)
    return [*np.flatnonzero(np.diff(groups, prepend=-1)).tolist(), losing.size]


def _spans_of(matches: Matches, losing: Numbers, texts: _Texts) -> Iterator[Spans]:
    """The spans of documents with these matches, shard by shard."""
    keepers = np.unique(matches.keeper)
    offsets, kept_units = texts.units(keepers)
    rows = np.stack(
        [
            np.searchsorted(losing, matches.number),
            matches.position,
            np.searchsorted(keepers, matches.keeper),
            matches.there,
            (matches.key & np.uint64(1)).astype(np.int64),
        ],
        axis=1,
    )
    found = np.empty((len(rows), 4), np.int64)
    for part, own in texts.shards(losing):
        first, last = np.searchsorted(rows[:, 0], [part.start, part.stop])
        rows[first:last, 0] -= part.start
        kept, (_, begins, ends) = (kept_units, offsets[:-1], offsets[1:]), own
        n = fill_spans(own, kept, rows[first:last], texts.least_passage, found)
        text, start, end, match = found[:n].T
        columns = (losing[part][text], start, end, matches.keeper[first + match], (ends - begins)[text])
        yield Spans(*(column.astype(np.uint32) for column in columns))
        rows[first:last, 0] += part.start


def write_spans(task: Task[Any], folder: str, spans: Spans) -> None:
    """Write the columns one after another, `spans`."""
    write_array(task, f"{folder}/spans", np.stack(spans))


def view_spans(task: Task[Any], folder: str) -> Spans:
    """What `write_spans` wrote, mapped into memory."""
    return Spans(*view_array(task.folder, f"{folder}/spans", np.uint32).reshape(len(Spans._fields), -1))


def settle_passages(task: Task[DedupConfig]) -> dict[str, int]:
    """Write the spans of all documents to the state, and the documents that go whole.

    A document goes if fewer than `least_left` of its units stand outside its spans; also if these are fewer than a
    passage has and less than `least_left_share` of all. It stays if a passage of another is kept in it, unless all of
    its units stand elsewhere. `lost` are these, and then the document that has the longest passage of each, or that
    which stays for it. `task.arguments["spanned"]` names the tasks of `find_spans`. Memory: 60 bytes a span.
    """
    plan = Plan.of(task)
    spans = join_spans([view_spans(task, f"work/spans/{name}") for name in task.arguments["spanned"]])
    if plan.state:
        known = view_spans(task, plan.state)
        touched = np.zeros(Census.of(task).total, np.bool_)
        touched[read_array(task.folder, "work/spans/touched", np.uint32)] = True
        spans = _with(spans, known, np.flatnonzero(~touched[known.number]))
    write_spans(task, plan.new_state, spans)
    lost, keeper = _lost(spans, task.config)
    write_array(task, f"{plan.new_state}/lost", np.stack([lost, keeper]))
    return {"passages_alone": lost.size}


def read_lost(folder: Folder, state: str) -> tuple[Numbers, Numbers]:
    """The documents that go whole, sorted, and the document that stays for each, as `settle_passages` wrote them."""
    lost, keeper = view_array(folder, f"{state}/lost", np.uint32).reshape(2, -1)
    return lost, keeper


def _with(some: Spans, others: Spans, rows: Integers) -> Spans:
    """Sorted spans with those rows of others, which are of other documents."""
    places, more = np.searchsorted(others.number[rows], some.number), np.arange(some.number.size)
    order = np.insert(rows, places, others.number.size + more)
    return Spans(*(np.concatenate(pair)[order] for pair in zip(others, some, strict=True)))


def _lost(spans: Spans, config: DedupConfig) -> tuple[Numbers, Numbers]:
    """The documents that go whole, and the document that stays for each."""
    lost, keeper = np.empty((2, spans.number.size), np.uint32)
    keeps = np.zeros(int(spans.keeper.max(initial=0)) + 1, np.bool_)
    keeps[spans.keeper] = True
    least = (config.least_left, config.least_passage, config.least_left_share)
    n = fill_gone(spans, keeps, least, lost, keeper)
    return lost[:n], stays(keeper[:n], lost[:n], keeper[:n])


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
        rows = rows[_table(numbers[rows], lost)[numbers[rows]]]
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
    kept, reason = kept.copy(), reason.copy()
    (rows,) = np.nonzero(_table(kept, lost)[kept])
    reason[rows], kept[rows] = Reason.REPEATED_PASSAGES, stays(kept[rows], lost, keeper)
    return kept, reason
