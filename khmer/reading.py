"""Compiled scans that read a column once: characters by class, clusters, units, and what stands between Khmer letters.

As with `khmer.kernels`, all that a scan calls stands in this module.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from khmer.buffers import Utf8
from khmer.clusters import LINE, NUMBER
from khmer.codepoints import FIRST
from khmer.kernels import INVALID_SHIFT, OPENS, STATE_MASK, Class

CLUSTERS: Final = len(Class)  # further columns of the counts
INVALID_MARKS: Final = CLUSTERS + 1
N_COUNTS: Final = CLUSTERS + 2

# What is told of a unit that is a cluster.
IS_CLUSTER: Final = 1
JOINED: Final = 2  # blanks at most stand between the cluster before and this one
NEW_LINE: Final = 4  # it is the first of its line
TOUCHING: Final = 8  # nothing stands between the cluster before and this one

_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_KHMER: Final = np.uint64(Class.BASE)
_NONE: Final = np.uint64(0)
_ONE: Final = np.uint64(1)
_TWO: Final = np.uint64(2)
_THREE: Final = np.uint64(3)
_SEVEN: Final = np.uint64(7)
_ALL_BUT_SEVEN: Final = np.uint64(57)
_BYTE: Final = np.uint64(8)
_HALF: Final = np.uint64(32)
_KHMER_LEAD: Final = np.uint8(0xE1)
_DISTANCE: Final = np.uint64(0x7F)  # parts of a Letter
_BASE_BIT: Final = np.uint64(8)
_ENDS_BIT: Final = np.uint64(9)
_WAITING: Final = np.uint64(1024)  # packed units that are written together
_BLOCK: Final = 4096  # bytes
_HASH: Final = np.uint32(0xFFFFFFFC)  # a unit without its flags
_LINE_FEED: Final = 0x0A

Bytes = NDArray[np.uint8]
Integers = NDArray[np.int64]
Keys = NDArray[np.uint64]
Numbers = NDArray[np.uint32]
Rows = NDArray[np.uint16]


class Tables(NamedTuple):
    """What a scan looks up, from `khmer.tables`."""

    classes: Bytes
    transitions: Bytes
    lower: Rows


class Signs(NamedTuple):
    """Every character that is no Khmer letter or mark, and a line feed after each text.

    Those of text i are rows `offsets[i]` to `offsets[i + 1]`.
    """

    offsets: Integers  # (n + 1,)
    codes: NDArray[np.int32]  # code points
    n_letters: NDArray[np.int32]  # Khmer letters and marks between it and the sign before
    letters: Bytes  # the last of these, its distance from U+1780


class Reading(NamedTuple):
    """What `read_documents` writes; units of text i are rows `unit_offsets[i]` to `unit_offsets[i + 1]`."""

    counts: Integers  # (n, N_COUNTS)
    unit_offsets: Integers  # (n + 1,)
    hashes: Keys  # of the units
    links: Bytes  # of the units: IS_CLUSTER, JOINED, NEW_LINE, TOUCHING
    signs: Signs


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
def count_documents(text: Utf8, classes: Bytes, transitions: Bytes, counts: Integers) -> None:
    """Add each document's code points by class, clusters and invalid marks to `counts`, `(n, N_COUNTS) int64`."""
    data, offsets = text
    for document in range(offsets.size - 1):
        i, end = offsets[document], offsets[document + 1]
        state = np.int64(0)
        while i < end:
            code, width = _decode(data, i)
            i += width
            character = _class_of(code, classes)
            counts[document, character] += 1
            if state == 0 and character < Class.BASE:
                continue
            transition = np.int64(transitions[state << 5 | character])
            state = transition & STATE_MASK
            counts[document, CLUSTERS] += (transition & OPENS) != 0
            counts[document, INVALID_MARKS] += transition >> INVALID_SHIFT
        counts[document, INVALID_MARKS] += np.int64(transitions[state << 5 | Class.OTHER]) >> INVALID_SHIFT


