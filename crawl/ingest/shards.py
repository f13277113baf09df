"""Records on their way to disk: in batches bounded in rows and bytes, over as many shards as they fill."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from corpus.document import RECORD, documents_table
from corpus.task import Outcome, Task
from crawl.ingest.config import IngestConfig

BATCH_ROWS = 1000
BATCH_BYTES = 16 << 20


class Verdict(NamedTuple):
    """Why a record is dropped, and the evidence; both empty for one that is kept."""

    reason: str = ""
    evidence: str = ""


class _Taken(NamedTuple):
    row: Mapping[str, Any]
    verdict: Verdict
    is_part: bool = False  # of a document that was taken before it


@contextmanager
def sharded(task: Task[IngestConfig]) -> Iterator[Shards]:
    """The shards of a task, whole at the end of the block: `<task>-000.parquet` and on."""
    with ExitStack() as stack:
        shards = Shards(task, stack)
        yield shards
        shards.flush()


class Shards:
    """Takes records with their verdicts; begins a new pair of shards after `shard_bytes` of text or payload."""

    def __init__(self, task: Task[IngestConfig], stack: ExitStack) -> None:
        self._task = task
        self._stack = stack
        self._taken: list[_Taken] = []
        self._batch_bytes = 0
        self._n_shards = 0
        self.n_records = 0
        self._outcome = self._next_outcome()

    def _next_outcome(self) -> Outcome:
        self._stack.close()
        shard = replace(self._task, name=f"{self._task.name}-{self._n_shards:03d}")
        self._n_shards += 1
        self._shard_bytes = 0
        return self._stack.enter_context(shard.outcome(RECORD))

    def add(self, row: Mapping[str, Any], verdict: Verdict, n_bytes: int) -> None:
        """Take a row of RECORD; `n_bytes` is about what it holds in memory."""
        self._take(_Taken(row, verdict), n_bytes)

    def unfold(self, row: Mapping[str, Any], verdict: Verdict, n_bytes: int) -> None:
        """Take a row that stood in one taken before, such as a post in an interface's answer."""
        self._take(_Taken(row, verdict, is_part=True), n_bytes)

    def _take(self, taken: _Taken, n_bytes: int) -> None:
        self.n_records += 1
        self._taken.append(taken)
        self._batch_bytes += n_bytes
        if len(self._taken) >= BATCH_ROWS or self._batch_bytes >= BATCH_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what was taken."""
        if not self._taken:
            return
        if self._shard_bytes >= self._task.config.shard_bytes:
            self._outcome = self._next_outcome()
        table = documents_table([taken.row for taken in self._taken], RECORD)
        verdicts = [taken.verdict for taken in self._taken]
        is_dropped = pa.array([bool(v.reason) for v in verdicts])
        is_part = pa.array([taken.is_part for taken in self._taken])
        self._outcome.read(table.filter(pc.invert(is_part)))
        self._outcome.unfold(table.filter(is_part))
        self._outcome.keep(table.filter(pc.invert(is_dropped)))
        dropped = [v for v in verdicts if v.reason]
        reasons = pa.array([v.reason for v in dropped], pa.string())
        evidence = pa.array([v.evidence or None for v in dropped], pa.string())
        self._outcome.drop(table.filter(is_dropped), reasons, None, evidence)
        self._shard_bytes += self._batch_bytes
        self._taken, self._batch_bytes = [], 0
