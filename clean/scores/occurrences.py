"""Occurrences of fixed phrases in a reading, for lists that every text is held against.

As `clean.scores.phrases` has them, but each phrase is of Khmer clusters alone or without a Khmer letter: the first are
sought among units, by the hashes of their beginnings, the others among signs. Either is a few hundred look-ups in a
small table for a text, where a scan of its bytes would take four times as long.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from clean.scores.phrases import (
    SYMBOL_SHIFT,
    WORD,
    WORD_AFTER,
    WORD_BEFORE,
    Groups,
    Trie,
    trie_of,
)
from khmer.clusters import read
from khmer.reading import TOUCHING, Reading, Signs

Hashes = NDArray[np.uint64]
Integers = NDArray[np.int64]

_BASE: Final = np.uint64(0x9E3779B97F4A7C15)
_ONE: Final = np.uint64(1)
_NOTHING: Final = np.uint64(0)
_FILTER_BITS: Final = 15
_FILTER_SHIFT: Final = np.uint64(64 - _FILTER_BITS)
_BEGINNING: Final = 0  # values of the table; from 1 on, the group of a phrase
_ABSENT: Final = -1


class _Beginnings(NamedTuple):
    """The phrases and what they begin with, each as a hash of its clusters."""

    keys: Hashes  # open addressing, 2^k slots, 0 is empty
    values: Integers
    starts: NDArray[
        np.uint8
    ]  # (2 ** _FILTER_BITS,): whether a phrase of one cluster, or two to begin one, fall here


def occurrences(found: Reading, groups: Groups) -> Integers:
    """How often each group's phrases occur in each text, `(n, groups)`.

    Raises ValueError for a phrase that stands twice, or that has a Khmer letter and anything else.
    """
    counts = np.zeros((len(found.counts), len(groups)), np.int64)
    beginnings, trie = _prepared(groups)
    _find_clusters(found, beginnings, counts)
    _find_signs(found.signs, trie, counts)
    return counts


@cache
def _prepared(groups: Groups) -> tuple[_Beginnings, Trie]:
    phrases = [(group, phrase) for group, spellings in enumerate(groups) for phrase in spellings]
    found = read(pa.array([phrase.strip("*") for _, phrase in phrases], pa.large_string()))
    khmer: dict[tuple[int, ...], int] = {}
    others: list[list[str]] = [[] for _ in groups]
    for row, (group, phrase) in enumerate(phrases):
        units = slice(*found.unit_offsets[row : row + 2])
        if not found.links[units].any():
            others[group].append(phrase)
            continue
        clusters = tuple(found.hashes[units].tolist())
        whole = found.signs.offsets[row + 1] - found.signs.offsets[row] == 1 and found.links[units].all()
        if not whole or clusters in khmer:
            msg = f"phrase {phrase!r}: expected Khmer clusters alone or no Khmer letter, and each phrase once"
            raise ValueError(msg)
        khmer[clusters] = group
    return _beginnings(khmer), trie_of(tuple(map(tuple, others)))


def _beginnings(phrases: dict[tuple[int, ...], int]) -> _Beginnings:
    values: dict[int, int] = {}
    starts = np.zeros(1 << _FILTER_BITS, np.uint8)
    for clusters, group in phrases.items():
        key = 0
        for n, cluster in enumerate(clusters, 1):
            key = (key * int(_BASE) + cluster) % (1 << 64)
            is_whole = n == len(clusters)
            values[key] = group + 1 if is_whole else values.get(key, _BEGINNING)
            if n == 2 or (n == 1 and is_whole):
                starts[key >> int(_FILTER_SHIFT)] = 1
    size = 16
    while size < 4 * len(values):
        size *= 2
    table = _Beginnings(np.zeros(size, np.uint64), np.zeros(size, np.int64), starts)
    _add(table, np.array(list(values), np.uint64), np.array(list(values.values()), np.int64))
    return table


@njit(cache=True, nogil=True)
def _slot_of(keys: Hashes, key: Any) -> Any:
    """Where a key is, or would go."""
    mask = np.uint64(keys.size - 1)
    slot = key >> np.uint64(20) & mask
    while keys[slot] != 0 and keys[slot] != key:
        slot = (slot + _ONE) & mask
    return slot


@njit(cache=True, nogil=True)
def _add(table: _Beginnings, keys: Hashes, values: Integers) -> None:
    for i in range(keys.size):
        slot = _slot_of(table.keys, keys[i])
        table.keys[slot], table.values[slot] = keys[i], values[i]


@njit(cache=True, nogil=True)
def _possible_starts(found: Reading, starts: NDArray[np.uint8], first: Any, end: Any, places: Hashes) -> Any:
    """Write the units from `first` on that may begin a phrase to `places`; how many they are."""
    hashes, links = found.hashes, found.links
    n = _NOTHING
    for unit in range(first, end):
        pair = hashes[unit] * _BASE + hashes[unit + _ONE] if unit + _ONE < end else _NOTHING
        is_start = starts[hashes[unit] >> _FILTER_SHIFT] | starts[pair >> _FILTER_SHIFT]
        places[n] = unit
        n += np.uint64(is_start & links[unit])
    return n


@njit(cache=True, nogil=True)
def _find_clusters(found: Reading, table: _Beginnings, counts: Integers) -> None:
    """Add the occurrences of the phrases of clusters to `counts`, `(n, groups)`."""
    offsets, hashes, links = found.unit_offsets, found.hashes, found.links
    places = np.empty(max(np.diff(offsets).max(), 1) if offsets.size > 1 else 1, np.uint64)
    for document in range(offsets.size - 1):
        end = np.uint64(offsets[document + 1])
        n_places = _possible_starts(found, table.starts, np.uint64(offsets[document]), end, places)
        past = _NOTHING  # the phrase before
        for k in range(n_places):
            unit = places[k]
            if unit < past:
                continue
            key, group = _NOTHING, np.int64(0)
            while True:
                key = key * _BASE + hashes[unit]
                unit += _ONE
                slot = _slot_of(table.keys, key)
                if table.keys[slot] == 0:
                    break
                if table.values[slot] != _BEGINNING:
                    group, past = table.values[slot], unit
                if unit == end or links[unit] & TOUCHING == 0:
                    break
            if group:
                counts[document, group - 1] += 1


@njit(cache=True, nogil=True)
def _find_signs(signs: Signs, trie: Trie, counts: Integers) -> None:
    """Add the occurrences of the phrases without Khmer letters to `counts`, `(n, groups)`."""
    offsets, codes, n_letters, _ = signs
    symbols, _, children, groups, edges = trie
    for document in range(offsets.size - 1):
        first, end = np.uint64(offsets[document]), np.uint64(offsets[document + 1])
        i = first
        while i < end:
            entry = np.int64(symbols[codes[i]]) if codes[i] < symbols.size else 0
            state = np.int64(children[0, entry >> SYMBOL_SHIFT])
            i += _ONE
            if state == 0:
                continue
            before = np.int64(0)
            if i - _ONE > first and n_letters[i - _ONE] == 0 and codes[i - _ONE - _ONE] < symbols.size:
                before = np.int64(symbols[codes[i - _ONE - _ONE]])
            j, past, group = i, i, np.int64(_ABSENT)
            while state != 0:
                touching = j < end and n_letters[j] == 0
                after = np.int64(symbols[codes[j]]) if touching and codes[j] < symbols.size else 0
                edge = np.int64(edges[state])
                stands_out = not (edge & WORD_AFTER and after & WORD) and not (
                    edge & WORD_BEFORE and before & WORD
                )
                if groups[state] >= 0 and stands_out:
                    past, group = j, np.int64(groups[state])
                if not touching:
                    break
                state = np.int64(children[state, after >> SYMBOL_SHIFT])
                j += _ONE
            if group != _ABSENT:
                counts[document, group] += 1
                i = past
