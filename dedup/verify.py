"""Exact comparison of a group's documents, and with it who stays in each component."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.stage import Task
from dedup.bands import least_agreeing
from dedup.columns import Census, view_array, write_array
from dedup.components import read_members
from dedup.config import DedupConfig, Reason
from dedup.facts import facts_lost
from dedup.index import COMPONENT, FATE, Plan
from dedup.leader import lead
from dedup.members import Fates, Integers, Known, Members, Texts
from dedup.sketch_kernels import SLOTS
from dedup.trees import copy_runs
from dedup.units import units_of


def verify_group(task: Task[DedupConfig]) -> dict[str, int]:
    """Write each member's number, the document kept for it, the best of its component, the Reason and the similarity.

    `task.arguments["members"]` says which members of which task of gathering are the group's.
    """
    found = read_members(task, task.arguments["members"])
    texts = _Units(task, found)
    order = best_first(found, Census.of(task))
    members = found.drop_columns("sketch").take(pa.array(order))
    numbers = members["number"].to_numpy()
    decided = ties(members, order, texts.at_hand, task.config.least_units)
    past = Past.of(task, numbers, ~members["fresh"].to_numpy())
    sketches = np.frombuffer(found["sketch"].combine_chunks().buffers()[1], np.uint8)
    sketches = sketches.reshape(-1, SLOTS)[order]
    bounds = (task.config.threshold, least_agreeing(task.config.threshold, 8))
    fates, counts, wanted = lead(decided, past.known, sketches, texts.texts, bounds)
    while texts.fetch(wanted):
        known = _with_settled(past.known, decided, fates, wanted)
        fates, more, wanted = lead(decided, known, sketches, texts.texts, bounds)
        counts[0] += more[0]
    _write(task, numbers, decided, fates, _lost_facts(texts, decided, fates, past))
    return {"checks": int(counts[0]), "capped": int(counts[1])}


def _with_settled(known: Known, members: Members, fates: Fates, wanted: NDArray[np.bool_]) -> Known:
    """What is known, and also the fates in those components for which all units were at hand."""
    open_ones = np.zeros(members.component.max() + 1, np.bool_)
    open_ones[members.component[wanted[members.carrier]]] = True
    settled = ~open_ones[members.component]
    pairs: Any = zip(fates, known.fates, strict=True)
    merged = [np.where(settled, now, then) for now, then in pairs]
    return Known(np.where(settled, members.component, known.component), Fates(*merged))


class _Units:
    """The units of a group's documents, by the rows in which these were read."""

    def __init__(self, task: Task[DedupConfig], found: pa.Table) -> None:
        self._task, self._numbers = task, found["number"].to_numpy()
        self._sizes = found["n_units"].to_numpy().astype(np.int64)
        nothing = np.empty(0, np.uint32), np.zeros(len(found) + 1, np.int64)
        self.texts = Texts(*nothing, task.config.shingle_units)
        self.fetch(found["carries"].to_numpy())

    @property
    def at_hand(self) -> NDArray[np.bool_]:
        """Which documents' units are."""
        return np.diff(self.texts.offsets) > 0

    def fetch(self, wanted: NDArray[np.bool_]) -> bool:
        """Bring the units of these documents to hand; whether there was anything to bring."""
        (rows,) = np.nonzero(wanted & ~self.at_hand & (self._sizes > 0))
        if not rows.size:
            return False
        rows = rows[np.argsort(self._numbers[rows])]
        offsets, units = units_of(self._task, self._numbers[rows])
        counts, (held,) = np.diff(self.texts.offsets), np.nonzero(self.at_hand)
        counts[rows] = np.diff(offsets)
        ends = np.cumsum(counts)
        whole = np.empty(ends[-1], np.uint32)
        copy_runs(self.texts.units, self.texts.offsets[held], whole, ends[held] - counts[held], counts[held])
        copy_runs(units, offsets[:-1], whole, ends[rows] - counts[rows], counts[rows])
        self.texts = Texts(whole, np.concatenate([np.zeros(1, np.int64), ends]), self.texts.width)
        return True


class Past(NamedTuple):
    """What became of members when the new ones were not there yet."""

    known: Known
    lost: NDArray[np.int64]  # (n, 2): numbers and dates, and places, that the one kept for each had not

    @classmethod
    def of(cls, task: Task[Any], numbers: NDArray[np.uint32], is_known: NDArray[np.bool_]) -> Past:
        """Of the members of these numbers."""
        n, state = numbers.size, Plan.of(task).state
        fates = Fates(np.zeros(n, np.int64), np.zeros(n, np.uint8), np.zeros(n))
        past = cls(Known(np.full(n, -1), fates), np.zeros((n, 2), np.int64))
        (rows,) = np.nonzero(is_known)
        if rows.size:
            old, order = numbers[rows], np.argsort(numbers)
            dtypes = {**FATE, COMPONENT: "uint32"}
            then = {
                name: view_array(task.folder, f"{state}/{name}", dtype)[old] for name, dtype in dtypes.items()
            }
            past.known.component[rows] = then[COMPONENT]
            fates.lead[rows] = order[np.searchsorted(numbers, then["kept"], sorter=order)]
            fates.reason[rows], fates.similarity[rows] = then["reason"], then["similarity"]
            past.lost[rows] = np.stack([then["numbers_lost"], then["places_lost"]], axis=1)
        return past


