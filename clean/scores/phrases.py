"""Occurrences of many phrases at once, in one compiled scan over the UTF-8 bytes of a column.

Phrases are given as term groups: the spellings of one term count together. A phrase that begins or ends in Khmer
begins and ends with a whole cluster of the text; one that begins or ends in a Latin letter or a digit does so with a
whole word, unless a `*` there lets the word go on (`casino*`). ASCII letters match in either case. Matches do not
overlap: the leftmost counts, and of those that begin at one place the longest, so that a longer phrase, in a group
that nobody reads, shields its words from a shorter one.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from enum import IntFlag
from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from khmer import codepoints as cp
from khmer.buffers import Utf8, utf8
from khmer.kernels import Class
from khmer.tables import class_table

Groups = tuple[tuple[str, ...], ...]
Integers = NDArray[np.int64]

_PLANE: Final = 0x10000  # no phrase has a character above
_GOES_ON: Final = "*"
_LOWER: Final = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


class _Kind(IntFlag):
    """What the edges of a match need to know of a code point; the bits above are its symbol, 0 in no phrase."""

    MARK = 1  # goes on with a cluster
    COENG = 2  # takes the next letter into its cluster
    WORD = 4  # a Latin letter or an ASCII digit


class _Edge(IntFlag):
    """What must not stand beside a phrase."""

    COENG_BEFORE = 1
    WORD_BEFORE = 2
    MARK_AFTER = 4
    WORD_AFTER = 8


SYMBOL_SHIFT: Final = 3
_LEAD: Final = 0xE1  # of U+1780..U+17FF, whose second byte is one of two
_SECOND: Final = 0x9F
_NOT_KHMER: Final = 0x7F  # in a pair; U+17FF is not assigned
_MARK: Final = int(_Kind.MARK | _Kind.COENG)
_COENG: Final = int(_Kind.COENG)
WORD: Final = int(_Kind.WORD)
_ONE: Final = np.uint64(1)
_TWO: Final = np.uint64(2)
_THREE: Final = np.uint64(3)
_COENG_BEFORE: Final = int(_Edge.COENG_BEFORE)
WORD_BEFORE: Final = int(_Edge.WORD_BEFORE)
_MARK_AFTER: Final = int(_Edge.MARK_AFTER)
WORD_AFTER: Final = int(_Edge.WORD_AFTER)


class Trie(NamedTuple):
    """The phrases as a tree over symbols; state 0 is the root, and no state's child."""

    symbols: NDArray[np.uint16]  # (_PLANE,): symbol << SYMBOL_SHIFT | _Kind
    pairs: NDArray[np.uint8]  # (128 * 128,): whether a phrase begins so, in distances from U+1780
    children: NDArray[np.int32]  # (states, symbols)
    groups: NDArray[np.int32]  # (states,): the group of the phrase that ends here, or -1
    edges: NDArray[np.uint8]  # (states,): its _Edge


@njit(cache=True, nogil=True)
def _decode_basic(data: NDArray[np.uint8], i: int) -> Any:
    """The code point at byte i and its width; 0 for code points above the basic plane."""
    lead = np.int64(data[i])
    if lead < 0x80:
        return lead, 1
    if lead < 0xE0:
        return (lead & 0x1F) << 6 | np.int64(data[i + 1]) & 0x3F, 2
    if lead < 0xF0:
        second = np.int64(data[i + 1]) & 0x3F
        return (lead & 0x0F) << 12 | second << 6 | np.int64(data[i + 2]) & 0x3F, 3
    return 0, 4


@njit(cache=True, nogil=True)
def _entry_before(data: NDArray[np.uint8], first: int, i: int, symbols: NDArray[np.uint16]) -> Any:
    """The entry of the code point that ends before byte i, 0 at the document's first byte."""
    if i == first:
        return np.int64(0)
    j = i - 1
    while data[j] & 0xC0 == 0x80:
        j -= 1
    return np.int64(symbols[_decode_basic(data, j)[0]])


