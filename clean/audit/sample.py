"""The documents to audit: of each source those with the smallest hashes, whatever became of them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from corpus.document import DROPPED
from corpus.shards import read_batches

LEAST_KHMER: Final = 0.5  # FineWeb2 sends documents in other languages to other configurations
KHMER_SHARE: Final = "khmer_khmer_share"

KEPT: Final = pa.schema([DROPPED.field(name) for name in ("id", "url", "source", "text")])
FATED: Final = pa.schema([*KEPT, DROPPED.field("reason"), DROPPED.field("evidence")])
COLUMNS: Final = pa.schema(
    [pa.field(field.name, field.type) for field in FATED]
)  # a kept document has no reason
SCORED: Final = pa.schema([("id", pa.string()), (KHMER_SHARE, pa.float64())])

Chosen: TypeAlias = dict[str, list[tuple[int, str]]]


def draw(documents: Sequence[str], dropped: Sequence[str], attributes: Sequence[str], most: int) -> pa.Table:
    """At most `most` Khmer documents of each source, in the order of their ids; `reason` is null for kept ones.

    Two passes: ids first, so that only the texts of chosen documents are held.
    """
    khmer = _khmer_ids(attributes)
    chosen = _choose(_batches(documents, dropped), khmer, most)
    ids = pa.array(sorted(name for rows in chosen.values() for _, name in rows), pa.string())
    parts = [batch.filter(pc.is_in(batch["id"], ids)) for batch in _batches(documents, dropped)]
    return pa.concat_tables([COLUMNS.empty_table(), *parts]).sort_by("id")


def _batches(documents: Sequence[str], dropped: Sequence[str]) -> Iterator[pa.Table]:
    for uri in documents:
        for batch in read_batches(uri, KEPT):
            missing = [pa.nulls(len(batch), field.type) for field in list(FATED)[len(KEPT) :]]
            yield pa.Table.from_arrays([*batch.columns, *missing], schema=COLUMNS)
    for uri in dropped:
        for batch in read_batches(uri, FATED):
            yield pa.Table.from_arrays(batch.columns, schema=COLUMNS)


def _khmer_ids(attributes: Sequence[str]) -> pa.Array:
    found = [batch for uri in attributes for batch in read_batches(uri, SCORED)]
    table = pa.concat_tables([SCORED.empty_table(), *found])
    return table.filter(pc.greater_equal(table[KHMER_SHARE], LEAST_KHMER))["id"].combine_chunks()


def _choose(batches: Iterator[pa.Table], khmer: pa.Array, most: int) -> Chosen:
    chosen: Chosen = defaultdict(list)
    for batch in batches:
        eligible = pc.and_(pc.is_in(batch["id"], khmer), pc.greater(pc.binary_length(batch["text"]), 0))
        rows = batch.filter(eligible)
        for source, name in zip(rows["source"].to_pylist(), rows["id"].to_pylist(), strict=True):
            chosen[source].append((_draw_of(name), name))
        for source, candidates in chosen.items():
            chosen[source] = sorted(candidates)[:most]
    return chosen


def _draw_of(name: str) -> int:
    """A number that depends on the id alone and not as the id's own order does."""
    return int.from_bytes(hashlib.blake2b(f"audit {name}".encode(), digest_size=8).digest(), "big")
