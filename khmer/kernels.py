"""Compiled scans over the UTF-8 bytes of Arrow string columns.

All kernels release the interpreter lock and are cached on disk. They stand in one module because numba's cache
does not notice a change in a module that a kernel calls into.

A cluster of up to MAX_PACKED code points is packed exactly into a uint64: a leading 1, then 7 bits for each code
point: its distance from U+1780, or ZWNJ_CODE.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from khmer.buffers import Utf8
from khmer.classes import INVALID, Class, State, Treatment
from khmer.codepoints import FIRST
from khmer.codepoints import FIRST

MAX_PACKED: Final = 9
ZWNJ_CODE: Final = 0x7E

_COENG: Final = 0x52  # distances from U+1780
_DA: Final = 0x0A
_ROBAT: Final = 0x4C
_MUUSIKATOAN: Final = 0x49
_TRIISAP: Final = 0x4A

_KEEP: Final = int(Treatment.KEEP)
_BASE: Final = int(Treatment.BASE)
_MARK: Final = int(Treatment.MARK)
_SUBJOINER: Final = int(Treatment.COENG)
_LAST_KEPT: Final = int(Treatment.COENG)
_JOIN_NONE: Final = int(Treatment.ZWNJ)
_JOIN: Final = int(Treatment.ZWJ)
_EMOJI: Final = int(Treatment.EMOJI)
_REFERENCE: Final = int(Treatment.REFERENCE)

_CLASS_LATIN: Final = int(Class.LATIN)
_CLASS_DIGIT: Final = int(Class.DIGIT)
_CLASS_LETTER: Final = int(Class.LETTER)
_CLASS_OTHER: Final = int(Class.OTHER)
_CLASS_BASE: Final = int(Class.BASE)
_CLASS_RO: Final = int(Class.RO)
_CLASS_COENG: Final = int(Class.COENG)
_CLASS_ZWNJ: Final = int(Class.ZWNJ)
_STATE_BASE: Final = int(State.BASE)
_KIND_CLUSTER: Final = int(Class.BASE)  # kinds of unit: this one, digits, Latin, and
_KIND_SINGLE: Final = int(Class.LETTER)
N_CLASSES: Final = len(Class)
CLUSTERS: Final = N_CLASSES  # further columns of the counts
INVALID_MARKS: Final = N_CLASSES + 1
N_COUNTS: Final = N_CLASSES + 2

_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xBF58476D1CE4E5B9)
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


class Result(NamedTuple):
    """What normalisation writes: UTF-8, where each document starts and ends, clusters changed per document."""

    data: Bytes
    offsets: Integers
    n_repaired: Integers


@njit(cache=True, nogil=True)
def _khmer_code(second: int, third: int) -> int:
    """The distance from U+1780 of the code point E1 second third."""
    return (np.int64(second) & 1) << 6 | np.int64(third) & 0x3F


@njit(cache=True, nogil=True)
def _is_khmer(lead: int, second: int) -> bool:
    return lead == 0xE1 and second & 0xFE == 0x9E


@njit(cache=True, nogil=True)
def _khmer_code(second: int, third: int) -> int:
    """The distance from U+1780 of the code point E1 second third."""
    return (np.int64(second) & 1) << 6 | np.int64(third) & 0x3F


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


# --- normalisation -------------------------------------------------------------------------------------------


@njit(cache=True, nogil=True)
def _treatment(code: int, treatments: Bytes) -> int:
    if code < treatments.size:
        return np.int64(treatments[code])
    # U+2F800..U+2FA1F are compatibility ideographs, which form C replaces.
    return _REFERENCE if code >> 9 == 0x2F800 >> 9 or code >> 5 == 0x2FA00 >> 5 else _KEEP


@njit(cache=True, nogil=True)
def _copy(data: Bytes, start: int, end: int, out: Bytes, o: int) -> int:
    for i in range(start, end):
        out[o] = data[i]
        o += 1
    return o


@njit(cache=True, nogil=True)
def _write(packed: Any, out: Bytes, o: int) -> int:
    """The UTF-8 of a packed cluster."""
    shift = np.uint64(0)
    while packed >> shift != 1:
        shift += _SEVEN
    while shift != 0:
        shift -= _SEVEN
        code = np.int64(packed >> shift & _LOW)
        if code == ZWNJ_CODE:
            out[o], out[o + 1], out[o + 2] = 0xE2, 0x80, 0x8C
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
    if treatment == _MARK or treatment == _SUBJOINER:
        return True
    if treatment == _BASE:
        return last == _COENG
    return treatment == _JOIN_NONE and (last == _MUUSIKATOAN or last == _TRIISAP)


@njit(cache=True, nogil=True)
def _normalize_document(data: Bytes, i: int, end: int, table: Table, out: Bytes, o: int) -> Any:
    """Write data[i:end] from byte o on; return the end, repaired clusters and the cluster missing from the table.

    One loop: a helper that took the arrays would count references to them at every call, which halves the speed.
    """
    treatments, keys, values = table
    packed, length, last, start, as_typed = _NO_KEY, 0, 0, i, True  # the open cluster
    copied = i  # what lies before has been written
    previous = _KEEP
    repaired = 0
    while True:
        if i == end:
            code, width, treatment = 0, 0, _KEEP
        elif data[i] == 0xE1 and data[i + 1] & 0xFE == 0x9E:
            code, width = _khmer_code(data[i + 1], data[i + 2]), 3
            treatment = np.int64(treatments[FIRST + code])
        else:
            code, width = _decode(data, i)
            treatment = _treatment(code, treatments)
        if length:
            if _joins(treatment, last):
                last = ZWNJ_CODE if treatment == _JOIN_NONE else code
                packed = packed << _SEVEN | np.uint64(last)
                length += 1
                i += width
                continue
            if treatment > _LAST_KEPT and treatment != _REFERENCE:
                as_typed = False
                i += width
                continue
            if length > MAX_PACKED:
                return o, FOR_REFERENCE, _NO_KEY
            canonical = packed
            if not _canonical_by_shape(packed, length):
                slot = slot_of(keys, packed)
                if keys[slot] == 0:
                    return o, repaired, packed
                # A coeng that comes to stand last would take the next cluster's base.
                if treatment != _BASE or values[slot] & _LOW != _COENG:
                    canonical = values[slot]
            if canonical != packed or not as_typed:
                o = _write(canonical, out, _copy(data, copied, start, out, o))
                copied = i
                repaired += canonical != packed
            length = 0
        if i == end:
            return _copy(data, copied, end, out, o), repaired, _NO_KEY
        if treatment == _BASE and previous != _SUBJOINER:
            packed, length, last, start, as_typed = np.uint64(0x80 | code), 1, code, i, True
            previous = _KEEP
        elif treatment == _REFERENCE:
            return o, FOR_REFERENCE, _NO_KEY
        elif treatment <= _LAST_KEPT or (treatment == _JOIN and previous == _EMOJI):
            previous = treatment
        else:
            o = _copy(data, copied, i, out, o)
            copied = i + width
        i += width


@njit(cache=True, nogil=True)
def normalize_documents(text: Utf8, table: Table, result: Result, first: int) -> Any:
    """Normalise from document `first` on; return (document, cluster missing from the table), or (n, 0) at the end.

    A document for the reference implementation is left empty, with n_repaired FOR_REFERENCE.
    """
    data, offsets = text
    out, out_offsets, n_repaired = result
    for document in range(first, offsets.size - 1):
        start = out_offsets[document]
        o, repaired, missing = _normalize_document(
            data, offsets[document], offsets[document + 1], table, out, start
        )
        if missing != 0:
            return document, missing
        out_offsets[document + 1] = start if repaired == FOR_REFERENCE else o
        n_repaired[document] = repaired
    return offsets.size - 1, _NO_KEY


# --- counts and units ------------------------------------------------------------------------------------------


@njit(cache=True, nogil=True)
def _class_of(code: int, classes: Bytes) -> int:
    if code < classes.size:
        return np.int64(classes[code])
    return _CLASS_LETTER if code < 0x40000 else _CLASS_OTHER


@njit(cache=True, nogil=True)
def count_documents(text: Utf8, classes: Bytes, transitions: Bytes, counts: Integers) -> None:
    """Add each document's code points by class, clusters and invalid marks to `counts`, `(n, N_COUNTS) int64`."""
    data, offsets = text
    for document in range(offsets.size - 1):
        i, end = offsets[document], offsets[document + 1]
        state = 0
        while i < end:
            code, width = _decode(data, i)
            i += width
            character = _class_of(code, classes)
            counts[document, character] += 1
            if state == 0 and character < _CLASS_BASE:
                continue
            transition = np.int64(transitions[state << 5 | character])
            state = transition & (INVALID - 1)
            counts[document, INVALID_MARKS] += transition >> 7
            if state == _STATE_BASE:
                counts[document, CLUSTERS] += character == _CLASS_BASE or character == _CLASS_RO
        counts[document, INVALID_MARKS] += np.int64(transitions[state << 5 | _CLASS_OTHER]) >> 7


