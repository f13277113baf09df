"""The shards that say what became of each document."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus.document import DOCUMENT
from corpus.shards import ShardWriter, read_batches
from corpus.stage import Task
from dedup.columns import Census, read_array, read_columns
from dedup.config import DedupConfig, Reason
from dedup.index import FATE, Plan, entry

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


def apply_shard(task: Task[DedupConfig]) -> None:
    """Write a shard's kept and dropped documents, and its part of the clusters."""
    decided = _Decisions(task)
    clusters = ShardWriter(task.create(f"clusters/{task.name}.parquet"), CLUSTERS)
    start = 0
    with task.outcome() as out, clusters:
        for table in read_batches(task.source, DOCUMENT):
            clusters.write(decided.members(table, start))
            gone = decided.reason[start : start + len(table)] != Reason.KEPT
            lost = decided.ties(np.flatnonzero(gone) + start)
            out.read(table)
            out.drop(table.filter(pa.array(gone)), lost["reason"], lost["jaccard"], lost["kept"])
            out.keep(table.filter(pa.array(~gone)))
            start += len(table)


class _Decisions:
    """What became of a shard's documents, by row."""

    def __init__(self, task: Task[Any]) -> None:
        plan, census = Plan.of(task), Census.of(task)
        name = task.arguments["shard"]
        start, stop = next((a, b) for other, a, b in census.spans() if other == name)
        state = {
            key: read_array(task.folder, f"{plan.new_state}/{key}", dtype, start, stop)
            for key, dtype in FATE.items()
        }
        self.reason, self._similarity = state["reason"], state["similarity"]
        self._kept, self._cluster = state["kept"], state["cluster"]
        self._tied = (self.reason != Reason.KEPT) | read_array(
            task.folder, "work/keeps", np.bool_, start, stop
        )
        self._named = np.unique(np.concatenate([self._kept[self._tied], self._cluster[self._tied]]))
        self._ids = ids_of(task, census, self._named)

    def _ids_of(self, numbers: NDArray[np.uint32]) -> pa.Array:
        return self._ids.take(pa.array(np.searchsorted(self._named, numbers)))

    def ties(self, rows: NDArray[np.int64]) -> dict[str, pa.Array]:
        """Of tied rows: ids of the kept document and of the cluster's best one, reason and similarity."""
        similar = self._similarity[rows].astype(np.float64)
        return {
            "cluster": self._ids_of(self._cluster[rows]),
            "kept": self._ids_of(self._kept[rows]),
            "reason": NAMES.take(pa.array(self.reason[rows])),
            "jaccard": pa.array(similar, mask=np.isnan(similar)),
        }

    def members(self, documents: pa.Table, start: int) -> pa.Table:
        """The rows of CLUSTERS for documents, the first of which is the shard's row `start`."""
        rows = np.flatnonzero(self._tied[start : start + len(documents)])
        there = (
            documents.select(["id", "source", "host"])
            .take(pa.array(rows))
            .rename_columns(["member", "source", "host"])
        )
        for name, column in self.ties(rows + start).items():
            there = there.append_column(name, column)
        return there.select(CLUSTERS.names).cast(CLUSTERS)


def ids_of(task: Task[Any], census: Census, numbers: NDArray[np.uint32]) -> pa.Array:
    """The ids of documents; their numbers are sorted."""
    found = [pa.array([], pa.string())]
    for name, start, part in census.parts(numbers):
        ids = read_columns(task.folder, f"{entry(name)}/traits.arrow", ["id"])["id"]
        found += ids.take(pa.array(numbers[part].astype(np.int64) - start)).chunks
    return pa.concat_arrays(found)