@njit(cache=True, nogil=True)
def _finished(h: Any) -> Any:
    """The SplitMix64 finaliser: a bijection, so packed clusters keep distinct hashes."""
    h = (h ^ h >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    h = (h ^ h >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return h ^ h >> np.uint64(31)


@njit(cache=True, nogil=True)
def _unit(h: Any) -> Any:
    """A unit in 32 bits, its flags 0."""
    return np.uint32((h ^ h >> _HALF) * _GOLDEN >> _HALF) & _HASH


@njit(cache=True, nogil=True)
def _folded(code: int, kind: int, lower: Rows) -> Any:
    """A Latin letter in lower case, a Khmer digit as ASCII, any other character itself."""
    if kind == Class.LATIN:
        return np.int64(lower[code])
    return code - 0x17E0 + 0x30 if kind == Class.DIGIT and code >= 0x17E0 else code


@njit(cache=True, nogil=True)
def hash_units(text: Utf8, classes: Bytes, lower: Rows, hashes: Keys, ends: Integers) -> None:
    """Write each document's unit hashes to `hashes` (room for one a byte) and where they end to `ends`, `(n,)`.

    A hash is written anew at every code point: a branch on whether its unit has ended would double the time.
    """
    data, offsets = text
    n, one = np.uint64(0), np.uint64(1)
    for document in range(offsets.size - 1):
        i, end = np.uint64(offsets[document]), np.uint64(offsets[document + 1])
        run, last = 0, 0  # kind of the unit being read, class of the code point before
        h = np.uint64(0)
        while i < end:
            lead = np.int64(data[i])
            if lead == 0xE1:
                code = 0x1000 | (np.int64(data[i + one]) & 0x3F) << 6 | np.int64(data[i + one + one]) & 0x3F
                i += np.uint64(3)
            elif lead < 0x80:
                code = lead
                i += one
            else:
                code, width = _decode(data, np.int64(i))
                i += np.uint64(width)
            character = _class_of(code, classes)
            if character == Class.ZWNJ:
                continue
            if character >= Class.BASE:
                opens = (run != Class.BASE) | ((character <= Class.RO) & (last != Class.COENG))
                n += np.uint64(opens)
                h = (_KHMER if opens else h) * _GOLDEN + np.uint64(code)
                hashes[n - one] = _finished(h)
                last, run = character, Class.BASE
                continue
            last = character
            if character >= Class.SPACE:
                run = 0
                continue
            kind = Class.LETTER if character == Class.OTHER else character
            opens = (kind != run) | (kind == Class.LETTER)
            run = kind
            n += np.uint64(opens)
            h = (np.uint64(kind) if opens else h) * _GOLDEN + np.uint64(_folded(code, kind, lower))
            hashes[n - one] = _finished(h)
        ends[document] = np.int64(n)


class Letter(IntEnum):
    """Parts of a row of the table of Khmer letters and marks: its distance from U+177F, and what it does to units."""

    DISTANCE = 0x7F
    BASE = 0x100  # opens a unit, unless a coeng stands before it
    ENDS = 0x200  # a base after it opens a unit: it is no coeng


@njit(cache=True, nogil=True)
def _write_units(packed: Keys, flags: Numbers, n: int, units: Numbers) -> None:
    """Write the first n units that are packed, with vector instructions; the one after them becomes the first."""
    for k in range(n):
        units[k] = _unit(packed[k]) | flags[k]
        flags[k] = 0
    packed[0], flags[0], flags[n] = packed[n], flags[n], 0


@njit(cache=True, nogil=True)
def flag_units(text: Utf8, tables: tuple[Rows, Bytes, Rows], units: Numbers, ends: Integers) -> None:
    """Write each document's units to `units` (room for one a byte) and where they end to `ends`, `(n,)`.

    The units are those of `hash_units`. Runs of Khmer letters, nine characters of ten, have a loop of few instructions:
    a cluster is packed in base 128, its first characters rotated out after nine; it is hashed later, with many others.
    """
    data, offsets = text
    letters, classes, lower = tables
    packed, flags = np.zeros(2 * _WAITING, np.uint64), np.zeros(2 * _WAITING, np.uint32)
    n, written = _NONE, _NONE  # units that are packed, the last of which may go on, and units before them
    for document in range(offsets.size - 1):
        i, end = np.uint64(offsets[document]), np.uint64(offsets[document + 1])
        h, run, line, any_opens, base_opens = _NONE, 0, np.uint32(LINE), _ONE, _ONE
        while i < end:
            if n >= _WAITING:
                _write_units(packed, flags, n - _ONE, units[written:])
                n, written = _ONE, written + n - _ONE
            first, n_before, stop = i, n, min(end, i + _WAITING)
            while i < stop and data[i] == _KHMER_LEAD:
                letter = np.uint64(letters[np.uint64(data[i + _ONE]) << _BYTE | np.uint64(data[i + _TWO])])
                if letter == _NONE:
                    break
                i += _THREE
                opens = any_opens | letter >> _BASE_BIT & base_opens
                any_opens, base_opens = _NONE, letter >> _ENDS_BIT
                n += opens
                h &= opens - _ONE
                h = (h << _SEVEN | h >> _ALL_BUT_SEVEN) ^ letter & _DISTANCE
                packed[n - _ONE] = h
            if i != first:
                run = Class.BASE
                flags[n_before] |= line
                line = np.uint32(0)
                if i >= stop:
                    continue
            code, width = _decode(data, np.int64(i))
            i += np.uint64(width)
            character = _class_of(code, classes)
            if character == Class.ZWNJ:
                continue
            any_opens = _ONE
            if character >= Class.SPACE:
                run = 0
                line = np.uint32(LINE) if character == Class.NEWLINE else line
                continue
            kind = Class.LETTER if character == Class.OTHER else character
            opens = np.uint64((kind != run) | (kind == Class.LETTER))
            run = kind
            n += opens
            h = (np.uint64(kind) if opens else h) * _GOLDEN + np.uint64(_folded(code, kind, lower))
            packed[n - _ONE] = h
            flags[n - _ONE] |= line | np.uint32(NUMBER * (kind == Class.DIGIT))
            line = np.uint32(0)
        ends[document] = np.int64(written + n)
    _write_units(packed, flags, n, units[written:])


@njit(cache=True, nogil=True)
def are_utf8(text: Utf8) -> bool:
    """Whether every document is valid UTF-8, by arithmetic that becomes vector instructions: .1 ns a byte."""
    data, offsets = text
    first, last = offsets[0], offsets[-1]
    for k in range(offsets.size - 1):
        if offsets[k] > offsets[k + 1]:
            return False
    ends = np.zeros(3, np.uint8)  # a character that goes on past the end meets no byte to go on with
    head = np.concatenate((ends, data[first : min(first + 3, last)]))
    tail = np.concatenate((ends, data[max(last - 3, first) : last], ends))
    found = np.zeros(_BLOCK, np.uint8)
    _mark_faults(head, 3, head.size, found)
    _mark_faults(tail, tail.size - 3, tail.size, found)
    for begin in range(first + 3, last, _BLOCK):
        _mark_faults(data, begin, min(begin + _BLOCK, last), found)
    for offset in offsets:  # where a character begins
        found[0] |= offset < last and data[offset] & 0xC0 == 0x80
    return not found.any()


@njit(cache=True, nogil=True)
def _mark_faults(data: Bytes, first: int, last: int, found: Bytes) -> None:
    """Set to 1 the rows of `found` whose byte may not follow the three before it."""
    start = np.uint64(first)
    for row in range(last - first):
        i = start + np.uint64(row)
        byte, before, second, third = data[i], data[i - _ONE], data[i - _TWO], data[i - _THREE]
        goes_on = (before >= 0xC0) | (second >= 0xE0) | (third >= 0xF0)
        fault = ((byte & 0xC0) == 0x80) != goes_on
        fault |= (byte == 0xC0) | (byte == 0xC1) | (byte >= 0xF5)
        fault |= ((before == 0xE0) & (byte < 0xA0)) | ((before == 0xED) & (byte >= 0xA0))
        fault |= ((before == 0xF0) & (byte < 0x90)) | ((before == 0xF4) & (byte >= 0x90))
        found[row] |= fault


@njit(cache=True, nogil=True)
def count_characters(data: Bytes) -> int:
    """How many code points the bytes are."""
    n = 0
    for i in range(data.size):
        n += data[i] & 0xC0 != 0x80
    return n


@njit(cache=True, nogil=True)
def _next(data: Bytes, i: Any) -> Any:
    """The code point at byte i and where the next one is; Khmer first, whose lead byte is E1."""
    if data[i] == 0xE1:
        code = 0x1000 | (np.int64(data[i + _ONE]) & 0x3F) << 6 | np.int64(data[i + _TWO]) & 0x3F
        return code, i + np.uint64(3)
    code, width = _decode(data, np.int64(i))
    return code, i + np.uint64(width)


@njit(cache=True, nogil=True)
def _bond_after(bond: int, character: int) -> int:
    """What is told of the next cluster, past a character that belongs to none."""
    if character == Class.NEWLINE:
        return NEW_LINE
    return bond & ~TOUCHING if character == Class.SPACE else bond & NEW_LINE


@njit(cache=True, nogil=True)
def read_documents(text: Utf8, tables: Tables, result: Reading) -> None:
    """Count as `count_documents` does, hash units as `hash_units` does, and write links and signs, in one scan.

    One loop: a helper that took the arrays would count references to them at every code point.
    """
    data, offsets = text
    classes, transitions, lower = tables
    counts, unit_offsets, hashes, links, signs = result
    n, m = np.uint64(0), np.uint64(0)  # units and signs
    for document in range(offsets.size - 1):
        i, end = np.uint64(offsets[document]), np.uint64(offsets[document + 1])
        row, clusters, invalid = counts[document], np.int64(0), np.int64(0)
        state = np.int64(0)  # of the syllable
        run, last = 0, 0  # kind of the unit being read, class of the character before
        n_letters, letter = np.int32(0), 0
        h, link, bond = np.uint64(0), 0, NEW_LINE
        while i < end:
            code, i = _next(data, i)
            character = _class_of(code, classes)
            row[np.uint64(character)] += 1
            if state != 0 or character >= Class.BASE:
                transition = np.int64(transitions[np.uint64(state << 5 | character)])
                state = transition & STATE_MASK
                clusters += (transition & OPENS) != 0
                invalid += transition >> INVALID_SHIFT
            if character >= Class.BASE and character != Class.ZWNJ:
                is_base = (character <= Class.RO) & (last != Class.COENG)
                opens = (run != Class.BASE) | is_base
                n += np.uint64(opens)
                h = (_KHMER if opens else h) * _GOLDEN + np.uint64(code)
                hashes[n - _ONE] = _finished(h)
                link = (IS_CLUSTER | bond) * is_base if opens else link
                bond = JOINED | TOUCHING if is_base else bond
                links[n - _ONE] = link
                n_letters, letter = n_letters + np.int32(1), code - FIRST
                last, run = character, Class.BASE
                continue
            signs.codes[m], signs.n_letters[m], signs.letters[m] = code, n_letters, letter
            m += _ONE
            n_letters = np.int32(0)
            if character == Class.ZWNJ:
                continue
            last, bond = character, _bond_after(bond, character)
            if character >= Class.SPACE:
                run = 0
                continue
            kind = Class.LETTER if character == Class.OTHER else character
            opens = (kind != run) | (kind == Class.LETTER)
            run = kind
            n += np.uint64(opens)
            h = (np.uint64(kind) if opens else h) * _GOLDEN + np.uint64(_folded(code, kind, lower))
            hashes[n - _ONE], links[n - _ONE] = _finished(h), 0
        row[CLUSTERS] += clusters
        row[INVALID_MARKS] += invalid + (np.int64(transitions[state << 5 | Class.OTHER]) >> INVALID_SHIFT)
        signs.codes[m], signs.n_letters[m], signs.letters[m] = _LINE_FEED, n_letters, letter
        m += _ONE
        unit_offsets[document + 1], signs.offsets[document + 1] = np.int64(n), np.int64(m)
