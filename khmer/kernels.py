"""Compiled scans over the UTF-8 bytes of Arrow string columns.

All kernels release the interpreter lock and are cached on disk. Each module has its own small ones, because numba's
cache does not notice a change in a module that a kernel calls into or takes a constant from. Those that count and
hash are in `khmer.reading`.

A cluster of up to MAX_PACKED code points is packed exactly into a uint64: a leading 1, then 7 bits for each code
point: its distance from U+1780, ZWNJ_CODE or ZWJ_CODE.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from khmer.buffers import Utf8
from khmer.codepoints import FIRST


class Class(IntEnum):
    """What a scan needs to know of a code point; everything from BASE on is part of a Khmer cluster."""

    OTHER = 0
    LATIN = 1
    LETTER = 2  # letters and marks of other scripts
    DIGIT = 3  # ASCII and Khmer
    SPACE = 4
    NEWLINE = 5
    PUNCTUATION = 6
    INVISIBLE = 7
    BASE = 8
    RO = 9  # apart from BASE: a coeng ro takes no coeng after it
    ROBAT = 10
    COENG = 11
    SHIFTER = 12
    ZWNJ = 13
    VOWEL = 14
    VOWEL_U = 15  # apart from VOWEL: -u before samyok sannya stands for a shifter
    MODIFIER = 16
    SAMYOK = 17  # U+17D0 and U+17DD, modifiers that do not follow -u
    FINAL = 18


# A transition is the next state of a syllable, whether a cluster opens, and how many marks fit no syllable.
STATE_MASK: Final = 0x0F
OPENS: Final = 0x10
INVALID_SHIFT: Final = 5


class Treatment(IntEnum):
    """What normalisation does with a code point outside a cluster; from INVISIBLE to ZWJ it is dropped (`Rule`)."""

    KEEP = 0
    EMOJI = 1  # a ZWJ after it is kept
    BASE = 2  # opens a cluster
    MARK = 3
    COENG = 4
    INVISIBLE = 5
    ZWSP = 6
    INHERENT_VOWEL = 7
    ZWNJ = 8
    ZWJ = 9
    REFERENCE = 10  # the document goes to the reference implementation


MAX_PACKED: Final = 9
ZWNJ_CODE: Final = 0x7E
ZWJ_CODE: Final = 0x7F

_COENG: Final = 0x52  # distances from U+1780
_DA: Final = 0x0A
_ROBAT: Final = 0x4C
_MUUSIKATOAN: Final = 0x49
_TRIISAP: Final = 0x4A
_JOINER: Final = 0x200C - ZWNJ_CODE  # from a joiner to its code

_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_SEVEN: Final = np.uint64(7)
_LOW: Final = np.uint64(0x7F)
_ONE: Final = np.uint64(1)

_NO_KEY: Final = np.uint64(0)
FOR_REFERENCE: Final = -1

Bytes = NDArray[np.uint8]
Integers = NDArray[np.int64]
Keys = NDArray[np.uint64]


class Table(NamedTuple):
    """What normalisation looks up: `Treatment` by code point; packed clusters and their canonical forms."""

    treatments: Bytes
    keys: Keys  # open addressing, 2^k slots, 0 is empty
    values: Keys
    rules: Keys  # that lead to the canonical form, a bit each


class Result(NamedTuple):
    """What normalisation writes: UTF-8, where each document starts and ends, and what was changed in each."""

    data: Bytes
    offsets: Integers
    n_repaired: Integers  # clusters
    n_by_rule: Integers  # (n, rules): clusters changed, or code points dropped


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
def slot_of(keys: Keys, key: Any) -> Any:
    """Where a packed cluster is, or would go, in an open-addressing table of 2^k slots."""
    mask = np.uint64(keys.size - 1)
    slot = (key * _GOLDEN) >> np.uint64(32) & mask
    while keys[slot] != 0 and keys[slot] != key:
        slot = (slot + _ONE) & mask
    return slot


@njit(cache=True, nogil=True)
def _treatment(code: int, treatments: Bytes) -> Any:
    if code < treatments.size:
        return np.int64(treatments[code])
    # U+2F800..U+2FA1F are compatibility ideographs, which form C replaces.
    return Treatment.REFERENCE if code >> 9 == 0x2F800 >> 9 or code >> 5 == 0x2FA00 >> 5 else Treatment.KEEP


@njit(cache=True, nogil=True)
def _copy(data: Bytes, start: int, end: int, out: Bytes, o: int) -> int:
    n = end - start
    if n > 64:  # a slice assignment costs more than it saves on short spans
        out[o : o + n] = data[start:end]
    else:
        for k in range(n):
            out[o + k] = data[start + k]
    return o + n


@njit(cache=True, nogil=True)
def _write(packed: Any, out: Bytes, o: int) -> int:
    """The UTF-8 of a packed cluster."""
    shift = np.uint64(0)
    while packed >> shift != 1:
        shift += _SEVEN
    while shift != 0:
        shift -= _SEVEN
        code = np.int64(packed >> shift & _LOW)
        if code >= ZWNJ_CODE:
            out[o], out[o + 1], out[o + 2] = 0xE2, 0x80, 0x8C + code - ZWNJ_CODE
        else:
            out[o], out[o + 1], out[o + 2] = 0xE1, 0x9E | code >> 6, 0x80 | code & 0x3F
        o += 3
    return o


@njit(cache=True, nogil=True)
def _canonical_by_shape(packed: Any, length: int) -> bool:
    """A base with one mark, or with one coeng that is not coeng da and one mark, is as it should be."""
    if length <= 2:
        return True
    if length > 4:
        return False
    shift = np.uint64(7 * (length - 2))
    if packed >> shift & _LOW != _COENG:
        return False
    subjoined = packed >> (shift - _SEVEN) & _LOW
    if subjoined > 0x33 or subjoined == _DA:
        return False
    return length == 3 or (packed & _LOW != _ROBAT and packed & _LOW != _COENG)


@njit(cache=True, nogil=True)
def _joins(treatment: int, last: int) -> bool:
    """Whether a code point belongs to the open cluster whose last one is `last`."""
    if treatment == Treatment.MARK or treatment == Treatment.COENG:
        return True
    if treatment == Treatment.BASE:
        return last == _COENG
    return treatment == Treatment.ZWNJ and (last == _MUUSIKATOAN or last == _TRIISAP)


@njit(cache=True, nogil=True)
def _count_rules(fired: Any, n_by_rule: Integers) -> None:
    for column in range(n_by_rule.size):
        n_by_rule[column] += np.int64(fired >> np.uint64(column) & _ONE)


@njit(cache=True, nogil=True)
def _normalize_document(text: Utf8, table: Table, result: Result, document: int) -> Any:
    """Write one document; return where it ends, repaired clusters and the cluster that the table lacks.

    One loop: a helper that took the arrays would count references to them at every call, which halves the speed.
    """
    data, (treatments, keys, values, rules), out = text.data, table, result.data
    i = copied = start = text.offsets[document]  # what lies before `copied` has been written
    end, o, n_by_rule = text.offsets[document + 1], result.offsets[document], result.n_by_rule
    packed, length, last, as_typed = _NO_KEY, 0, 0, True  # the open cluster; it starts at `start`
    previous, repaired = Treatment.KEEP, 0
    while True:
        code, width = _decode(data, i) if i < end else (0, 0)
        treatment = _treatment(code, treatments)
        if length:
            if _joins(treatment, last):
                last = code - (FIRST if code < 0x1800 else _JOINER)
                packed = packed << _SEVEN | np.uint64(last)
                length += 1
                i += width
                continue
            if treatment > Treatment.COENG and treatment != Treatment.REFERENCE:
                as_typed = False
                n_by_rule[document, treatment - Treatment.INVISIBLE] += 1
                i += width
                continue
            if length > MAX_PACKED:
                return o, FOR_REFERENCE, _NO_KEY
            canonical = packed
            if not _canonical_by_shape(packed, length):
                slot = slot_of(keys, packed)
                if keys[slot] == 0:
                    return o, repaired, packed
                canonical = values[slot]
                if treatment == Treatment.BASE and canonical & _LOW == _COENG:
                    canonical = packed  # else its coeng would take the next cluster's base
                if canonical != packed:
                    repaired += 1
                    _count_rules(rules[slot], n_by_rule[document])
            if canonical != packed or not as_typed:
                o = _write(canonical, out, _copy(data, copied, start, out, o))
                copied = i
            length = 0
        if i == end:
            return _copy(data, copied, end, out, o), repaired, _NO_KEY
        if treatment == Treatment.BASE and previous != Treatment.COENG:
            packed, length, last, start, as_typed = np.uint64(0x80 | code - FIRST), 1, code - FIRST, i, True
            previous = Treatment.KEEP
        elif treatment == Treatment.REFERENCE:
            return o, FOR_REFERENCE, _NO_KEY
        elif treatment <= Treatment.COENG or (treatment == Treatment.ZWJ and previous == Treatment.EMOJI):
            previous = treatment
        else:
            o = _copy(data, copied, i, out, o)
            copied = i + width
            n_by_rule[document, treatment - Treatment.INVISIBLE] += 1
        i += width


@njit(cache=True, nogil=True)
def normalize_documents(text: Utf8, table: Table, result: Result, first: int) -> Any:
    """Normalise from document `first` on; return (document, cluster missing from the table), or (n, 0) at the end.

    A document for the reference is left empty, with n_repaired FOR_REFERENCE and counts of no meaning.
    """
    result.n_by_rule[first:][:1] = 0  # counts of a first try
    for document in range(first, text.offsets.size - 1):
        o, n_repaired, missing = _normalize_document(text, table, result, document)
        if missing != 0:
            return document, missing
        result.offsets[document + 1] = result.offsets[document] if n_repaired == FOR_REFERENCE else o
        result.n_repaired[document] = n_repaired
    return text.offsets.size - 1, _NO_KEY


@njit(cache=True, nogil=True)
def _class_of(code: int, classes: Bytes) -> Any:
    if code < classes.size:
        return np.int64(classes[code])
    return Class.LETTER if code < 0x40000 else Class.OTHER


@njit(cache=True, nogil=True)
def find_clusters(text: Utf8, classes: Bytes, spans: Integers, keys: Keys, ends: Integers) -> None:
    """Write first byte and end of every cluster to `spans`, `(room, 2)`, and it packed to `keys`, `(room,)`.

    Bytes count from the document's first. A cluster too long to pack has key 0. `ends`, `(n,)`, gets where each
    document's clusters end.
    """
    data, offsets = text
    n = 0
    for document in range(offsets.size - 1):
        origin, end = offsets[document], offsets[document + 1]
        i, start, last = origin, origin, 0
        packed, length = _NO_KEY, 0
        while True:
            code, width = _decode(data, i) if i < end else (0, 0)
            character = _class_of(code, classes)
            opens = (character == Class.BASE or character == Class.RO) and last != Class.COENG
            if length and (opens or character < Class.BASE):
                spans[n, 0], spans[n, 1] = start - origin, i - origin
                keys[n] = packed if length <= MAX_PACKED else _NO_KEY
                n += 1
                length = 0
            if i == end:
                break
            if opens:
                packed, start = _ONE, i
            if opens or length:
                packed = packed << _SEVEN | np.uint64(ZWNJ_CODE if character == Class.ZWNJ else code - FIRST)
                length += 1
            last = character
            i += width
        ends[document] = n
