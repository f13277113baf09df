"""How similar two documents are, and what stands in one of them only, for people to read."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dedup.facts import Integers, Numbers, facts_of
from khmer.clusters import UNIT, flagged_units
from khmer.unit_spans import Pairs, unit_spans
from khmer.words import words

SAME: Final = "same"
WORDS: Final = "words"  # only in this text
FACTS: Final = "facts"  # a number, date or place that is only in this text
GAP: Final = "gap"  # left out of an excerpt
KINDS: Final = (SAME, WORDS, FACTS)

WIDTH: Final = 5  # units; a run of as many that the other text has too is the same
MOST_CHARS: Final = 200_000  # of a text that are looked at
MOST_STRETCHES: Final = 100  # that are compared unit by unit,
LONGEST_STRETCH: Final = 200  # up to so many units
CONTEXT: Final = 50  # characters on either side of what differs
_LONGEST_WORD: Final = 60  # characters looked at on either side of a cut
_BASE: Final = np.uint64(0x9E3779B97F4A7C15)


class Piece(NamedTuple):
    """A stretch of text, and whether it is in the other text too: SAME, WORDS, FACTS or GAP."""

    text: str
    kind: str


class Text(NamedTuple):
    """The beginning of a text, as bytes and as units."""

    data: bytes
    units: Numbers  # (n,)
    spans: Pairs  # (n, 2): bytes
    facts: Integers  # (m,): as `dedup.facts.Facts` has them
    fact_spans: Integers  # (m, 2): units


def read(text: str) -> Text:
    """A text's first MOST_CHARS characters, scanned."""
    column = pa.array([text[:MOST_CHARS]], pa.large_string())
    units = flagged_units(column).units
    found = facts_of(units)
    data = text[:MOST_CHARS].encode()
    return Text(data, units & UNIT, unit_spans(column).spans, found.facts, found.spans)


def pieces(text: Text, other: Text) -> list[Piece]:
    """The text in pieces, in order: what differs is marked by whole words."""
    marks = np.zeros(len(text.data) + 1, np.int8)
    for first, end in _differing(text.units, other.units):
        marks[text.spans[first, 0] : text.spans[end - 1, 1]] = 1
    lost = text.fact_spans[~np.isin(text.facts, other.facts)]
    for first, end in lost.tolist():
        marks[text.spans[first, 0] : text.spans[end - 1, 1]] = 2
    return _split(text.data, _by_words(text.data, marks))


def _differing(units: Numbers, others: Numbers) -> list[tuple[int, int]]:
    """Stretches of units that are in no run that the other text has too; beyond the ends all texts are alike.

    Where a stretch of the other text stands after the same run, the two are compared unit by unit: of "12 May 2016"
    and "14 June 2017" what stands between the numbers is not taken for different.
    """
    own, other = (runs(np.pad(each, WIDTH - 1), WIDTH) for each in (units, others))
    after = {_before(other, first): others[first:end] for first, end in reversed(_stretches(other, own))}
    found = []
    for n, (first, end) in enumerate(_stretches(own, other)):
        beside = after.get(_before(own, first))
        if beside is None or n >= MOST_STRETCHES or max(end - first, beside.size) > LONGEST_STRETCH:
            found.append((first, end))
            continue
        matcher = SequenceMatcher(None, units[first:end].tolist(), beside.tolist(), autojunk=False)
        found += [
            (first + a, first + b) for tag, a, b, _, _ in matcher.get_opcodes() if tag != "equal" and a < b
        ]
    return found


def _stretches(own: NDArray[np.uint64], other: NDArray[np.uint64]) -> list[tuple[int, int]]:
    """First place and end of each stretch of units that are in no common run."""
    starts = np.flatnonzero(np.isin(own, other))
    bounds = np.zeros(own.size + WIDTH + 1, np.int64)
    np.add.at(bounds, starts, 1)
    np.add.at(bounds, starts + WIDTH, -1)
    alone = np.cumsum(bounds)[WIDTH - 1 : own.size] == 0
    edges = np.flatnonzero(np.diff(alone, prepend=False, append=False)).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


