"""Where the units of texts stand, for whoever must cut what was found in units.

The compiled scan is `khmer.reading.hash_units` without its hashes, and all that it calls stands here.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from khmer.buffers import Utf8, utf8
from khmer.kernels import Class
from khmer.reading import count_characters
from khmer.tables import class_table

Bytes = NDArray[np.uint8]
Integers = NDArray[np.int64]
Pairs = NDArray[np.uint32]


class UnitSpans(NamedTuple):
    """Units of text i are `spans[offsets[i]:offsets[i + 1]]`: first byte and end, from the text's first byte."""

    offsets: Integers  # (n + 1,)
    spans: Pairs  # (m, 2)


def unit_spans(texts: pa.Array | pa.ChunkedArray | Utf8) -> UnitSpans:
    """Where the units of `khmer.clusters.unit_hashes` stand in each text."""
    documents = utf8(texts)
    room = count_characters(documents.data[documents.offsets[0] : documents.offsets[-1]])
    spans = np.empty((room, 2), np.uint32)  # of which what is written to takes memory
    offsets = np.zeros(documents.n_documents + 1, np.int64)
    find_units(documents, class_table(), spans, offsets[1:])
    return UnitSpans(offsets, spans[: offsets[-1]])


@njit(cache=True, nogil=True)
def _decode(data: Bytes, i: int) -> Any:
    """The code point at byte i and its width."""
    lead = np.int64(data[i])
    if lead < 0x80:
        return lead, 1
    second = np.int64(data[i + 1]) & 0x3F
    if lead < 0xE0:
        return (lead & 0x1F) << 6 | second, 2
    third = np.int64(data[i + 2]) & 0x3F
    if lead < 0xF0:
        return (lead & 0x0F) << 12 | second << 6 | third, 3
    return (lead & 0x07) << 18 | second << 12 | third << 6 | np.int64(data[i + 3]) & 0x3F, 4


@njit(cache=True, nogil=True)
def _class_of(code: int, classes: Bytes) -> Any:
    if code < classes.size:
        return np.int64(classes[code])
    return Class.LETTER if code < 0x40000 else Class.OTHER


@njit(cache=True, nogil=True)
def find_units(text: Utf8, classes: Bytes, spans: Pairs, ends: Integers) -> None:
    """Write first byte and end of each document's units to `spans` and where its units end to `ends`, `(n,)`.

    A joiner left out of a unit's hash belongs to its span only between the unit's characters.
    """
    data, offsets = text
    n = 0
    for document in range(offsets.size - 1):
        first, end = offsets[document], offsets[document + 1]
        i, run, last = first, 0, 0  # byte, kind of the unit being read, class of the code point before
        while i < end:
            start = i
            code, width = _decode(data, i)
            i += width
            character = _class_of(code, classes)
            if character == Class.ZWNJ:
                continue
            if character >= Class.BASE:
                opens = (run != Class.BASE) | ((character <= Class.RO) & (last != Class.COENG))
                last, run = character, Class.BASE
            else:
                last = character
                if character >= Class.SPACE:
                    run = 0
                    continue
                kind = Class.LETTER if character == Class.OTHER else character
                opens = (kind != run) | (kind == Class.LETTER)
                run = kind
            if opens:
                spans[n, 0] = start - first
                n += 1
            spans[n - 1, 1] = i - first
        ends[document] = n
