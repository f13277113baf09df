"""One piece of a stage's work: what it reads, writes and counts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO, Any, Generic, Self, TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from corpus.document import DOCUMENT, DROPPED, as_dropped
from corpus.engine import meter
from corpus.ledger import Ledger
from corpus.paths import Folder
from corpus.shards import ShardWriter

C = TypeVar("C")


@dataclass(frozen=True)
class Task(Generic[C]):
    """One file → file piece of work; whatever it writes depends on these fields alone."""

    name: str
    stage: str
    folder: Folder
    config: C
    source: str = ""  # URI of the input file, if there is one
    arguments: Mapping[str, Any] = field(default_factory=dict)
    inner: tuple[str, ...] = ()  # folders of the stage's own, whose files are no output and have no digest
    ledger: Ledger = field(default_factory=Ledger, compare=False)
    files: list[dict[str, Any]] = field(default_factory=list, compare=False)

    @contextmanager
    def create(self, path: str) -> Iterator[IO[bytes]]:
        """Open an output file, by its path in the stage's folder; it appears whole, and goes into the receipt."""
        is_output = not path.startswith(self.inner)
        with self.folder.create(path) as file:
            counted = _Digesting(file) if is_output else _Counting(file)
            yield counted  # type: ignore[misc]
        written = {"path": path, "bytes": counted.size}
        if isinstance(counted, _Digesting):
            written["sha256"] = counted.sha256.hexdigest()
        self.files.append(written)

    def read(self, table: pa.Table) -> None:
        """Count documents as come in, by the sizes in their columns."""
        self.ledger.add_table(table, "in")
        meter().count(len(table), pc.sum(table["n_bytes"]).as_py() or 0)

    def adopt(self, path: str) -> None:
        """Take into the receipt a file that the task wrote in place, durably, over more than one life."""
        file = self.folder.local() / path
        with file.open("rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        self.files.append({"path": path, "bytes": file.stat().st_size, "sha256": sha256})

    def retake(self, files: Sequence[Mapping[str, Any]], ledger: Sequence[Mapping[str, Any]]) -> None:
        """Take over what an earlier task wrote and counted."""
        self.files.extend(map(dict, files))
        self.ledger.extend(ledger)

    def outcome(self, schema: pa.Schema = DOCUMENT) -> Outcome:
        """The kept and dropped shards of this task, as a context manager."""
        return Outcome(self, schema)


class Outcome:
    """Counts what a task reads, and writes what it keeps and drops to shards of the task's name."""

    def __init__(self, task: Task[Any], schema: pa.Schema = DOCUMENT) -> None:
        self._task = task
        self._schema = schema
        self._stack = ExitStack()
        self._kept: ShardWriter | None = None
        self._dropped: ShardWriter | None = None

    def __enter__(self) -> Self:
        self._kept = self._stack.enter_context(self._writer("documents", self._schema))
        self._dropped = self._stack.enter_context(self._writer("dropped", DROPPED))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    def _writer(self, folder: str, schema: pa.Schema) -> ShardWriter:
        return ShardWriter(self._task.create(f"{folder}/{self._task.name}.parquet"), schema)

    def read(self, table: pa.Table) -> None:
        """Count documents as come in, by the sizes in their columns."""
        self._task.read(table)

    def unfold(self, table: pa.Table) -> None:
        """Count documents that stood in others, which came in as one."""
        self._task.ledger.add_table(table, "unfolded")

    def keep(self, table: pa.Table) -> None:
        """Write and count documents that go on."""
        assert self._kept is not None
        self._task.ledger.add_table(table, "kept")
        self._kept.write(table)

    def drop(self, table: pa.Table, reason: Any, score: Any = None, evidence: Any = None) -> None:
        """Write and count documents that stop here; reason, score and evidence are a value each or a column."""
        assert self._dropped is not None
        rows = as_dropped(table, self._task.stage, reason, score, evidence)
        self._task.ledger.add_table(rows, "dropped")
        self._dropped.write(rows)

    def edited(self, step: str, before: pa.Table, after: pa.Table) -> None:
        """Count what the step `step` took from (or added to) the texts of `before` to give those of `after`."""
        self._task.ledger.add_edit(step, before, after)


class _Counting:
    """A file being written in order, with its size taken on the way."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.size = 0
        self.closed = False

    def write(self, data: Any) -> int:
        view = memoryview(data)
        self.size += view.nbytes
        self._file.write(view)
        return view.nbytes

    def tell(self) -> int:
        return self.size

    def flush(self) -> None:
        self._file.flush()

    def writable(self) -> bool:
        return True

    def readable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def close(self) -> None:
        """The block that opened the file closes it."""


class _Digesting(_Counting):
    """And with its SHA-256."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self.sha256 = hashlib.sha256()

    def write(self, data: Any) -> int:
        self.sha256.update(memoryview(data))
        return super().write(data)