def _before(padded: NDArray[np.uint64], place: int) -> int:
    """The run that ends before a place; 0 at the beginning."""
    return int(padded[place - 1]) if place else 0


def runs(units: Numbers, width: int) -> NDArray[np.uint64]:
    """A hash of each run of `width` units, `(n - width + 1,)`; of all units where they are fewer."""
    width = max(min(width, units.size), 1)
    hashes = np.zeros(max(units.size - width + 1, 0), np.uint64)
    for k in range(width):
        hashes = hashes * _BASE + units[k : k + hashes.size]
    return hashes


def run_set(units: Numbers, width: int) -> NDArray[np.uint64]:
    """The different runs of `width` units of a document, sorted."""
    return np.unique(runs(units, width))


def jaccard(own: NDArray[np.uint64], other: NDArray[np.uint64]) -> float:
    """The Jaccard similarity of two documents by their sets of runs; 0 where neither has a unit."""
    n_common = np.intersect1d(own, other, assume_unique=True).size
    return n_common / max(own.size + other.size - n_common, 1)


def _by_words(data: bytes, marks: NDArray[np.int8]) -> NDArray[np.int8]:
    """The marks, `(bytes + 1,)`, with that of a word's part taken for the whole word."""
    spans = words(pa.array([data.decode()], pa.large_string())).spans
    if not len(spans):
        return marks
    highest = np.maximum.reduceat(marks, spans.ravel())[::2]
    for mark in (1, 2):
        bounds = np.zeros(marks.size + 1, np.int64)
        np.add.at(bounds, spans[highest == mark, 0], 1)
        np.add.at(bounds, spans[highest == mark, 1], -1)
        marks = np.maximum(marks, mark * (np.cumsum(bounds)[:-1] > 0).astype(np.int8))
    return marks


def _split(data: bytes, marks: NDArray[np.int8]) -> list[Piece]:
    """Pieces of one mark each; blanks are not marked alone."""
    found: list[Piece] = []
    ends = [*(np.flatnonzero(np.diff(marks[:-1])) + 1).tolist(), len(data)]
    for start, end in pairwise([0, *ends]):
        text = data[start:end].decode()
        kind = KINDS[marks[start]] if text.strip() else SAME
        if found and found[-1].kind == kind:
            text = found.pop().text + text
        found += [Piece(text, kind)] if text else []
    return found


def excerpt(found: Sequence[Piece], n_chars: int) -> list[Piece]:
    """The beginning of a text and what differs, with CONTEXT around it, up to about `n_chars`."""
    shown: list[Piece] = []
    for n, piece in enumerate(found):
        if piece.kind != SAME:
            shown.append(piece)
            continue
        text = piece.text
        head = _boundary(text, CONTEXT)
        tail = len(text) if n == len(found) - 1 else _boundary(text, len(text) - CONTEXT)
        if tail <= head:
            shown.append(piece)
            continue
        shown += [Piece(text[:head], SAME), Piece("…", GAP), Piece(text[tail:], SAME)]
    return _cut([piece for piece in shown if piece.text], n_chars)


def _cut(found: Sequence[Piece], n_chars: int) -> list[Piece]:
    """The first pieces, up to `n_chars` characters, ended between two words; line ends as blanks."""
    left, shown = n_chars, list[Piece]()
    for piece in found:
        text = piece.text if len(piece.text) <= left else piece.text[: _boundary(piece.text, left)]
        if text:
            shown.append(Piece(" ".join(text.split("\n")), piece.kind))
        left -= len(text)
        if len(text) < len(piece.text):
            return [*shown, Piece("…", GAP)]
    return shown


def _boundary(text: str, at: int) -> int:
    """Where the word begins that place `at` of the text is in; `at` itself where it is in none."""
    start = max(0, at - _LONGEST_WORD)
    window = text[start : at + _LONGEST_WORD].encode()
    n_bytes = len(text[start:at].encode())
    around = words(pa.array([window.decode()], pa.large_string())).spans.tolist()
    first = next((first for first, end in around if first < n_bytes < end), n_bytes)
    return start + len(window[:first].decode())
