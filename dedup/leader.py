"""Compiled leader clustering: exact Jaccard similarities, and with them who stays in a component.

All that a loop calls stands in this module, as numba's cache does not notice a change elsewhere.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit

from dedup.config import Reason
from dedup.members import Case, Fates, Hashes, Integers, Members, Numbers, Room, Seen, Sketches, Texts
from dedup.sketch_kernels import SLOTS
from khmer.clusters import UNIT

MOST_KEPT: Final = 8192  # kept documents, the nearest in preference, that a member is held against
MOST_CHECKS: Final = 64  # exact comparisons for one document, the likeliest first
ALIKE: Final = 112  # slots that agree where two documents are guessed to be alike
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

# Without counts of references, which for so many arrays take half of the time: nothing is allocated in here, and what
# allocates does not compile so.
_compiled: Final = njit(cache=True, nogil=True, _nrt=False)


@_compiled
def table_size(n_shingles: int) -> int:
    """The power of two that holds a document's shingles and as many others, less than full."""
    size = 4
    while size < 2 * n_shingles + 2:
        size *= 2
    return size


@_compiled
def _slot(keys: Hashes, marks: Integers, size: int, key: Any) -> Any:
    """Where `key` stands in the table's first `size` slots, or the empty slot where it would."""
    i = np.int64(key & np.uint64(size - 1))
    while marks[i] != 0 and keys[i] != key:
        i = (i + 1) & (size - 1)
    return i


@_compiled
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


@_compiled
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


@_compiled
def _agreeing(a: int, b: int, sketches: Sketches) -> Any:
    """Slots in which two sketches agree; counted in bytes, which vector instructions do three times as fast."""
    n = np.uint8(0)
    for slot in range(SLOTS):
        n = np.uint8(n + np.uint8(sketches[a, slot] == sketches[b, slot]))
    return np.int64(n)


@_compiled
def likeliest(member: int, kept: Integers, sketches: Sketches, least: int, room: Room) -> tuple[int, bool]:
    """Write the kept documents that agree with `member` in most slots, in that order, to `room.likely`; their number.

    The second value tells whether there were more.
    """
    found, agreed, likely, places = room.found, room.agreed, room.likely, room.places
    places[:] = 0
    n = 0
    for k in range(kept.size):
        found[n], agreed[n] = kept[k], _agreeing(member, kept[k], sketches)
        n += agreed[n] >= least
    for k in range(n):
        places[agreed[k]] += 1
    place = 0
    for agree in range(SLOTS, least - 1, -1):
        places[agree], place = place, place + places[agree]
    for k in range(n):
        place = places[agreed[k]]
        places[agreed[k]] += 1
        if place < MOST_CHECKS:
            likely[0, place], likely[1, place] = found[k], agreed[k]
    return min(n, MOST_CHECKS), n > MOST_CHECKS


@_compiled
def _same_text(member: int, first: int, fates: Fates) -> bool:
    """Give a member the fate of the first one of its text, unless that went for its URL alone."""
    if first == _NONE or fates.reason[first] == URL:
        return False
    fates.lead[member] = fates.lead[first]
    stays = fates.reason[first] == 0
    fates.reason[member] = EXACT if stays else fates.reason[first]
    fates.similarity[member] = fates.similarity[first]
    return True


@_compiled
def _tie(member: int, other: int, reason: int, value: float, fates: Fates) -> bool:
    fates.lead[member], fates.reason[member], fates.similarity[member] = other, reason, value
    return True


@_compiled
def _same_page(member: int, members: Members, kept_of: Integers) -> Any:
    """A kept member at the same URL that is of another source, or has the same id."""
    if members.url[member] == _NONE:
        return _NONE
    page, version = kept_of[2, members.url[member]], kept_of[3, members.id[member]]
    if page != _NONE and members.source[page] != members.source[member]:
        return page
    return version if version != _NONE and members.url[version] == members.url[member] else _NONE


def room_for(longest: int) -> Room:
    """Room for documents of up to `longest` units."""
    size = table_size(longest)
    shingles, keys = (np.empty((2, n), np.uint64) for n in (longest, size))
    marks, n_distinct = np.zeros((2, size), np.int64), np.zeros(2, np.int64)
    added, stamp = np.empty(size, np.int64), np.ones(1, np.int64)
    likely, places = np.empty((2, MOST_CHECKS), np.int64), np.empty(SLOTS + 1, np.int64)
    hashed, owner = np.full((2, 2), _NONE, np.int64)
    found, agreed = np.empty((2, MOST_KEPT + 1), np.int64)
    return Room(shingles, hashed, keys, marks, owner, n_distinct, added, stamp, likely, found, agreed, places)


