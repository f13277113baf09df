"""Compiled measures of repetition over the units of `khmer.clusters.unit_hashes`: clusters, Latin words, numbers."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from khmer.clusters import Units

Hashes = NDArray[np.uint64]
Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

MOST_UNITS: Final = (
    1 << 20
)  # of a longer text the rest is not looked at: a table of its n-grams would be too large

_BASE: Final = np.uint64(0x9E3779B97F4A7C15)
_SHIFT: Final = np.uint64(32)
_ONE: Final = np.uint64(1)


class Repetition(NamedTuple):
    """What n-grams of one length cover of each text's units, each `(texts,)`."""

    top: Floats  # share of the most frequent n-gram, 0 where none occurs twice
    repeated: Floats  # share inside n-grams that occurred before, each unit counted once


class _Space(NamedTuple):
    """Room for the longest text. Indices are unsigned, which spares a check for a minus at every look-up."""

    prefixes: Hashes  # rolling hash of the units before each
    starts: Hashes  # of n-grams that may occur twice
    slots: Hashes  # of these, where they are in the table
    keys: Hashes  # open addressing, 0 is empty
    counts: Integers
    marks: NDArray[np.uint8]  # how many n-grams fell on each place, a bit each


@njit(cache=True, nogil=True)
def _size_for(count: int) -> int:
    size = 16
    while size < 4 * count:
        size *= 2
    return size


@njit(cache=True, nogil=True)
def _power(n: int) -> Any:
    power = _ONE
    for _ in range(n):
        power = power * _BASE
    return power


@njit(cache=True, nogil=True)
def _candidates(space: _Space, n_units: int, n: int) -> Any:
    """Write the starts of the n-grams that share a place with another; how many. The others occur once for certain.

    Most n-grams occur once: a byte for each in the processor's nearest cache is a third of the time of a full table.
    """
    prefixes, starts, marks = space.prefixes, space.starts, space.marks
    size = np.uint64(_size_for(n_units) * 2)
    power, length, mask = _power(n), np.uint64(n), size - _ONE
    n_starts = np.uint64(max(n_units - n + 1, 0))
    marks[:size] = 0
    for start in range(n_starts):
        gram = prefixes[start + length] - prefixes[start] * power
        place = (gram * _BASE) >> _SHIFT & mask
        starts[start] = place
        marks[place] = (marks[place] << np.uint8(1)) | np.uint8(1)
    n_kept = np.uint64(0)
    for start in range(n_starts):
        place = starts[start]
        starts[n_kept] = start
        n_kept += np.uint64(marks[place] > 1)
    return np.int64(n_kept)


@njit(cache=True, nogil=True)
def _count(space: _Space, n_starts: int, n: int) -> Any:
    """Count the n-grams at starts[:n_starts]: how often the most frequent occurs, and units in repeated ones."""
    prefixes, starts, slots, keys, counts, _ = space
    power = _power(n)
    size = _size_for(n_starts)
    mask, length = np.uint64(size - 1), np.uint64(n)
    keys[:size] = 0
    most = np.int64(0)
    repeated, covered = np.uint64(0), np.uint64(0)  # units before `covered` have been counted
    for k in range(np.uint64(n_starts)):
        start = starts[k]
        gram = prefixes[start + length] - prefixes[start] * power | _ONE
        slot = (gram * _BASE) >> _SHIFT & mask
        while keys[slot] != 0 and keys[slot] != gram:
            slot = (slot + _ONE) & mask
        slots[k] = slot
        if keys[slot] == 0:
            keys[slot], counts[slot] = gram, 1
            continue
        counts[slot] += 1
        most = max(most, counts[slot])
        repeated += start + length - max(start, covered)
        covered = start + length
    return most, np.int64(repeated)


@njit(cache=True, nogil=True)
def _kept(space: _Space, n_starts: int, end: int) -> Any:
    """Keep the starts before `end` whose n-gram occurs twice; how many: no longer one occurs twice elsewhere."""
    _, starts, slots, _, counts, _ = space
    n_kept, before = np.uint64(0), np.uint64(max(end, 0))
    for k in range(np.uint64(n_starts)):
        start = starts[k]
        starts[n_kept] = start
        n_kept += np.uint64((counts[slots[k]] > 1) & (start < before))
    return np.int64(n_kept)


@njit(cache=True, nogil=True)
def _measure(units: Units, lengths: Integers, space: _Space, shares: Floats) -> None:
    """Write top and repeated share of each text for each length to `shares`, `(2, lengths, texts)`."""
    offsets, hashes = units
    prefixes = space.prefixes
    for text in range(offsets.size - 1):
        first = np.uint64(offsets[text])
        n_units = min(offsets[text + 1] - offsets[text], MOST_UNITS)
        h = np.uint64(0)
        prefixes[0] = h
        for i in range(np.uint64(n_units)):
            h = h * _BASE + hashes[first + i]
            prefixes[i + _ONE] = h
        n_starts = _candidates(space, n_units, lengths[0])
        for k in range(lengths.size):
            n = lengths[k]
            if n_starts < 2:
                break
            most, repeated = _count(space, n_starts, n)
            if most < 2:
                break
            shares[0, k, text] = min(most * n / n_units, 1.0)
            shares[1, k, text] = repeated / n_units
            if k + 1 < lengths.size:
                n_starts = _kept(space, n_starts, n_units - lengths[k + 1] + 1)


def repetition(units: Units, lengths: tuple[int, ...]) -> dict[int, Repetition]:
    """The repetition of n-grams of each length, given in rising order.

    An n-gram that occurs twice begins with shorter ones that do: only at those are longer ones looked for, and most
    texts are done after the first two lengths.
    """
    longest = int(min(np.diff(units.offsets).max(initial=0), MOST_UNITS))
    size = _size_for(longest)
    space = _Space(
        np.empty(longest + 1, np.uint64),
        np.empty(longest, np.uint64),
        np.empty(longest, np.uint64),
        np.empty(size, np.uint64),
        np.empty(size, np.int64),
        np.empty(2 * size, np.uint8),
    )
    shares = np.zeros((2, len(lengths), len(units.offsets) - 1))
    _measure(units, np.array(lengths, np.int64), space, shares)
    return {n: Repetition(shares[0, k], shares[1, k]) for k, n in enumerate(lengths)}
