"""Compiled loops over hashes: shingles, sketches, buckets, trees and exact comparisons.

All release the interpreter lock and are cached on disk. They stand in one module because numba's cache does not
notice a change in a module that a kernel calls into.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

SLOTS: Final = 128  # of a sketch
MOST_KEPT: Final = 8192  # kept documents, the nearest in length, that a member of a component is held against
MOST_CHECKS: Final = 64  # exact comparisons for one document, the likeliest first

_BASE: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xBF58476D1CE4E5B9)
_STEP: Final = np.uint64(0x94D049BB133111EB)
_EMPTY: Final = np.uint64(0xFFFFFFFFFFFFFFFF)
_HALF: Final = np.uint64(32)
_BIN: Final = np.uint64(57)  # 64 - log2(SLOTS)
_ROUND: Final = np.uint64(56)
_VALUE: Final = np.uint64((1 << 56) - 1)
_SLACK: Final = 1e-9  # rounding must not turn a bound into a rejection

Integers = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Numbers = NDArray[np.uint32]
Sketches = NDArray[np.uint8]


@njit(cache=True, nogil=True)
def fill_shingles(units: Numbers, offsets: Integers, width: int, starts: Integers, shingles: Hashes) -> None:
    """Write a hash of each run of `width` units to `shingles`, a document's from `starts` on."""
    leaving = np.uint64(1)
    for _ in range(width):
        leaving *= _BASE
    for document in range(offsets.size - 1):
        first, out, h = offsets[document], starts[document], np.uint64(0)
        for i in range(first, offsets[document + 1]):
            h = h * _BASE + np.uint64(units[i])
            if i - first >= width:
                h -= np.uint64(units[i - width]) * leaving
            if i - first >= width - 1:
                x = h * _MIX  # the low bits of a polynomial alone are weak
                shingles[out] = (x ^ x >> _HALF) * _STEP
                out += 1


@njit(cache=True, nogil=True)
def _hash_in_round(shingle_hash: Any, number: int) -> Any:
    x = (shingle_hash + np.uint64(number) * _BASE) * _MIX
    return (x ^ x >> _HALF) * _STEP


@njit(cache=True, nogil=True)
def fill_sketches(starts: Integers, shingles: Hashes, slots: Hashes) -> None:
    """Write each document's sketch to `slots`, `(n, SLOTS) uint64`; without shingles it is all ones.

    In round r < SLOTS every shingle is thrown into one slot, where the first round and then the smallest hash win;
    rounds go on until no slot is empty. Slots still empty after that take the smallest hash of a round of their own.
    """
    slots[:] = _EMPTY
    for document in range(starts.size - 1):
        first, last, row = starts[document], starts[document + 1], slots[document]
        if first == last:
            continue
        n_filled = number = 0
        while n_filled < SLOTS and number < SLOTS:
            for i in range(first, last):
                h = _hash_in_round(shingles[i], number)
                slot = np.int64(h >> _BIN)
                value = np.uint64(number) << _ROUND | h & _VALUE
                if value < row[slot]:
                    n_filled += row[slot] == _EMPTY
                    row[slot] = value
            number += 1
        for empty in np.flatnonzero(row == _EMPTY):
            for i in range(first, last):
                h = _hash_in_round(shingles[i], SLOTS + empty)
                row[empty] = min(row[empty], np.uint64(SLOTS + empty) << _ROUND | h & _VALUE)


@njit(cache=True, nogil=True)
def fill_band_keys(slots: Hashes, rows: int, keys: Hashes) -> None:
    """Write a hash of each band of `rows` slots to `keys`, `(bands, n) uint64`."""
    for band in range(keys.shape[0]):
        for document in range(keys.shape[1]):
            h = np.uint64(band) * _BASE
            for slot in range(band * rows, (band + 1) * rows):
                h = (h ^ slots[document, slot]) * _MIX
                h ^= h >> _HALF
            keys[band, document] = h


@njit(cache=True, nogil=True)
def fill_pairs(entries: NDArray[np.uint64], n_low: int, pairs: Numbers) -> int:
    """Write pairs of documents with one key to `pairs`, `(2 * entries, 2)`; their number.

    `entries` are sorted, a key's high bits above the document's number in the low `n_low` bits. Each document is
    paired with the first and the previous one of its key: enough to connect what belongs together, and linear
    in the size of the bucket.
    """
    shift, low = np.uint64(n_low), (np.uint64(1) << np.uint64(n_low)) - np.uint64(1)
    n = first = 0
    for i in range(1, entries.size):
        if entries[i] >> shift != entries[first] >> shift:
            first = i
            continue
        pairs[n, 0], pairs[n, 1] = entries[first] & low, entries[i] & low
        n += 1
        if first < i - 1:
            pairs[n, 0], pairs[n, 1] = entries[i - 1] & low, entries[i] & low
            n += 1
    return n


@njit(cache=True, nogil=True)
def _root(parents: Numbers, i: int) -> int:
    while parents[i] != i:
        parents[i] = parents[parents[i]]
        i = parents[i]
    return i


@njit(cache=True, nogil=True)
def connect(pairs: Numbers, sketches: Sketches, least: int, parents: Numbers) -> None:
    """Join the trees of documents whose sketches agree in `least` slots; a tree's root is its smallest number."""
    for k in range(pairs.shape[0]):
        a, b = _root(parents, pairs[k, 0]), _root(parents, pairs[k, 1])
        if a == b:
            continue
        agreeing = 0
        for slot in range(SLOTS):
            agreeing += sketches[pairs[k, 0], slot] == sketches[pairs[k, 1], slot]
        if agreeing >= least:
            parents[max(a, b)] = min(a, b)


