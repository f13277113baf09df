"""Rows of jsonl and Parquet files: each with its number, its fields, or the reason why it has none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from corpus.errors import ConfigurationError
from crawl.sources.compressed import Fault, Line, inflate, split_lines

BATCH_ROWS = 500


class Row(NamedTuple):
    """A row's number in its file from 0, and its fields; or the reason why it has none, and what stands there."""

    position: int
    fields: Mapping[str, Any]
    reason: str = ""
    raw: str = ""
    evidence: str = ""


def jsonl_rows(file: BinaryIO, max_line_bytes: int, faults: list[Fault]) -> Iterator[Row]:
    """A row for each line that is not blank; compression is recognised.

    Reasons: invalid_utf8, invalid_json, too_long (only the line's beginning is kept), truncated (the last line
    of a file that breaks off).
    """
    held: Row | None = None
    for line in split_lines(inflate(file, faults), max_line_bytes):
        if held:
            yield held
        held = _parsed(line, max_line_bytes) if line.data.strip() else None
    if held and held.reason and faults:
        held = held._replace(reason="truncated", evidence=faults[-1].what)
    if held:
        yield held


def _parsed(line: Line, max_line_bytes: int) -> Row:
    if line.n_bytes > max_line_bytes:
        raw = line.data.decode("utf-8", "replace")
        return Row(line.number, {}, "too_long", raw, f"a line of {line.n_bytes:,} bytes")
    try:
        text = line.data.decode("utf-8-sig" if line.number == 0 else "utf-8")
    except UnicodeDecodeError as error:
        raw = line.data.decode("utf-8", "replace")
        return Row(line.number, {}, "invalid_utf8", raw, f"byte {error.start} of the line: {error.reason}")
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError) as error:
        return Row(line.number, {}, "invalid_json", text, str(error))
    if not isinstance(fields, dict):
        return Row(line.number, {}, "invalid_json", text, f"a {type(fields).__name__}, not an object")
    return Row(line.number, fields)


def value_at(fields: Mapping[str, Any], path: str) -> Any:
    """The value of a column, or of one within another (`warc_headers.warc-date`); of strings in a list, their lines."""
    value: Any = fields
    if path in fields or "." not in path:
        return fields.get(path)
    for name in path.split("."):
        value = [_within(one, name) for one in value] if isinstance(value, list) else _within(value, name)
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "\n".join(value)
    return value


def _within(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None


def check_parquet(name: str, file: BinaryIO, text_column: str) -> None:
    """Raise ConfigurationError unless the file is Parquet and holds the column as strings."""
    try:
        schema = pq.read_schema(file)
    except (pa.ArrowInvalid, OSError) as error:
        msg = f"{name}: not a Parquet file ({error}). Try: fetch it again, or leave it out with only="
        raise ConfigurationError(msg) from error
    at = schema.get_field_index(text_column)
    if at < 0 and "." in text_column and schema.get_field_index(text_column.partition(".")[0]) >= 0:
        return
    if at < 0:
        msg = f"{name}: no column {text_column!r} of type string, got {', '.join(schema.names) or 'none'}"
        raise ConfigurationError(f"{msg}. Try: columns: {{text: NAME}} in its source")
    kind = schema.field(at).type
    if not is_text(kind):
        msg = f"{name}: column {text_column!r} is of type {kind}; expected string or large_string"
        raise ConfigurationError(msg)


def is_text(kind: pa.DataType) -> bool:
    """Whether a column of this type holds strings."""
    if pa.types.is_dictionary(kind):
        return is_text(kind.value_type)
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def parquet_rows(file: BinaryIO, columns: list[str], faults: list[Fault]) -> Iterator[Row]:
    """A row for each row, with those of `columns` that the file has; reading stops where it is damaged.

    A row whose strings are not all valid UTF-8 has the reason invalid_utf8; a time beyond the calendar is None.
    """
    position = 0
    try:
        shard = pq.ParquetFile(file)
        names = shard.schema_arrow.names
        present = [name for name in columns if name in names or name.partition(".")[0] in names]
        for batch in shard.iter_batches(BATCH_ROWS, columns=present, use_threads=False):
            yield from _batch_rows(batch, position)
            position += len(batch)
    except (pa.ArrowInvalid, OSError) as error:
        faults.append(Fault(position, f"damaged: {error}"))


def _batch_rows(batch: pa.RecordBatch, position: int) -> Iterator[Row]:
    try:
        for number, fields in enumerate(batch.to_pylist(), position):
            yield Row(number, fields)
    except (ValueError, OverflowError):  # among them UnicodeDecodeError
        for at in range(len(batch)):
            yield _careful_row(batch.slice(at, 1), position + at)


def _careful_row(batch: pa.RecordBatch, position: int) -> Row:
    try:
        fields = {
            name: _value(column) for name, column in zip(batch.schema.names, batch.columns, strict=True)
        }
        return Row(position, fields)
    except UnicodeDecodeError as error:
        raw = bytes(error.object).decode("utf-8", "replace")
        return Row(position, {}, "invalid_utf8", raw, f"byte {error.start} of the text: {error.reason}")


def _value(column: pa.Array) -> Any:
    """The one value of a column; None for a time that no calendar has."""
    try:
        return column[0].as_py()
    except UnicodeDecodeError:
        raise
    except (ValueError, OverflowError):
        return None
