"""Compiled loops over windows of many documents, all in one module: numba's cache sees no change elsewhere.

Windows are two columns of 64-bit numbers: keys, and places, the document above the position in it.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

SLICES: Final = 256  # of windows, by the top byte of their keys

_ONE: Final = np.uint64(1)
_HALF: Final = np.uint64(32)
_TOP_BYTE: Final = np.uint64(56)
_LINE_BITS: Final = np.uint64(0xFF)  # of a line's key: its units and a 1
_WORD: Final = np.uint64(6)
_BIT: Final = np.uint64(63)
_BLOCK: Final = 4096  # windows
_LOW: Final = np.uint64(16)  # bits of a key that tell nothing of its place in a table of bits

Integers = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Numbers = NDArray[np.uint32]
Mask = NDArray[np.bool_]
Placed = tuple[Hashes, Hashes]


@njit(cache=True, nogil=True)
def count_slices(keys: Hashes, counts: Integers) -> None:
    """Add how many keys have each top byte to `counts`, `(SLICES,)`."""
    for i in range(keys.size):
        counts[np.int64(keys[i] >> _TOP_BYTE)] += 1


@njit(cache=True, nogil=True)
def deal(found: tuple[Hashes, Numbers, Numbers], ends: Integers, dealt: Placed) -> None:
    """Copy windows (key, row, position) to where those of their slice end in `dealt`, and move `ends` on."""
    (keys, rows, positions), (dealt_keys, dealt_places) = found, dealt
    for i in range(keys.size):
        slice_of = np.int64(keys[i] >> _TOP_BYTE)
        to = ends[slice_of]
        dealt_keys[to], dealt_places[to] = keys[i], np.uint64(rows[i]) << _HALF | np.uint64(positions[i])
        ends[slice_of] = to + 1


@njit(cache=True, nogil=True)
def take_chosen(windows: Placed, first: int, chosen: Mask, taken: Placed, n: int) -> int:
    """Copy the windows of chosen documents, row 0 of which is number `first`, to `taken` from row n on; the next row.

    Without a branch, as none is foreseen: `taken` holds a row more.
    """
    (keys, places), (taken_keys, taken_places) = windows, taken
    base, at = np.uint64(first) << _HALF, np.uint64(n)
    for i in range(keys.size):
        taken_keys[at], taken_places[at] = keys[i], places[i] + base
        at += np.uint64(chosen[places[i] >> _HALF])
    return int(at)


@njit(cache=True, nogil=True)
def count_chosen(windows: Placed, chosen: Mask, shift: int, least: int, counts: Integers) -> None:
    """Add how many windows of chosen documents have each key, shortened by its low `shift` bits, to `counts`.

    The row of a shortened key is 1 more than it is above `least`: summed up, rows say where the windows of each begin.
    """
    (keys, places), low, base = windows, np.uint64(shift), np.uint64(least) - _ONE
    for i in range(keys.size):
        counts[(keys[i] >> low) - base] += chosen[places[i] >> _HALF]


@njit(cache=True, nogil=True)
def deal_chosen(
    windows: Placed, first: int, chosen: Mask, shortened: tuple[int, int], ends: Integers, dealt: Placed
) -> None:
    """Copy the windows that `count_chosen` counts to where those of their shortened key end, and move `ends` on.

    `shortened` are its `shift` and `least`; row 0 of the documents is number `first`.
    """
    (keys, places), (dealt_keys, dealt_places) = windows, dealt
    low, least, base = np.uint64(shortened[0]), np.uint64(shortened[1]), np.uint64(first) << _HALF
    for i in range(keys.size):
        key, place = keys[i], places[i]
        if chosen[place >> _HALF]:
            to = ends[(key >> low) - least]
            dealt_keys[to], dealt_places[to] = key, place + base
            ends[(key >> low) - least] = to + 1


@njit(cache=True, nogil=True)
def _bit(key: Any, mask: Any) -> tuple[Any, Any]:
    """Where a key's bit stands in a table of bits: the word and the bit in it; `mask` is the last word's place."""
    at = key >> _LOW
    return (at >> _WORD) & mask, _ONE << (at & _BIT)


@njit(cache=True, nogil=True)
def _words_for(n_keys: int) -> int:
    """Words of a table with 16 bits a key and more: one other key in 16, at the most, has a key's bit."""
    n = 2
    while 4 * n <= n_keys:
        n *= 2
    return n


