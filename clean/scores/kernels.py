"""Compiled scans for the scores: lines, paragraphs and what single characters tell, in one pass over the bytes."""

from __future__ import annotations

from enum import IntEnum, IntFlag
from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from khmer.buffers import Utf8
from khmer.reading import Signs

Bytes = NDArray[np.uint8]
Hashes = NDArray[np.uint64]
Integers = NDArray[np.int64]
Roles = NDArray[np.uint16]
Booleans = NDArray[np.bool_]


class Role(IntFlag):
    """What a code point may be in a line."""

    BLANK = 1
    NEWLINE = 2
    KHMER_END = 4  # ends a sentence wherever it stands
    QUESTION = 8  # ends one unless a Latin letter or a digit follows, as in an address
    STOP = 16  # ends one where a blank or a closing mark follows
    CLOSING = 32  # may stand between a sentence's end and the line's
    ELLIPSIS = 64
    HASH = 128
    CURLY = 256
    BULLET = 512
    WORD = 1024  # ASCII letters, digits, and what joins them in an address


class Mark(IntEnum):
    """Columns of what is counted in a text."""

    SENTENCE_ENDS = 0
    SYMBOLS = 1  # hash signs and ellipses
    CURLY = 2
    LONGEST_ASCII = 3  # the longest run of ASCII without a blank


class Shape(IntFlag):
    """What a line is."""

    ENDED = 1  # as a sentence ends
    BROKEN_OFF = 2  # in an ellipsis
    BULLETED = 4


class Table(NamedTuple):
    """The lines of all texts, without the blanks around them; empty ones are left out."""

    text: Integers  # the text that each belongs to
    paragraph: Integers  # empty lines before it in its text
    spans: Integers  # (m, 2): first byte and end in the column's data
    n_chars: Integers
    keys: Hashes  # of its bytes
    shapes: Bytes  # Shape


def first_rows(table: Table, n: int) -> Table:
    """The first n rows."""
    text, paragraph, spans, n_chars, keys, shapes = table
    return Table(text[:n], paragraph[:n], spans[:n], n_chars[:n], keys[:n], shapes[:n])


# Of a longer text the rest is not looked at: what repeats in a million lines does so in the first million.
MOST_LINES: Final = 1 << 20
_ROLES_SIZE: Final = 0x3000
_BULLETS: Final = "•‣▪▫◦●○■□·*-–—➢➤►✓✔"
_CHARACTERS: Final = (
    (" \t", Role.BLANK),
    ("\n\r\v\f\x85\u2028\u2029", Role.NEWLINE),
    ("។៕", Role.KHMER_END),
    ("!?", Role.QUESTION),
    (".", Role.STOP),
    ("»”’\"')]", Role.CLOSING),
    ("…", Role.ELLIPSIS),
    ("#", Role.HASH),
    ("{}", Role.CURLY),
    (_BULLETS, Role.BULLET),
    ("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789=&/", Role.WORD),
)

_WHITE: Final = int(Role.BLANK | Role.NEWLINE)
_KHMER_END: Final = int(Role.KHMER_END)
_QUESTION: Final = int(Role.QUESTION)
_STOP: Final = int(Role.STOP)
_TERMINAL: Final = int(Role.KHMER_END | Role.QUESTION | Role.STOP)
_KEEPS_TAIL: Final = int(Role.BLANK | Role.CLOSING)
_AFTER_STOP: Final = int(Role.BLANK | Role.NEWLINE | Role.CLOSING)
_ELLIPSIS: Final = int(Role.ELLIPSIS)
_SYMBOL: Final = int(Role.ELLIPSIS | Role.HASH)
_CURLY: Final = int(Role.CURLY)
_BULLET: Final = int(Role.BULLET)
_WORD: Final = int(Role.WORD)
_LO: Final = 1 << 16  # no role: the second sign of ។ល។, which is an abbreviation
_LO_LETTER: Final = 0x1B  # ល from U+1780
_ENDED: Final = int(Shape.ENDED)
_BROKEN_OFF: Final = int(Shape.BROKEN_OFF)
_BULLETED: Final = int(Shape.BULLETED)

_BASE: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xBF58476D1CE4E5B9)
_SHIFT: Final = np.uint64(32)
_LINE_FEED: Final = 0x0A
_WORD_BYTES: Final = np.uint64(8)
_ONES: Final = np.uint64(0x0101010101010101)
_HIGH_BITS: Final = np.uint64(0x8080808080808080)
_LINE_FEEDS: Final = np.uint64(0x0A0A0A0A0A0A0A0A)
_ONE: Final = np.uint64(1)


