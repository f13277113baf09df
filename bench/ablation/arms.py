"""The texts of each arm: one draw from a source, and which of them each set of rules keeps."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus.document import DROPPED
from corpus.shards import read_batches
from khmer.clusters import unit_hashes

UNFILTERED, FINEWEB2, OURS = "unfiltered", "fineweb2", "ours"
ARMS: Final = (UNFILTERED, FINEWEB2, OURS)

TEXTS: Final = pa.schema([DROPPED.field(name) for name in ("id", "source", "text")])
SHARED_UNITS: Final = (
    20  # about eight words: a text that shares so many in a row with held-out text is left out
)


def draw(
    documents: Sequence[str], dropped: Sequence[str], sources: Sequence[str], most_bytes: int
) -> pa.Table:
    """Different texts of `sources`, kept and dropped ones alike, up to `most_bytes` of UTF-8 in each source.

    Columns id, source, text and kept, in an order that depends on the ids alone. All are in canonical form and
    masked: what is compared is the choice of documents.
    """
    found: dict[bytes, tuple[bytes, str, str, str, bool]] = {}
    for shards, kept in ((documents, True), (dropped, False)):
        for name, source, text in _texts(shards, sources):
            key = hashlib.blake2b(f"{source}\n{text}".encode(), digest_size=16).digest()
            place = hashlib.blake2b(name.encode(), digest_size=8).digest()
            if text and (key not in found or found[key][0] > place):
                found[key] = (place, name, source, text, kept)
    room = dict.fromkeys(sources, most_bytes)
    rows = []
    for _, name, source, text, kept in sorted(found.values()):
        if room[source] > 0:
            room[source] -= len(text.encode())
            rows.append({"id": name, "source": source, "text": text, "kept": kept})
    return pa.Table.from_pylist(
        rows,
        pa.schema(
            [("id", pa.string()), ("source", pa.string()), ("text", pa.large_string()), ("kept", pa.bool_())]
        ),
    )


def _texts(shards: Sequence[str], sources: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    for uri in shards:
        for batch in read_batches(uri, TEXTS):
            for name, source, text in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                if source in sources:
                    yield name, source, text


def apart_from(texts: pa.Table, held_out: pa.Table) -> pa.Table:
    """The texts that share no run of SHARED_UNITS clusters, words and numbers with held-out ones."""
    known = np.unique(_runs(held_out)[1])
    owner, runs = _runs(texts)
    places = np.minimum(np.searchsorted(known, runs), len(known) - 1)
    shared = (
        np.bincount(owner[known[places] == runs], minlength=len(texts))
        if len(known)
        else np.zeros(len(texts))
    )
    return texts.filter(pa.array(shared == 0))


def _runs(texts: pa.Table) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """The text of every run of SHARED_UNITS units, and the run's hash."""
    units = unit_hashes(texts["text"])
    hashes = np.zeros(max(len(units.hashes) - SHARED_UNITS + 1, 0), np.uint64)
    for weight, k in zip(
        np.random.Philox(key=SHARED_UNITS).random_raw(SHARED_UNITS) | np.uint64(1),
        range(SHARED_UNITS),
        strict=True,
    ):
        hashes += units.hashes[k : k + len(hashes)] * weight
    owner = np.repeat(np.arange(len(texts)), np.diff(units.offsets))
    whole = owner[: len(hashes)] == owner[SHARED_UNITS - 1 :]
    return owner[: len(hashes)][whole], hashes[whole]
