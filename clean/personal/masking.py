"""A column with placeholders in the place of personal data."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clean.personal.find import find
from clean.personal.kernels import AFTER, BEFORE
from clean.personal.kinds import PLACEHOLDERS, Kind
from clean.personal.regions import find_regions
from khmer.buffers import Utf8, large_strings, utf8, with_nulls_of

Integers = NDArray[np.int64]

SPANS: Final = pa.list_(pa.struct([("kind", pa.string()), ("start", pa.int32()), ("end", pa.int32())]))

_KINDS: Final = tuple(Kind)
_REPLACEMENTS: Final = tuple(PLACEHOLDERS[kind].encode() for kind in _KINDS)
_N_BYTES: Final = np.array(list(map(len, _REPLACEMENTS)), np.int64)
_N_CHARS: Final = np.array([len(PLACEHOLDERS[kind]) for kind in _KINDS], np.int64)
# A region of 200 MB is read in pieces, its hits kept as machine words: memory stays near that of the text.
_PIECE: Final = 1 << 20  # bytes
_MARGIN: Final = 2 * (
    BEFORE + AFTER
)  # bytes that a piece shows beyond its ends, more than any number is long
_ROWS: Final = 1 << 14


@dataclass(frozen=True)
class Masked:
    """Texts with placeholders, and where the placeholders stand.

    `spans` is of type SPANS: `text[start:end]` of the masked text, in code points, is the placeholder of a kind. So
    a reviewer finds the place and who takes a document down sees what it held, and neither the datum nor its length
    is told. A placeholder that stood in the text before has no span.
    """

    texts: pa.LargeStringArray
    spans: pa.ListArray
    counted: Integers  # (n, kinds), in the order of Kind

    def counts(self, kind: str) -> Integers:
        """How many of a kind each text held, `(n,) int64`."""
        return self.counted[:, _KINDS.index(Kind(kind))]


def mask(texts: pa.Array | pa.ChunkedArray) -> Masked:
    """The texts with personal data masked; nulls stay null, and have no spans."""
    documents = utf8(texts)
    hits = _hits(documents)
    counted = np.zeros((documents.n_documents, len(_KINDS)), np.int64)
    np.add.at(counted, (hits[:, 0], hits[:, 3]), 1)
    return Masked(with_nulls_of(_replaced(documents, hits), texts), _spans(documents, hits), counted)


def mask_text(text: str) -> str:
    """One text with personal data masked."""
    return str(mask(pa.array([text], pa.large_string())).texts[0])


def _hits(documents: Utf8) -> Integers:
    """What is personal, in order: `(hits, 4)`, the document, the bytes start and end in the data, the kind's place."""
    hits = array("q")
    regions = find_regions(documents)
    for document, start, end, anchors in zip(*(column.tolist() for column in regions), strict=True):
        done = start
        for piece in range(start, end, _PIECE):
            limit = min(piece + _PIECE, end)
            for first, last, kind in _in_piece(documents, (piece, limit), (start, end), anchors):
                if first >= done:
                    hits.extend((document, first, last, kind))
                    done = last
    return np.frombuffer(hits, np.int64).reshape(-1, 4)


def _in_piece(
    documents: Utf8, piece: tuple[int, int], region: tuple[int, int], anchors: int
) -> Iterator[tuple[int, int, int]]:
    """The hits that start in a piece of a region, as bytes of the data."""
    start = _boundary(documents, max(piece[0] - _MARGIN, region[0]))
    end = _boundary(documents, min(piece[1] + _MARGIN, region[1]))
    text = documents.data[start:end].tobytes().decode()
    done, at = 0, start
    for span in find(text, anchors):
        first = at + len(text[done : span.start].encode())
        at = first + len(text[span.start : span.end].encode())
        done = span.end
        if piece[0] <= first < piece[1]:
            yield first, at, _KINDS.index(span.kind)


def _boundary(documents: Utf8, place: int) -> int:
    """The first byte of the code point that a byte of the data belongs to."""
    while place < len(documents.data) and documents.data[place] & 0xC0 == 0x80:
        place -= 1
    return place


def _rows(hits: Integers) -> Iterator[list[int]]:
    for first in range(0, len(hits), _ROWS):
        yield from hits[first : first + _ROWS].tolist()


def _replaced(documents: Utf8, hits: Integers) -> pa.LargeStringArray:
    """The column with every hit replaced by its placeholder."""
    replaced = bytearray()
    done = int(documents.offsets[0])
    for _, start, end, kind in _rows(hits):
        replaced += documents.data[done:start].data
        replaced += _REPLACEMENTS[kind]
        done = end
    replaced += documents.data[done : documents.offsets[-1]].data
    grown = np.zeros(documents.n_documents, np.int64)
    np.add.at(grown, hits[:, 0], _N_BYTES[hits[:, 3]] - (hits[:, 2] - hits[:, 1]))
    offsets = documents.offsets - documents.offsets[0]
    offsets[1:] += np.cumsum(grown)
    return large_strings(np.frombuffer(replaced, np.uint8), offsets)


def _spans(documents: Utf8, hits: Integers) -> pa.ListArray:
    """The places of the placeholders, in code points of each masked text."""
    starts = array("i")
    document, done, at = -1, 0, 0
    for of, start, end, kind in _rows(hits):
        if of != document:
            document, done, at = of, int(documents.offsets[of]), 0
        at += int(np.count_nonzero((documents.data[done:start] & 0xC0) != 0x80))
        starts.append(at)
        at += int(_N_CHARS[kind])
        done = end
    first = np.frombuffer(starts, np.int32)
    kinds = pa.array([str(kind) for kind in _KINDS]).take(pa.array(hits[:, 3]))
    last = (first + _N_CHARS[hits[:, 3]]).astype(np.int32)
    values = pa.StructArray.from_arrays(
        [kinds, pa.array(first), pa.array(last)], fields=list(SPANS.value_type)
    )
    of_document = np.bincount(hits[:, 0], minlength=documents.n_documents)
    offsets = np.concatenate([[0], np.cumsum(of_document)])
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values, SPANS)