@cache
def roles() -> Roles:
    """`Role` of every code point below U+3000, `(0x3000,) uint16`; those above have none."""
    table = np.zeros(_ROLES_SIZE, np.uint16)
    for characters, role in _CHARACTERS:
        table[[ord(character) for character in characters]] |= np.uint16(role)
    return table


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
def _ends_sentence(run: int, length: int, role: int) -> bool:
    """Whether a run of sentence marks ends a sentence, by the role of what follows it."""
    if run & _KHMER_END:
        return True
    if run & _QUESTION:
        return role & _WORD == 0
    return length == 1 and role & _AFTER_STOP != 0


@njit(cache=True, nogil=True)
def _past_run(run: int, length: int, awaited: int, role: int) -> Any:
    """What a run of sentence marks adds to the sentence ends, and what of ។ល។ is awaited after it."""
    if run & _KHMER_END and awaited == _LO:
        return -1, 0
    return np.int64(_ends_sentence(run, length, role)), run & _KHMER_END


@njit(cache=True, nogil=True)
def count_marks(signs: Signs, roles: Roles, marks: Integers) -> None:
    """Add what each text holds to `marks`, `(n, len(Mark))`."""
    offsets, codes, n_letters, letters = signs
    for document in range(offsets.size - 1):
        run, length = 0, 0  # roles of the sentence marks being read, and how many
        dots, ascii_run, longest = 0, 0, 0
        awaited = 0  # of ។ល។: _KHMER_END after the first sign, _LO after the second
        sentences, symbols, curly = 0, 0, 0
        for sign in range(np.uint64(offsets[document]), np.uint64(offsets[document + 1])):
            if n_letters[sign]:
                dots, ascii_run = 0, 0
                if run:
                    counted, awaited = _past_run(run, length, awaited, 0)
                    sentences += counted
                    run, length = 0, 0
                is_lo = awaited == _KHMER_END and n_letters[sign] == 1 and letters[sign] == _LO_LETTER
                awaited = _LO if is_lo else 0
            code = np.int64(codes[sign])
            role: Any = np.int64(roles[code]) if code < roles.size else 0
            ascii_run = ascii_run + 1 if code < 0x80 and role & _WHITE == 0 else 0
            longest = max(longest, ascii_run)
            dots = dots + 1 if role & _STOP else 0
            symbols += role & _SYMBOL != 0 or dots == 2
            curly += role & _CURLY != 0
            if role & _TERMINAL:
                run |= role
                length += 1
                continue
            if run:
                counted, awaited = _past_run(run, length, awaited, role)
                sentences += counted
                run, length = 0, 0
            if role & _WHITE == 0:
                awaited = 0
        marks[document, Mark.SENTENCE_ENDS] = sentences
        marks[document, Mark.SYMBOLS] = symbols
        marks[document, Mark.CURLY] = curly
        marks[document, Mark.LONGEST_ASCII] = longest


@njit(cache=True, nogil=True, inline="always")
def _eight(data: Bytes, i: Any) -> Any:
    """Eight bytes as one word: the compiler makes this one load. Unsigned indices spare it the check for a minus."""
    low = (
        np.uint64(data[i])
        | np.uint64(data[i + _ONE]) << np.uint64(8)
        | np.uint64(data[i + np.uint64(2)]) << np.uint64(16)
        | np.uint64(data[i + np.uint64(3)]) << np.uint64(24)
    )
    return (
        low
        | np.uint64(data[i + np.uint64(4)]) << np.uint64(32)
        | np.uint64(data[i + np.uint64(5)]) << np.uint64(40)
        | np.uint64(data[i + np.uint64(6)]) << np.uint64(48)
        | np.uint64(data[i + np.uint64(7)]) << np.uint64(56)
    )


@njit(cache=True, nogil=True)
def _line_end(data: Bytes, start: int, end: int) -> Any:
    """The first line feed from a byte on, or the end."""
    i, stop = np.uint64(start), np.uint64(end)
    while i + _WORD_BYTES <= stop:
        word = _eight(data, i) ^ _LINE_FEEDS
        if word - _ONES & ~word & _HIGH_BITS:  # a byte of it is 0
            break
        i += _WORD_BYTES
    while i < stop and data[i] != _LINE_FEED:
        i += _ONE
    return np.int64(i)


@njit(cache=True, nogil=True)
def _key(data: Bytes, start: int, end: int) -> Any:
    """A hash of bytes, and how many code points they are."""
    i, stop = np.uint64(start), np.uint64(end)
    h = stop - i
    n_chars = np.int64(h)
    while i + _WORD_BYTES <= stop:
        word = _eight(data, i)
        continuing = (word & ~(word << _ONE) & _HIGH_BITS) >> np.uint64(7)
        n_chars -= np.int64(continuing * _ONES >> np.uint64(56))
        h = (h ^ word) * _BASE
        h ^= h >> _SHIFT
        i += _WORD_BYTES
    while i < stop:
        n_chars -= data[i] & 0xC0 == 0x80
        h = (h ^ np.uint64(data[i])) * _BASE
        i += _ONE
    return h, n_chars


