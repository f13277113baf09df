"""Compiled loops over windows of many documents, all in one module: numba's cache sees no change elsewhere.

Windows are rows of two 64-bit numbers, `(n, 2) uint64`: the key, and the document above the position in it.
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
_LOW: Final = np.uint64(16)  # bits of a key that tell nothing of its place in a table of bits

Integers = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Numbers = NDArray[np.uint32]
Mask = NDArray[np.bool_]


@njit(cache=True, nogil=True)
def count_slices(keys: Hashes, counts: Integers) -> None:
    """Add how many keys have each top byte to `counts`, `(SLICES,)`."""
    for i in range(keys.size):
        counts[np.int64(keys[i] >> _TOP_BYTE)] += 1


@njit(cache=True, nogil=True)
def deal(found: tuple[Hashes, Numbers, Numbers], ends: Integers, dealt: Hashes) -> None:
    """Copy windows (key, row, position) to where those of their slice end in `dealt`, and move `ends` on."""
    keys, rows, positions = found
    for i in range(keys.size):
        slice_of = np.int64(keys[i] >> _TOP_BYTE)
        to = ends[slice_of]
        dealt[to, 0], dealt[to, 1] = keys[i], np.uint64(rows[i]) << _HALF | np.uint64(positions[i])
        ends[slice_of] = to + 1


@njit(cache=True, nogil=True)
def take_living(windows: Hashes, alive: Mask, first: int, taken: Hashes, n: int) -> int:
    """Copy the windows of living documents, row 0 of which is number `first`, to `taken` from row n on; the next row.

    Without a branch, as none is foreseen: `taken` holds a row more.
    """
    base, at = np.uint64(first) << _HALF, np.uint64(n)
    for i in range(windows.shape[0]):
        place = windows[i, 1]
        taken[at, 0], taken[at, 1] = windows[i, 0], place + base
        at += np.uint64(alive[place >> _HALF])
    return int(at)


@njit(cache=True, nogil=True)
def deal_by_key(windows: Hashes, shift: int, first: int, ends: Integers, dealt: Hashes) -> None:
    """Copy windows to `dealt` by their keys without the low `shift` bits, and write where those of each end.

    `first` is the least of these shortened keys, and `ends` holds one more than there are of them.
    """
    low, least = np.uint64(shift), np.uint64(first)
    for i in range(windows.shape[0]):
        ends[(windows[i, 0] >> low) - least + _ONE] += 1
    for k in range(1, ends.size):
        ends[k] += ends[k - 1]
    for i in range(windows.shape[0]):
        k = (windows[i, 0] >> low) - least
        to = ends[k]
        dealt[to, 0], dealt[to, 1] = windows[i, 0], windows[i, 1]
        ends[k] = to + 1


@njit(cache=True, nogil=True)
def _bit(key: Any, mask: Any) -> tuple[Any, Any]:
    """Where a key's bit stands in a table of bits: the word and the bit in it; `mask` is the last word's place."""
    at = key >> _LOW
    return (at >> _WORD) & mask, _ONE << (at & _BIT)


@njit(cache=True, nogil=True)
def words_for(n_keys: int) -> int:
    """Words of a table with 16 bits a key and more: one other key in 16, at the most, has a key's bit."""
    n = 2
    while 4 * n <= n_keys:
        n *= 2
    return n


@njit(cache=True, nogil=True)
def pick_repeated(windows: Hashes, ends: Integers, picked: Hashes) -> int:
    """Copy windows whose key another window has too to `picked`, with few others; how many.

    Windows stand in parts that end at `ends`; those of a key are in one. A part has a table of bits in the cache.
    """
    n, start, most = 0, 0, 1
    for stop in ends:
        most = max(most, stop - start)
        start = stop
    once, twice = np.empty(words_for(most), np.uint64), np.empty(words_for(most), np.uint64)
    start = 0
    for stop in ends:
        n_words = words_for(stop - start)
        mask = np.uint64(n_words - 1)
        once[:n_words], twice[:n_words] = 0, 0
        for i in range(start, stop):
            word, bit = _bit(windows[i, 0], mask)
            twice[word] |= once[word] & bit
            once[word] |= bit
        for i in range(start, stop):
            word, bit = _bit(windows[i, 0], mask)
            if twice[word] & bit:
                picked[n, 0], picked[n, 1] = windows[i, 0], windows[i, 1]
                n += 1
        start = stop
    return n


@njit(cache=True, nogil=True)
def keys_of(windows: Hashes, chosen: Mask, keys: Hashes) -> int:
    """Write the keys of windows of chosen documents to `keys`, which holds one more; how many."""
    n = np.uint64(0)
    for i in range(windows.shape[0]):
        keys[n] = windows[i, 0]
        n += np.uint64(chosen[windows[i, 1] >> _HALF])
    return int(n)


@njit(cache=True, nogil=True)
def mark(keys: Hashes, bits: Hashes) -> None:
    """Set the keys' bits."""
    mask = np.uint64(bits.size - 1)
    for i in range(keys.size):
        word, bit = _bit(keys[i], mask)
        bits[word] |= bit


@njit(cache=True, nogil=True)
def pick_marked(windows: Hashes, alive: Mask, first: int, bits: Hashes, picked: Hashes) -> int:
    """Copy windows of living documents, row 0 of which is number `first`, whose key's bit is set; how many."""
    n, base, mask = 0, np.uint64(first) << _HALF, np.uint64(bits.size - 1)
    for i in range(windows.shape[0]):
        word, bit = _bit(windows[i, 0], mask)
        if bits[word] & bit and alive[windows[i, 1] >> _HALF]:
            picked[n, 0], picked[n, 1] = windows[i, 0], windows[i, 1] + base
            n += 1
    return n


@njit(cache=True, nogil=True)
def find_marked(keys: Hashes, bits: Hashes, found: Integers) -> int:
    """Write which keys' bits are set to `found`; how many."""
    n, mask = 0, np.uint64(bits.size - 1)
    for i in range(keys.size):
        word, bit = _bit(keys[i], mask)
        if bits[word] & bit:
            found[n] = i
            n += 1
    return n


@njit(cache=True, nogil=True)
def fill_matches(
    windows: Hashes,
    preferences: Hashes,
    texts: Hashes,
    least: tuple[int, int],
    matched: Integers,
    keepers: Integers,
) -> int:
    """Write the windows that stand in a better document too, and the first window of the best one; how many.

    Windows are sorted by key, document and position; `preferences` and hashes of the `texts` are those of their
    documents. The key must be that of two documents; that of a line must be that of `least_documents`, and of so many
    that they hold `least_units` of it. Best is what is preferred most, then the smallest hash.
    """
    least_documents, least_units = least
    n = start = 0
    while start < windows.shape[0]:
        key, best, n_documents, stop = windows[start, 0], start, 1, start + 1
        while stop < windows.shape[0] and windows[stop, 0] == key:
            n_documents += windows[stop, 1] >> _HALF != windows[stop - 1, 1] >> _HALF
            is_like = preferences[stop] == preferences[best]
            if preferences[stop] > preferences[best] or (is_like and texts[stop] < texts[best]):
                best = stop
            stop += 1
        needed = 2
        if key & _ONE:
            length = int((key & _LINE_BITS) >> _ONE)
            needed = max(least_documents, -(-least_units // length))
        if n_documents >= needed:
            for i in range(start, stop):
                if windows[i, 1] >> _HALF != windows[best, 1] >> _HALF:
                    matched[n], keepers[n] = i, best
                    n += 1
        start = stop
    return n
