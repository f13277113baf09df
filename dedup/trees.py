"""Compiled loops over buckets and trees: which documents belong to one component.

All that a loop calls stands in this module, as numba's cache does not notice a change elsewhere.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

PROBE_WORDS: Final = 4  # 64-bit words that hold two bits of each of 128 slots
HOT: Final = 1024  # documents of a bucket up to which all its pairs are looked at
NEAR: Final = 64  # pairs for a document of a hotter one with those before it, and as many with the first

_ODD: Final = np.uint64(0x5555555555555555)
_PAIRS: Final = np.uint64(0x3333333333333333)
_NIBBLES: Final = np.uint64(0x0F0F0F0F0F0F0F0F)
_BYTES: Final = np.uint64(0x0101010101010101)
_ONE: Final = np.uint64(1)
_TWO: Final = np.uint64(2)
_FOUR: Final = np.uint64(4)
_TOP: Final = np.uint64(56)
_THREE: Final = np.uint64(3)
_HALF: Final = np.uint64(32)
_LOW: Final = np.uint64(0xFFFFFFFF)
_LINE: Final = 8  # entries of a cache line

Integers = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Numbers = NDArray[np.uint32]
Sketches = NDArray[np.uint8]


@njit(cache=True, nogil=True)
def fill_probes(sketches: Sketches, probes: Hashes) -> None:
    """Write the two low bits of each slot of sketches, `(n, 128)`, to `probes`, `(n, PROBE_WORDS)`."""
    for document in range(sketches.shape[0]):
        for word in range(PROBE_WORDS):
            packed = np.uint64(0)
            for i in range(32):
                packed = packed << _TWO | np.uint64(sketches[document, 32 * word + i]) & _THREE
            probes[document, word] = packed


@njit(cache=True, nogil=True)
def agreeing(a: Hashes, b: Hashes) -> Any:
    """Slots of two probes that agree: all that are equal, and a quarter of the others."""
    differing = np.uint64(0)
    for word in range(PROBE_WORDS):
        x = a[word] ^ b[word]
        x = (x | x >> _ONE) & _ODD
        x = (x & _PAIRS) + (x >> _TWO & _PAIRS)
        differing += ((x + (x >> _FOUR)) & _NIBBLES) * _BYTES >> _TOP
    return 32 * PROBE_WORDS - np.int64(differing)


@njit(cache=True, nogil=True)
def _deal(source: Hashes, target: Hashes, shift: int) -> None:
    """Copy the items in the order of eleven bits, from `shift` on."""
    low, digits = np.uint64(shift), np.uint64(2047)
    ends = np.zeros(2049, np.int64)
    for item in source:
        ends[np.int64(item >> low & digits) + 1] += 1
    ends = np.cumsum(ends)
    for item in source:
        digit = np.int64(item >> low & digits)
        target[ends[digit]] = item
        ends[digit] += 1


@njit(cache=True, nogil=True)
def sort_by_key(entries: Hashes) -> Any:
    """The entries in the order of their high halves, those of one key as they stood: much quicker than `np.sort`."""
    once, twice = np.empty_like(entries), np.empty_like(entries)
    _deal(entries, once, 32)
    _deal(once, twice, 43)
    _deal(twice, once, 54)
    return once


@njit(cache=True, nogil=True)
def fill_entries(keys: Numbers, start: int, entries: Hashes, n: int) -> int:
    """Append an entry for each document that has a key, not 0, to the `n` there are; how many these are then.

    An entry is a key above a document's number, and the first document's is `start`.
    """
    for row in range(keys.size):
        if keys[row]:
            entries[n] = np.uint64(keys[row]) << _HALF | np.uint64(start + row)
            n += 1
    return n


@njit(cache=True, nogil=True)
def with_known(known: Hashes, entries: Hashes) -> Any:
    """Sorted entries, and those of the sorted `known` that have one of their keys before them.

    The numbers of known documents are the smaller ones. Strides are of an eighth of the places that these keys are
    apart: where a hundredth is new, the memory's prefetching makes a few of a line each quicker than halving.
    """
    stride = max(known.size // max(_LINE * entries.size, 1), _LINE)
    firsts, counts = np.empty(entries.size, np.int64), np.zeros(entries.size, np.int64)
    at = total = 0
    for i in range(entries.size):
        key = entries[i] >> _HALF
        if i and entries[i - 1] >> _HALF == key:
            continue
        while at + stride < known.size and known[at + stride] >> _HALF < key:
            at += stride + 1
        end = min(at + stride, known.size)
        while at < end:
            middle = (at + end) >> 1
            at, end = (middle + 1, end) if known[middle] >> _HALF < key else (at, middle)
        firsts[i] = at
        while at < known.size and known[at] >> _HALF == key:
            at += 1
        counts[i] = at - firsts[i]
        total += counts[i]
    both = np.empty(entries.size + total, np.uint64)
    n = 0
    for i in range(entries.size):
        both[n : n + counts[i]] = known[firsts[i] : firsts[i] + counts[i]]
        both[n + counts[i]] = entries[i]
        n += counts[i] + 1
    return both


@njit(cache=True, nogil=True)
def pick_shared(entries: Hashes) -> int:
    """Move the sorted entries whose key another has to the front; how many these are."""
    n = first = 0
    for i in range(1, entries.size + 1):
        if i < entries.size and entries[i] >> _HALF == entries[first] >> _HALF:
            continue
        if i - first > 1:
            for k in range(first, i):
                entries[n] = entries[k]
                n += 1
        first = i
    return n


@njit(cache=True, nogil=True)
def mark_numbers(entries: Hashes, marks: Numbers) -> None:
    """Set the mark of each document that has an entry."""
    for entry in entries:
        marks[np.int64(entry & _LOW)] = 1


@njit(cache=True, nogil=True)
def renumber(entries: Hashes, row_of: Numbers) -> None:
    """Put each document's row in the place of its number."""
    for i in range(entries.size):
        entries[i] = entries[i] & ~_LOW | np.uint64(row_of[np.int64(entries[i] & _LOW)])


