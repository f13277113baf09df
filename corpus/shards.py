"""Parquet shards: read in small batches against a schema, written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from types import TracebackType
from typing import IO, Self

import pyarrow as pa
import pyarrow.parquet as pq

from corpus.errors import StageError
from corpus.paths import resolve

BATCH_ROWS = 1000
BATCH_BYTES = 32 << 20
COMPRESSION_LEVEL = 3


def read_batches(uri: str, schema: pa.Schema) -> Iterator[pa.Table]:
    """Tables of a row group each (about a thousand documents), with exactly the columns of `schema`.

    Raises StageError naming the file, the column and the expected type if the shard does not match.
    """
    filesystem, path = resolve(uri)
    try:
        with filesystem.open_input_file(path) as file:
            shard = pq.ParquetFile(file)
            _check_schema(uri, shard.schema_arrow, schema)
            for group in range(shard.num_row_groups):
                yield shard.read_row_group(group, columns=schema.names, use_threads=False).cast(schema)
    except (pa.ArrowInvalid, FileNotFoundError) as error:
        msg = f"{uri}: not a readable shard ({error}). Try: delete it and run the stage that wrote it again"
        raise StageError(msg) from error


def _check_schema(uri: str, found: pa.Schema, expected: pa.Schema) -> None:
    for field in expected:
        at = found.get_field_index(field.name)
        if at < 0:
            msg = f"{uri}: no column {field.name!r}; expected one of type {field.type}"
            raise StageError(msg)
        if found.field(at).type != field.type:
            msg = f"{uri}: column {field.name!r} is of type {found.field(at).type}; expected {field.type}"
            raise StageError(msg)


class ShardWriter:
    """Writes tables of one schema as one Parquet file, in row groups that depend only on the rows written."""

    def __init__(self, target: AbstractContextManager[IO[bytes]], schema: pa.Schema) -> None:
        self._target = target
        self._schema = schema
        self._pending: list[pa.Table] = []
        self._file: pq.ParquetWriter | None = None

    def __enter__(self) -> Self:
        options = {"compression": "zstd", "compression_level": COMPRESSION_LEVEL, "version": "2.6"}
        self._file = pq.ParquetWriter(self._target.__enter__(), self._schema, **options)
        return self

    def write(self, table: pa.Table) -> None:
        """Add rows; they must match the schema."""
        self._pending.append(table.select(self._schema.names).cast(self._schema))
        while (
            sum(map(len, self._pending)) >= BATCH_ROWS or sum(t.nbytes for t in self._pending) >= BATCH_BYTES
        ):
            self._flush()

    def _flush(self) -> None:
        rows = pa.concat_tables(self._pending)
        assert self._file is not None
        self._file.write_table(rows.slice(0, BATCH_ROWS), row_group_size=BATCH_ROWS)
        rest = rows.slice(BATCH_ROWS)
        self._pending = [rest] if len(rest) else []

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._file is not None
        try:
            if error is None and self._pending:
                self._flush()
            self._file.close()
        except BaseException as failure:
            self._target.__exit__(type(failure), failure, failure.__traceback__)
            raise
        self._target.__exit__(kind, error, trace)
