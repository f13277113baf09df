"""The compiled scan for regions where personal data may stand.

All kernels stand in this module because numba's cache does not notice a change in a module that a kernel calls into
or takes a constant from.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Integers = NDArray[np.int64]

# Anchors, as bits of a region's.
CONTACT: Final = 1  # an @, or what people write for it
NUMBER: Final = 2  # digits enough for a number of a person
DOTTED: Final = 4  # digits between dots, as in an IPv4 address
COLONS: Final = 8  # as in an IPv6 address
PLATE: Final = 16  # a digit, one or two letters and four digits, or the word for a vehicle's plate
LINK: Final = 32  # the slash behind the host of a social network
BIRTH: Final = 64  # the label of a date of birth
ANY: Final = 127

BEFORE: Final = (
    240  # bytes of a region before its anchor: 80 Khmer letters, more than any context reaches back
)
AFTER: Final = 120
RUN: Final = 2_048  # bytes of ASCII without a blank that a region takes in beyond these

_FEWEST_DIGITS: Final = 9  # of a number written in groups
_FEWEST_SOLID: Final = 7  # of a number in one piece; a passport's
_LONGEST_GAP: Final = 6  # code points between two digits of one number
_PLATE_DIGITS: Final = 4  # at the end
_FEWEST_DOTS: Final = 3
_FEWEST_COLONS: Final = 4
_LONGEST_COLONS: Final = 24  # bytes over which they are counted

_NO: Final = 0
_DIGIT: Final = 1
_GAP: Final = 2
_INVISIBLE: Final = 3  # as if it were not there

BIRTH_LABEL: Final = "ឆ្នាំកំណើត"
PLATE_LABEL: Final = "លាកលេខ"  # of ស្លាកលេខ and ផ្លាកលេខ
_BIRTH_LABEL: Final = np.frombuffer(BIRTH_LABEL.encode(), np.uint8)
_PLATE_LABEL: Final = np.frombuffer(PLATE_LABEL.encode(), np.uint8)
_BIRTH_END: Final = 0x8F  # the last bytes of their last two letters
_BIRTH_VOWEL: Final = 0xBE
_PLATE_END: Final = 0x81
_PLATE_VOWEL: Final = 0x81

# Of U+1780 to U+17FF: letters and marks that end no label.
_PLAIN: Final = np.array([code not in (0x01, 0x0F) and code < 0x60 for code in range(128)], np.uint8)


class Trait(IntEnum):
    """What the scan asks of an ASCII byte, as bits."""

    DIGIT = 1
    GAP = 2  # what stands between the digits of one number; a slash stands between numbers, and in dates
    LETTER = 4
    HEX = 8
    OPENING = 16  # a bracket before "at"
    NETWORK = (
        32  # the last letter before .com: facebook, tiktok, fb, instagram, twitter, messenger, youtube, x
    )


_TRAITS: Final = {
    Trait.DIGIT: "0123456789",
    Trait.GAP: " \t\n()+-.",
    Trait.LETTER: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    Trait.HEX: "0123456789abcdefABCDEF",
    Trait.OPENING: "([{",
    Trait.NETWORK: "kbmrexKBMREX",
}
_ASCII: Final = np.array(
    [sum(trait for trait, members in _TRAITS.items() if chr(code) in members) for code in range(256)],
    np.uint8,
)
_IS_DIGIT: Final = int(Trait.DIGIT)
_IS_GAP: Final = int(Trait.GAP)
_IS_LETTER: Final = int(Trait.LETTER)
_IS_HEX: Final = int(Trait.HEX)
_IS_OPENING: Final = int(Trait.OPENING)
_IS_NETWORK: Final = int(Trait.NETWORK)


class Regions(NamedTuple):
    """Regions in order: the document, the bytes `start:end` of the column's data, and which anchors lie in it."""

    document: Integers
    start: Integers
    end: Integers
    anchors: Integers


@njit(cache=True, nogil=True)
def _symbol(data: Bytes, i: int) -> Any:
    """Whether a digit, a gap between digits, something invisible or neither stands at byte i, and its width."""
    b = data[i]
    if b < 0x80:
        return (_DIGIT if _ASCII[b] & _IS_DIGIT else _GAP if _ASCII[b] & _IS_GAP else _NO), 1
    if b < 0xE0:  # soft hyphen, combining grapheme joiner; no-break space, middle dot
        second = data[i + 1]
        if (b == 0xC2 and second == 0xAD) or (b == 0xCD and second == 0x8F):
            return _INVISIBLE, 2
        return (_GAP if b == 0xC2 and second in (0xA0, 0xB7) else _NO), 2
    if b >= 0xF0:
        return _NO, 4
    second, third = data[i + 1], data[i + 2]
    if b == 0xE1:
        if second == 0x9F and 0xA0 <= third <= 0xA9:
            return _DIGIT, 3
        return (_INVISIBLE if second == 0x9E and 0xB4 <= third <= 0xB5 else _NO), 3  # inherent vowels
    if b == 0xE2:
        if (second == 0x80 and (0x8B <= third <= 0x8F or 0xAA <= third <= 0xAE)) or (
            second == 0x81 and third >= 0xA0
        ):
            return _INVISIBLE, 3
        # general punctuation, minus sign
        return (_GAP if second <= 0x81 or (second == 0x88 and third == 0x92) else _NO), 3
    if b == 0xE3:
        return (_GAP if second == 0x80 and third == 0x80 else _NO), 3
    if b != 0xEF:
        return _NO, 3
    if second == 0xBC and third != 0xA0:  # full width, but for the @
        return (_DIGIT if 0x90 <= third <= 0x99 else _GAP), 3
    # variation selectors, byte-order mark
    hidden = (second == 0xB8 and third < 0x90) or (second == 0xBB and third == 0xBF)
    return (_INVISIBLE if hidden else _NO), 3


