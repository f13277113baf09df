"""What becomes of each document, and the shards that say so."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.document import DOCUMENT
from corpus.shards import ShardWriter, read_batches
from corpus.stage import Task
from dedup.columns import Census, read_array, read_columns, write_table
from dedup.config import DedupConfig, Reason

DECISIONS = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("cluster", pa.string(), nullable=False),
        pa.field("kept", pa.string(), nullable=False),
        pa.field("reason", pa.string()),
        pa.field("jaccard", pa.float64()),
    ]
)
CLUSTERS = pa.schema(
    [
        pa.field("cluster", pa.string(), nullable=False),  # id of the best document of the component
        pa.field("kept", pa.string(), nullable=False),  # id of the document kept for this member
        pa.field("member", pa.string(), nullable=False),
        pa.field("reason", pa.string()),  # null for the kept document itself
        pa.field("jaccard", pa.float64()),  # to the kept document; null where only the URL is the same
        pa.field("source", pa.string(), nullable=False),
        pa.field("host", pa.string()),
    ]
)
NAMES = pa.array([None, *(reason.name.lower() for reason in list(Reason)[1:])])


def resolve(
    kept: NDArray[np.uint32], reason: NDArray[np.uint8], similar: NDArray[np.float64]
) -> tuple[NDArray[np.uint32], NDArray[np.uint8], NDArray[np.float64]]:
    """The same ties, each drawn to a document that stays.

    A tie through another document is as weak as the weakest on the way: an exact copy of a near-duplicate is
    a near-duplicate, of the same similarity. What has only its URL in common has no similarity.
    """
    while not np.array_equal(further := kept[kept], kept):
        similar = np.where(reason[kept] == Reason.NEAR_DUPLICATE, similar[kept], similar)
        reason = np.maximum(reason, reason[kept])
        kept = further
    return kept, reason, np.where(reason == Reason.URL_DUPLICATE, np.nan, similar)


def decide(task: Task[DedupConfig]) -> dict[str, Any]:
    """Write for each shard the rows that are tied to others; documents and losses by source.

    Memory: 40 bytes a document.
    """
    kept = read_array(task.folder, "work/exact/kept", np.uint32).copy()
    reason = read_array(task.folder, "work/exact/reason", np.uint8).copy()
    similar, cluster = np.ones(kept.size), np.arange(kept.size, dtype=np.uint32)
    members = read_array(task.folder, "work/components/members", np.uint32)
    cluster[members] = read_array(task.folder, "work/components/component", np.uint32)
    for name, start, stop in task.arguments["groups"]:
        part = members[start:stop]
        kept[part] = read_array(task.folder, f"work/verified/{name}.kept", np.uint32)
        similar[part] = read_array(task.folder, f"work/verified/{name}.similarity", np.float64)
        reason[part[kept[part] != part]] = Reason.NEAR_DUPLICATE
    kept, reason, similar = resolve(kept, reason, similar)
    tied = np.zeros(kept.size, np.bool_)
    tied[kept[reason != Reason.KEPT]] = True
    tied |= reason != Reason.KEPT
    _write_decisions(task, np.flatnonzero(tied), (kept, cluster[kept]), (reason, similar))
    return {"sources": _losses(task, reason != Reason.KEPT)}


def _write_decisions(
    task: Task[Any],
    tied: NDArray[np.int64],
    others: tuple[NDArray[np.uint32], NDArray[np.uint32]],
    tie: tuple[NDArray[np.uint8], NDArray[np.float64]],
) -> None:
    census = Census.of(task)
    (kept, cluster), (reason, similar) = others, tie
    named = np.unique(np.concatenate([kept[tied], cluster[tied]]))
    ids = _ids(task, census, named.astype(np.int64))
    parts = {name: tied[part] for name, _, part in census.parts(tied)}
    for name, start, _ in census.spans():
        numbers = parts.get(name, tied[:0])
        columns = [
            pa.array(numbers - start),
            ids.take(pa.array(np.searchsorted(named, cluster[numbers]))),
            ids.take(pa.array(np.searchsorted(named, kept[numbers]))),
            NAMES.take(pa.array(reason[numbers])),
            pa.array(similar[numbers], mask=np.isnan(similar[numbers])),
        ]
        write_table(task, f"work/decisions/{name}", pa.Table.from_arrays(columns, schema=DECISIONS))


def _ids(task: Task[Any], census: Census, numbers: NDArray[np.int64]) -> pa.Array:
    """The ids of these documents; their numbers are sorted."""
    found = [
        read_columns(task.folder, f"work/traits/{name}", ["id"])["id"].take(pa.array(numbers[part] - start))
        for name, start, part in census.parts(numbers)
    ]
    return pa.concat_arrays([pa.array([], pa.string()), *(c for column in found for c in column.chunks)])


def _losses(task: Task[Any], lost: NDArray[np.bool_]) -> dict[str, list[int]]:
    """Documents and lost documents of each source."""
    losses: dict[str, list[int]] = {}
    for name, start, stop in Census.of(task).spans():
        sources = read_columns(task.folder, f"work/traits/{name}", ["source"])
        counted = sources.append_column("lost", pa.array(lost[start:stop].astype(np.int64)))
        sums = counted.group_by("source", use_threads=False).aggregate([("lost", "count"), ("lost", "sum")])
        for row in sums.to_pylist():
            total = losses.setdefault(row["source"], [0, 0])
            total[0] += row["lost_count"]
            total[1] += row["lost_sum"]
    return dict(sorted(losses.items()))


def apply_shard(task: Task[DedupConfig]) -> None:
    """Write a shard's kept and dropped documents, and its part of the clusters."""
    decisions = read_columns(task.folder, f"work/decisions/{task.name}", DECISIONS.names)
    rows = decisions["row"].to_numpy()
    clusters = ShardWriter(task.create(f"clusters/{task.name}.parquet"), CLUSTERS)
    start = 0
    with task.outcome() as out, clusters:
        for table in read_batches(task.source, DOCUMENT):
            first, last = np.searchsorted(rows, [start, start + len(table)])
            decided = decisions.slice(first, last - first)
            at = pa.array(rows[first:last] - start)
            clusters.write(_members(table.take(at), decided))
            gone = pc.is_valid(decided["reason"])
            lost = decided.filter(gone)
            stays = np.ones(len(table), np.bool_)
            stays[at.to_numpy()[gone.to_numpy()]] = False
            out.read(table)
            out.drop(table.filter(pa.array(~stays)), lost["reason"], lost["jaccard"], lost["kept"])
            out.keep(table.filter(pa.array(stays)))
            start += len(table)


def _members(documents: pa.Table, decided: pa.Table) -> pa.Table:
    columns = [decided["cluster"], decided["kept"], documents["id"], decided["reason"], decided["jaccard"]]
    return pa.Table.from_arrays([*columns, documents["source"], documents["host"]], schema=CLUSTERS)