def best_first(members: pa.Table, census: Census) -> Integers:
    """The rows of each component together, those to be kept first: by preference, then the smaller id.

    Where all of it is equal, by the place in the shards in order of their names: a number tells when one was added.
    """
    place, roots = census.by_name(members["number"].to_numpy()), members["root"].to_numpy()
    worth = members["preference"].to_numpy()
    order = np.lexsort((place, ~worth, roots))
    is_like = (np.diff(roots[order]) == 0) & (np.diff(worth[order]) == 0)
    (tied,) = np.nonzero(np.append(is_like, False) | np.append(False, is_like))
    rows = order[tied]
    keys = pa.table(
        {"root": roots[rows], "worst": ~worth[rows], "id": members["id"].take(rows), "place": place[rows]}
    )
    order[tied] = rows[pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in keys.column_names])]
    return order


def ties(members: pa.Table, rows: Integers, has_units: NDArray[np.bool_], least_units: int) -> Members:
    """What members have in common, as numbers; `rows` are their rows in the group, of which some hold units."""
    n_units = members["n_units"].to_numpy()
    text = _classes(members, "text_key", "text_check", "n_bytes")
    short = (n_units > 0) & (n_units < least_units)
    has_url = members["url_key"].to_numpy() != 0
    carrier = np.empty(len(members), np.int64)
    carrier[text[::-1]] = rows[::-1]  # the best of a text, if none has its units at hand
    carries = has_units[rows]
    carrier[text[carries]] = rows[carries]
    return Members(
        component=members["root"].to_numpy().astype(np.int64),
        text=text,
        units=np.where(short, _classes(members, "unit_key", "n_units"), -1),
        url=np.where(has_url, _classes(members, "url_key"), -1),
        source=_classes(members, "source"),
        id=_classes(members, "id"),
        n_units=n_units.astype(np.int64),
        carrier=carrier[text],
    )


def _classes(members: pa.Table, *names: str) -> Integers:
    """A number for each row, below the number of rows; equal for rows that are equal in these columns."""
    codes = _codes(members[names[0]].combine_chunks())
    for name in names[1:]:
        codes = _codes(pa.array(codes * len(members) + _codes(members[name].combine_chunks())))
    return codes


def _codes(column: pa.Array) -> Integers:
    return column.dictionary_encode().indices.to_numpy().astype(np.int64)  # type: ignore[no-any-return]


def _lost_facts(texts: _Units, members: Members, fates: Fates, past: Past) -> Integers:
    """Of each near-duplicate its numbers and dates, and its places, that the document kept has not: `(n, 2)`."""
    before, is_near = past.known, fates.reason == Reason.NEAR_DUPLICATE
    is_same = (
        (before.component >= 0) & (before.fates.reason == fates.reason) & (before.fates.lead == fates.lead)
    )
    (asked,) = np.nonzero(is_near & ~is_same)
    lost = np.where((is_near & is_same)[:, None], past.lost, 0)
    own, kept = members.carrier[asked], members.carrier[fates.lead[asked]]
    wanted = np.zeros(texts.at_hand.size, np.bool_)
    wanted[own] = wanted[kept] = True
    texts.fetch(wanted)
    leads = np.arange(wanted.size)
    leads[own] = kept
    lost[asked] = facts_lost(texts.texts.units, texts.texts.offsets, leads)[own]
    return lost


def _write(
    task: Task[Any], numbers: NDArray[np.uint32], members: Members, fates: Fates, lost: Integers
) -> None:
    first = np.flatnonzero(np.diff(members.component, prepend=-1))
    sizes = np.diff(np.append(first, members.component.size))
    most = np.iinfo(FATE["numbers_lost"]).max
    columns: dict[str, NDArray[Any]] = {
        "kept": numbers[fates.lead],
        "reason": fates.reason,
        "similarity": fates.similarity,
        "cluster": np.repeat(numbers[first], sizes),
        "numbers_lost": np.minimum(lost[:, 0], most),
        "places_lost": np.minimum(lost[:, 1], most),
    }
    write_array(task, f"work/verified/{task.name}.number", numbers)
    for name, dtype in FATE.items():
        write_array(task, f"work/verified/{task.name}.{name}", columns[name].astype(dtype))
