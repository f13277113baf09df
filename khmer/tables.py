"""Tables over code points and syllable structure that the compiled scans read.

The tables cover U+0000..U+1FFFF; above stand ideographs and a few tags, which the scans treat by range.
"""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from khmer import codepoints as cp
from khmer.kernels import INVALID_SHIFT, OPENS, Class, Treatment
from khmer.rules import Options

TABLE_SIZE: Final = 0x20000


# Later rows win.
_KHMER_ROWS: Final = (
    (cp.PUNCTUATION_CLASS, Class.PUNCTUATION),
    (cp.DIGIT_CLASS, Class.DIGIT),
    (cp.INVISIBLE_CLASS, Class.INVISIBLE),
    (cp.BASE_CLASS + cp.DEPRECATED_BASE_CLASS, Class.BASE),
    (cp.RO, Class.RO),
    (cp.ROBAT, Class.ROBAT),
    (cp.COENG, Class.COENG),
    (cp.SHIFTER_CLASS, Class.SHIFTER),
    (cp.ZWNJ, Class.ZWNJ),
    (cp.VOWEL_CLASS, Class.VOWEL),
    ("\u17bb", Class.VOWEL_U),
    (cp.MODIFIER_CLASS, Class.MODIFIER),
    ("\u17d0\u17dd", Class.SAMYOK),
    (cp.FINAL_CLASS, Class.FINAL),
    ("\u17dc", Class.OTHER),
    (cp.ZWJ, Class.INVISIBLE),
)
_LATIN: Final = re.compile("[A-Za-zªº\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff]")
_NEWLINES: Final = "\n\r\x0b\x0c\x85\u2028\u2029"
_BASIC_PLANE: Final = "".join(map(chr, range(0x10000)))


def _general_class(character: str) -> Class:
    if character in _NEWLINES:
        return Class.NEWLINE
    if _LATIN.match(character):
        return Class.LATIN
    if character in "0123456789":
        return Class.DIGIT
    category = unicodedata.category(character)
    if category == "Zs" or character == "\t":
        return Class.SPACE
    if category[0] == "P" or (character.isascii() and character.isprintable()):
        return Class.PUNCTUATION
    if category in ("Cc", "Cf"):
        return Class.INVISIBLE
    return Class.LETTER if category[0] in "LM" else Class.OTHER


def _members(character_class: str) -> list[int]:
    return [ord(character) for character in re.findall(f"[{character_class}]", _BASIC_PLANE)]


def _read_only(table: NDArray[np.uint8]) -> NDArray[np.uint8]:
    table.flags.writeable = False
    return table


@cache
def class_table() -> NDArray[np.uint8]:
    """`Class` of every code point below TABLE_SIZE, `(TABLE_SIZE,) uint8`."""
    table = np.fromiter((_general_class(chr(code)) for code in range(TABLE_SIZE)), np.uint8, TABLE_SIZE)
    for characters, name in _KHMER_ROWS:
        table[_members(characters)] = name
    return _read_only(table)


@cache
def lower_case_table() -> NDArray[np.uint16]:
    """Lower case of every Latin letter below U+2000, `(0x2000,) uint16`; other code points map to themselves."""
    table = np.arange(0x2000, dtype=np.uint16)
    for code in range(0x2000):
        lowered = chr(code).lower()
        if _LATIN.match(chr(code)) and len(lowered) == 1:
            table[code] = ord(lowered)
    table.flags.writeable = False
    return table


@cache
def treatment_table(options: Options) -> NDArray[np.uint8]:
    """`Treatment` of every code point below TABLE_SIZE under the given options, `(TABLE_SIZE,) uint8`.

    REFERENCE marks what Unicode normalisation form C may change or move, and the deprecated Khmer characters
    that grow when replaced: about one document in a thousand has any.
    """
    table = np.zeros(TABLE_SIZE, np.uint8)
    table[0x1F000:] = Treatment.EMOJI
    table[0xFE0F] = Treatment.EMOJI
    for characters, treatment in (
        (cp.FORMAT_CLASS, Treatment.INVISIBLE),
        (cp.ZWSP, Treatment.ZWSP if options.zwsp else Treatment.KEEP),
        (cp.INHERENT_VOWEL_CLASS, Treatment.INHERENT_VOWEL),
        (cp.BASE_CLASS, Treatment.BASE),
        (cp.MARK_CLASS, Treatment.MARK),
        (cp.COENG, Treatment.COENG),
        (cp.ZWNJ, Treatment.ZWNJ),
        (cp.ZWJ, Treatment.ZWJ if options.joiners else Treatment.MARK),
    ):
        table[_members(characters)] = treatment
    table[recomposing()] = Treatment.REFERENCE
    table[_members(cp.DEPRECATED_BASE_CLASS + "\u17d8")] = Treatment.REFERENCE
    table[ord(cp.COENG)] = Treatment.COENG
    return _read_only(table)


