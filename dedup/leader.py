"""Compiled leader clustering: exact Jaccard similarities, and with them who stays in a component.

All that a loop calls stands in this module, as numba's cache does not notice a change elsewhere.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dedup.config import Reason
from dedup.sketch_kernels import SLOTS
from khmer.clusters import UNIT

MOST_KEPT: Final = 8192  # kept documents, the nearest in preference, that a member is held against
MOST_CHECKS: Final = 64  # exact comparisons for one document, the likeliest first
EXACT: Final = int(Reason.EXACT_DUPLICATE)
NEAR: Final = int(Reason.NEAR_DUPLICATE)
URL: Final = int(Reason.URL_DUPLICATE)

_BASE: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xBF58476D1CE4E5B9)
_STEP: Final = np.uint64(0x94D049BB133111EB)
_ONE: Final = np.uint64(1)
_HALF: Final = np.uint64(32)
_SLACK: Final = 1e-9  # rounding must not turn a bound into a rejection
_NONE: Final = -1

Integers = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Numbers = NDArray[np.uint32]
Sketches = NDArray[np.uint8]


class Members(NamedTuple):
    """The documents of a group's components, those of one component together, best first: `(n,) int64` each.

    Equal numbers in one column mean the same component, text, … -1 stands for none.
    """

    component: Integers
    text: Integers
    units: Integers  # the same sequence of units; -1 for documents that are long enough to be compared
    url: Integers
    source: Integers
    id: Integers
    carrier: Integers  # the document whose units are those of its text


class Fates(NamedTuple):
    """What becomes of each member."""

    lead: Integers  # the member kept for it, itself if it stays
    reason: NDArray[np.uint8]
    similarity: NDArray[np.float64]  # to that member; 1 where it stays, NaN where only the URL is the same


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
                if n_extra + 1 > most_extra:
                    alive = False
                    break
                keys[i], marks[i], added[n_extra] = other[k], -1, i
                n_extra += 1
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
def likeliest(
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
def _same_text(member: int, first: int, fates: Fates) -> bool:
    """Give a member the fate of the first one of its text, unless that went for its URL alone."""
    if first == _NONE or fates.reason[first] == URL:
        return False
    fates.lead[member] = fates.lead[first]
    stays = fates.reason[first] == 0
    fates.reason[member] = EXACT if stays else fates.reason[first]
    fates.similarity[member] = fates.similarity[first]
    return True


@njit(cache=True, nogil=True)
def _tie(member: int, other: int, reason: int, value: float, fates: Fates) -> bool:
    fates.lead[member], fates.reason[member], fates.similarity[member] = other, reason, value
    return True


@njit(cache=True, nogil=True)
def _same_page(member: int, members: Members, kept_of: Integers) -> Any:
    """A kept member at the same URL that is of another source, or has the same id."""
    if members.url[member] == _NONE:
        return _NONE
    page, version = kept_of[2, members.url[member]], kept_of[3, members.id[member]]
    if page != _NONE and members.source[page] != members.source[member]:
        return page
    return version if version != _NONE and members.url[version] == members.url[member] else _NONE


@njit(cache=True, nogil=True)
def _remember(member: int, members: Members, kept_of: Integers) -> None:
    """Note a kept member as the first of its units, URL and id, where there is none yet."""
    for row, key in ((1, members.units[member]), (2, members.url[member]), (3, members.id[member])):
        if key != _NONE and kept_of[row, key] == _NONE:
            kept_of[row, key] = member


class Texts(NamedTuple):
    """The units of documents, those of document i being `units[offsets[i]:offsets[i + 1]]`; `width` make a shingle."""

    units: Numbers
    offsets: Integers
    width: int


class _Room(NamedTuple):
    """Where two documents are compared: row 0 for leaders, whose table serves all that resemble them, 1 for members."""

    shingles: Hashes  # (2, most of a document)
    hashed: Integers  # (2,): the document whose shingles stand there
    keys: Hashes  # (2, size): tables of shingles
    marks: Integers  # (2, size)
    owner: Integers  # (2,): the document whose table it is
    n_distinct: Integers  # (2,)
    added: Integers
    stamp: Integers  # (1,)


@njit(cache=True, nogil=True)
def room_for(offsets: Integers) -> Any:
    longest = 1
    for document in range(offsets.size - 1):
        longest = max(longest, offsets[document + 1] - offsets[document])
    size = table_size(longest)
    keys, marks = np.empty((2, size), np.uint64), np.zeros((2, size), np.int64)
    none, stamp = np.full((2, 2), _NONE, np.int64), np.ones(1, np.int64)
    shingles, added = np.empty((2, longest), np.uint64), np.empty(size, np.int64)
    return _Room(shingles, none[0], keys, marks, none[1], np.zeros(2, np.int64), added, stamp)


@njit(cache=True, nogil=True)
def _stirred(h: Any) -> Any:
    x = h * _MIX  # the low bits of a polynomial alone are weak
    return (x ^ x >> _HALF) * _STEP


@njit(cache=True, nogil=True)
def _fill_polynomials(units: Numbers, first: int, width: int, polynomials: Hashes, size: int) -> None:
    """Write a polynomial of each of `size` runs of `width` units; term by term, which becomes vector instructions."""
    start = np.uint64(first)
    for i in range(size):
        polynomials[i] = np.uint64(units[start + np.uint64(i)] & UNIT)
    for _ in range(1, width):
        start += _ONE
        for i in range(size):
            polynomials[i] = polynomials[i] * _BASE + np.uint64(units[start + np.uint64(i)] & UNIT)


@njit(cache=True, nogil=True)
def shingles_of(row: int, document: int, texts: Texts, room: Any) -> Any:
    """A document's shingles, in a row of the room."""
    first = texts.offsets[document]
    n = max(texts.offsets[document + 1] - first - (texts.width - 1), 0)
    shingles = room.shingles[row]
    if room.hashed[row] != document:
        _fill_polynomials(texts.units, first, texts.width, shingles, n)
        for i in range(n):
            shingles[i] = _stirred(shingles[i])
        room.hashed[row] = document
    return shingles[:n]