@_compiled
def _fill_polynomials(units: Numbers, first: int, width: int, polynomials: Hashes, size: int) -> None:
    """Write a polynomial of each of `size` runs of `width` units; term by term, which becomes vector instructions."""
    start = np.uint64(first)
    for i in range(size):
        polynomials[i] = np.uint64(units[start + np.uint64(i)] & UNIT)
    for _ in range(1, width):
        start += _ONE
        for i in range(size):
            polynomials[i] = polynomials[i] * _BASE + np.uint64(units[start + np.uint64(i)] & UNIT)


@_compiled
def fill_shingles(row: int, document: int, texts: Texts, room: Room) -> Any:
    """Write a document's shingles to a row of the room; their number."""
    first = texts.offsets[document]
    n = max(texts.offsets[document + 1] - first - (texts.width - 1), 0)
    if room.hashed[row] != document:
        shingles = room.shingles[row]
        _fill_polynomials(texts.units, first, texts.width, shingles, n)
        for i in range(n):
            stirred = shingles[i] * _MIX  # the low bits of a polynomial alone are weak
            shingles[i] = (stirred ^ stirred >> _HALF) * _STEP
        room.hashed[row] = document
    return n


@_compiled
def _compare(row: int, inside: int, outside: int, texts: Texts, threshold: float, room: Room) -> Any:
    """The similarity of two documents, the shingles of the first in the table `row`, the other's in the other row."""
    there = room.shingles[row, : fill_shingles(row, inside, texts, room)]
    other = room.shingles[1 - row, : fill_shingles(1 - row, outside, texts, room)]
    if room.owner[row] != inside:
        room.n_distinct[row] = build_table(there, room.keys[row], room.marks[row])
        room.owner[row] = inside
    room.stamp[0] += 1
    table = (room.keys[row], room.marks[row], table_size(there.size), room.n_distinct[row])
    return similarity(table, other, room.stamp[0], threshold, room.added)


@_compiled
def _is_long(member: int, case: Case) -> Any:
    """Whether a member is compared with others."""
    return case.members.units[member] == _NONE and case.members.n_units[member] >= case.texts.width


@_compiled
def _keys(member: int, members: Members) -> Any:
    return members.text[member], members.units[member], members.url[member], members.id[member]


@_compiled
def _stands(member: int, seen: Seen, case: Case) -> bool:
    """Whether a member's fate is known, and what came or changed before it has no say in it."""
    component, before = case.known.component, case.known.fates
    if component[member] == _NONE or seen.is_joined[0]:
        return False
    for row, key in enumerate(_keys(member, case.members)):
        if key != _NONE and seen.differs[row, key]:
            return False
    first = seen.first_of[0, case.members.text[member]]
    if not _is_long(member, case) or (first != _NONE and seen.fates.reason[first] != URL):
        return True
    least, last = case.least, member
    if before.reason[member] == NEAR:  # only what is as like as the one kept for it could take its place
        last = before.lead[member]
        least = _agreeing(member, last, case.sketches)
    for other in seen.changed[: seen.n[1]]:
        agree = _agreeing(member, other, case.sketches)
        if agree > least or (agree == least and other <= last):
            return False
    return True


@_compiled
def _n_gone(member: int, least: int, seen: Seen, case: Case) -> int:
    """How many of those that a member was compared with, if they agree in `least` slots, are not kept now.

    MOST_CHECKS and more if it was compared with none, or the one kept for it has gone.
    """
    component, before = case.known.component, case.known.fates
    first = seen.first_of[0, case.members.text[member]]
    if component[member] == _NONE or before.reason[member] == EXACT or first != _NONE:
        return MOST_CHECKS
    n = 0
    for other in seen.changed[: seen.n[1]]:
        is_gone = seen.fates.reason[other] != 0 and component[other] == component[member]
        if is_gone and _agreeing(member, other, case.sketches) >= least:
            n += MOST_CHECKS if other == before.lead[member] else 1
    return n


@_compiled
def _alike(member: int, n_likely: int, seen: Seen, case: Case, room: Room) -> tuple[int, float]:
    """The first of the likeliest members that is like enough, and its similarity; -1 if none is.

    Those that it is known to be unlike are not compared again.
    """
    component, before, texts = case.known.component, case.known.fates, case.texts
    own, rank = case.members.carrier[member], _n_gone(member, room.likely[1, n_likely - 1], seen, case)
    row = 0  # the first comparison is with a leader's table, the others with its own
    for k in range(n_likely):
        likely = room.likely[0, k]
        if rank < MOST_CHECKS and component[likely] == component[member] and before.reason[likely] == 0:
            if before.reason[member] == NEAR and before.lead[member] == likely:
                return likely, before.similarity[member]
            rank += 1
            continue
        other = case.members.carrier[likely]
        if not (texts.at_hand[own] and texts.at_hand[other]):
            seen.wanted[own] = seen.wanted[other] = seen.is_open[0] = True
        if seen.is_open[0]:
            if room.likely[1, k] >= ALIKE:
                return likely, 1.0
            continue
        inside, outside = (own, other) if row else (other, own)
        value = _compare(row, inside, outside, texts, case.threshold, room)
        seen.counts[0] += 1
        row = 1
        if value >= case.threshold:
            return likely, value
    return _NONE, 0.0


