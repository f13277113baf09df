"""Interpolated, modified Kneser–Ney estimates (Chen & Goodman 1999), pruned and in back-off form as KenLM has them.

A unit is a number below 2^16 and an n-gram of up to four is packed into a uint64, 16 bits a unit, the last one
lowest. START stands before each text and is never predicted; it counts as a left neighbour alone, since where a
text starts tells little.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]
Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

START: Final = 0
UNIT_BITS: Final = 16
LONGEST: Final = 4
USUAL_DISCOUNTS: Final = (0.5, 1.0, 1.5)  # KenLM's where there is too little text to estimate them


class Level(NamedTuple):
    """The n-grams of one length: keys in order, probabilities, and what they weigh as contexts (1: nothing after)."""

    keys: Keys
    probabilities: Floats
    backoffs: Floats


class Counts(NamedTuple):
    """The n-grams of one length as found: how often, and the counts that Kneser–Ney goes by."""

    keys: Keys
    occurrences: Integers
    adjusted: Integers  # different left neighbours; at the greatest length, occurrences


def count(units: Integers, order: int) -> list[Counts]:
    """N-grams of length 1 to `order` in `units`, where START stands before each text."""
    place = np.arange(len(units))
    since_start = place - np.maximum.accumulate(np.where(units == START, place, 0))
    levels = []
    for n in range(1, order + 1):
        keys, occurrences = np.unique(_windows(units, n)[since_start >= n], return_counts=True)
        adjusted = occurrences
        if n < order:
            extended = np.unique(_windows(units, n + 1)[since_start >= n])
            adjusted = np.bincount(np.searchsorted(keys, suffixes(extended, n)), minlength=len(keys))
        levels.append(Counts(keys, occurrences, adjusted))
    return levels


def _windows(units: Integers, n: int) -> Keys:
    """The packed n-gram that ends at each unit; meaningless across texts."""
    keys = np.zeros(len(units), np.uint64)
    for back in range(n):
        keys[back:] |= units[: len(units) - back].astype(np.uint64) << np.uint64(UNIT_BITS * back)
    return keys


def suffixes(keys: Keys, n: int) -> Keys:
    """The last n units of packed n-grams."""
    return keys & np.uint64((1 << UNIT_BITS * n) - 1)


def contexts(keys: Keys) -> Keys:
    """Packed n-grams without their last unit."""
    return keys >> np.uint64(UNIT_BITS)


def discounts(counts: Integers) -> Floats:
    """What is taken off a count of 0, 1, 2, and 3 or more (Chen & Goodman 1999, equation 17), `(4,)`."""
    n1, n2, n3, n4 = (int((counts == n).sum()) for n in (1, 2, 3, 4))
    if not n1 * n2 * n3:
        return np.array([0.0, *USUAL_DISCOUNTS])
    share = n1 / (n1 + 2 * n2)
    found = [1 - 2 * share * n2 / n1, 2 - 3 * share * n3 / n2, 3 - 4 * share * n4 / n3]
    if not all(0 <= taken <= n for n, taken in enumerate(found, 1)):
        return np.array([0.0, *USUAL_DISCOUNTS])
    return np.array([0.0, *found])


def estimate(counted: Sequence[Counts], least: Sequence[int]) -> list[Level]:
    """The model of the n-grams of length n that occur at least `least[n - 1]` times; `least` must not fall.

    What pruned n-grams had goes to the shorter ones, so that the probabilities after any context sum to 1.
    """
    assert list(least) == sorted(least), "a longer n-gram would be kept without its shorter ones"
    levels: list[Level] = []
    for n, (counts, floor) in enumerate(zip(counted, least, strict=True), 1):
        kept = counts.occurrences >= floor
        before = levels[-1].keys if levels else np.zeros(1, np.uint64)
        # Known are all that are kept, and pruned ones in whose context others may be kept.
        place, known = _places(before, contexts(counts.keys))
        totals = np.bincount(place[known], counts.adjusted[known], len(before))
        shares = counts.adjusted - discounts(counts.adjusted)[np.minimum(counts.adjusted, 3)]
        shares = shares[kept] / totals[place[kept]]
        spent = np.bincount(place[kept], shares, len(before)).astype(np.float64)
        left_over = np.maximum(1 - spent, np.finfo(np.float64).tiny)
        keys = counts.keys[kept]
        lower = _shorter(levels, keys, n, int(kept.sum()))
        probabilities = shares + left_over[place[kept]] * lower
        if levels:
            levels[-1] = levels[-1]._replace(backoffs=left_over)
        levels.append(Level(keys, probabilities, np.ones(len(keys))))
    return levels


def _places(keys: Keys, wanted: Keys) -> tuple[Integers, NDArray[np.bool_]]:
    """Where keys stand in a sorted list, and which of them do."""
    if not len(keys):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), bool)
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return places, keys[places] == wanted


def _shorter(levels: Sequence[Level], keys: Keys, n: int, n_units: int) -> Floats:
    """The probability of each n-gram's last unit after a context that is one shorter; all alike below unigrams."""
    if n == 1:
        return np.full(len(keys), 1 / n_units)
    return levels[-1].probabilities[np.searchsorted(levels[-1].keys, suffixes(keys, n - 1))]


def probability(levels: Sequence[Level], units: Sequence[int]) -> float:
    """P(last unit | the ones before it), by the definition: what the compiled look-up is held against."""
    weight = 1.0
    for n in range(min(len(units), len(levels)), 0, -1):
        key = _packed(units[-n:])
        found = _find(levels[n - 1], key)
        if found is not None:
            return weight * float(levels[n - 1].probabilities[found])
        context = _find(levels[n - 2], key >> UNIT_BITS) if n > 1 else None
        if context is not None:
            weight *= float(levels[n - 2].backoffs[context])
    msg = f"unit {units[-1]} is not in the model"
    raise KeyError(msg)


def _packed(units: Sequence[int]) -> int:
    return sum(unit << UNIT_BITS * back for back, unit in enumerate(reversed(units)))


def _find(level: Level, key: int) -> int | None:
    places, known = _places(level.keys, np.array([key], np.uint64))
    return int(places[0]) if known[0] else None
