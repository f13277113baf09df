"""Runs of units that a document shares with better ones, and which documents have too little else."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.stage import Task
from dedup.columns import Census, read_array, read_columns, view_array, write_array
from dedup.config import DedupConfig, Reason
from dedup.index import Plan, entry
from dedup.passages.kernels import Integers, Numbers, fill_spans
from dedup.passages.matches import MATCH, Matches, among, join, no_matches, read_matches, write_matches

GROUP_UNITS: Final = 16 << 20  # held by one task: 64 MB
SPAN: Final = ("number", "first", "stop", "keeper")
LOST: Final = ("number", "keeper")


class Spans(NamedTuple):
    """A row a passage to be cut; sorted by number and first."""

    number: Numbers  # of the document
    first: Numbers  # unit of the passage in it
    stop: Numbers  # the unit after its last
    keeper: Numbers  # a better document that has it

    def take(self, rows: Any) -> Spans:
        """These rows."""
        return Spans(*(column[rows] for column in self))


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
    return {"bounds": _bounds(_weights(task, matches, touched))}


def _documents_that_differ(before: Matches, after: Matches) -> Numbers:
    """The documents that have a match which stands in one of the two only."""
    both = join([before, after])
    both = both.take(np.lexsort(both))
    same = np.logical_and.reduce([column[1:] == column[:-1] for column in both])
    alone = ~(np.append(same, False) | np.append(False, same))[: both.key.size]
    return np.unique(both.number[alone])


def _weights(task: Task[Any], matches: Matches, touched: Numbers) -> Integers:
    """Units of each of these documents and of those that keep passages of it."""
    rows = among(matches.number, touched)
    pairs = np.unique(matches.number[rows].astype(np.uint64) << np.uint64(32) | matches.keeper[rows])
    document = np.searchsorted(touched, (pairs >> np.uint64(32)).astype(np.uint32))
    keepers, at = np.unique(pairs.astype(np.uint32), return_inverse=True)
    weights = np.bincount(document, _unit_counts(task, keepers)[at], touched.size).astype(np.int64)
    return weights + _unit_counts(task, touched)


def _unit_counts(task: Task[Any], numbers: Numbers) -> Integers:
    """The units of these documents; their numbers are sorted."""

    def read(shard: str, rows: Integers) -> Integers:
        return np.asarray(_counts_of_shard(task, shard)[rows])

    return Census.of(task).gather(numbers, np.empty(0, np.int64), read)


def _counts_of_shard(task: Task[Any], shard: str) -> Integers:
    counts = read_columns(task.folder, f"{entry(shard)}/traits.arrow", ["n_units"])["n_units"]
    return np.asarray(counts.to_numpy(), np.int64)


def _bounds(weights: Integers) -> list[int]:
    """Where groups of consecutive documents of about GROUP_UNITS begin, and the last one ends."""
    group = np.cumsum(weights) // GROUP_UNITS
    return [*np.flatnonzero(np.diff(group, prepend=-1)).tolist(), weights.size] if weights.size else []


def find_spans(task: Task[DedupConfig]) -> dict[str, int]:
    """Write the spans of touched documents, `task.arguments["first"]` to `["stop"]` of them."""
    first, stop = task.arguments["first"], task.arguments["stop"]
    touched = read_array(task.folder, "work/spans/touched", np.uint32, first, stop)
    matches = _matches_of(task, touched)
    texts = np.unique(np.concatenate([matches.number, matches.keeper]))
    offsets, units = _read_units(task, texts)
    rows = np.empty((matches.key.size, 5), np.int64)
    rows[:, 0], rows[:, 2] = np.searchsorted(texts, matches.number), np.searchsorted(texts, matches.keeper)
    rows[:, 1], rows[:, 3], rows[:, 4] = matches.position, matches.there, matches.key & np.uint64(1)
    found = np.empty((rows.shape[0], 4), np.int64)
    n = fill_spans(units, (offsets[:-1], offsets[1:]), rows, task.config.least_passage, found)
    text, start, end, match = found[:n].T
    write_spans(task, f"work/spans/{task.name}", Spans(texts[text], start, end, matches.keeper[match]))
    return {"spans": n}


def _matches_of(task: Task[Any], documents: Numbers) -> Matches:
    """The matches of sorted documents."""
    folder = Plan.of(task).new_state
    columns = [view_array(task.folder, f"{folder}/matches.{name}", dtype) for name, dtype in MATCH.items()]
    numbers = Matches(*columns).number
    first = np.searchsorted(numbers, documents)
    count = np.searchsorted(numbers, documents, "right") - first
    return Matches(*columns).take(np.repeat(first - np.cumsum(count) + count, count) + np.arange(count.sum()))


def _read_units(task: Task[Any], numbers: Numbers) -> tuple[Integers, Numbers]:
    """The units of sorted documents one after another: offsets `(n + 1,)` and units."""
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(_unit_counts(task, numbers))])
    units, place = np.empty(offsets[-1], np.uint32), 0
    for shard, start, part in Census.of(task).parts(numbers):
        counts = _counts_of_shard(task, shard)
        ends = np.cumsum(counts)
        there = view_array(task.folder, f"{entry(shard)}/units", np.uint32)
        for row in (numbers[part].astype(np.int64) - start).tolist():
            size = int(counts[row])
            units[place : place + size] = there[ends[row] - size : ends[row]]
            place += size
    return offsets, units


def write_spans(task: Task[Any], folder: str, spans: Spans) -> None:
    """Write `spans.number` and so on."""
    for name, column in spans._asdict().items():
        write_array(task, f"{folder}/spans.{name}", column.astype(np.uint32))


def read_spans(task: Task[Any], folder: str) -> Spans:
    """What `write_spans` wrote."""
    return Spans(*(read_array(task.folder, f"{folder}/spans.{name}", np.uint32) for name in SPAN))


def settle_passages(task: Task[DedupConfig]) -> dict[str, int]:
    """Write the spans of all documents to the state, and the documents that go whole.

    A document goes if fewer than `least_left` of its units, or less than `least_left_share` of them, stand outside its
    spans. `lost.number` are these, and `lost.keeper` the document that has the longest passage of each, or that which
    stays for it. `task.arguments["spanned"]` names the tasks of `find_spans`. Memory: 40 bytes a span.
    """
    plan = Plan.of(task)
    parts = [read_spans(task, f"work/spans/{name}") for name in task.arguments["spanned"]]
    if plan.state:
        known = read_spans(task, plan.state)
        touched = read_array(task.folder, "work/spans/touched", np.uint32)
        parts.append(known.take(~among(known.number, touched)))
    none = Spans(*(np.empty(0, np.uint32) for _ in SPAN))
    spans = Spans(*map(np.concatenate, zip(none, *parts, strict=True)))
    spans = spans.take(np.lexsort((spans.first, spans.number)))
    write_spans(task, plan.new_state, spans)
    lost, keeper = _lost(task, spans)
    write_array(task, f"{plan.new_state}/lost.number", lost)
    write_array(task, f"{plan.new_state}/lost.keeper", keeper)
    return {
        "passages": spans.number.size,
        "documents_cut": np.unique(spans.number).size - lost.size,
        "lost": lost.size,
    }


def _lost(task: Task[DedupConfig], spans: Spans) -> tuple[Numbers, Numbers]:
    """The documents that go whole, and the document that stays for each."""
    documents, at = np.unique(spans.number, return_inverse=True)
    sizes = spans.stop.astype(np.int64) - spans.first
    n_units = _unit_counts(task, documents)
    left = n_units - np.bincount(at, sizes, documents.size).astype(np.int64)
    goes = (left < task.config.least_left) | (left < task.config.least_left_share * n_units)
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