@njit(cache=True, nogil=True)
def _first_candidate(data: NDArray[np.uint8], start: int, end: int, pairs: NDArray[np.uint8]) -> Any:
    """The first byte from a byte on that is no Khmer character, or begins a pair that a phrase begins with.

    Unsigned indices spare a check for a minus, and every character is read once.
    """
    i, stop = np.uint64(start), np.uint64(end)
    if i == stop or data[i] != _LEAD or data[i + _ONE] | 1 != _SECOND:
        return start
    this = (np.int64(data[i + _ONE]) & 1) << 6 | np.int64(data[i + _TWO]) & 0x3F
    while True:
        j = i + _THREE
        is_khmer = j < stop and data[j] == _LEAD and data[j + _ONE] | 1 == _SECOND
        following = np.int64(_NOT_KHMER)
        if is_khmer:
            following = (np.int64(data[j + _ONE]) & 1) << 6 | np.int64(data[j + _TWO]) & 0x3F
        if pairs[np.uint64(this << 7 | following)]:
            return np.int64(i)
        if not is_khmer:
            return np.int64(j)
        i, this = j, following


@njit(cache=True, nogil=True)
def _find(text: Utf8, trie: Trie, counts: Integers, matches: Integers) -> None:
    """Add the occurrences of each group in each document to `counts`, `(n, groups)`.

    The first of them are written to `matches`, `(room, 3)`: document, group, and byte from the document's first.
    One loop: a helper that took the arrays would count references to them at every call.
    """
    data, offsets = text
    symbols, pairs, children, groups, edges = trie
    n = 0
    for document in range(offsets.size - 1):
        first, end = offsets[document], offsets[document + 1]
        i = first
        while i < end:
            i = _first_candidate(data, i, end, pairs)
            if i == end:
                break
            code, width = _decode_basic(data, i)
            state = np.int64(children[0, np.int64(symbols[code]) >> SYMBOL_SHIFT])
            j = i + width
            matched_end, matched_group = j, np.int64(-1)
            while state != 0:
                after, after_width = np.int64(0), 0
                if j < end:
                    code, after_width = _decode_basic(data, j)
                    after = np.int64(symbols[code])
                edge = np.int64(edges[state])
                if (
                    groups[state] >= 0
                    and not (edge & _MARK_AFTER and after & _MARK)
                    and not (edge & WORD_AFTER and after & WORD)
                ):
                    before = _entry_before(data, first, i, symbols)
                    if not (
                        (edge & _COENG_BEFORE and before & _COENG) or (edge & WORD_BEFORE and before & WORD)
                    ):
                        matched_end, matched_group = j, np.int64(groups[state])
                if after_width == 0:
                    break
                state = np.int64(children[state, after >> SYMBOL_SHIFT])
                j += after_width
            if matched_group >= 0:
                counts[document, matched_group] += 1
                if n < matches.shape[0]:
                    matches[n, 0], matches[n, 1], matches[n, 2] = document, matched_group, i - first
                    n += 1
            i = matched_end


class Matches(NamedTuple):
    """Occurrences in order: which text, which group, and the byte from the text's first, each `(m,) int64`."""

    text: Integers
    group: Integers
    start: Integers


def phrase_counts(texts: pa.Array | pa.ChunkedArray, groups: Groups) -> Integers:
    """How often each group's phrases occur in each text, `(n, groups)`; a null counts as an empty text.

    Raises ValueError for a phrase that is empty, stands twice, or cannot be a whole number of clusters.
    """
    documents = utf8(texts)
    counts = np.zeros((documents.n_documents, len(groups)), np.int64)
    _find(documents, trie_of(groups), counts, np.empty((0, 3), np.int64))
    return counts


def phrase_matches(texts: pa.Array | pa.ChunkedArray, groups: Groups) -> Matches:
    """Where the phrases stand; raises as `phrase_counts` does."""
    documents = utf8(texts)
    counts = np.zeros((documents.n_documents, len(groups)), np.int64)
    _find(documents, trie_of(groups), counts, np.empty((0, 3), np.int64))
    matches = np.empty((counts.sum(), 3), np.int64)
    _find(documents, trie_of(groups), counts, matches)
    return Matches(matches[:, 0], matches[:, 1], matches[:, 2])


