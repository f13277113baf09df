"""Compiled look-up of benchmark n-grams in the units of `khmer.clusters.unit_hashes`."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

_BASE: Final = np.uint64(0x9E3779B97F4A7C15)
_SHIFT: Final = np.uint64(32)
_ONE: Final = np.uint64(1)


class Table(NamedTuple):
    """Every n-gram of the items and the first item that has it, by open addressing."""

    keys: Hashes  # (2^k,), 0 is empty
    items: NDArray[np.int32]  # (2^k,)
    n_grams: Integers  # (items,): distinct n-grams for which the item is the first
    n: int  # units in an n-gram


class Found(NamedTuple):
    """For each text the item that most of was found in one place."""

    n_grams: Integers  # (texts,): its distinct n-grams that were found there
    item: Integers  # (texts,): -1 where no n-gram of any was found
    place: NDArray[np.int32]  # (2^k,) of zeros: where each n-gram of the table was last counted, by number


@njit(cache=True, nogil=True)
def _slot_of_gram(keys: Hashes, gram: Any) -> Any:
    mask = np.uint64(keys.size - 1)
    slot = (gram * _BASE) >> _SHIFT & mask
    while keys[slot] != 0 and keys[slot] != gram:
        slot = (slot + _ONE) & mask
    return slot


@njit(cache=True, nogil=True)
def _power(n: int) -> Any:
    power = _ONE
    for _ in range(n):
        power = power * _BASE
    return power


@njit(cache=True, nogil=True)
def enter_items(offsets: Integers, units: Hashes, table: Table) -> None:
    """Enter the n-grams of every item into an empty table with room for twice as many."""
    keys, items, n_grams, n = table
    power = _power(n)
    for item in range(offsets.size - 1):
        start, end = offsets[item], offsets[item + 1]
        h = np.uint64(0)
        for i in range(start, end):
            h = h * _BASE + units[i]
            if i - start >= n:
                h = h - units[i - n] * power
            if i - start >= n - 1:
                slot = _slot_of_gram(keys, h | _ONE)
                if keys[slot] == 0:
                    keys[slot] = h | _ONE
                    items[slot] = item
                    n_grams[item] += 1


@njit(cache=True, nogil=True)
def find_items(offsets: Integers, units: Hashes, table: Table, most_between: int, found: Found) -> None:
    """Find in every text the item of which most n-grams stand in one place.

    N-grams stand in one place while no more than `most_between` begin between two of them: an edit breaks the n of
    them that it touches.
    """
    keys, items, n_grams, n = table
    power = _power(n)
    last = np.full(n_grams.size, -1, np.int64)  # where the item's latest n-gram began
    so_far = np.zeros(n_grams.size, np.int64)  # its distinct n-grams in this place
    place = np.zeros(n_grams.size, np.int32)  # the number of this place
    n_places = np.int32(0)
    for text in range(offsets.size - 1):
        start, end = offsets[text], offsets[text + 1]
        h = np.uint64(0)
        for i in range(start, end):
            h = h * _BASE + units[i]
            if i - start >= n:
                h = h - units[i - n] * power
            if i - start < n - 1:
                continue
            slot = _slot_of_gram(keys, h | _ONE)
            if keys[slot] == 0:
                continue
            item = items[slot]
            begin = i - n + 1
            if last[item] < start or begin - last[item] > most_between + 1:
                so_far[item] = 0
                n_places += np.int32(1)
                place[item] = n_places
            last[item] = begin
            if found.place[slot] == place[item]:
                continue
            found.place[slot] = place[item]
            so_far[item] += 1
            if so_far[item] > found.n_grams[text]:
                found.n_grams[text] = so_far[item]
                found.item[text] = item
