"""Parquet shards: read in small batches against a schema, written whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

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
                table = shard.read_row_group(group, columns=schema.names, use_threads=False)
                yield table if table.schema.equals(schema, check_metadata=True) else table.cast(schema)
    except (pa.ArrowInvalid, OSError) as error:
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
    """Writes tables of one schema as one Parquet file, in row groups that depend only on the rows written.

    A row group ends at BATCH_ROWS rows, or before the row that would take its texts and payloads over BATCH_BYTES.
    """

    def __init__(self, target: AbstractContextManager[IO[bytes]], schema: pa.Schema) -> None:
        self._target = target
        self._schema = schema
        self._long = [
            f.name for f in schema if pa.types.is_large_string(f.type) or pa.types.is_large_binary(f.type)
        ]
        self._rows = schema.empty_table()
        self._sizes = np.zeros(0, np.int64)
        self._file: pq.ParquetWriter | None = None

    def __enter__(self) -> Self:
        short = [name for name in self._schema.names if name not in self._long]
        options: dict[str, Any] = {
            "compression": "zstd",
            "compression_level": COMPRESSION_LEVEL,
            "version": "2.6",
            "use_dictionary": False,  # with them documents take 1 to 3 % more bytes and a tenth more time to write
            "write_statistics": short,  # those of a text of 200 MB take .9 GB to write, and tell nothing
        }
        self._file = pq.ParquetWriter(self._target.__enter__(), self._schema, **options)
        return self

    def write(self, table: pa.Table) -> None:
        """Add rows; they must match the schema."""
        self._rows = pa.concat_tables([self._rows, table.select(self._schema.names).cast(self._schema)])
        self._sizes = np.concatenate([self._sizes, self._row_bytes(table)])
        while n := self._full_group():
            self._flush(n)

    def _row_bytes(self, table: pa.Table) -> NDArray[np.int64]:
        sizes = np.zeros(len(table), np.int64)
        for name in self._long:
            lengths = pc.fill_null(pc.cast(pc.binary_length(table[name]), pa.int64()), 0)
            sizes += lengths.combine_chunks().to_numpy()
        return sizes

    def _full_group(self) -> int:
        """The rows of the next group, if it is full; else 0."""
        n_fitting = int(np.searchsorted(np.cumsum(self._sizes), BATCH_BYTES, side="right"))
        if n_fitting < len(self._sizes):
            return min(max(n_fitting, 1), BATCH_ROWS)
        return BATCH_ROWS if len(self._sizes) >= BATCH_ROWS else 0

    def _flush(self, n_rows: int) -> None:
        assert self._file is not None
        rows = self._rows.slice(0, n_rows).combine_chunks()  # or pages would end where a table that came did
        self._file.write_table(rows, row_group_size=BATCH_ROWS)
        self._rows, self._sizes = self._rows.slice(n_rows), self._sizes[n_rows:]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._file is not None
        try:
            if error is None and len(self._rows):
                self._flush(len(self._rows))
            self._file.close()
        except BaseException as failure:
            self._target.__exit__(type(failure), failure, failure.__traceback__)
            raise
        self._target.__exit__(kind, error, trace)
