"""Repeated n-grams, held against a count of every n-gram of every length."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clean.scores.repetition import repetition
from khmer.clusters import Units

LENGTHS = (2, 3, 5, 8)
UNITS = st.lists(st.integers(min_value=1, max_value=4), max_size=60)


def by_hand(units: list[int], n: int) -> tuple[float, float]:
    grams = [tuple(units[i : i + n]) for i in range(len(units) - n + 1)]
    most = max(Counter(grams).values(), default=0)
    covered = {k for i, gram in enumerate(grams) if gram in grams[:i] for k in range(i, i + n)}
    top = min(most * n / len(units), 1.0) if most > 1 else 0.0
    return top, len(covered) / len(units) if units else 0.0


def as_units(texts: list[list[int]]) -> Units:
    offsets = np.cumsum([0, *map(len, texts)])
    return Units(
        offsets.astype(np.int64),
        np.array([unit for units in texts for unit in units], np.uint64) * np.uint64(0x9E3779B97F4A7C15),
    )


@settings(max_examples=200, deadline=None)
@given(st.lists(UNITS, max_size=4))
def test_every_length_is_as_by_hand(texts: list[list[int]]) -> None:
    found = repetition(as_units(texts), LENGTHS)
    for n in LENGTHS:
        expected = [by_hand(units, n) for units in texts]
        assert found[n].top.tolist() == pytest.approx([top for top, _ in expected])
        assert found[n].repeated.tolist() == pytest.approx([share for _, share in expected])


def test_one_unit_without_end() -> None:
    found = repetition(as_units([[7] * 50_000, []]), LENGTHS)
    assert found[8].top.tolist() == [1.0, 0.0]
    assert found[8].repeated.tolist() == pytest.approx([1 - 1 / 50_000, 0.0])