@cache
def recomposing() -> list[int]:
    """Code points below TABLE_SIZE that form C may change or move, or that compose with the one before them."""
    return sorted({code for code in range(TABLE_SIZE) if _may_recompose(chr(code))} | _second_halves())


def _may_recompose(character: str) -> bool:
    return unicodedata.combining(character) != 0 or not unicodedata.is_normalized("NFC", character)


def _second_halves() -> set[int]:
    """Code points that compose with the one before them."""
    halves = {*range(0x1161, 0x1176), *range(0x11A8, 0x11C3)}  # Hangul vowels and finals
    for code in range(TABLE_SIZE):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            halves.add(int(parts[1], 16))
    return halves


class State(IntEnum):
    """Where a syllable stands (UTN #61, p. 16)."""

    NONE = 0  # outside a well-formed syllable: no mark fits until the next base
    BASE = 1
    ROBAT = 2
    COENG = 3  # awaits the base to subjoin
    SUBSCRIPT = 4
    COENG_2 = 5
    SUBSCRIPT_LAST = 6  # after coeng ro or the second coeng: no further one
    SHIFTER = 7
    SHIFTER_ZWNJ = 8
    VOWEL = 9
    VOWEL_U = 10
    MODIFIER = 11
    MODIFIER_2 = 12
    FINAL = 13
    COENG_MISPLACED = 14


_AFTER_VOWEL: Final = {
    Class.MODIFIER: State.MODIFIER,
    Class.SAMYOK: State.MODIFIER,
    Class.FINAL: State.FINAL,
}
_AFTER_SHIFTER: Final = {Class.VOWEL: State.VOWEL, Class.VOWEL_U: State.VOWEL_U, **_AFTER_VOWEL}
_AFTER_SUBSCRIPTS: Final = {Class.SHIFTER: State.SHIFTER, **_AFTER_SHIFTER}
_ALLOWED: Final[dict[State, dict[Class, State]]] = {
    State.NONE: {},
    State.BASE: {Class.ROBAT: State.ROBAT, Class.COENG: State.COENG, **_AFTER_SUBSCRIPTS},
    State.ROBAT: {Class.COENG: State.COENG, **_AFTER_SUBSCRIPTS},
    State.SUBSCRIPT: {Class.COENG: State.COENG_2, **_AFTER_SUBSCRIPTS},
    State.SUBSCRIPT_LAST: _AFTER_SUBSCRIPTS,
    State.SHIFTER: {Class.ZWNJ: State.SHIFTER_ZWNJ, **_AFTER_SHIFTER},
    State.SHIFTER_ZWNJ: _AFTER_SHIFTER,
    State.VOWEL: _AFTER_VOWEL,
    State.VOWEL_U: {Class.MODIFIER: State.MODIFIER, Class.FINAL: State.FINAL},
    State.MODIFIER: {
        Class.MODIFIER: State.MODIFIER_2,
        Class.SAMYOK: State.MODIFIER_2,
        Class.FINAL: State.FINAL,
    },
    State.MODIFIER_2: {Class.FINAL: State.FINAL},
    State.FINAL: {},
}
_SUBJOINED: Final = {
    State.COENG: (State.SUBSCRIPT, State.SUBSCRIPT_LAST),
    State.COENG_2: (State.SUBSCRIPT_LAST, State.SUBSCRIPT_LAST),
    State.COENG_MISPLACED: (State.BASE, State.BASE),
}


def _transition(state: State, character: Class) -> int:
    """The next state; a coeng counts as invalid where it stands, or where its base is missing."""
    awaits_base = state in _SUBJOINED
    if character in (Class.BASE, Class.RO):
        return _SUBJOINED[state][character == Class.RO] if awaits_base else State.BASE | OPENS
    if awaits_base:
        n_dangling = 0 if state == State.COENG_MISPLACED else 1
        return _transition(State.NONE, character) + (n_dangling << INVALID_SHIFT)
    if character in _ALLOWED[state]:
        return _ALLOWED[state][character]
    if character < Class.BASE or character == Class.ZWNJ:
        return State.NONE
    fallen = State.COENG_MISPLACED if character == Class.COENG else State.NONE
    return fallen + (1 << INVALID_SHIFT)


@cache
def transition_table() -> NDArray[np.uint8]:
    """The next `State`, OPENS and the invalid marks, by state and `Class`, `(states * 32,) uint8`, row-major."""
    table = np.zeros((len(State), 32), np.uint8)
    for state in State:
        for character in Class:
            table[state, character] = _transition(state, character)
    return _read_only(table.reshape(-1))
