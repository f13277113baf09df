"""A column with placeholders in the place of personal data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clean.personal.find import find
from clean.personal.kinds import PLACEHOLDERS, Kind
from clean.personal.regions import find_regions
from khmer.buffers import Utf8, large_strings, utf8, with_nulls_of

Integers = NDArray[np.int64]

SPANS: Final = pa.list_(pa.struct([("kind", pa.string()), ("start", pa.int32()), ("end", pa.int32())]))
_KINDS: Final = tuple(Kind)
_REPLACEMENTS: Final = {kind: placeholder.encode() for kind, placeholder in PLACEHOLDERS.items()}


class _Hit(NamedTuple):
    """Bytes of the column's data that are personal."""

    document: int
    start: int
    end: int
    kind: Kind


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
    for hit in hits:
        counted[hit.document, _KINDS.index(hit.kind)] += 1
    return Masked(with_nulls_of(_replaced(documents, hits), texts), _spans(documents, hits), counted)


def mask_text(text: str) -> str:
    """One text with personal data masked."""
    return str(mask(pa.array([text], pa.large_string())).texts[0])


def _hits(documents: Utf8) -> list[_Hit]:
    hits = []
    regions = find_regions(documents)
    for document, start, end, anchors in zip(*(column.tolist() for column in regions), strict=True):
        text = documents.data[start:end].tobytes().decode()
        done, at = 0, start
        for span in find(text, anchors):
            first = at + len(text[done : span.start].encode())
            at = first + len(text[span.start : span.end].encode())
            done = span.end
            hits.append(_Hit(document, first, at, span.kind))
    return hits


def _replaced(documents: Utf8, hits: list[_Hit]) -> pa.LargeStringArray:
    """The column with every hit replaced by its placeholder."""
    parts: list[bytes] = []
    done = int(documents.offsets[0])
    grown = np.zeros(documents.n_documents, np.int64)
    for hit in hits:
        placeholder = _REPLACEMENTS[hit.kind]
        parts += [documents.data[done : hit.start].tobytes(), placeholder]
        done = hit.end
        grown[hit.document] += len(placeholder) - (hit.end - hit.start)
    parts.append(documents.data[done : documents.offsets[-1]].tobytes())
    offsets = documents.offsets - documents.offsets[0]
    offsets[1:] += np.cumsum(grown)
    return large_strings(np.frombuffer(b"".join(parts), np.uint8), offsets)


def _spans(documents: Utf8, hits: list[_Hit]) -> pa.ListArray:
    """The places of the placeholders, in code points of each masked text."""
    starts: list[int] = []
    document, done, at = -1, 0, 0
    for hit in hits:
        if hit.document != document:
            document, done, at = hit.document, int(documents.offsets[hit.document]), 0
        at += int(np.count_nonzero((documents.data[done : hit.start] & 0xC0) != 0x80))
        starts.append(at)
        at += len(PLACEHOLDERS[hit.kind])
        done = hit.end
    kinds = [str(hit.kind) for hit in hits]
    ends = [start + len(PLACEHOLDERS[hit.kind]) for start, hit in zip(starts, hits, strict=True)]
    values = pa.StructArray.from_arrays(
        [pa.array(kinds, pa.string()), pa.array(starts, pa.int32()), pa.array(ends, pa.int32())],
        fields=list(SPANS.value_type),
    )
    of_document = np.bincount([hit.document for hit in hits], minlength=documents.n_documents)
    offsets = np.concatenate([[0], np.cumsum(of_document)])
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), values, SPANS)
