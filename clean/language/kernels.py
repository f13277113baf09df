"""Compiled scans of a reading for scripts, line by line, and for pairs of neighbouring Khmer clusters.

A pair is two clusters of one line with nothing or blanks between them. What is known of it is one byte of a hashed
table: PAIR_STEPS times the base-2 logarithm of how often the pair was met in Khmer text, 0 for less than twice.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from khmer.kernels import Class
from khmer.reading import JOINED, NEW_LINE, Reading, Signs

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
    """Columns of what the scans write."""

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
_NONE: Final = np.uint64(0)
_KHMER: Final = 1
_LATIN: Final = 2
_OTHER: Final = 3

Bytes = NDArray[np.uint8]
Integers = NDArray[np.int64]


@njit(cache=True, nogil=True)
def _class_of(code: int, classes: Bytes) -> Any:
    if code < classes.size:
        return np.int64(classes[code])
    return Class.LETTER if code < 0x40000 else Class.OTHER


@njit(cache=True, nogil=True)
def _slot_of_pair(first: Any, second: Any) -> Any:
    """Where a pair of unit hashes stands in the table."""
    return (first * _GOLDEN + second * _MIX) >> _SHIFT


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
def scan_signs(signs: Signs, classes: Bytes, facts: Integers) -> None:
    """Write what letters tell of each document to `facts`, `(n, len(Fact)) int64` of zeros."""
    offsets, codes, n_letters, _ = signs
    for document in range(offsets.size - 1):
        khmer, latin, other, switches, script = 0, 0, 0, 0, 0  # of the line
        for sign in range(np.uint64(offsets[document]), np.uint64(offsets[document + 1])):
            if n_letters[sign]:
                khmer += n_letters[sign]
                switches += script > _KHMER
                script = _KHMER
            character = _class_of(np.int64(codes[sign]), classes)
            if character == Class.LATIN:
                latin += 1
                switches += script not in (_LATIN, 0)
                script = _LATIN
            elif character == Class.LETTER:
                other += 1
                switches += script not in (_OTHER, 0)
                script = _OTHER
            elif character == Class.NEWLINE:
                _add_line(facts[document], khmer, latin, other, switches)
                khmer, latin, other, switches, script = 0, 0, 0, 0, 0


@njit(cache=True, nogil=True)
def scan_pairs(found: Reading, pairs: Bytes, facts: Integers) -> None:
    """Write what clusters and pairs of them tell of each document to `facts`."""
    offsets, hashes, links = found.unit_offsets, found.hashes, found.links
    for document in range(offsets.size - 1):
        clusters, n_pairs, pair_sum = np.int64(0), np.int64(0), np.int64(0)  # of the line
        before = _NONE
        for unit in range(np.uint64(offsets[document]), np.uint64(offsets[document + 1])):
            link = np.int64(links[unit])
            if link & NEW_LINE:
                _add_clusters(facts[document], clusters, n_pairs, pair_sum)
                clusters, n_pairs, pair_sum = np.int64(0), np.int64(0), np.int64(0)
            if link == 0:
                continue
            joined = np.int64(link & JOINED != 0)
            pair_sum += joined * np.int64(pairs[_slot_of_pair(before, hashes[unit])])
            n_pairs += joined
            clusters += 1
            before = hashes[unit]
        _add_clusters(facts[document], clusters, n_pairs, pair_sum)


@njit(cache=True, nogil=True)
def count_pairs(found: Reading, counts: Integers) -> None:
    """Add the pairs of all documents to `counts`, `(2 ** PAIR_BITS,)`, at the slots where they are looked up."""
    before = _NONE
    for unit in range(found.unit_offsets[-1]):
        if found.links[unit]:
            if found.links[unit] & JOINED:
                counts[_slot_of_pair(before, found.hashes[unit])] += 1
            before = found.hashes[unit]
