"""The facts of a document, and those that its removal costs: what tells copies of one template apart.

A fact is a number (a run of digits), a month or weekday, or a place of Cambodia, as `dedup.gazetteer` names them. A
fact is lost where it stands in the removed document and nowhere in the one kept for it.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from dedup.gazetteer import ANY_NUMBER, DATES, PLACES
from khmer.clusters import NUMBER, UNIT, flagged_units
from khmer.normalize import normalize_text

FIGURE: Final = 0  # kinds of facts: a number,
DATE: Final = 1
PLACE: Final = 2

_NUMBER: Final = np.uint32(NUMBER)
_KIND: Final = 32  # bits below a fact's kind
_HEADS: Final = 1 << 12
_SHIFT: Final = np.uint64(52)  # 64 - log2(_HEADS)
_PADDED: Final = 1 << 10
_SLOT: Final = _PADDED - 1
_BASE: Final = np.uint64(0x9E3779B97F4A7C15)

Integers = NDArray[np.int64]
Numbers = NDArray[np.uint32]


class Gazetteer(NamedTuple):
    """Names as sequences of units; those of name i are `units[starts[i]:starts[i + 1]]`, at least two."""

    heads: NDArray[np.int32]  # by the hash of two units: the first name that begins so, + 1; 0 for none
    others: NDArray[np.int32]  # (n,): the next name with the same hash, + 1
    starts: Integers  # (n + 1,)
    units: Numbers
    facts: Integers  # (n,): kind << 32 | what it names
    after_number: NDArray[np.bool_]  # (n,): is counted only there
    padded: Numbers  # (_PADDED, 2), a hash table: numbers below 100 with zeros before them, and without


@cache
def gazetteer() -> Gazetteer:
    """The names of `dedup.gazetteer`, in their canonical form."""
    names = {
        normalize_text(name): kind << _KIND | number
        for kind, entries in ((DATE, DATES), (PLACE, PLACES))
        for number, spellings in enumerate(entries)
        for name in spellings
    }
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    bare = [name.removeprefix(ANY_NUMBER) for name in longest_first]
    starts, units = flagged_units(pa.array(bare, pa.large_string()))
    facts = np.array([names[name] for name in longest_first], np.int64)
    after_number = np.array([name.startswith(ANY_NUMBER) for name in longest_first])
    heads, others = np.zeros(_HEADS, np.int32), np.zeros(facts.size, np.int32)
    _fill_heads(starts, units & UNIT, heads, others)
    return Gazetteer(heads, others, starts, units & UNIT, facts, after_number, _padded_numbers())


def _padded_numbers() -> Numbers:
    pairs = [(f"{'0' * n}{number}", str(number)) for n in (1, 2) for number in range(100)]
    units = flagged_units(pa.array([text for pair in pairs for text in pair], pa.large_string())).units
    table = np.zeros((_PADDED, 2), np.uint32)
    for padded, bare in (units & UNIT).reshape(-1, 2).tolist():
        slot = padded >> 2 & _SLOT
        while table[slot, 0]:
            slot = (slot + 1) & _SLOT
        table[slot] = padded, bare
    return table


@njit(cache=True, nogil=True)
def _head(first: Any, second: Any) -> Any:
    return np.int64((np.uint64(first) * _BASE + np.uint64(second)) * _BASE >> _SHIFT)


@njit(cache=True, nogil=True)
def _fill_heads(
    starts: Integers, units: Numbers, heads: NDArray[np.int32], others: NDArray[np.int32]
) -> None:
    for name in range(others.size - 1, -1, -1):
        head = _head(units[starts[name]], units[starts[name] + 1])
        others[name], heads[head] = heads[head], name + 1


@njit(cache=True, nogil=True)
def _bare(number: Any, padded: Numbers) -> Any:
    """The number without zeros before it, where it is a small one."""
    slot = np.int64(number) >> 2 & _SLOT
    while padded[slot, 0] != 0 and padded[slot, 0] != number:
        slot = (slot + 1) & _SLOT
    return padded[slot, 1] if padded[slot, 0] != 0 else number


@njit(cache=True, nogil=True)
def fill_facts(units: Numbers, names: Gazetteer, facts: Integers, spans: NDArray[np.int64]) -> int:
    """Write the facts of a document in order, and the first unit and the end of each, `(n, 2)`; their number.

    Both have room for one a unit.
    """
    n = 0
    for i in range(units.size):
        unit = units[i] & UNIT
        if unit & _NUMBER:
            facts[n], spans[n, 0], spans[n, 1] = np.int64(_bare(unit, names.padded)), i, i + 1
            n += 1
            continue
        if i + 1 == units.size:
            break
        name = np.int64(names.heads[_head(unit, units[i + 1] & UNIT)])
        while name:
            first, last = names.starts[name - 1], names.starts[name]
            length = last - first
            same = i + length <= units.size
            if names.after_number[name - 1]:
                same = same and i > 0 and units[i - 1] & _NUMBER != 0
            k = 0
            while same and k < length:
                same = units[i + k] & UNIT == names.units[first + k]
                k += 1
            if same:
                facts[n], spans[n, 0], spans[n, 1] = names.facts[name - 1], i, i + length
                n += 1
                break
            name = np.int64(names.others[name - 1])
    return n


@njit(cache=True, nogil=True)
def fill_lost(
    units: Numbers, offsets: Integers, pairs: tuple[Integers, Integers], names: Gazetteer, lost: Integers
) -> None:
    """Write for each pair of a document removed and one kept the facts lost to `lost`, `(n, 2)`.

    Numbers and dates, places. A document's units begin at `offsets[i]`.
    """
    longest = 0
    for documents in pairs:
        for i in documents:
            longest = max(longest, offsets[i + 1] - offsets[i])
    own, other = np.empty(longest, np.int64), np.empty(longest, np.int64)
    spans = np.empty((longest, 2), np.int64)
    compared, n_other = -1, 0
    for i in range(lost.shape[0]):
        removed, kept = pairs[0][i], pairs[1][i]
        lost[i] = 0
        n_own = fill_facts(units[offsets[removed] : offsets[removed + 1]], names, own, spans)
        if not n_own:
            continue
        if kept != compared:
            n_other = fill_facts(units[offsets[kept] : offsets[kept + 1]], names, other, spans)
            other[:n_other].sort()
            compared = kept
        own[:n_own].sort()
        k = 0
        for j in range(n_own):
            fact = own[j]
            if j and fact == own[j - 1]:
                continue
            while k < n_other and other[k] < fact:
                k += 1
            if k == n_other or other[k] != fact:
                lost[i, np.int64(fact >> _KIND == PLACE)] += 1


def facts_lost(units: Numbers, offsets: Integers, removed: Integers, kept: Integers) -> Integers:
    """Of each document removed its numbers and dates, and its places, that the one kept for it has not: `(n, 2)`."""
    lost = np.empty((removed.size, 2), np.int64)
    fill_lost(units, offsets, (removed, kept), gazetteer(), lost)
    return lost


class Facts(NamedTuple):
    """The facts of one document, in order."""

    facts: Integers  # (n,): kind << 32 | number
    spans: Integers  # (n, 2): first unit and end

    @property
    def kinds(self) -> Integers:
        """FIGURE, DATE or PLACE, `(n,)`."""
        return self.facts >> _KIND


def facts_of(units: Numbers) -> Facts:
    """The facts of a document by its units."""
    facts, spans = np.empty(units.size, np.int64), np.empty((units.size, 2), np.int64)
    n = fill_facts(units, gazetteer(), facts, spans)
    return Facts(facts[:n].copy(), spans[:n].copy())
