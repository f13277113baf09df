"""Compiled scans for scripts, line by line, and for pairs of neighbouring Khmer clusters.

A pair is two clusters of one line with nothing or blanks between them. What is known of it is one byte of a hashed
table: PAIR_STEPS times the base-2 logarithm of how often the pair was met in Khmer text, 0 for less than twice.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from khmer.buffers import Utf8
from khmer.kernels import Class

PAIR_BITS: Final = 18
PAIR_STEPS: Final = 16

# Over the pairs of Khmer web text the logarithm has mean 8.9 and standard deviation 3.3 (38,556 documents of OSCAR).
DEVIATION: Final = 3.3
STANDARD_ERRORS: Final = 1.5
# What `pair_fit` must reach to be Khmer. .07 % of OSCAR's documents do not, nor .13 % of pieces of 20 clusters cut
# from them; seen by eye they are Pali, Bunong, mangled print, and lists of foreign names, dishes and plants.
LEAST_FIT: Final = 6.0
LEAST_PAIRS: Final = 12  # fewer tell nothing: .5 % of pieces of 8 clusters would fall below


class Fact(IntEnum):
    """Columns of what `scan_documents` writes."""

    LINES = 0  # with letters
    KHMER_LINES = 1  # half of whose letters or more are Khmer
    MIXED_LINES = 2  # of whose letters each of two scripts has a tenth
    LETTERS = 3
    OTHER_LINE_LETTERS = 4  # in lines that are not Khmer lines
    SWITCHES = 5  # from a letter to one of another script in the same line
    PAIRS = 6
    PAIR_SUM = 7
    CLUSTERS = 8
    UNLIKE_CLUSTERS = 9  # in lines whose pairs are not those of Khmer


_GOLDEN: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xBF58476D1CE4E5B9)
_SHIFT: Final = np.uint64(64 - PAIR_BITS)
_HALF: Final = np.uint64(32)
_NONE: Final = np.uint64(0)
_END: Final = (0x0A, 1)  # past the end stands a newline
_KHMER: Final = 1
_LATIN: Final = 2
_OTHER: Final = 3

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
def _class_of(code: int, classes: Bytes) -> Any:
    if code < classes.size:
        return np.int64(classes[code])
    return Class.LETTER if code < 0x40000 else Class.OTHER


@njit(cache=True, nogil=True)
def _slot(first: Any, second: Any) -> Any:
    """Where a pair of cluster hashes stands in the table."""
    h = (first * _GOLDEN ^ second) * _MIX
    return ((h ^ h >> _HALF) * _GOLDEN) >> _SHIFT


@njit(cache=True, nogil=True)
def pair_fit(pair_sum: Any, n_pairs: int) -> Any:
    """Mean bits of a text's pairs with the doubt of a short text in its favour."""
    return pair_sum / PAIR_STEPS / n_pairs + STANDARD_ERRORS * DEVIATION / np.sqrt(n_pairs)


@njit(cache=True, nogil=True)
def _add_line(facts: Integers, khmer: int, latin: int, other: int, switches: int) -> None:
    """Count a line by its letters."""
    letters = khmer + latin + other
    if letters:
        facts[Fact.LINES] += 1
        facts[Fact.KHMER_LINES] += 2 * khmer >= letters
        facts[Fact.MIXED_LINES] += 10 * max(khmer, latin, other) <= 9 * letters
        facts[Fact.LETTERS] += letters
        facts[Fact.OTHER_LINE_LETTERS] += letters if 2 * khmer < letters else 0
        facts[Fact.SWITCHES] += switches


@njit(cache=True, nogil=True)
def _add_clusters(facts: Integers, clusters: int, n_pairs: int, pair_sum: Any) -> None:
    """Count a line's clusters."""
    facts[Fact.CLUSTERS] += clusters
    facts[Fact.PAIRS] += n_pairs
    facts[Fact.PAIR_SUM] += pair_sum
    if n_pairs >= LEAST_PAIRS and pair_fit(pair_sum, n_pairs) < LEAST_FIT:
        facts[Fact.UNLIKE_CLUSTERS] += clusters


@njit(cache=True, nogil=True)
def scan_documents(text: Utf8, classes: Bytes, pairs: Bytes, facts: Integers) -> None:
    """Write the facts of each document, `(n, len(Fact)) int64` of zeros.

    One loop: a helper that took the arrays would count references to them at every code point.
    """
    data, offsets = text
    for document in range(offsets.size - 1):
        i, end = offsets[document], offsets[document + 1]
        khmer, latin, other, switches = 0, 0, 0, 0  # of the line
        clusters, n_pairs, pair_sum = 0, 0, np.int64(0)
        script, last = 0, 0
        before, cluster = _NONE, _NONE  # hashes of the cluster before and of the open one; 0 is none
        while True:
            code, width = _decode(data, i) if i < end else _END
            character = _class_of(code, classes)
            i += width
            opens = Class.BASE <= character <= Class.RO and last != Class.COENG
            if cluster != _NONE and (opens or character < Class.BASE):
                if before != _NONE:
                    pair_sum += np.int64(pairs[_slot(before, cluster)])
                    n_pairs += 1
                clusters += 1
                before, cluster = cluster, _NONE
            last = character
            if character >= Class.BASE:
                if opens:
                    cluster = np.uint64(code) * _GOLDEN
                elif cluster != _NONE:
                    cluster = (cluster ^ np.uint64(code)) * _GOLDEN
                if character != Class.ZWNJ:
                    khmer += 1
                    switches += script > _KHMER
                    script = _KHMER
            elif character == Class.LATIN:
                latin += 1
                if script:
                    switches += script != _LATIN
                script, before = _LATIN, _NONE
            elif character == Class.LETTER:
                other += 1
                if script:
                    switches += script != _OTHER
                script, before = _OTHER, _NONE
            elif character == Class.NEWLINE:
                _add_line(facts[document], khmer, latin, other, switches)
                _add_clusters(facts[document], clusters, n_pairs, pair_sum)
                if i > end:
                    break
                khmer, latin, other, switches = 0, 0, 0, 0
                clusters, n_pairs, pair_sum = 0, 0, np.int64(0)
                script, before = 0, _NONE
            elif character != Class.SPACE:
                before = _NONE


@njit(cache=True, nogil=True)
def count_pairs(text: Utf8, classes: Bytes, counts: Integers) -> None:
    """Add the pairs of all documents to `counts`, `(2 ** PAIR_BITS,)`, at the slots where they are looked up."""
    data, offsets = text
    for document in range(offsets.size - 1):
        i, end = offsets[document], offsets[document + 1]
        last = 0
        before, cluster = _NONE, _NONE
        while i <= end:
            code, width = _decode(data, i) if i < end else _END
            character = _class_of(code, classes)
            i += width
            opens = Class.BASE <= character <= Class.RO and last != Class.COENG
            if cluster != _NONE and (opens or character < Class.BASE):
                if before != _NONE:
                    counts[_slot(before, cluster)] += 1
                before, cluster = cluster, _NONE
            last = character
            if opens:
                cluster = np.uint64(code) * _GOLDEN
            elif character >= Class.BASE:
                if cluster != _NONE:
                    cluster = (cluster ^ np.uint64(code)) * _GOLDEN
            elif character != Class.SPACE:
                before = _NONE