@njit(cache=True, nogil=True)
def _opens_plate(data: Bytes, i: int, end: int) -> Any:
    """Whether the letter at byte i, which follows a digit, and perhaps one more, come before four digits."""
    i += 1
    n_letters, n_digits, gap = 1, 0, 0
    while i < end and gap <= _LONGEST_GAP and n_digits < _PLATE_DIGITS:
        what, width = _symbol(data, i)
        if what == _NO:
            n_letters += 1
            if n_letters > 2 or gap > 0 or n_digits > 0 or not _ASCII[data[i]] & _IS_LETTER:
                return False
        gap += what == _GAP
        n_digits += what == _DIGIT
        i += width
    return n_digits == _PLATE_DIGITS


@njit(cache=True, nogil=True)
def _spells(data: Bytes, i: int, end: int, first: int, second: int, third: int) -> Any:
    """Whether up to three letters, 0 for none, stand behind byte i and perhaps a blank, in either case."""
    i += 1
    if i < end and data[i] == 0x20:
        i += 1
    for letter in (first, second, third):
        if letter != 0:
            if i >= end or data[i] & 0xDF != letter:
                return False
            i += 1
    return i < end and not _ASCII[data[i]] & _IS_LETTER


@njit(cache=True, nogil=True)
def _follows_network(data: Bytes, start: int, i: int) -> Any:
    """Whether the slash at byte i follows .me, or .com behind the last letter of a social network's name."""
    if i - start < 4:
        return False
    before, last = data[i - 2] & 0xDF, data[i - 1] & 0xDF
    if data[i - 3] == 0x2E:
        return before == 0x4D and last == 0x45
    com = data[i - 4] == 0x2E and data[i - 3] & 0xDF == 0x43 and before == 0x4F and last == 0x4D
    return com and i - start > 4 and _ASCII[data[i - 5]] & _IS_NETWORK != 0


@njit(cache=True, nogil=True)
def _ends(data: Bytes, start: int, i: int, label: Bytes) -> Any:
    """Whether a label ends before byte i."""
    if i - start < label.size:
        return False
    same = 0
    while same < label.size and data[i - 1 - same] == label[label.size - 1 - same]:
        same += 1
    return same == label.size


@njit(cache=True, nogil=True)
def _in_ipv6(data: Bytes, start: int, i: int, end: int) -> Any:
    """Whether the colon at byte i is doubled beside a hexadecimal digit, or the last of a few between such digits."""
    before = max(i - 1, start)
    if i + 1 < end and data[i + 1] == 0x3A:
        return (_ASCII[data[before]] | (_ASCII[data[i + 2]] if i + 2 < end else 0)) & _IS_HEX != 0
    colons = 1
    while (
        before > start
        and i - before < _LONGEST_COLONS
        and (_ASCII[data[before]] & _IS_HEX or data[before] == 0x3A)
    ):
        colons += data[before] == 0x3A
        before -= 1
    return colons >= _FEWEST_COLONS


@njit(cache=True, nogil=True)
def _anchor(data: Bytes, start: int, i: int, end: int, after_digit: Any) -> Any:
    """The anchor that the byte i is, which is no digit; 0 for none."""
    b = data[i]
    if b == 0xE1:
        if data[i + 2] == _BIRTH_END:
            return BIRTH if _ends(data, start, i + 3, _BIRTH_LABEL) else 0
        return PLATE if data[i + 2] == _PLATE_END and _ends(data, start, i + 3, _PLATE_LABEL) else 0
    if b >= 0x80:
        return CONTACT if b == 0xEF and data[i + 1] == 0xBC and data[i + 2] == 0xA0 else 0
    if b == 0x40:
        return CONTACT
    if b == 0x20:
        return CONTACT if _spells(data, i, end, 0x44, 0x4F, 0x54) else 0
    if b == 0x2F:
        return LINK if _follows_network(data, start, i) else 0
    if b == 0x3A:
        return COLONS if _in_ipv6(data, start, i, end) else 0
    if _ASCII[b] & _IS_OPENING:
        at, dot = _spells(data, i, end, 0x41, 0x54, 0), _spells(data, i, end, 0x44, 0x4F, 0x54)
        return CONTACT if at or dot else 0
    return PLATE if after_digit and _ASCII[b] & _IS_LETTER and _opens_plate(data, i, end) else 0