@njit(cache=True, nogil=True)
def root(parents: Numbers, i: int) -> int:
    """The root of i's tree; the way there is shortened."""
    while parents[i] != i:
        parents[i] = parents[parents[i]]
        i = parents[i]
    return i


@njit(cache=True, nogil=True)
def join(parents: Numbers, a: int, b: int) -> None:
    """Make one tree of two; its root is the smaller of theirs."""
    a, b = root(parents, a), root(parents, b)
    parents[max(a, b)] = min(a, b)


@njit(cache=True, nogil=True)
def join_pairs(pairs: Numbers, parents: Numbers) -> None:
    """Join the trees of each pair, `(n, 2)`."""
    for k in range(pairs.shape[0]):
        join(parents, pairs[k, 0], pairs[k, 1])


@njit(cache=True, nogil=True)
def join_equal(keys: Numbers, order: Integers, parents: Numbers) -> None:
    """Join the trees of all with one key; `order` sorts the keys."""
    for k in range(1, order.size):
        if keys[order[k]] == keys[order[k - 1]]:
            join(parents, order[k - 1], order[k])


@njit(cache=True, nogil=True)
def join_buckets(entries: Hashes, parents: Numbers) -> None:
    """Join all documents of each bucket. Entries are sorted: a key above a row of the trees."""
    for i in range(1, entries.size):
        if entries[i] >> _HALF == entries[i - 1] >> _HALF:
            join(parents, np.int64(entries[i - 1] & _LOW), np.int64(entries[i] & _LOW))


@njit(cache=True, nogil=True)
def _try(a: int, b: int, probes: Hashes, least: int, parents: Numbers) -> None:
    if root(parents, a) != root(parents, b) and agreeing(probes[a], probes[b]) >= least:
        join(parents, a, b)


@njit(cache=True, nogil=True)
def join_similar(entries: Hashes, n_old: int, probes: Hashes, least: int, parents: Numbers) -> int:
    """Join the documents of each bucket whose probes agree in `least` slots; the number of pairs looked at.

    Of a hot bucket each document is held against the NEAR before it and the NEAR first. Rows below `n_old` are held
    against nothing: what they join is joined already.
    """
    n_pairs = first = 0
    for i in range(1, entries.size + 1):
        if i < entries.size and entries[i] >> _HALF == entries[first] >> _HALF:
            continue
        n = i - first
        for k in range(first + 1, i):
            row = np.int64(entries[k] & _LOW)
            if row < n_old:
                continue
            start = first if n <= HOT else max(first, k - NEAR)
            for other in range(start, k):
                _try(np.int64(entries[other] & _LOW), row, probes, least, parents)
            for other in range(first, min(start, first + NEAR)):
                _try(np.int64(entries[other] & _LOW), row, probes, least, parents)
            n_pairs += k - start + min(start - first, NEAR)
        first = i
    return n_pairs


@njit(cache=True, nogil=True)
def flatten(parents: Numbers) -> None:
    """Point every document straight at its root."""
    for i in range(parents.size):
        parents[i] = root(parents, i)


@njit(cache=True, nogil=True)
def fill_carriers(order: Integers, roots: Numbers, texts: Hashes, carrier: Integers) -> None:
    """For each member the first in `order` with its root and text, of which `texts`, `(n, 2)`, has a hash."""
    size = 1
    while size < 2 * order.size:
        size *= 2
    table = np.full(size, -1, np.int64)
    for row in order:
        slot = np.int64((texts[row, 0] + np.uint64(roots[row])) & np.uint64(size - 1))
        while table[slot] >= 0:
            other = table[slot]
            if (
                roots[other] == roots[row]
                and texts[other, 0] == texts[row, 0]
                and texts[other, 1] == texts[row, 1]
            ):
                break
            slot = (slot + 1) & (size - 1)
        else:
            table[slot] = row
        carrier[row] = table[slot]


@njit(cache=True, nogil=True)
def fill_first_groups(weights: Integers, enough: int, limit: int, groups: Integers) -> None:
    """The first group of each component: with those before it while they hold no more than `enough` together.

    A component heavier than `limit` takes as many as it needs.
    """
    group = held = 0
    for i in range(weights.size):
        if held and held + weights[i] > enough:
            group, held = group + 1, 0
        groups[i] = group
        group, held = group + max(weights[i] - 1, 0) // limit, held + weights[i]
