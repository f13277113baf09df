"""The compiled look-up: bits of each text under a packed n-gram model.

A slot of the n-gram table is a uint32: 16 bits of the n-gram's hash, 8 bits of cost, 8 bits of back-off cost, both in
steps of STEP bits; 0 is empty. Where a slot is full the next one is tried. One in 2^16 of the slots passed on the way
to an n-gram that is not there is taken for it. An n-gram of the greatest length bears the back-off of its last units,
so that the cost of falling back from the longest context is always at hand.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Integers = NDArray[np.int64]
Slots = NDArray[np.uint32]

STEP: Final = 1 / 12  # bits
MOST_STEPS: Final = 255

_ID: Final = np.uint64(0xFFFF)
_UNIT_BITS: Final = np.uint64(16)
_ONE: Final = np.uint64(1)
_NO_KEY: Final = np.uint64(0)


@njit(cache=True, nogil=True)
def unit_of(vocabulary: Hashes, unit_hash: Any) -> Any:
    """The number of a unit, 0 for one that is not in the vocabulary: an open-addressing table of 2^k slots.

    A slot holds the upper 48 bits of the hash and the number.
    """
    mask = np.uint64(vocabulary.size - 1)
    slot = unit_hash & mask
    while vocabulary[slot] != 0:
        if vocabulary[slot] ^ (unit_hash & ~_ID) <= _ID:
            return vocabulary[slot] & _ID
        slot = (slot + _ONE) & mask
    return _NO_KEY


@njit(cache=True, nogil=True)
def add_units(vocabulary: Hashes, unit_hashes: Hashes) -> None:
    """Number the units 1, 2, … and put them into an empty table."""
    mask = np.uint64(vocabulary.size - 1)
    for i in range(unit_hashes.size):
        slot = unit_hashes[i] & mask
        while vocabulary[slot] != 0:
            slot = (slot + _ONE) & mask
        vocabulary[slot] = unit_hashes[i] & ~_ID | np.uint64(i + 1)


@njit(cache=True, nogil=True)
def count_known(offsets: Integers, unit_hashes: Hashes, vocabulary: Hashes, known: Integers) -> None:
    """Write how many units of each text are in the vocabulary to `known`, `(n,)`."""
    for text in range(offsets.size - 1):
        for i in range(offsets[text], offsets[text + 1]):
            known[text] += unit_of(vocabulary, unit_hashes[i]) != 0


@njit(cache=True, nogil=True)
def _mixed(key: Any) -> Any:
    key = (key ^ key >> np.uint64(32)) * np.uint64(0xBF58476D1CE4E5B9)
    key = (key ^ key >> np.uint64(29)) * np.uint64(0x94D049BB133111EB)
    return key ^ key >> np.uint64(32)


@njit(cache=True, nogil=True)
def find(slots: Slots, key: Any) -> Any:
    """The slot content of a packed n-gram, 0 where it is not there."""
    h = _mixed(key)
    mask = np.uint64(slots.size - 1)
    slot = h & mask
    mark = np.uint32(h >> np.uint64(48))
    while slots[slot] != 0:
        if slots[slot] >> np.uint32(16) == mark:
            return slots[slot]
        slot = (slot + _ONE) & mask
    return np.uint32(0)


@njit(cache=True, nogil=True)
def add_ngrams(slots: Slots, keys: Hashes, costs: Slots) -> None:
    """Put packed n-grams with their costs (cost << 8 | back-off cost, not 0) into the table."""
    mask = np.uint64(slots.size - 1)
    for i in range(keys.size):
        h = _mixed(keys[i])
        slot = h & mask
        while slots[slot] != 0:
            slot = (slot + _ONE) & mask
        slots[slot] = np.uint32(h >> np.uint64(48)) << np.uint32(16) | costs[i]


@njit(cache=True, nogil=True)
def cost_texts(
    offsets: Integers,
    unit_hashes: Hashes,
    vocabulary: Hashes,
    unigrams: Slots,
    slots: Slots,
    totals: Integers,
) -> None:
    """Write each text's cost in steps and its number of known units to `totals`, `(n, 2)`.

    A context is at most three units and does not go beyond a unit that is not in the vocabulary.
    """
    for text in range(offsets.size - 1):
        cost, known = np.int64(0), np.int64(0)
        history = _NO_KEY  # packed
        length = 0  # of the longest n-gram that ends in the unit before, three at most
        carried = np.int64(0)  # the back-off cost of that n-gram
        for i in range(offsets[text], offsets[text + 1]):
            unit = unit_of(vocabulary, unit_hashes[i])
            if unit == 0:
                history, length, carried = _NO_KEY, 0, np.int64(0)
                continue
            known += 1
            key = history << _UNIT_BITS | unit
            found = np.uint32(0)
            n = length + 1
            while n > 1:
                shift = np.uint64(16 * (4 - n))
                found = find(slots, key << shift >> shift)
                if found != 0:
                    break
                n -= 1
                if n == length:
                    cost += carried
                elif n > 1:
                    shift = np.uint64(16 * (4 - n))
                    cost += np.int64(find(slots, history << shift >> shift) & np.uint32(0xFF))
                else:
                    cost += np.int64(unigrams[history & _ID] & np.uint32(0xFF))
            if n == 1:
                found = unigrams[unit]
            cost += np.int64(found >> np.uint32(8) & np.uint32(0xFF))
            carried = np.int64(found & np.uint32(0xFF))
            length = min(n, 3)
            history = key
        totals[text, 0] = cost
        totals[text, 1] = known