@njit(cache=True, nogil=True)
def _finished(h: Any) -> Any:
    """The SplitMix64 finaliser: a bijection, so packed clusters keep distinct hashes."""
    h = (h ^ h >> np.uint64(30)) * _MIX
    h = (h ^ h >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return h ^ h >> np.uint64(31)


@njit(cache=True, nogil=True)
def _unit_kind(character: int) -> int:
    """The kind of unit a code point belongs to; 0 where it belongs to none."""
    if character >= _CLASS_BASE:
        return _KIND_CLUSTER
    if character == _CLASS_DIGIT or character == _CLASS_LATIN:
        return character
    return _KIND_SINGLE if character == _CLASS_LETTER or character == _CLASS_OTHER else 0


@njit(cache=True, nogil=True)
def hash_units(text: Utf8, classes: Bytes, lower: NDArray[np.uint16], hashes: Keys, ends: Integers) -> None:
    """Write each document's unit hashes to `hashes` (room for one a byte) and where they end to `ends`, `(n,)`."""
    data, offsets = text
    n = 0
    for document in range(offsets.size - 1):
        i, end = offsets[document], offsets[document + 1]
        run, last = 0, 0  # kind of the unit being read, class of the code point before
        h = np.uint64(0)
        while i < end:
            code, width = _decode(data, i)
            i += width
            character = _class_of(code, classes)
            if character == _CLASS_ZWNJ:
                continue
            kind = _unit_kind(character)
            opens = (character == _CLASS_BASE or character == _CLASS_RO) and last != _CLASS_COENG
            last = character
            if kind != run or opens or kind == _KIND_SINGLE:
                if run:
                    hashes[n] = _finished(h)
                    n += 1
                run = kind
                h = np.uint64(kind)
            if kind == _CLASS_DIGIT and code >= 0x17E0:
                code -= 0x17E0 - 0x30
            elif kind == _CLASS_LATIN:
                code = np.int64(lower[code])
            h = h * _GOLDEN + np.uint64(code)
        if run:
            hashes[n] = _finished(h)
            n += 1
        ends[document] = n


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
            code, width, character = 0, 0, 0
            if i < end:
                code, width = _decode(data, i)
                character = _class_of(code, classes)
            opens = (character == _CLASS_BASE or character == _CLASS_RO) and last != _CLASS_COENG
            if length and (opens or character < _CLASS_BASE):
                spans[n, 0], spans[n, 1] = start - origin, i - origin
                keys[n] = packed if length <= MAX_PACKED else _NO_KEY
                n += 1
                length = 0
            if i == end:
                break
            if opens:
                packed, start = _ONE, i
            if opens or length:
                packed = packed << _SEVEN | np.uint64(ZWNJ_CODE if character == _CLASS_ZWNJ else code - FIRST)
                length += 1
            last = character
            i += width
        ends[document] = n


@njit(cache=True, nogil=True)
def _grown(keys: Keys, counts: Integers) -> Any:
    wider, wider_counts = np.zeros(keys.size * 2, np.uint64), np.zeros(keys.size * 2, np.int64)
    for i in range(keys.size):
        if keys[i] != 0:
            slot = slot_of(wider, keys[i])
            wider[slot] = keys[i]
            wider_counts[slot] = counts[i]
    return wider, wider_counts


@njit(cache=True, nogil=True)
def count_distinct(occurrences: Keys) -> Any:
    """Distinct packed clusters, unordered, and how often each occurs; 0 is not counted."""
    keys, counts = np.zeros(1 << 12, np.uint64), np.zeros(1 << 12, np.int64)
    used = 0
    for key in occurrences:
        if key == 0:
            continue
        slot = slot_of(keys, key)
        if keys[slot] == 0:
            keys[slot] = key
            used += 1
        counts[slot] += 1
        if 2 * used > keys.size:
            keys, counts = _grown(keys, counts)
    filled = np.nonzero(keys)[0]
    return keys[filled], counts[filled]