@njit(cache=True, nogil=True)
def _compare(row: int, inside: int, outside: int, texts: Texts, threshold: float, room: Any) -> Any:
    """The similarity of two documents, the shingles of the first in the table `row`, the other's in the other row."""
    there, other = shingles_of(row, inside, texts, room), shingles_of(1 - row, outside, texts, room)
    if room.owner[row] != inside:
        room.n_distinct[row] = build_table(there, room.keys[row], room.marks[row])
        room.owner[row] = inside
    room.stamp[0] += 1
    table = (room.keys[row], room.marks[row], table_size(there.size), room.n_distinct[row])
    return similarity(table, other, room.stamp[0], threshold, room.added)


@njit(cache=True, nogil=True)
def _first_alike(own: int, others: Integers, texts: Texts, threshold: float, room: Any) -> tuple[int, float]:
    """Which of the other documents is the first that is like enough, and its similarity; their number if none is."""
    for k in range(others.size):
        row, inside, outside = (0, others[k], own) if k == 0 else (1, own, others[k])
        value = _compare(row, inside, outside, texts, threshold, room)
        if value >= threshold:
            return k, value
    return others.size, 0.0


@njit(cache=True, nogil=True)
def lead(
    members: Members, sketches: Sketches, texts: Texts, bounds: tuple[float, int]
) -> tuple[Fates, Integers]:
    """The fate of each member: it goes if one that stays is like enough, and stays otherwise.

    So nothing is removed for the sake of a document that is itself removed. `bounds`: least similarity, least agreeing
    slots. Second: exact comparisons made, and members for which the caps left some out.
    """
    threshold, least = bounds
    n = members.component.size
    fates = Fates(np.arange(n), np.zeros(n, np.uint8), np.ones(n))
    kept_of = np.full((4, n), _NONE, np.int64)  # first members by text, and kept ones by units, URL and id
    room = room_for(texts.offsets)
    best, agreeing = np.empty(MOST_CHECKS, np.int64), np.empty(MOST_CHECKS, np.int64)
    kept, n_kept = np.empty(n, np.int64), 0
    counts = np.zeros(2, np.int64)
    for member in range(n):
        if member and members.component[member] != members.component[member - 1]:
            n_kept = 0
        text, units, own = members.text[member], members.units[member], members.carrier[member]
        gone = _same_text(member, kept_of[0, text], fates)
        if not gone and units != _NONE and kept_of[1, units] != _NONE:
            gone = _tie(member, kept_of[1, units], EXACT, 1.0, fates)
        if not gone and units == _NONE and texts.offsets[own + 1] - texts.offsets[own] >= texts.width:
            first = max(0, n_kept - MOST_KEPT)
            n_best, full = likeliest(member, kept[first:n_kept], sketches, least, best, agreeing)
            counts[1] += full or first > 0
            k, value = _first_alike(own, members.carrier[best[:n_best]], texts, threshold, room)
            counts[0] += min(k + 1, n_best)
            gone = k < n_best and _tie(member, best[k], NEAR, value, fates)
        if not gone:
            page = _same_page(member, members, kept_of)
            gone = page != _NONE and _tie(member, page, URL, np.nan, fates)
        if not gone:
            kept[n_kept] = member
            n_kept += 1
            _remember(member, members, kept_of)
        if kept_of[0, text] == _NONE or not gone:
            kept_of[0, text] = member
    return fates, counts
