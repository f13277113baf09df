"""Compiled measures of repetition over the units of `khmer.clusters.unit_hashes`: clusters, Latin words, numbers."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from khmer.clusters import Units

Hashes = NDArray[np.uint64]
Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

_BASE: Final = np.uint64(0x9E3779B97F4A7C15)
_SHIFT: Final = np.uint64(32)
_ONE: Final = np.uint64(1)


@njit(cache=True, nogil=True)
def _rolling(units: Hashes, start: int, end: int, n: int, out: Hashes) -> Any:
    """Hashes of the n-grams of units[start:end]; how many there are. No hash is 0."""
    if end - start < n:
        return 0
    power = _ONE
    for _ in range(n):
        power = power * _BASE
    h = np.uint64(0)
    for i in range(start, end):
        h = h * _BASE + units[i]
        if i - start >= n:
            h = h - units[i - n] * power
        if i - start >= n - 1:
            out[i - start - n + 1] = h | _ONE
    return end - start - n + 1


@njit(cache=True, nogil=True)
def _size_for(count: int) -> int:
    size = 16
    while size < 2 * count:
        size *= 2
    return size


@njit(cache=True, nogil=True)
def _count(gram: Any, keys: Hashes, counts: Integers, mask: Any) -> Any:
    """Count one n-gram in an open-addressing table; how often it has occurred now."""
    slot = (gram * _BASE) >> _SHIFT & mask
    while keys[slot] != 0 and keys[slot] != gram:
        slot = (slot + _ONE) & mask
    keys[slot] = gram
    counts[slot] += 1
    return counts[slot]


@njit(cache=True, nogil=True)
def _top_share(offsets: Integers, units: Hashes, n: int, shares: Floats) -> None:
    grams = np.empty(units.size + 1, np.uint64)
    for text in range(offsets.size - 1):
        start, end = offsets[text], offsets[text + 1]
        n_grams = _rolling(units, start, end, n, grams)
        size = _size_for(n_grams)
        keys, counts, mask = np.zeros(size, np.uint64), np.zeros(size, np.int64), np.uint64(size - 1)
        most = 1
        for i in range(n_grams):
            most = max(most, _count(grams[i], keys, counts, mask))
        if most > 1:
            shares[text] = min(most * n / (end - start), 1.0)


@njit(cache=True, nogil=True)
def _repeated_share(offsets: Integers, units: Hashes, n: int, shares: Floats) -> None:
    grams = np.empty(units.size + 1, np.uint64)
    for text in range(offsets.size - 1):
        start, end = offsets[text], offsets[text + 1]
        n_grams = _rolling(units, start, end, n, grams)
        size = _size_for(n_grams)
        keys, counts, mask = np.zeros(size, np.uint64), np.zeros(size, np.int64), np.uint64(size - 1)
        repeated = 0
        covered = 0  # units before this one have been counted
        for i in range(n_grams):
            if _count(grams[i], keys, counts, mask) > 1:
                repeated += i + n - max(i, covered)
                covered = i + n
        if n_grams > 0:
            shares[text] = repeated / (end - start)


def top_share(units: Units, n: int) -> Floats:
    """Share of each text's units covered by its most frequent n-gram, 0 where none occurs twice, `(texts,)`."""
    shares = np.zeros(len(units.offsets) - 1)
    _top_share(units.offsets, units.hashes, n, shares)
    return shares


def repeated_share(units: Units, n: int) -> Floats:
    """Share of each text's units inside n-grams that occurred before, each unit counted once, `(texts,)`."""
    shares = np.zeros(len(units.offsets) - 1)
    _repeated_share(units.offsets, units.hashes, n, shares)
    return shares
