"""Compiled loops over units, all in one module: numba's cache sees no change elsewhere."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from khmer.clusters import LINE, UNIT

WIDTH: Final = 32  # units of a window that is not a line

_BASE: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xBF58476D1CE4E5B9)
_STEP: Final = np.uint64(0x94D049BB133111EB)
_LARGEST: Final = np.uint64(0xFFFFFFFFFFFFFFFF)
_ONE: Final = np.uint64(1)
_HALF: Final = np.uint64(32)
_LINE: Final = np.uint32(LINE)
_LINE_BITS: Final = np.uint64(0xFF)  # of a line's key: its units, up to _LONGEST, and a 1
_LONGEST: Final = 127
_BIT: Final = np.uint32(1)
_FACTOR: Final = np.uint32(0x9E3779B1)
_BLOCK: Final = 2048  # units whose hashes stay in the nearest cache
_COEFFICIENTS: Final = np.arange(1, 257, dtype=np.uint64) * _BASE >> np.uint64(32)  # of the units of a line

Integers = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Numbers = NDArray[np.uint32]


@njit(cache=True, nogil=True)
def _stirred(h: Any) -> Any:
    x = h * _MIX  # the low bits of a polynomial alone are weak
    return (x ^ x >> _HALF) * _STEP


@njit(cache=True, nogil=True)
def _copy_units(units: Numbers, first: int, to: Numbers) -> None:
    """Copy units from unit `first` on without their flag LINE; what stands before and after all units is 0."""
    known, last = max(first, 0), min(first + to.size, units.size)
    to[: known - first], to[last - first :] = 0, 0
    source, to = units[known:last], to[known - first :]
    for i in range(source.size):
        to[i] = source[i] & UNIT


@njit(cache=True, nogil=True)
def _doubled(left: Numbers, right: Numbers, factor: Any, to: Numbers) -> None:
    for i in range(to.size):
        to[i] = left[i] * factor + right[i]


@njit(cache=True, nogil=True)
def _fill_hashes(units: Numbers, scratch: Numbers, halves: Numbers, hashes: Numbers) -> None:
    """Write a polynomial of each run of WIDTH = 2**5 units, and of each of half as many, by doubling."""
    n, factor = hashes.size, _FACTOR
    _doubled(units, units[1:], factor, scratch[: n + 30])
    factor = np.uint32(factor * factor)
    _doubled(scratch, scratch[2:], factor, halves[: n + 28])
    factor = np.uint32(factor * factor)
    _doubled(halves, halves[4:], factor, scratch[: n + 24])
    factor = np.uint32(factor * factor)
    _doubled(scratch, scratch[8:], factor, halves[: n + 16])
    factor = np.uint32(factor * factor)
    _doubled(halves, halves[16:], factor, hashes)


@njit(cache=True, nogil=True)
def _lesser(left: Numbers, right: Numbers, to: Numbers) -> None:
    for i in range(to.size):
        to[i] = min(left[i], right[i])


@njit(cache=True, nogil=True)
def _greater(left: Numbers, right: Numbers, to: Numbers) -> None:
    for i in range(to.size):
        to[i] = max(left[i], right[i])


@njit(cache=True, nogil=True)
def _least_of(values: Numbers, stretch: int, scratch: tuple[Numbers, Numbers]) -> Numbers:
    """The least of each `stretch` values in sequence, in one of the two arrays of scratch."""
    a, b = scratch
    known = 1
    while known < stretch:
        step = min(known, stretch - known)
        n = values.size - step
        _lesser(values, values[step:], a[:n])
        values, a, b = a[:n], b, a
        known += step
    return values


@njit(cache=True, nogil=True)
def _greatest_of(values: Numbers, stretch: int, scratch: tuple[Numbers, Numbers]) -> Numbers:
    """The greatest of each `stretch` values in sequence, in one of the two arrays of scratch."""
    a, b = scratch
    known = 1
    while known < stretch:
        step = min(known, stretch - known)
        n = values.size - step
        _greater(values, values[step:], a[:n])
        values, a, b = a[:n], b, a
        known += step
    return values


@njit(cache=True, nogil=True)
def _places(own: Numbers, taken: Numbers, places: Numbers) -> int:
    """Write where both are equal to `places`, which holds one more; how many. Without a branch, as none is foreseen."""
    n = np.uint64(0)
    for i in range(taken.size):
        places[n] = i
        n += np.uint64(own[i] == taken[i])
    return int(n)


@njit(cache=True, nogil=True)
def _close(least: Numbers, first: int, offsets: Integers, document: int, reach: int) -> None:
    """Zero the minima of stretches that no document holds whole.

    Stretches are of `reach` units, the first begins at unit `first`, which stands in or before `document`.
    """
    end = first + least.size
    for i in range(first, min(offsets[document], end)):
        least[i - first] = 0
    while document < offsets.size - 1 and offsets[document] < end:
        stop = offsets[document + 1]
        for i in range(max(stop - reach + 1, offsets[document], first), min(stop, end)):
            least[i - first] = 0
        document += 1
    for i in range(max(offsets[offsets.size - 1], first), end):
        least[i - first] = 0


@njit(cache=True, nogil=True)
def fill_anchors(
    units: Numbers, offsets: Integers, n_starts: int, keys: Hashes, rows: Numbers, positions: Numbers
) -> int:
    """Write the windows of WIDTH units that have the least hash of `n_starts` in sequence; how many they are.

    Winnowing (Schleimer, Wilkerson and Aiken 2003): two documents that share a run of `WIDTH + n_starts - 1` units
    share one of the windows taken, which are 2 of `n_starts + 1`. A window equal to the one taken before it is left
    out, so a unit repeated a million times gives one. A window is taken if it is the greatest of the minima of the
    stretches that it stands in: vector instructions find that in half the time of a minimum that is carried along.
    """
    before = n_starts - 1
    n_hashes = _BLOCK + 2 * before
    scratch = np.empty((6, n_hashes + WIDTH), np.uint32)
    local, halves, a, b, c, d = scratch[0], scratch[1], scratch[2], scratch[3], scratch[4], scratch[5]
    hashes, places = np.empty(n_hashes, np.uint32), np.empty(_BLOCK + 1, np.uint32)
    n, document, closing, previous = 0, 0, 0, _LARGEST
    for start in range(offsets[0], offsets[-1], _BLOCK):
        first = start - before
        _copy_units(units, first, local)
        _fill_hashes(local, a, halves, hashes)
        for i in range(n_hashes):
            hashes[i] |= _BIT  # 0 stands for no window
        least = _least_of(hashes, n_starts, (a, b))
        while closing < offsets.size - 2 and offsets[closing + 1] <= first:
            closing += 1
        _close(least, first, offsets, closing, WIDTH + before)
        taken = _greatest_of(least, n_starts, (c, d))
        for k in range(_places(hashes[before:], taken, places)):
            i = int(places[k])
            while offsets[document + 1] <= start + i:
                document, previous = document + 1, _LARGEST
            half = before + i
            key = _stirred(np.uint64(halves[half]) << _HALF | np.uint64(halves[half + WIDTH // 2])) & ~_ONE
            if key != previous:
                keys[n], rows[n], positions[n] = key, document, start + i - offsets[document]
                n += 1
            previous = key
    return n


@njit(cache=True, nogil=True)
def _hash_of_line(units: Numbers) -> Any:
    h = np.uint64(units.size)
    for start in range(0, units.size, _COEFFICIENTS.size):
        part, total = units[start : start + _COEFFICIENTS.size], np.uint64(0)
        for i in range(part.size):
            total += np.uint64(part[i] & UNIT) * _COEFFICIENTS[i]
        h = h * _BASE + total
    length = np.uint64(min(units.size, _LONGEST)) << _ONE
    return _stirred(h) & ~_LINE_BITS | length | _ONE


@njit(cache=True, nogil=True)
def _flags(units: Numbers) -> Any:
    """The bits that any of the units has."""
    found = np.uint32(0)
    for i in range(units.size):
        found |= units[i]
    return found


@njit(cache=True, nogil=True)
def fill_lines(
    units: Numbers, offsets: Integers, least: int, keys: Hashes, rows: Numbers, positions: Numbers
) -> int:
    """Write the lines of `least` units and more of documents that have several lines; how many they are.

    Of equal lines in sequence one is written.
    """
    n = 0
    for document in range(offsets.size - 1):
        text = units[offsets[document] : offsets[document + 1]]
        if not _flags(text[1:]) & _LINE:
            continue
        start, previous = 0, np.uint64(0)
        while start < text.size:
            stop = start + 1
            while stop < text.size and not text[stop] & _LINE:
                stop += 1
            if stop - start >= least:
                key = _hash_of_line(text[start:stop])
                if key != previous:
                    keys[n], rows[n], positions[n] = key, document, start
                    n += 1
                previous = key
            start = stop
    return n


@njit(cache=True, nogil=True)
def _hold(texts: Numbers, sizes: Integers, holder: Integers, group: int) -> int:
    """Let a group hold texts; the units of those that it did not hold before."""
    n = 0
    for text in texts:
        if holder[text] != group:
            holder[text] = group
            n += sizes[text]
    return n


@njit(cache=True, nogil=True)
def fill_groups(starts: Integers, keepers: Numbers, sizes: Integers, most: int, groups: Integers) -> None:
    """Write the group of each document, of consecutive ones whose keepers have `most` units, or of one.

    `starts` are where the matches of each document begin and the last end, and `keepers` those of all, as rows of
    `sizes`, the units of texts; a group counts a text once.
    """
    holder = np.full(sizes.size, -1, np.int64)
    group, held = 0, 0
    for k in range(groups.size):
        own = keepers[starts[k] : starts[k + 1]]
        weight = _hold(own, sizes, holder, group)
        if held and held + weight > most:
            group, held = group + 1, 0
            weight = _hold(own, sizes, holder, group)
        held += weight
        groups[k] = group


@njit(cache=True, nogil=True)
def _common(a: Numbers, b: Numbers) -> int:
    """How many units the two begin with alike."""
    n = min(a.size, b.size)
    for i in range(n):
        if (a[i] ^ b[i]) & UNIT:
            return i
    return n


@njit(cache=True, nogil=True)
def _line_size(units: Numbers) -> int:
    """Units of the line that these begin with."""
    n = 1
    while n < units.size and not units[n] & _LINE:
        n += 1
    return n


@njit(cache=True, nogil=True)
def fill_spans(
    texts: tuple[Numbers, Integers, Integers],
    keepers: tuple[Numbers, Integers, Integers],
    matches: Integers,
    least: int,
    spans: Integers,
) -> int:
    """Write which runs of units a document shares with better ones, `(text, first, stop, match)`; how many.

    `texts` and `keepers` are units, and the first and the end of each text in these. A row of `matches` is text,
    position, keeper, position there, and 1 for a line; those of a text stand together, sorted by position. A window is
    extended while the units are alike. A run counts if it has `least` units, and a line in any case. Runs that touch
    are one, of the longer one's match. What an earlier run holds is not looked at again: the time is linear.
    """
    (units, firsts, ends), (kept_units, kept_firsts, kept_ends) = texts, keepers
    n, covered, text = 0, 0, np.int64(-1)
    for k in range(matches.shape[0]):
        if matches[k, 0] != text:
            text, covered = matches[k, 0], 0
        own = units[firsts[text] : ends[text]]
        other = kept_units[kept_firsts[matches[k, 2]] : kept_ends[matches[k, 2]]]
        first, stop = _shared_run(own, other, matches[k], least, covered)
        if first == stop:
            continue
        covered = max(covered, stop)
        match, longest = k, stop - first
        while n and spans[n - 1, 0] == text and spans[n - 1, 2] >= first:
            n -= 1
            if spans[n, 2] - spans[n, 1] >= longest:
                match, longest = spans[n, 3], spans[n, 2] - spans[n, 1]
            first, stop = min(first, spans[n, 1]), max(stop, spans[n, 2])
        spans[n, 0], spans[n, 1], spans[n, 2], spans[n, 3] = text, first, stop, match
        n += 1
    return n


@njit(cache=True, nogil=True)
def _shared_run(own: Numbers, other: Numbers, match: Integers, least: int, covered: int) -> tuple[int, int]:
    """First unit and end of the run around a match that both texts hold; equal if it does not count.

    Units before `covered` are in such a run already.
    """
    at, there, is_line = match[1], match[3], match[4] != 0
    needed = _line_size(own[at:]) if is_line else WIDTH
    if at + needed <= covered:
        return at, at
    stop = at + _common(own[at:], other[there:])
    if stop - at < needed:
        return at, at  # two windows of one hash
    back = 0
    while back < min(at, there) and (at - back > covered or stop - at + back < least):
        if (own[at - back - 1] ^ other[there - back - 1]) & UNIT:
            break
        back += 1
    if stop - at + back >= least:
        return at - back, stop
    return (at, at + needed) if is_line else (at, at)


@njit(cache=True, nogil=True)
def fill_gone(
    spans: tuple[Numbers, Numbers, Numbers, Numbers, Numbers],
    keeps: NDArray[np.bool_],
    least: tuple[int, int, float],
    lost: Numbers,
    keepers: Numbers,
) -> int:
    """Write the documents that have too little beside their spans, and who keeps the longest of each; how many.

    The columns of `spans` are document, first unit, stop, keeper and the document's units, sorted by document; `keeps`
    tells for which documents others lose a span, up to the last one. `least`: units that must be left, units of a
    passage, and the share that must be left of a document where less than a passage is and it keeps none.
    """
    numbers, firsts, stops, kept_by, sizes = spans
    n = start = 0
    while start < numbers.size:
        longest, held, stop = start, np.int64(0), start
        while stop < numbers.size and numbers[stop] == numbers[start]:
            size = np.int64(stops[stop]) - np.int64(firsts[stop])
            longest = stop if size > np.int64(stops[longest]) - np.int64(firsts[longest]) else longest
            held += size
            stop += 1
        left, size = np.int64(sizes[start]) - held, np.int64(sizes[start])
        is_little = left < least[0] or (left < least[1] and left < least[2] * size)
        is_keeper = numbers[start] < keeps.size and keeps[numbers[start]]
        if left == 0 or (is_little and not is_keeper):
            lost[n], keepers[n] = numbers[start], kept_by[longest]
            n += 1
        start = stop
    return n
