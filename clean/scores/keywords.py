"""Keyword stuffing: tag clouds, hashtags, lists of places and products in place of sentences.

Source: Ntoulas et al. 2006 (spam told by content), for a script without spaces: the signs are short pieces between
commas, bars, bullets or hash signs, one after another, without a sentence end, and phrases between blanks that come
again and again. Lists within prose are of some ten pieces and a small share of their text.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from clean.scores import fineweb
from clean.scores.texts import Floats, Texts, ratio
from clean.scores.wording import ADDRESS_COLUMN
from khmer.buffers import Utf8
from khmer.reading import Signs

Integers = NDArray[np.int64]

LEAST_PIECES: Final = 8
LONGEST_PIECE: Final = 30  # characters but blanks
SHORTEST_PHRASE: Final = 4
SENTENCE_STOP_WORDS: Final = 2  # per 100 clusters
LEAST_STUFFED_CLUSTERS: Final = 100
FORGIVEN_ADDRESSES: Final = 2

_BLANK: Final = 1
_COMMA: Final = 2  # parts the pieces of a list
_END: Final = 3  # ends a list
_STOP: Final = 4  # ends a list where a blank follows
_KINDS: Final = {
    _BLANK: " \t\u00a0\u200b",
    _COMMA: ",|;#،、·•●▪■►»›/\\",
    _END: "\n\r!?។៕៖",
    _STOP: ".",
}
_PLANE: Final = 0x4000
_MOST_SLOTS: Final = 1 << 20
_BASE: Final = np.uint64(0x9E3779B97F4A7C15)
_HALF: Final = np.uint64(32)
_ONE: Final = np.uint64(1)


def listed_share(texts: Texts) -> Floats:
    """Share of printed characters in runs of at least 8 pieces of at most 30 characters between list signs."""
    counts = np.zeros((len(texts), 2), np.int64)
    _count_listed(texts.reading.signs, _kind_table(), counts)
    return ratio(counts[:, 0], counts[:, 1])


def repeated_phrase_share(texts: Texts) -> Floats:
    """Share of printed characters in phrases, of at least 4 between blanks or signs, that occurred before."""
    documents = texts.utf8
    counts = np.zeros((documents.n_documents, 2), np.int64)
    _count_repeated(documents, _kind_table(), counts)
    return ratio(counts[:, 0], counts[:, 1])


def stuffed_share(texts: Texts) -> Floats:
    """`repeated_phrase_share` of texts of at least 100 clusters with hardly a function word, 0 for others.

    Articles have 5 to 13 of the 14 commonest function words per 100 clusters (.98 have over 3.5), keywords under 2.
    """
    few_words = fineweb.stop_word_rate(texts) < SENTENCE_STOP_WORDS
    is_list = few_words & (texts.counts.n_clusters >= LEAST_STUFFED_CLUSTERS)
    shares = np.zeros(len(texts))
    shares[is_list] = repeated_phrase_share(texts.filter(is_list))
    return shares


def address_rate(texts: Texts) -> Floats:
    """Web addresses but the first two per 100 clusters; a list of links has 2 and more."""
    n_further = np.maximum(texts.phrases[:, ADDRESS_COLUMN] - FORGIVEN_ADDRESSES, 0)
    return ratio(100.0 * n_further, texts.counts.n_clusters)


@cache
def _kind_table() -> NDArray[np.uint8]:
    table = np.zeros(_PLANE, np.uint8)
    for kind, characters in _KINDS.items():
        table[[ord(character) for character in characters]] = kind
    return table


@njit(cache=True, nogil=True)
def _code_at(data: NDArray[np.uint8], i: int) -> Any:
    """The code point at byte i below U+4000, else U+3FFF, and its width."""
    lead = np.int64(data[i])
    if lead < 0x80:
        return lead, 1
    if lead < 0xE0:
        return (lead & 0x1F) << 6 | np.int64(data[i + 1]) & 0x3F, 2
    if lead < 0xE4:
        second = np.int64(data[i + 1]) & 0x3F
        return (lead & 0x0F) << 12 | second << 6 | np.int64(data[i + 2]) & 0x3F, 3
    return _PLANE - 1, 3 if lead < 0xF0 else 4


@njit(cache=True, nogil=True)
def _count_listed(signs: Signs, kinds: NDArray[np.uint8], counts: Integers) -> None:
    """Write to `counts`, `(n, 2)`, characters in lists and characters printed, blanks and list signs apart."""
    offsets, codes, n_letters, _ = signs
    for document in range(offsets.size - 1):
        listed = printed = piece = n_pieces = run = 0
        for sign in range(np.uint64(offsets[document]), np.uint64(offsets[document + 1])):
            piece += n_letters[sign]
            code = np.int64(codes[sign])
            kind = kinds[code] if code < kinds.size else 0
            if kind == _STOP:  # never the last sign, which is a line feed
                following = codes[sign + _ONE]
                ends = n_letters[sign + _ONE] == 0 and following in (0x20, 0x0A)
                kind = kind if ends else 0
            if kind <= _BLANK:
                piece += kind == 0
                continue
            printed += piece
            if piece > LONGEST_PIECE:
                listed += run if n_pieces >= LEAST_PIECES else 0
                n_pieces = run = 0
            elif piece > 0:
                n_pieces += 1
                run += piece
            if kind > _COMMA:
                listed += run if n_pieces >= LEAST_PIECES else 0
                n_pieces = run = 0
            piece = 0
        counts[document, 0], counts[document, 1] = listed, printed


@njit(cache=True, nogil=True)
def _slots_for(n_bytes: int) -> int:
    size = 64
    while size < n_bytes // 4 and size < _MOST_SLOTS:
        size *= 2
    return size


@njit(cache=True, nogil=True)
def _count_repeated(text: Utf8, kinds: NDArray[np.uint8], counts: Integers) -> None:
    """Write to `counts`, `(n, 2)`, characters in repeated phrases and characters printed.

    Phrases are told apart by 64-bit hashes; once half of the slots are taken, no further phrase is learnt.
    """
    data, offsets = text
    for document in range(offsets.size - 1):
        i, end = offsets[document], offsets[document + 1]
        size = _slots_for(end - i)
        keys, mask = np.zeros(size, np.uint64), np.uint64(size - 1)
        n_free = size // 2
        repeated = printed = n_chars = 0
        h = _ONE
        while i < end:
            code, width = _code_at(data, i)
            is_last = i + width >= end
            if kinds[code] == 0:
                for k in range(i, i + width):
                    h = (h ^ np.uint64(data[k])) * _BASE
                n_chars += 1
            i += width
            if kinds[code] == 0 and not is_last:
                continue
            printed += n_chars
            if n_chars >= SHORTEST_PHRASE:
                h |= _ONE
                slot = h >> _HALF & mask
                while keys[slot] != 0 and keys[slot] != h:
                    slot = (slot + _ONE) & mask
                if keys[slot] == h:
                    repeated += n_chars
                elif n_free > 0:
                    keys[slot] = h
                    n_free -= 1
            n_chars = 0
            h = _ONE
        counts[document, 0], counts[document, 1] = repeated, printed