@_compiled
def _is_near(member: int, seen: Seen, case: Case, room: Room) -> bool:
    """Tie a member to a kept one that is like enough, if there is one."""
    first = max(0, seen.n[0] - MOST_KEPT)
    kept = seen.kept[first : seen.n[0]]
    n_likely, full = likeliest(member, kept, case.sketches, case.least, room)
    other, value = _alike(member, n_likely, seen, case, room) if n_likely else (_NONE, 0.0)
    seen.counts[1] += not seen.is_open[0] and (full or first > 0)
    return bool(other != _NONE) and _tie(member, other, NEAR, value, seen.fates)


@_compiled
def _decide(member: int, seen: Seen, case: Case, room: Room) -> None:
    """Find the fate of a member from what became of those before it."""
    members, fates, first_of = case.members, seen.fates, seen.first_of
    text, units = members.text[member], members.units[member]
    _tie(member, member, 0, 1.0, fates)
    if _same_text(member, first_of[0, text], fates):
        return
    if units != _NONE and first_of[1, units] != _NONE:
        _tie(member, first_of[1, units], EXACT, 1.0, fates)
        return
    if _is_long(member, case) and _is_near(member, seen, case, room):
        return
    page = _same_page(member, members, first_of)
    if page != _NONE:
        _tie(member, page, URL, np.nan, fates)


@_compiled
def _note(member: int, seen: Seen, case: Case) -> None:
    """Note what became of a member for those after it."""
    fates, before, first_of = seen.fates, case.known.fates, seen.first_of
    is_kept, is_known = fates.reason[member] == 0, case.known.component[member] != _NONE
    if is_kept:
        seen.kept[seen.n[0]] = member
        seen.n[0] += 1
    if is_kept != (is_known and before.reason[member] == 0):
        seen.changed[seen.n[1]] = member
        seen.n[1] += 1
    is_same = is_known and before.lead[member] == fates.lead[member]
    is_same = is_same and before.reason[member] == fates.reason[member]
    for row, key in enumerate(_keys(member, case.members)):
        if key != _NONE:
            seen.differs[row, key] |= not is_same
            is_first = first_of[row, key] == _NONE
            if (is_first or is_kept) if row == 0 else (is_first and is_kept):
                first_of[row, key] = member


@_compiled
def _begin(start: int, stop: int, seen: Seen, case: Case) -> None:
    """Forget another component, and what was guessed in this one."""
    seen.n[:] = 0
    seen.is_open[0] = seen.is_joined[0] = False
    past = _NONE
    for member in range(start, stop):
        for row, key in enumerate(_keys(member, case.members)):
            if key != _NONE:
                seen.first_of[row, key], seen.differs[row, key] = _NONE, False
        then = case.known.component[member]
        if then != _NONE:
            seen.is_joined[0] |= past not in (then, _NONE)
            past = then


@_compiled
def _go_on(start: int, stop: int, seen: Seen, case: Case, room: Room) -> None:
    """Settle the members of a component, up to the first for which units are wanted; guess the others' fates."""
    _begin(start, stop, seen, case)
    then = case.known.fates
    for member in range(start, stop):
        if not seen.settled[member]:
            if _stands(member, seen, case):
                _tie(member, then.lead[member], then.reason[member], then.similarity[member], seen.fates)
            else:
                _decide(member, seen, case, room)
            seen.settled[member] = not seen.is_open[0]
        _note(member, seen, case)


@_compiled
def lead(case: Case, seen: Seen, room: Room) -> Any:
    """Settle the fate of each member: it goes if one that stays is like enough, and stays otherwise.

    So nothing is removed for the sake of a document that is itself removed. A known fate is found again only where a
    member that came, or has another fate now, could change it. Returns whether units are wanted that are not at hand:
    with them it goes on where it stopped.
    """
    component = case.members.component
    n, start, is_open = component.size, 0, False
    for stop in range(1, n + 1):
        if stop == n or component[stop] != component[start]:
            if not seen.settled[stop - 1]:
                _go_on(start, stop, seen, case, room)
                is_open |= seen.is_open[0]
            start = stop
    return is_open