@njit(cache=True, nogil=True)
def pick_repeated(windows: Placed, ends: Integers, picked: Placed) -> int:
    """Copy windows whose key another window has too to `picked`, with few others; how many.

    Windows stand in parts that end at `ends`; those of a key are in one. A part has a table of bits in the cache.
    """
    (keys, places), (picked_keys, picked_places) = windows, picked
    n, start, most = 0, 0, 1
    for stop in ends:
        most = max(most, stop - start)
        start = stop
    once, twice = np.empty(_words_for(most), np.uint64), np.empty(_words_for(most), np.uint64)
    start = 0
    for stop in ends:
        n_words = _words_for(stop - start)
        mask = np.uint64(n_words - 1)
        once[:n_words], twice[:n_words] = 0, 0
        for i in range(start, stop):
            word, bit = _bit(keys[i], mask)
            twice[word] |= once[word] & bit
            once[word] |= bit
        for i in range(start, stop):
            word, bit = _bit(keys[i], mask)
            if twice[word] & bit:
                picked_keys[n], picked_places[n] = keys[i], places[i]
                n += 1
        start = stop
    return n


@njit(cache=True, nogil=True)
def fill_starts(keys: Hashes, shift: int, starts: Numbers) -> None:
    """Write where the sorted keys of each beginning, without the low `shift` bits, start; `starts` holds one more."""
    low = np.uint64(shift)
    for i in range(keys.size):
        starts[(keys[i] >> low) + _ONE] += np.uint32(1)
    for k in range(1, starts.size):
        starts[k] += starts[k - 1]


@njit(cache=True, nogil=True)
def _row_of(key: Any, index: tuple[Hashes, Numbers, int]) -> Any:
    """The row of a key among the sorted ones of an index, or -1."""
    keys, starts, shift = index
    beginning = key >> np.uint64(shift)
    for row in range(np.int64(starts[beginning]), np.int64(starts[beginning + _ONE])):
        if keys[row] == key:
            return row
    return np.int64(-1)


@njit(cache=True, nogil=True)
def find_rows(keys: Hashes, index: tuple[Hashes, Numbers, int], rows: Integers) -> None:
    """Write the row of each key in the index, -1 where it is none of its keys."""
    for i in range(keys.size):
        rows[i] = _row_of(keys[i], index)


@njit(cache=True, nogil=True)
def fill_bits(keys: Hashes, shift: int, bits: Hashes) -> None:
    """Set the bit of each key's beginning, without the low `shift` bits."""
    low = np.uint64(shift)
    for i in range(keys.size):
        at = keys[i] >> low
        bits[at >> _WORD] |= _ONE << (at & _BIT)


@njit(cache=True, nogil=True)
def pick_likely(windows: Placed, first: int, chosen: Mask, table: tuple[Hashes, int], picked: Placed) -> int:
    """Copy the windows of chosen documents whose key's beginning has its bit set to `picked`; how many.

    Row 0 of the documents is number `first`. Keys in the order of their beginnings find their part of the table in the
    cache, and nothing else is read of most. Without a branch, as in `take_chosen`.
    """
    (keys, places), (bits, shift), (picked_keys, picked_places) = windows, table, picked
    low, n, base = np.uint64(shift), np.uint64(0), np.uint64(first) << _HALF
    likely = np.empty(_BLOCK + 1, np.int64)
    for begin in range(0, keys.size, _BLOCK):
        n_likely = np.uint64(0)
        for i in range(begin, min(begin + _BLOCK, keys.size)):
            bit = keys[i] >> low
            likely[n_likely] = i
            n_likely += (bits[bit >> _WORD] >> (bit & _BIT)) & _ONE
        for k in range(n_likely):
            i = likely[k]
            picked_keys[n], picked_places[n] = keys[i], places[i] + base
            n += np.uint64(chosen[places[i] >> _HALF])
    return int(n)


