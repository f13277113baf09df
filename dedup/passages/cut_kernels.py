"""Compiled search for whole sentences within runs of units; all that it calls stands here."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from khmer.buffers import Utf8
from khmer.unit_spans import UnitSpans

# What a character may be, in bits.
BLANK: Final = 1
ENDS: Final = 2  # a sentence or a line
DOT: Final = 4  # ends a sentence before a blank
ANNOUNCES: Final = 8  # what comes after it
LEAST_WHOLE: Final = 0.5  # of a run's units that must be whole sentences, or it stays

Bytes = NDArray[np.uint8]
Integers = NDArray[np.int64]


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
def _gap(text: Utf8, units: UnitSpans, document: int, i: int) -> Any:
    """First byte and end of what stands before unit i of a document, or behind its last, from its own first byte."""
    first, last = units.offsets[document], units.offsets[document + 1]
    begin = np.int64(units.spans[first + i - 1, 1]) if i else 0
    if first + i < last:
        return begin, np.int64(units.spans[first + i, 0])
    return begin, text.offsets[document + 1] - text.offsets[document]


@njit(cache=True, nogil=True)
def _parts(text: Utf8, units: UnitSpans, kinds: Bytes, document: int, i: int) -> bool:
    """Whether at a gap one sentence or line ends and another begins, and the first does not announce the second."""
    if i == 0 or i == units.offsets[document + 1] - units.offsets[document]:
        return True
    at, end = _gap(text, units, document, i)
    at, end = at + text.offsets[document], end + text.offsets[document]
    ends, leads, before = False, True, np.int64(0)
    while at < end:
        code, width = _decode(text.data, at)
        kind = np.int64(kinds[code] if code < kinds.size else 0)
        if leads and kind & ANNOUNCES:
            return False
        ends |= (kind & ENDS) != 0 or (before & DOT != 0 and kind & BLANK != 0)
        leads &= kind & BLANK != 0
        before = kind
        at += width
    return ends


@njit(cache=True, nogil=True)
def find_seams(text: Utf8, units: UnitSpans, kinds: Bytes, runs: Integers, seams: Integers) -> None:
    """Write the gaps before and behind each run's whole sentences, first byte and end of each, to `seams`, `(n, 4)`.

    Runs are row of the text, first unit and the unit after the last, `(n, 3)`. Nothing is written for those of which
    less than LEAST_WHOLE is whole sentences. `kinds` are what each code point is, in bits.
    """
    for run in range(runs.shape[0]):
        document, first, stop = runs[run, 0], runs[run, 1], runs[run, 2]
        begin, end = first, stop
        while begin < stop and not _parts(text, units, kinds, document, begin):
            begin += 1
        while end > begin and not _parts(text, units, kinds, document, end):
            end -= 1
        if end - begin >= LEAST_WHOLE * (stop - first):
            seams[run, 0], seams[run, 1] = _gap(text, units, document, begin)
            seams[run, 2], seams[run, 3] = _gap(text, units, document, end)
