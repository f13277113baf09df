"""The compiled look-up: bits of each text under a packed n-gram model.

The n-grams of all lengths stand in one table, whose slots are uint32: 16 bits of the n-gram's hash, 8 bits of cost,
8 bits of back-off cost, both in steps of STEP bits; 0 is empty. No two n-grams share a slot: those whose hashes end
alike are a bucket, and each bucket has a seed that sends its n-grams to slots of their own (hash and displace,
Belazzougui et al. 2009). So a look-up is two reads and no search. Of n-grams that are not there one in 2^16 is taken
for another.

Every n-gram in the table has there all shorter ones that it holds. So all look-ups of one length are independent of
each other, and the processor waits for many of them at once: a third of the time of one unit after the other.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from khmer.clusters import Units

Hashes = NDArray[np.uint64]
Integers = NDArray[np.int64]
Slots = NDArray[np.uint32]

STEP: Final = 1 / 12  # bits
MOST_STEPS: Final = 255
MOST_SEED: Final = 255

_ID: Final = np.uint64(0xFFFF)
_ONE: Final = np.uint64(1)
_TWO: Final = np.uint64(2)
_THREE: Final = np.uint64(3)
_NO_KEY: Final = np.uint64(0)
_SIXTEEN: Final = np.uint64(16)
_NO_SLOT: Final = np.uint32(0)
_STEPS: Final = np.uint32(0xFF)
_BLOCK: Final = 1024  # units of a text that are looked up together
_BEFORE: Final = 3  # units before a block: the context of its first one


class Ngrams(NamedTuple):
    """A table of n-grams; 2^k of each."""

    seeds: NDArray[np.uint8]  # of the buckets
    slots: Slots


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
def _mixed(key: Any) -> Any:
    key = (key ^ key >> np.uint64(32)) * np.uint64(0xBF58476D1CE4E5B9)
    key = (key ^ key >> np.uint64(29)) * np.uint64(0x94D049BB133111EB)
    return key ^ key >> np.uint64(32)


@njit(cache=True, nogil=True)
def _mark_of(h: Any) -> Any:
    """The bits of a hash that a slot keeps."""
    return np.uint32(h >> np.uint64(24) & _ID)


@njit(cache=True, nogil=True)
def _slot_under(h: Any, seed: Any, n_slots: int) -> Any:
    """Where a seed puts a hash; slots are counted by its upper bits."""
    return (h * (np.uint64(seed) << _ONE | _ONE)) >> np.uint64(32) & np.uint64(n_slots - 1)


@njit(cache=True, nogil=True)
def find(table: Ngrams, key: Any) -> Any:
    """The slot content of a packed n-gram, 0 where it is not there."""
    h = _mixed(key)
    content = table.slots[_slot_under(h, table.seeds[h & np.uint64(table.seeds.size - 1)], table.slots.size)]
    return content if content >> np.uint32(16) == _mark_of(h) else _NO_SLOT


@njit(cache=True, nogil=True)
def add_ngrams(table: Ngrams, keys: Hashes, costs: Slots) -> bool:
    """Put packed n-grams with their costs (cost << 8 | back-off cost, not 0) into an empty table.

    False where a bucket finds no seed: the table is too small. The largest buckets choose first.
    """
    seeds = table.seeds
    ends = np.zeros(seeds.size + 1, np.int64)
    hashes = np.empty(keys.size, np.uint64)
    for i in range(keys.size):
        hashes[i] = _mixed(keys[i])
    buckets = hashes & np.uint64(seeds.size - 1)
    order = np.argsort(buckets, kind="mergesort")
    for i in range(keys.size):
        ends[buckets[i] + _ONE] += 1
    sizes = ends[1:].copy()
    ends = np.cumsum(ends)
    for bucket in np.argsort(-sizes, kind="mergesort"):
        members = order[ends[bucket] : ends[bucket + 1]]
        seed = 0
        while seed <= MOST_SEED and not _place(table, hashes[members], costs[members], seed):
            seed += 1
        if seed > MOST_SEED:
            return False
        seeds[bucket] = seed
    return True


@njit(cache=True, nogil=True)
def _place(table: Ngrams, hashes: Hashes, costs: Slots, seed: int) -> bool:
    """Put the n-grams of a bucket where a seed has them, unless a slot is taken."""
    slots = table.slots
    for i in range(hashes.size):
        slot = _slot_under(hashes[i], seed, slots.size)
        if slots[slot] != 0:
            for k in range(i):
                slots[_slot_under(hashes[k], seed, slots.size)] = 0
            return False
        slots[slot] = _mark_of(hashes[i]) << np.uint32(16) | costs[i]
    return True


@njit(cache=True, nogil=True)
def _look_up(table: Ngrams, ids: Hashes, found: Slots, end: Any) -> None:
    """Write the slots of the n-grams that end in each unit from _BEFORE on to `found`, a row for each length."""
    for i in range(np.uint64(_BEFORE), end):
        known = (ids[i - _ONE] != 0) & (ids[i] != 0)
        found[1, i] = find(table, ids[i - _ONE] << _SIXTEEN | ids[i]) if known else _NO_SLOT
    for i in range(np.uint64(_BEFORE), end):
        known = (found[1, i - _ONE] != 0) & (found[1, i] != 0)
        key = (ids[i - _TWO] << _SIXTEEN | ids[i - _ONE]) << _SIXTEEN | ids[i]
        found[2, i] = find(table, key) if known else _NO_SLOT
    for i in range(np.uint64(_BEFORE), end):
        known = (found[2, i - _ONE] != 0) & (found[2, i] != 0)
        key = ((ids[i - _THREE] << _SIXTEEN | ids[i - _TWO]) << _SIXTEEN | ids[i - _ONE]) << _SIXTEEN | ids[i]
        found[3, i] = find(table, key) if known else _NO_SLOT


@njit(cache=True, nogil=True)
def _cost_of(found: Slots, end: Any) -> Any:
    """What the units from _BEFORE on cost in steps: their longest n-gram, and each longer context to fall back from."""
    total = np.int64(0)
    for i in range(np.uint64(_BEFORE), end):
        cost = found[0, i] >> np.uint32(8)
        if cost == 0:
            continue
        cost &= _STEPS
        cost += found[0, i - _ONE] & _STEPS
        if found[1, i]:
            cost = found[1, i] >> np.uint32(8) & _STEPS
        cost += found[1, i - _ONE] & _STEPS
        if found[2, i]:
            cost = found[2, i] >> np.uint32(8) & _STEPS
        cost += found[2, i - _ONE] & _STEPS
        if found[3, i]:
            cost = found[3, i] >> np.uint32(8) & _STEPS
        total += np.int64(cost)
    return total


@njit(cache=True, nogil=True)
def cost_texts(units: Units, vocabulary: Hashes, unigrams: Slots, table: Ngrams, totals: Integers) -> None:
    """Write each text's cost in steps and its number of known units to `totals`, `(n, 2)`.

    A context is at most three units and does not go beyond a unit that is not in the vocabulary.
    """
    offsets, unit_hashes = units
    ids, found = np.zeros(_BEFORE + _BLOCK, np.uint64), np.zeros((4, _BEFORE + _BLOCK), np.uint32)
    for text in range(offsets.size - 1):
        ids[:_BEFORE], found[:, :_BEFORE] = 0, 0
        for first in range(offsets[text], offsets[text + 1], _BLOCK):
            n = min(_BLOCK, offsets[text + 1] - first)
            for i in range(np.uint64(n)):
                unit = unit_of(vocabulary, unit_hashes[np.uint64(first) + i])
                ids[i + _THREE], found[0, i + _THREE] = unit, unigrams[unit]
                totals[text, 1] += unit != 0
            end = np.uint64(_BEFORE + n)
            _look_up(table, ids, found, end)
            totals[text, 0] += _cost_of(found, end)
            for k in range(_BEFORE):
                ids[k], found[:, k] = ids[n + k], found[:, n + k]
