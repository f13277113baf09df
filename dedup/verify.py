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
from dedup.index import COMPONENT, FATE, FATES, Plan
from dedup.leader import lead, room_for
from dedup.members import Case, Fates, Flags, Integers, Known, Members, Seen
from dedup.sketch_kernels import SLOTS
from dedup.units import Units


def verify_group(task: Task[DedupConfig]) -> dict[str, int]:
    """Write each member's number, the document kept for it, the best of its component, the Reason and the similarity.

    `task.arguments["members"]` says which members of which task of gathering are the group's.
    """
    found = read_members(task, task.arguments["members"])
    order = best_first(found, Census.of(task))
    members = found.drop_columns("sketch").take(pa.array(order))
    numbers = members["number"].to_numpy()
    decided = ties(members, task.config.least_units)
    units = Units(task, numbers, members["first_unit"].to_numpy(), decided)
    units.fetch(members["carries"].to_numpy())
    past = Past.of(task, numbers, ~members["fresh"].to_numpy())
    sketches = np.frombuffer(found["sketch"].combine_chunks().buffers()[1], np.uint8)
    sketches = sketches.reshape(-1, SLOTS)[order]
    threshold = task.config.threshold
    case = Case(decided, past.known, sketches, units.texts, threshold, least_agreeing(threshold, 8))
    seen, room = Seen.nothing(numbers.size), room_for(int(decided.n_units.max()))
    while lead(case, seen, room):
        units.fetch(seen.wanted)
    _write(task, numbers, decided, seen.fates, _lost_facts(units, decided, seen.fates, past))
    return {"checks": int(seen.counts[0]), "capped": int(seen.counts[1])}


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
            fates.lead[rows] = order[np.searchsorted(numbers[order], then["kept"])]
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


def ties(members: pa.Table, least_units: int) -> Members:
    """What members have in common, as numbers; those of one text have the units of the one that carries them."""
    n, n_units = len(members), members["n_units"].to_numpy()
    text = _classes(members, np.ones(n, np.bool_), "text_key", "text_check", "n_bytes")
    url = _classes(members, members["url_key"].to_numpy() != 0, "url_key")
    shares_url = (url >= 0) & (np.bincount(url[url >= 0], minlength=n)[url] > 1)
    rows, carrier = np.arange(n), np.empty(n, np.int64)
    carrier[text[::-1]] = rows[::-1]  # the best of a text, if none is read from the start
    carries = members["carries"].to_numpy()
    carrier[text[carries]] = rows[carries]
    return Members(
        component=members["root"].to_numpy().astype(np.int64),
        text=text,
        units=_classes(members, (n_units > 0) & (n_units < least_units), "unit_key", "n_units"),
        url=np.where(shares_url, url, -1),
        source=_classes(members, shares_url, "source"),
        id=_classes(members, shares_url, "id"),
        n_units=n_units.astype(np.int64),
        carrier=carrier[text],
    )


def _classes(members: pa.Table, among: Flags, *names: str) -> Integers:
    """A number below that of rows for each row of some, equal where these columns are equal; -1 for others."""
    (rows,) = np.nonzero(among)
    taken = members.select(list(names)).take(pa.array(rows))
    column = taken[0].combine_chunks()
    if len(names) > 1:
        keys = np.stack([key.to_numpy().astype(np.uint64) for key in taken.columns], axis=1)
        column = pa.Array.from_buffers(pa.binary(keys[:1].nbytes), rows.size, [None, pa.py_buffer(keys)])
    classes = np.full(among.size, -1)
    classes[rows] = column.dictionary_encode().indices.to_numpy()
    return classes


def _lost_facts(units: Units, members: Members, fates: Fates, past: Past) -> Integers:
    """Of each near-duplicate its numbers and dates, and its places, that the document kept has not: `(n, 2)`."""
    before, is_near = past.known, fates.reason == Reason.NEAR_DUPLICATE
    is_same = (
        (before.component >= 0) & (before.fates.reason == fates.reason) & (before.fates.lead == fates.lead)
    )
    (asked,) = np.nonzero(is_near & ~is_same)
    lost = np.where((is_near & is_same)[:, None], past.lost, 0)
    own, kept = members.carrier[asked], members.carrier[fates.lead[asked]]
    wanted = np.zeros(lost.shape[0], np.bool_)
    wanted[own] = wanted[kept] = True
    units.fetch(wanted)
    lost[asked] = facts_lost(units.texts.units, units.texts.offsets, own, kept)
    return lost


def _write(
    task: Task[Any], numbers: NDArray[np.uint32], members: Members, fates: Fates, lost: Integers
) -> None:
    first = np.flatnonzero(np.diff(members.component, prepend=-1))
    sizes = np.diff(np.append(first, members.component.size))
    most = np.iinfo(FATE["numbers_lost"]).max
    found = np.empty(numbers.size, FATES)
    found["number"], found["cluster"] = numbers, np.repeat(numbers[first], sizes)
    found["kept"], found["reason"], found["similarity"] = numbers[fates.lead], fates.reason, fates.similarity
    found["numbers_lost"], found["places_lost"] = np.minimum(lost, most).T
    write_array(task, f"work/verified/{task.name}", found)