@njit(cache=True, nogil=True)
def _is_white(byte: int) -> bool:
    return byte == 0x20 or 0x09 <= byte <= 0x0D


@njit(cache=True, nogil=True)
def _shape(data: Bytes, start: int, end: int, roles: Roles) -> Any:
    """The Shape of a line, from its first character and those before its end that are not closing marks."""
    code, _ = _decode(data, start)
    shape = _BULLETED if code < roles.size and roles[code] & _BULLET else 0
    i, dots = end, 0
    while i > start:
        i -= 1
        if data[i] & 0xC0 == 0x80:
            continue
        code, _ = _decode(data, i)
        role = np.int64(roles[code]) if code < roles.size else 0
        if role & _STOP:
            dots += 1
        elif dots or role & _KEEPS_TAIL == 0:
            return shape | _tail(role, dots)
    return shape | _tail(0, dots)


@njit(cache=True, nogil=True)
def _tail(role: int, dots: int) -> int:
    """How a line ends whose last character, closing marks aside, has this role and this many stops after it."""
    if dots > 1 or (dots == 0 and role & _ELLIPSIS):
        return _BROKEN_OFF
    return _ENDED if dots or role & _TERMINAL else 0


@njit(cache=True, nogil=True)
def find_lines(text: Utf8, roles: Roles, lines: Table) -> int:
    """Write the lines of all texts; how many there are. `paragraph` of a line counts empty lines before it."""
    data, offsets = text
    n = 0
    for document in range(offsets.size - 1):
        i, end = offsets[document], offsets[document + 1]
        most = n + MOST_LINES
        paragraph = 0
        while i < end and n < most:
            start, stop = i, _line_end(data, i, end)
            i = stop + 1
            while start < stop and _is_white(data[start]):
                start += 1
            while start < stop and _is_white(data[stop - 1]):
                stop -= 1
            if start == stop:
                paragraph += 1
                continue
            lines.text[n], lines.paragraph[n] = document, paragraph
            lines.spans[n, 0], lines.spans[n, 1] = start, stop
            lines.keys[n], lines.n_chars[n] = _key(data, start, stop)
            lines.shapes[n] = _shape(data, start, stop, roles)
            n += 1
    return n


@njit(cache=True, nogil=True)
def join_lines(lines: Table, text: Integers, n_chars: Integers, keys: Hashes) -> int:
    """Write the paragraphs that the lines make up: their texts, characters and hashes; how many there are."""
    n = 0
    for line in range(lines.text.size):
        opens = (
            line == 0
            or lines.text[line] != lines.text[line - 1]
            or lines.paragraph[line] != lines.paragraph[line - 1]
        )
        if opens:
            text[n], n_chars[n], keys[n] = lines.text[line], 0, 0
            n += 1
        n_chars[n - 1] += lines.n_chars[line]
        keys[n - 1] = (keys[n - 1] ^ lines.keys[line]) * _BASE
        keys[n - 1] ^= keys[n - 1] >> _SHIFT
    return n


@njit(cache=True, nogil=True)
def mark_repeated(text: Integers, keys: Hashes, repeated: Booleans) -> None:
    """Mark the rows whose key an earlier row of the same text has."""
    first = 0
    while first < text.size:
        last = first + 1
        while last < text.size and text[last] == text[first]:
            last += 1
        if last - first > 1:
            size = 16
            while size < 2 * (last - first):
                size *= 2
            slots, mask = np.zeros(size, np.uint64), np.uint64(size - 1)
            for row in range(first, last):
                key = keys[row] | _ONE
                slot = (key * _BASE) >> _SHIFT & mask
                while slots[slot] != 0 and slots[slot] != key:
                    slot = (slot + _ONE) & mask
                repeated[row] = slots[slot] == key
                slots[slot] = key
        first = last


@njit(cache=True, nogil=True)
def add_runs(text: Integers, marked: Booleans, amounts: Integers, least: int, sums: Integers) -> None:
    """Add to each text's sum the amounts of marked rows that stand in runs of at least so many."""
    first = 0
    while first < text.size:
        last, amount = first, 0
        while last < text.size and marked[last] and text[last] == text[first]:
            amount += amounts[last]
            last += 1
        if last - first >= least:
            sums[text[first]] += amount
        first = max(last, first + 1)


@njit(cache=True, nogil=True)
def copy_spans(data: Bytes, spans: Integers, out: Bytes, offsets: Integers) -> None:
    """Write the bytes of each span one after the other, and where each ends."""
    o = 0
    for row in range(spans.shape[0]):
        for i in range(spans[row, 0], spans[row, 1]):
            out[o] = data[i]
            o += 1
        offsets[row + 1] = o
