"""Runs of units that a document shares with better ones, and which documents have too little else."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.paths import Folder
from corpus.stage import Task
from dedup.columns import Census, read_array, read_columns, view_array, write_array
from dedup.config import DedupConfig, Reason
from dedup.index import Plan, entry
from dedup.passages.kernels import Integers, Numbers, fill_spans
from dedup.passages.matches import (
    MATCH,
    MOST_TASKS,
    Matches,
    among,
    join,
    no_matches,
    read_matches,
    write_matches,
)
from dedup.trees import copy_ranges

TASK_DOCUMENTS: Final = 1 << 15  # whose spans are found by one task at the least: a quarter of a second
GROUP_UNITS: Final = 16 << 20  # held at once: 64 MB
SPAN: Final = ("number", "first", "stop", "keeper", "n_units")
_LOST: Final = ("number", "keeper")


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
    divided among tasks of `find_spans`. Memory: 70 bytes a match.
    """
    plan, names = Plan.of(task), [f"work/matches/{name}" for name in task.arguments["matched"]]
    found = join([read_matches(task, name) for name in names])
    known = read_matches(task, plan.state) if plan.state else no_matches()
    changed = np.concatenate([read_array(task.folder, f"{name}.changed", np.uint64) for name in names])
    gone = among(known.key, changed)
    matches = join([known.take(~gone), found]).in_order()
    write_matches(task, plan.new_state, matches)
    touched = _documents_that_differ(known.take(gone), found)
    write_array(task, "work/spans/touched", touched)
    step = max(TASK_DOCUMENTS, -(-touched.size // MOST_TASKS))
    bounds = range(0, touched.size + step, step)
    return {"bounds": [min(bound, touched.size) for bound in bounds]}


def _documents_that_differ(before: Matches, after: Matches) -> Numbers:
    """The documents that have a match which stands in one of the two only."""
    both = join([before, after])
    both = both.take(np.lexsort(both))
    same = np.logical_and.reduce([column[1:] == column[:-1] for column in both])
    alone = ~(np.append(same, False) | np.append(False, same))[: both.key.size]
    return np.unique(both.number[alone])


def find_spans(task: Task[DedupConfig]) -> dict[str, int]:
    """Write the spans of touched documents, `task.arguments["first"]` to `["stop"]` of them.

    Memory: the units of GROUP_UNITS, or of a document that has more and of those that keep passages of it.
    """
    first, stop = task.arguments["first"], task.arguments["stop"]
    touched = read_array(task.folder, "work/spans/touched", np.uint32, first, stop)
    matches = _matches_of(task, touched)
    texts = _Texts(task, np.unique(np.concatenate([touched, matches.keeper])))
    starts = np.append(np.searchsorted(matches.number, touched), matches.number.size)
    parts = []
    for a, b in pairwise(_bounds(_weights(matches, touched, texts))):
        parts.append(_spans_of(matches.take(slice(starts[a], starts[b])), texts, task.config.least_passage))
    write_spans(task, f"work/spans/{task.name}", join_spans(parts))
    return {"spans": sum(part.number.size for part in parts)}


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
    """Where the units of some documents stand."""

    def __init__(self, task: Task[Any], numbers: Numbers) -> None:
        """Their numbers are sorted."""
        self._task, self._numbers = task, numbers
        self._places = Census.of(task).gather(numbers, np.empty((0, 2), np.int64), self._read_places)

    def _read_places(self, shard: str, rows: Integers) -> Integers:
        columns = read_columns(self._task.folder, f"{entry(shard)}/traits.arrow", ["n_units"])
        counts = columns["n_units"].to_numpy().astype(np.int64)
        return np.column_stack([np.cumsum(counts)[rows], counts[rows]])

    def sizes(self, numbers: Numbers) -> Integers:
        """Units of each of these documents."""
        return np.asarray(self._places[np.searchsorted(self._numbers, numbers), 1])

    def units(self, numbers: Numbers) -> tuple[Integers, Numbers]:
        """The units of sorted documents one after another: offsets `(n + 1,)` and units."""
        places = self._places[np.searchsorted(self._numbers, numbers)]
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(places[:, 1])])
        units = np.empty(offsets[-1], np.uint32)
        for shard, _, part in Census.of(self._task).parts(numbers):
            there = view_array(self._task.folder, f"{entry(shard)}/units", np.uint32)
            copy_ranges(there, places[part, 0] - places[part, 1], offsets[part.start : part.stop + 1], units)
        return offsets, units


def _weights(matches: Matches, touched: Numbers, texts: _Texts) -> Integers:
    """Units of each touched document and of those that keep passages of it, some counted more than once."""
    new = np.ones(matches.key.size, np.bool_)
    new[1:] = (matches.number[1:] != matches.number[:-1]) | (matches.keeper[1:] != matches.keeper[:-1])
    at = np.searchsorted(touched, matches.number[new])
    kept = np.bincount(at, texts.sizes(matches.keeper[new]), touched.size).astype(np.int64)
    return kept + texts.sizes(touched)


def _bounds(weights: Integers) -> list[int]:
    """Where groups of consecutive documents of about GROUP_UNITS begin, and the last one ends."""
    group = np.cumsum(weights) // GROUP_UNITS
    return [*np.flatnonzero(np.diff(group, prepend=-1)).tolist(), weights.size]


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
    documents, first, at = np.unique(spans.number, return_index=True, return_inverse=True)
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
    while (gone := among(numbers, lost)).any():
        numbers = np.where(gone, keeper[np.minimum(np.searchsorted(lost, numbers), lost.size - 1)], numbers)
    return numbers


def redirect(
    kept: Numbers, reason: NDArray[np.uint8], lost: Numbers, keeper: Numbers
) -> tuple[Numbers, NDArray[np.uint8]]:
    """The ties of documents (the one kept, the Reason) after those in `lost` have gone too."""
    gone = among(kept, lost)
    reason = np.where(gone, np.uint8(Reason.REPEATED_PASSAGES), reason)
    return stays(kept, lost, keeper), reason
