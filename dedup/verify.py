"""Exact comparison of a group's documents, and with it who stays in each component."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.stage import Task
from dedup.bands import least_agreeing
from dedup.columns import Census, open_table, write_array
from dedup.components import MEMBERS
from dedup.config import DedupConfig, Reason
from dedup.facts import facts_lost
from dedup.index import FATE
from dedup.leader import Fates, Integers, Members, Texts, lead
from dedup.sketch_kernels import SLOTS


def verify_group(task: Task[DedupConfig]) -> dict[str, int]:
    """Write each member's number, the document kept for it, the best of its component, the Reason and the similarity.

    `task.arguments["batches"]` says which batch of which shard's members is the group's.
    """
    found = _members(task)
    units = found["units"].combine_chunks()  # stay as they are read: Arrow takes lists a hundred times slower
    order = best_first(found, Census.of(task))
    members = found.drop_columns(["units", "sketch"]).take(pa.array(order))
    decided = ties(members, order, np.diff(units.offsets.to_numpy()) > 0, task.config.least_units)
    sketches = np.frombuffer(found["sketch"].combine_chunks().buffers()[1], np.uint8).reshape(-1, SLOTS)
    offsets, flat = units.offsets.to_numpy() - units.offsets[0].as_py(), units.flatten().to_numpy()
    threshold, texts = task.config.threshold, Texts(flat, offsets, task.config.shingle_units)
    fates, counts = lead(decided, sketches[order], texts, (threshold, least_agreeing(threshold, 8)))
    _write(task, members["number"].to_numpy(), decided, fates, lost_facts(flat, offsets, decided, fates))
    return {"checks": int(counts[0]), "capped": int(counts[1])}


def _members(task: Task[Any]) -> pa.Table:
    batches = []
    for shard, batch in task.arguments["batches"]:
        batches.append(open_table(task.folder, f"work/gathered/{shard}").get_batch(batch))
    return pa.Table.from_batches(batches, MEMBERS)


def best_first(members: pa.Table, census: Census) -> Integers:
    """The rows of each component together, those to be kept first: by preference, then the smaller id.

    Where all of it is equal, by the place in the shards in order of their names: a number tells when one was added.
    """
    keys = [("root", "ascending"), ("preference", "descending"), ("id", "ascending"), ("place", "ascending")]
    placed = members.append_column("place", pa.array(census.by_name(members["number"].to_numpy())))
    return pc.sort_indices(placed, sort_keys=keys).to_numpy().astype(np.int64)  # type: ignore[no-any-return]


def ties(members: pa.Table, rows: Integers, has_units: NDArray[np.bool_], least_units: int) -> Members:
    """What members have in common, as numbers; `rows` are their rows in the group, of which some hold units."""
    n_units = members["n_units"].to_numpy()
    text = _classes(members, "text_key", "text_check", "n_bytes")
    short = (n_units > 0) & (n_units < least_units)
    has_url = members["url_key"].to_numpy() != 0
    carrier = np.full(len(members), -1, np.int64)
    carries = has_units[rows]
    carrier[text[carries]] = rows[carries]
    return Members(
        component=members["root"].to_numpy().astype(np.int64),
        text=text,
        units=np.where(short, _classes(members, "unit_key", "n_units"), -1),
        url=np.where(has_url, _classes(members, "url_key"), -1),
        source=_classes(members, "source"),
        id=_classes(members, "id"),
        carrier=np.where(carrier[text] >= 0, carrier[text], rows),
    )


def _classes(members: pa.Table, *names: str) -> Integers:
    """A number for each row, below the number of rows; equal for rows that are equal in these columns."""
    codes = _codes(members[names[0]].combine_chunks())
    for name in names[1:]:
        codes = _codes(pa.array(codes * len(members) + _codes(members[name].combine_chunks())))
    return codes


def _codes(column: pa.Array) -> Integers:
    return column.dictionary_encode().indices.to_numpy().astype(np.int64)  # type: ignore[no-any-return]


def lost_facts(
    units: NDArray[np.uint32], offsets: Integers, members: Members, fates: Fates
) -> NDArray[np.int32]:
    """Of each near-duplicate its numbers and dates, and its places, that the document kept has not: `(n, 2)`."""
    is_near = fates.reason == Reason.NEAR_DUPLICATE
    leads = np.arange(offsets.size - 1)
    leads[members.carrier[is_near]] = members.carrier[fates.lead[is_near]]
    return np.where(is_near[:, None], facts_lost(units, offsets, leads)[members.carrier], 0)


def _write(
    task: Task[Any], numbers: NDArray[np.uint32], members: Members, fates: Fates, lost: NDArray[np.int32]
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