@njit(cache=True, nogil=True)
def _needed(key: Any, least: tuple[int, int]) -> int:
    """Documents that must share a window: two; of a line `least[0]`, and so many that they hold `least[1]` units."""
    if not key & _ONE:
        return 2
    return max(least[0], -(-least[1] // int((key & _LINE_BITS) >> _ONE)))


@njit(cache=True, nogil=True)
def _is_better(worth: Hashes, i: int, other: Hashes, j: int) -> bool:
    """Whether the first is preferred to the other, or as much and its text's hash is smaller."""
    if worth[i, 0] != other[j, 0]:
        return bool(worth[i, 0] > other[j, 0])
    return bool(worth[i, 1] < other[j, 1])


@njit(cache=True, nogil=True)
def fill_keepers(
    windows: Placed, worth: Hashes, least: tuple[int, int], touched: Mask, keepers: Hashes
) -> int:
    """Write the first window of the best document of each key that enough documents share; how many keys they are.

    Windows are sorted by key; those of a key and a document stand together, by position. `worth`, `(n, 2)`, are the
    preference of each one's document and a hash of its text. A row of `keepers` is a window, and the number of
    documents. These are marked in `touched`.
    """
    keys, places = windows
    n = start = 0
    while start < keys.size:
        key, best, n_documents, stop = keys[start], start, 1, start + 1
        while stop < keys.size and keys[stop] == key:
            n_documents += places[stop] >> _HALF != places[stop - 1] >> _HALF
            best = stop if _is_better(worth, stop, worth, best) else best
            stop += 1
        if n_documents >= _needed(key, least):
            keepers[n, 0], keepers[n, 1], keepers[n, 2] = key, places[best], n_documents
            n += 1
            for i in range(start, stop):
                touched[places[i] >> _HALF] = True
        start = stop
    return n


@njit(cache=True, nogil=True)
def update_keepers(
    changed: tuple[Placed, Integers],
    worth: tuple[Hashes, Hashes],
    alive: Mask,
    least: tuple[int, int],
    keepers: Hashes,
    is_open: Mask,
) -> None:
    """Count documents that came and went, and mark in `is_open` the keys that another document may keep for it.

    `changed` are windows of documents that are kept now and were not, or the other way round, sorted as for
    `fill_keepers`, and the rows of their keys' keepers. `worth`: of the windows' documents, and of the keepers'.
    """
    ((_, places), rows), (own, theirs) = changed, worth
    for i in range(rows.size):
        row, document = rows[i], places[i] >> _HALF
        if i and rows[i - 1] == row and places[i - 1] >> _HALF == document:
            continue
        if alive[document]:
            keepers[row, 2] += _ONE
            is_open[row] |= _is_better(own, i, theirs, row)
        else:
            keepers[row, 2] -= _ONE
            is_open[row] |= keepers[row, 1] >> _HALF == document
    for row in rows:
        is_open[row] |= int(keepers[row, 2]) < _needed(keepers[row, 0], least)


@njit(cache=True, nogil=True)
def fill_matches(
    windows: Placed, index: tuple[Hashes, Numbers, int], keepers: Hashes, matched: Integers, rows: Integers
) -> int:
    """Write which windows another document keeps, and the row of its keeper; how many."""
    (keys, places), n = windows, 0
    for i in range(keys.size):
        row = _row_of(keys[i], index)
        if row >= 0 and keepers[row, 1] >> _HALF != places[i] >> _HALF:
            matched[n], rows[n] = i, row
            n += 1
    return n