@cache
def trie_of(groups: Groups) -> Trie:
    phrases = [(group, *_read(phrase)) for group, spellings in enumerate(groups) for phrase in spellings]
    symbols, n_symbols = _symbol_table([characters for _, characters, _ in phrases])
    n_states = 1 + sum(len(characters) for _, characters, _ in phrases)
    trie = Trie(
        symbols,
        _pair_table([characters for _, characters, _ in phrases]),
        np.zeros((n_states, n_symbols), np.int32),
        np.full(n_states, -1, np.int32),
        np.zeros(n_states, np.uint8),
    )
    n_used = 1
    for group, characters, edge in phrases:
        state = 0
        for character in characters:
            symbol = int(symbols[ord(character)]) >> SYMBOL_SHIFT
            if trie.children[state, symbol] == 0:
                trie.children[state, symbol] = n_used
                n_used += 1
            state = int(trie.children[state, symbol])
        if trie.groups[state] >= 0:
            msg = f"phrase {characters!r} stands twice"
            raise ValueError(msg)
        trie.groups[state], trie.edges[state] = group, edge
    return trie._replace(children=trie.children[:n_used].copy())


def _read(phrase: str) -> tuple[str, _Edge]:
    """The characters of a phrase in lower case, and its edges."""
    characters = phrase.removeprefix(_GOES_ON).removesuffix(_GOES_ON).translate(_LOWER)
    if not characters or max(characters) >= chr(_PLANE):
        msg = f"phrase {phrase!r}: expected characters of the basic plane"
        raise ValueError(msg)
    first, last = (class_table()[ord(character)] for character in (characters[0], characters[-1]))
    if first > Class.RO or last == Class.COENG:
        msg = f"phrase {phrase!r}: expected whole clusters"
        raise ValueError(msg)
    edge = _Edge(0)
    edge |= _Edge.COENG_BEFORE if first >= Class.BASE else 0
    edge |= _Edge.MARK_AFTER if last >= Class.BASE else 0
    edge |= _Edge.WORD_BEFORE if _is_word(characters[0]) and not phrase.startswith(_GOES_ON) else 0
    edge |= _Edge.WORD_AFTER if _is_word(characters[-1]) and not phrase.endswith(_GOES_ON) else 0
    return characters, edge


def _is_word(character: str) -> bool:
    return bool(class_table()[ord(character)] == Class.LATIN) or character in "0123456789"


def _symbol_table(phrases: Sequence[str]) -> tuple[NDArray[np.uint16], int]:
    classes = class_table()[:_PLANE]
    table = np.zeros(_PLANE, np.uint16)
    table[(classes > Class.RO) & (classes <= Class.FINAL)] = _Kind.MARK
    table[ord(cp.COENG)] = _Kind.COENG
    table[classes == Class.LATIN] = _Kind.WORD
    table[ord("0") : ord("9") + 1] = _Kind.WORD
    alphabet = sorted(set("".join(phrases)))
    for symbol, character in enumerate(alphabet, start=1):
        for code in _cases(character):
            table[code] |= symbol << SYMBOL_SHIFT
    return table, len(alphabet) + 1


def _pair_table(phrases: Sequence[str]) -> NDArray[np.uint8]:
    table = np.zeros((128, 128), np.uint8)
    for phrase in phrases:
        first, second = (ord(character) - cp.FIRST for character in f"{phrase} "[:2])
        if 0 <= first < 128 and len(phrase) == 1:
            table[first] = 1
        elif 0 <= first < 128:
            table[first, second if 0 <= second < 128 else _NOT_KHMER] = 1
    return table.reshape(-1)


def _cases(character: str) -> Iterator[int]:
    yield ord(character)
    if "a" <= character <= "z":
        yield ord(character.upper())
