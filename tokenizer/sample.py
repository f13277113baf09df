"""Which documents a tokenizer is learnt from, and which it is measured on."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from typing import Literal

import pyarrow as pa

from corpus.document import DOCUMENT
from corpus.shards import read_batches

Split = Literal["train", "validation"]

ID_SPACE = 1 << 32
TEXTS = pa.schema([DOCUMENT.field("id"), DOCUMENT.field("text")])


def split_of(document_id: str, validation_share: float) -> Split:
    """The side a document is on: it depends on its id alone, so it never changes as the corpus grows."""
    return "validation" if int(document_id[:8], 16) < validation_share * ID_SPACE else "train"


def lines_to_learn(shards: Sequence[str], validation_share: float, sample: float) -> Iterator[str]:
    """Lines of an even share `sample` of the documents that are not held out, by other digits of their ids."""
    for document_id, text in _texts(shards):
        chosen = int(document_id[8:16], 16) < sample * ID_SPACE
        if chosen and split_of(document_id, validation_share) == "train":
            yield from filter(None, text.split("\n"))


def held_out(shards: Sequence[str], validation_share: float, n_documents: int) -> list[str]:
    """At most `n_documents` held-out texts, spread evenly over all shards and sources."""
    held = ((i[16:], text) for i, text in _texts(shards) if split_of(i, validation_share) == "validation")
    return [text for _, text in heapq.nsmallest(n_documents, held)]


def _texts(shards: Sequence[str]) -> Iterator[tuple[str, str]]:
    for shard in shards:
        for table in read_batches(shard, TEXTS):
            yield from zip(table["id"].to_pylist(), table["text"].to_pylist(), strict=True)
