"""Estimates on toy texts: proper distributions, discounts by hand, and agreement with the packed form."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clean.ngram.kneser_ney import LONGEST, START, Level, count, discounts, estimate, probability
from clean.ngram.model import NgramModel
from khmer.clusters import Units

TEXTS = st.lists(st.lists(st.integers(1, 5), min_size=1, max_size=30), min_size=1, max_size=6)


def numbered(texts: list[list[int]]) -> np.ndarray:
    """The texts one after another; every unit of 1 to 5 occurs."""
    return np.concatenate([[START, *text] for text in [*texts, [1, 2, 3, 4, 5]]])


def levels_of(texts: list[list[int]], least: tuple[int, ...]) -> list[Level]:
    return estimate(count(numbered(texts), LONGEST), least)


@settings(max_examples=40, deadline=None)
@given(TEXTS, st.sampled_from([(1, 1, 1, 1), (1, 1, 2, 2), (1, 2, 3, 4)]))
def test_probabilities_sum_to_one_after_any_context(texts: list[list[int]], least: tuple[int, ...]) -> None:
    levels = levels_of(texts, least)
    for n in range(LONGEST):
        for context in itertools.islice(
            itertools.product(range(1, 6), repeat=n), 0, None, 7 if n == 3 else 1
        ):
            total = sum(probability(levels, [*context, unit]) for unit in range(1, 6))
            assert total == pytest.approx(1)


def test_unigrams_go_by_different_neighbours() -> None:
    levels = levels_of([[1, 2] * 20, [3, 4, 5, 4, 1, 4, 2, 4]], (1, 1, 1, 1))
    often, in_many_places = probability(levels, [2]), probability(levels, [4])
    assert often < in_many_places
    assert probability(levels, [1, 2, 1, 2]) > 0.8


def test_discounts_are_those_of_chen_and_goodman() -> None:
    counts = np.repeat([1, 2, 3, 4, 9], [40, 15, 8, 5, 3])
    share = 40 / 70
    expected = [0, 1 - 2 * share * 15 / 40, 2 - 3 * share * 8 / 15, 3 - 4 * share * 5 / 8]
    assert discounts(counts).tolist() == pytest.approx(expected)
    assert discounts(np.array([1, 1, 2])).tolist() == [0, 0.5, 1.0, 1.5]


def test_texts_do_not_run_into_each_other() -> None:
    found = count(np.array([START, 1, 2, START, 3, 4]), 2)[1].keys
    assert [(int(key) >> 16, int(key) & 0xFFFF) for key in found] == [(1, 2), (3, 4)]


def test_the_floor_must_not_fall() -> None:
    with pytest.raises(AssertionError):
        levels_of([[1, 2, 3]], (1, 2, 1, 1))


@settings(max_examples=20, deadline=None)
@given(TEXTS, st.lists(st.integers(0, 5), max_size=40))
def test_the_packed_model_agrees_within_its_steps(texts: list[list[int]], text: list[int]) -> None:
    levels = levels_of(texts, (1, 1, 1, 2))
    hashes = np.array([0x9E3779B97F4A7C15 * (n + 1) % (1 << 64) for n in range(6)], np.uint64)
    model = NgramModel.pack(hashes[1:], levels, {})
    found = model.bits(Units(np.array([0, len(text)]), hashes[np.array(text, np.int64)]))
    expected, context = 0.0, list[int]()
    for unit in text:
        context = [*context[-3:], unit] if unit else []
        expected -= np.log2(probability(levels, context)) if unit else 0
    known = len(text) - text.count(0)
    assert found.n_known.tolist() == [known]
    assert found.bits[0] == pytest.approx(expected, abs=known * 4 / 24 + 1e-9)
