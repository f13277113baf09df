"""The shards that say what became of each document."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus.document import DOCUMENT
from corpus.shards import ShardWriter, read_batches
from corpus.stage import Task
from dedup.columns import Census, read_array
from dedup.config import DedupConfig, Reason
from dedup.index import APPLIED, FATE, Plan
from dedup.passages.cut import PASSAGES, STEP, cut_passages, spans_of
from dedup.settle import outcomes
from dedup.traits import unpadded, view_ids

CLUSTERS = pa.schema(
    [
        pa.field("cluster", pa.string(), nullable=False),  # id of the best document of the component
        pa.field("kept", pa.string(), nullable=False),  # id of the document kept for this member
        pa.field("member", pa.string(), nullable=False),
        pa.field("reason", pa.string()),  # null for the kept document itself
        pa.field("jaccard", pa.float64()),  # to the kept document; null for other ties than of whole texts
        pa.field("source", pa.string(), nullable=False),
        pa.field("host", pa.string()),
        # Numbers and dates of it that the kept document has not, and places.
        pa.field("numbers_lost", pa.int32(), nullable=False),
        pa.field("places_lost", pa.int32(), nullable=False),
    ]
)
NAMES = pa.array([None, *(reason.name.lower() for reason in list(Reason)[1:])])


def apply_shard(task: Task[DedupConfig]) -> None:
    """Write a shard's kept and dropped documents, its part of the clusters, and the passages cut from documents.

    Where an earlier run decided the same about the same shard, what it wrote stands.
    """
    decided = _Decisions(task)
    record, mark = f"{APPLIED}/{task.name}.json", decided.mark()
    if _stands(task, record, mark):
        return
    task.folder.delete(record)
    _write(task, decided)
    task.folder.write_json(record, {"mark": mark, "files": task.files, "ledger": task.ledger.rows()})


def _stands(task: Task[DedupConfig], record: str, mark: str) -> bool:
    """Whether the shard's output is there already, of the same decisions; the task then takes it over."""
    if not task.folder.exists(record):
        return False
    try:
        known = task.folder.read_json(record)
        files, ledger = known["files"], known["ledger"]
        if known["mark"] != mark or any(not task.folder.holds(file["path"], file["bytes"]) for file in files):
            return False
    except (ValueError, TypeError, KeyError):
        return False
    task.retake(files, ledger)
    return True


def _write(task: Task[DedupConfig], decided: _Decisions) -> None:
    clusters = ShardWriter(task.create(f"clusters/{task.name}.parquet"), CLUSTERS)
    passages = ShardWriter(task.create(f"passages/{task.name}.parquet"), PASSAGES)
    start = 0
    with task.outcome() as out, clusters, passages:
        for table in read_batches(task.source, DOCUMENT):
            clusters.write(decided.members(table, start))
            gone = decided.reason[start : start + len(table)] != Reason.KEPT
            lost = decided.ties(np.flatnonzero(gone) + start)
            out.read(table)
            out.drop(table.filter(pa.array(gone)), lost["reason"], lost["jaccard"], lost["kept"])
            stays = table.filter(pa.array(~gone))
            whole, cut = decided.cut(stays, np.flatnonzero(~gone) + start)
            out.edited(STEP, stays, whole)
            out.keep(whole)
            passages.write(cut)
            start += len(table)


class _Decisions:
    """What became of a shard's documents, by row."""

    def __init__(self, task: Task[Any]) -> None:
        plan, census = Plan.of(task), Census.of(task)
        self._shard = task.arguments["shard"]
        self._start, stop = census.span(self._shard)
        self._state = {
            key: read_array(task.folder, f"{plan.new_state}/{key}", dtype, self._start, stop)
            for key, dtype in FATE.items()
        }
        self._kept, self.reason = outcomes(task, plan, self._start, stop)
        self._spans = spans_of(task, plan.new_state, self._start, stop)
        keeps = read_array(task.folder, "work/keeps", np.bool_, self._start, stop)
        self._tied = (self.reason != Reason.KEPT) | keeps
        clusters = self._state["cluster"][self._tied]
        self._named = np.unique(np.concatenate([self._kept[self._tied], clusters, self._spans.keeper]))
        self._ids = ids_of(task, census, self._named)
        self._keepers = self._ids_of(self._spans.keeper)

    def mark(self) -> str:
        """A digest of all that the output of this shard is made from; its name in the index tells config and code."""
        rows = np.flatnonzero(self._tied)
        columns = {"row": pa.array(rows), **self.ties(rows)}
        spans = {
            "row": pa.array(self._spans.number - np.uint32(self._start)),
            "first": pa.array(self._spans.first),
            "stop": pa.array(self._spans.stop),
            "keeper": self._keepers,
        }
        parts = [self._shard.encode()]
        for table in (columns, spans):
            batch = pa.RecordBatch.from_pydict(
                {key: pa.concat_arrays([column]) for key, column in table.items()}
            )
            parts.append(batch.serialize().to_pybytes())
        return hashlib.sha256(b"\0".join(parts)).hexdigest()

    def _ids_of(self, numbers: NDArray[np.uint32]) -> pa.Array:
        return self._ids.take(pa.array(np.searchsorted(self._named, numbers)))

    def cut(self, documents: pa.Table, rows: NDArray[np.int64]) -> tuple[pa.Table, pa.Table]:
        """Kept documents without their repeated passages, and these."""
        return cut_passages(documents, rows + self._start, self._spans, self._keepers)

    def ties(self, rows: NDArray[np.int64]) -> dict[str, pa.Array]:
        """Of tied rows: ids of the kept document and of the cluster's best one, reason, similarity and lost facts."""
        similar = self._state["similarity"][rows].astype(np.float64)
        similar[self.reason[rows] == Reason.REPEATED_PASSAGES] = np.nan
        return {
            "cluster": self._ids_of(self._state["cluster"][rows]),
            "kept": self._ids_of(self._kept[rows]),
            "reason": NAMES.take(pa.array(self.reason[rows])),
            "jaccard": pa.array(similar, mask=np.isnan(similar)),
            "numbers_lost": pa.array(self._state["numbers_lost"][rows].astype(np.int32)),
            "places_lost": pa.array(self._state["places_lost"][rows].astype(np.int32)),
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
    found, sketched = [pa.array([], pa.string())], Plan.of(task).sketched
    for name, start, part in census.parts(numbers):
        ids = view_ids(task.folder, name, sketched[name]["documents"])
        found.append(unpadded(ids[numbers[part].astype(np.int64) - start]))
    return pa.concat_arrays(found)