@njit(cache=True, nogil=True)
def _read_on(number: Any, what: int, b: int, i: int) -> Any:
    """The number that is being read, after one more symbol.

    It is where it opened, its digits, those in one piece at its end, the symbols since its last digit, and the dots
    between its last digits.
    """
    opened, n_digits, solid, gap, dots = number
    if what == _DIGIT:
        if n_digits == 0 or gap > _LONGEST_GAP:
            return i, 1, 1, 0, 0
        return opened, n_digits + 1, (solid + 1 if gap == 0 else 1), 0, dots
    if what == _INVISIBLE:
        return number
    if what == _NO:
        return i, 0, 0, 0, 0
    if b == 0x2E:
        return opened, n_digits, solid, gap + 1, (dots + 1 if gap == 0 else dots)
    return opened, n_digits, solid, gap + 1, 0


@njit(cache=True, nogil=True)
def _after_letters(data: Bytes, i: int, end: int) -> Any:
    """Where letters and marks of Khmer, Latin letters and blanks that can be no anchor end, from byte i on.

    They are most of every text.
    """
    while i < end:
        b = data[i]
        if b == 0xE1:
            second, third = data[i + 1], data[i + 2]
            # One look-up: which half of the block a letter is in follows no pattern that a processor could foresee.
            if (second | 1) != 0x9F or not _PLAIN[(second & 1) << 6 | third & 0x3F]:
                harmless = second == 0x9E and (
                    (third == _BIRTH_END and data[i - 1] != _BIRTH_VOWEL)
                    or (third == _PLATE_END and data[i - 1] != _PLATE_VOWEL)
                )
                if not harmless:
                    return i
            i += 3
        elif _ASCII[b] & _IS_LETTER or (b == 0x20 and not (i + 1 < end and data[i + 1] & 0xDF == 0x44)):
            i += 1
        else:
            return i
    return i


@njit(cache=True, nogil=True)
def scan(data: Bytes, offsets: Integers, regions: Regions) -> Any:
    """Write every region of every document; how many there are."""
    n = 0
    for document in range(offsets.size - 1):
        start, end = offsets[document], offsets[document + 1]
        number = (start, 0, 0, 0, 0)
        i = start
        while i < end:
            if number[1] == 0:
                i = _after_letters(data, i, end)
                if i == end:
                    break
            what, width = _symbol(data, i)
            after_digit = number[1] > 0 and number[3] == 0
            number = _read_on(number, what, data[i], i)
            opened, n_digits, solid, _, dots = number
            if what == _DIGIT:
                long = n_digits >= _FEWEST_DIGITS or solid >= _FEWEST_SOLID
                anchor = (NUMBER if long else 0) | (DOTTED if dots >= _FEWEST_DOTS else 0)
                since = opened
            else:
                anchor, since = _anchor(data, start, i, end, after_digit), i
            if anchor != 0:
                first, last = max(start, since - BEFORE), min(end, i + width + AFTER)
                n = _mark(regions, n, document, first, last, anchor)
            i += width
    _widen(data, offsets, regions, n)
    return _joined(regions, n)


@njit(cache=True, nogil=True)
def _mark(regions: Regions, n: int, document: int, start: int, end: int, anchor: int) -> Any:
    """Add a region, or widen the last where they meet; how many there are."""
    if n > 0 and regions.document[n - 1] == document and start <= regions.end[n - 1]:
        regions.start[n - 1] = min(start, regions.start[n - 1])
        regions.end[n - 1] = max(end, regions.end[n - 1])
        regions.anchors[n - 1] |= anchor
        return n
    regions.document[n], regions.start[n], regions.end[n], regions.anchors[n] = document, start, end, anchor
    return n + 1


@njit(cache=True, nogil=True)
def _widen(data: Bytes, offsets: Integers, regions: Regions, n: int) -> None:
    """Move the edges to where a run of ASCII without blanks ends, then to a code point."""
    for r in range(n):
        first, last = offsets[regions.document[r]], offsets[regions.document[r] + 1]
        start, end = regions.start[r], regions.end[r]
        least, most = max(first, start - RUN), min(last, end + RUN)
        if r > 0 and regions.document[r - 1] == regions.document[r]:
            least = max(least, regions.end[r - 1])
        while start > least and 0x20 < data[start - 1] < 0x80:
            start -= 1
        while end < most and 0x20 < data[end] < 0x80:
            end += 1
        while start > first and 0x80 <= data[start] < 0xC0:
            start -= 1
        while end < last and 0x80 <= data[end] < 0xC0:
            end += 1
        regions.start[r], regions.end[r] = start, end


@njit(cache=True, nogil=True)
def _joined(regions: Regions, n: int) -> Any:
    """Join regions that meet since they were widened; how many are left."""
    kept = 0
    for r in range(n):
        document, start, end = regions.document[r], regions.start[r], regions.end[r]
        kept = _mark(regions, kept, document, start, end, regions.anchors[r])
    return kept