@njit(cache=True, nogil=True)
def flatten(parents: Numbers) -> None:
    """Point every document straight at its root."""
    for i in range(parents.size):
        parents[i] = _root(parents, i)


@njit(cache=True, nogil=True)
def table_size(n_shingles: int) -> int:
    """The power of two that holds a document's shingles and as many others, less than full."""
    size = 4
    while size < 2 * n_shingles + 2:
        size *= 2
    return size


@njit(cache=True, nogil=True)
def _slot(keys: Hashes, marks: Integers, size: int, key: Any) -> Any:
    """Where `key` stands in the table's first `size` slots, or the empty slot where it would."""
    i = np.int64(key & np.uint64(size - 1))
    while marks[i] != 0 and keys[i] != key:
        i = (i + 1) & (size - 1)
    return i


@njit(cache=True, nogil=True)
def build_table(shingles: Hashes, keys: Hashes, marks: Integers) -> int:
    """Put a document's shingles into the table, all with mark 1; the number of distinct ones."""
    size = table_size(shingles.size)
    marks[:size] = 0
    n_distinct = 0
    for key in shingles:
        i = _slot(keys, marks, size, key)
        n_distinct += marks[i] == 0
        keys[i], marks[i] = key, 1
    return n_distinct


@njit(cache=True, nogil=True)
def similarity(
    table: tuple[Hashes, Integers, int, int], other: Hashes, stamp: int, threshold: float, added: Integers
) -> float:
    """The Jaccard similarity of a document in the table with another one, or -1 as soon as it must be less.

    `table` is (keys, marks, size, distinct shingles); `stamp` > 1 differs from call to call; `added` is scratch.
    Shingles of the other document alone are put into the table, to be counted once, and taken out at the end.
    """
    keys, marks, size, n_table = table
    most_extra = (1 / threshold - 1) * n_table + _SLACK
    n_common = n_extra = 0
    alive = other.size + _SLACK >= threshold * n_table
    if alive:
        for k in range(other.size):
            i = _slot(keys, marks, size, other[k])
            if marks[i] == 0:
                keys[i], marks[i], added[n_extra] = other[k], -1, i
                n_extra += 1
                if n_extra > most_extra:
                    alive = False
                    break
            elif marks[i] > 0 and marks[i] != stamp:
                marks[i] = stamp
                n_common += 1
            if k & 63 == 63 and n_common + other.size - k - 1 + _SLACK < threshold * (n_table + n_extra):
                alive = False
                break
    for k in range(n_extra):
        marks[added[k]] = 0
    return n_common / (n_table + n_extra) if alive else -1.0


@njit(cache=True, nogil=True)
def _likeliest(
    member: int, kept: Integers, sketches: Sketches, least: int, best: Integers, agreeing: Integers
) -> tuple[int, bool]:
    """The kept documents that agree with `member` in most slots, written to `best` in that order; how many.

    The second value tells whether there were more than `best` holds.
    """
    n, full = 0, False
    for k in range(kept.size):
        agree = 0
        for slot in range(SLOTS):
            agree += sketches[member, slot] == sketches[kept[k], slot]
        if agree < least:
            continue
        full = full or n == best.size
        i = min(n, best.size - 1)
        if n == best.size and agreeing[i] >= agree:
            continue
        while i > 0 and agreeing[i - 1] < agree:
            best[i], agreeing[i] = best[i - 1], agreeing[i - 1]
            i -= 1
        best[i], agreeing[i] = kept[k], agree
        n = min(n + 1, best.size)
    return n, full


@njit(cache=True, nogil=True)
def lead(
    components: Numbers, sketches: Sketches, starts: Integers, shingles: Hashes, bounds: tuple[float, int]
) -> tuple[Integers, NDArray[np.float64], Integers]:
    """For each member the member kept for it, itself if it stays, and their Jaccard similarity.

    Members of a component stand together, best first. Each goes if a member that stays is similar enough (`bounds`:
    least similarity, least agreeing slots) and stays otherwise; so nothing is removed for the sake of a document
    that is itself removed. Third: exact comparisons made, and members for which the caps left some out.
    """
    threshold, least = bounds
    n = components.size
    lead_of, similar = np.arange(n), np.ones(n)
    longest = 0
    for member in range(n):
        longest = max(longest, starts[member + 1] - starts[member])
    size = table_size(longest)
    keys, marks, added = np.empty(size, np.uint64), np.zeros(size, np.int64), np.empty(size, np.int64)
    best, agreeing = np.empty(MOST_CHECKS, np.int64), np.empty(MOST_CHECKS, np.int64)
    kept, n_kept = np.empty(n, np.int64), 0
    counts = np.zeros(2, np.int64)
    stamp = 1
    for member in range(n):
        if member and components[member] != components[member - 1]:
            n_kept = 0
        first = max(0, n_kept - MOST_KEPT)
        n_best, full = _likeliest(member, kept[first:n_kept], sketches, least, best, agreeing)
        counts[1] += full or first > 0
        own = shingles[starts[member] : starts[member + 1]]
        if n_best:
            n_distinct = build_table(own, keys, marks)
            table = (keys, marks, table_size(own.size), n_distinct)
        for k in range(n_best):
            stamp += 1
            counts[0] += 1
            other = shingles[starts[best[k]] : starts[best[k] + 1]]
            value = similarity(table, other, stamp, threshold, added)
            if value >= threshold:
                lead_of[member], similar[member] = best[k], value
                break
        if lead_of[member] == member:
            kept[n_kept] = member
            n_kept += 1
    return lead_of, similar, counts
