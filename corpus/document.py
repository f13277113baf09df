"""The one document schema, and what is measured of every text."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

SCHEMA_VERSION = 1

RIGHTS = pa.struct([("robots", pa.string()), ("opt_outs", pa.list_(pa.string())), ("decision", pa.string())])
ORIGIN = pa.struct([("file", pa.string()), ("position", pa.int64())])

DOCUMENT = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),
        pa.field("text", pa.large_string(), nullable=False),
        pa.field("url", pa.string()),
        pa.field("host", pa.string()),
        pa.field("source", pa.string(), nullable=False),
        pa.field("licence", pa.string(), nullable=False),
        pa.field("rights", RIGHTS),
        pa.field("fetched_at", pa.timestamp("ms", tz="UTC")),
        pa.field("published_at", pa.timestamp("ms", tz="UTC")),
        pa.field("title", pa.string()),
        pa.field("author", pa.string()),
        pa.field("content_digest", pa.string()),
        pa.field("origin", ORIGIN, nullable=False),
        pa.field("n_chars", pa.int64(), nullable=False),
        pa.field("n_bytes", pa.int64(), nullable=False),
        pa.field("n_clusters", pa.int64(), nullable=False),
    ]
)

RECORD = pa.schema(
    [
        *DOCUMENT,
        pa.field("payload", pa.large_binary()),  # the HTTP body, transfer and content encodings undone
        pa.field("media_type", pa.string()),
        pa.field("charset", pa.string()),  # as declared; not to be trusted
        pa.field("http_status", pa.int16()),
    ]
)

DROPPED = pa.schema(
    [
        *DOCUMENT,
        pa.field("reason", pa.string(), nullable=False),
        pa.field("stage", pa.string(), nullable=False),
        pa.field("score", pa.float64()),
        pa.field("evidence", pa.string()),  # for example the id of the document kept instead
    ]
)


def document_id(source: str, key: str) -> str:
    """32 hexadecimal digits that stay the same for a source and its URL or key, on every run and machine."""
    return hashlib.blake2b(f"{source}\n{key}".encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def measure(texts: pa.Array | pa.ChunkedArray) -> dict[str, pa.Array]:
    """Code points, UTF-8 bytes and orthographic clusters of each text: n_chars, n_bytes and n_clusters, int64."""
    from khmer.clusters import counts

    counted = counts(texts)
    return {
        "n_chars": pa.array(counted.n_chars),
        "n_bytes": pc.cast(pc.binary_length(texts), pa.int64()),
        "n_clusters": pa.array(counted.n_clusters),
    }


def with_text(table: pa.Table, texts: pa.Array | pa.ChunkedArray) -> pa.Table:
    """The table with other texts, measured anew."""
    for name, column in {"text": texts, **measure(texts)}.items():
        table = table.set_column(table.schema.get_field_index(name), table.schema.field(name), column)
    return table


def documents_table(rows: Sequence[Mapping[str, Any]], schema: pa.Schema = DOCUMENT) -> pa.Table:
    """A table of rows given as mappings; absent nullable columns are null, text is measured unless all give n_bytes."""
    table = pa.Table.from_pylist(
        [{"n_chars": 0, "n_bytes": 0, "n_clusters": 0, **row} for row in rows], schema
    )
    if not all("n_bytes" in row for row in rows):
        return with_text(table, table["text"])
    return table


def as_dropped(table: pa.Table, stage: str, reason: Any, score: Any = None, evidence: Any = None) -> pa.Table:
    """The documents of `table` as rows of DROPPED; each of reason, score and evidence is one value or a column."""
    columns = [table[name] for name in DOCUMENT.names]
    for field, value in zip(list(DROPPED)[len(DOCUMENT) :], (reason, stage, score, evidence), strict=True):
        is_column = isinstance(value, (pa.Array, pa.ChunkedArray))
        columns.append(value if is_column else pa.array([value] * len(table), field.type))
    return pa.Table.from_arrays(columns, schema=DROPPED)
