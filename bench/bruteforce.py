"""Who resembles whom, by plain means: the truth that the deduplication of the pipeline is held against.

Nothing of `dedup` or `khmer` is used here. A text is split into units by this module's own regular expression, and
every run of five units gets a number that no other run has: nothing is hashed, nothing is estimated.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

WIDTH: Final = 5  # units in a shingle
MOST_MEMBERS: Final = 64  # of a larger family, each member is paired with as many others, drawn

_CANDIDATE: Final = re.compile(
    r"[0-9០-៩]+"
    r"|[A-Za-zªºÀ-ÖØ-öø-ɏḀ-ỿ]+"
    r"|(?:្?[ក-ឳ]|[ា-៓៝])(?:្[ក-ឳ]|[ា-៓៝])*"  # a letter, or a mark that has none before it, and what hangs on it
    r"|[^ \n]"
)
_KHMER_DIGITS: Final = str.maketrans("០១២៣៤៥៦៧៨៩", "0123456789")
_NON_JOINER: Final = "\u200c"  # stands within a cluster and is no part of it
_PUNCTUATION: Final = "ៗ"  # by its use; a letter in Unicode
_INVISIBLE: Final = "\u17b4\u17b5"

Integers = NDArray[np.int64]
Shingles = NDArray[np.int64]  # numbers of one text's shingles, sorted, each once


class Alike(NamedTuple):
    """Two texts by their places, the first before the second, and their Jaccard similarity."""

    first: int
    second: int
    similarity: float


def units(text: str) -> list[str]:
    """Khmer clusters, runs of digits in ASCII, runs of Latin letters in lower case, other letters and symbols."""
    return [_plain(unit) for unit in _candidates(text) if not _separates(unit)]


def _candidates(text: str) -> list[str]:
    return _CANDIDATE.findall(text.replace(_NON_JOINER, ""))


def _plain(unit: str) -> str:
    first = unit[0]
    if "0" <= first <= "9" or "០" <= first <= "៩":
        return unit.translate(_KHMER_DIGITS)
    return unit.lower() if "LATIN" in unicodedata.name(first, "") or first in "ªº" else unit


def _separates(unit: str) -> bool:
    """Whether a single character stands between units: blanks, punctuation, ASCII symbols, what is not seen."""
    if len(unit) > 1:
        return False
    if unit.isascii():
        return not unit.isalnum()
    category = unicodedata.category(unit)
    return category[0] in "PZ" or category in ("Cc", "Cf") or unit in _PUNCTUATION + _INVISIBLE


class _Numbers(dict[str, int]):
    """A number for each unit, given out when it is first seen; -1 for what separates units."""

    def __init__(self) -> None:
        super().__init__()
        self._of_plain: dict[str, int] = {}

    def __missing__(self, unit: str) -> int:
        plain = _plain(unit)
        number = -1 if _separates(unit) else self._of_plain.setdefault(plain, len(self._of_plain))
        self[unit] = number
        return number


def unit_numbers(texts: Iterable[str]) -> list[Integers]:
    """The units of each text, as numbers that are equal for equal units."""
    numbers = _Numbers()
    found = []
    for text in texts:
        candidates = _candidates(text)
        row = np.fromiter((numbers[unit] for unit in candidates), np.int64, len(candidates))
        found.append(row[row >= 0])
    return found


def shingles(texts: Iterable[str], width: int = WIDTH) -> list[Shingles]:
    """The shingles of each text, as numbers that are equal for equal runs of units among these texts."""
    return runs(unit_numbers(texts), width)


def runs(rows: Sequence[Integers], width: int = WIDTH) -> list[Shingles]:
    """The runs of `width` units of each text, numbered among these texts; from its units."""
    return [np.unique(row) for row in numbered(rows, width)]


def numbered(rows: Sequence[Integers], width: int = WIDTH) -> list[Integers]:
    """The numbers of the runs of `width` units of each text, in their order, with repeats; from its units."""
    if not rows:
        return []
    stream = np.concatenate(rows)
    codes = stream
    n_units = int(stream.max(initial=0)) + 1
    for k in range(1, width):
        following = codes[: max(stream.size - k, 0)] * n_units + stream[k:]
        codes = np.unique(following, return_inverse=True)[1]
    found, start = [], 0
    for row in rows:
        found.append(codes[start : start + max(row.size - width + 1, 0)])
        start += row.size
    return found


def jaccard(a: Shingles, b: Shingles) -> float:
    """The share of the shingles of either text that are in both; 0 where neither has any."""
    n_common = np.intersect1d(a, b, assume_unique=True).size
    return n_common / max(a.size + b.size - n_common, 1)


def similarities(found: Sequence[Shingles], pairs: Integers) -> NDArray[np.float64]:
    """The similarity of each pair of places, `(n, 2)`."""
    return np.array([jaccard(found[a], found[b]) for a, b in pairs.tolist()], np.float64)


def alike(found: Sequence[Shingles], threshold: float) -> Iterator[Alike]:
    """All pairs of a similarity of at least `threshold`, in order of the second place.

    In any common order, two sets as alike as that share one of their first n - ⌈threshold · n⌉ + 1 elements; the
    rarest come first here, so that few others stand behind each.
    """
    if not any(row.size for row in found):
        return
    rarity = np.bincount(np.concatenate(found))
    holders: dict[int, list[int]] = defaultdict(list)
    for place, row in enumerate(found):
        n_first = row.size - int(np.ceil(threshold * row.size - 1e-9)) + 1
        first = row[np.lexsort((row, rarity[row]))][:n_first].tolist() if row.size else []
        candidates = {other for shingle in first for other in holders[shingle]}
        for other in sorted(candidates):
            similarity = jaccard(found[other], row)
            if similarity >= threshold:
                yield Alike(other, place, similarity)
        for shingle in first:
            holders[shingle].append(place)


def pairs_within(families: Integers, most: int = MOST_MEMBERS) -> Integers:
    """The pairs of members of one family, `(n, 2)`: all, or of more than `most` members that many for each."""
    order = np.argsort(families, kind="stable")
    bounds = np.flatnonzero(np.diff(families[order])) + 1
    draw = np.random.default_rng(5)
    pairs = [np.empty((0, 2), np.int64)]
    for members in np.split(order, bounds):
        if members.size <= most:
            first, second = np.triu_indices(members.size, 1)
        else:
            first = np.repeat(np.arange(members.size), most)
            second = draw.integers(0, members.size, first.size)
            apart = first != second
            first, second = first[apart], second[apart]
        pairs.append(np.sort(np.stack([members[first], members[second]], axis=1), axis=1))
    return np.concatenate(pairs)
