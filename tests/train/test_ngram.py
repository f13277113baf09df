"""The n-gram baseline: hand-counted Kneser–Ney, and probabilities that sum to one whatever came before."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from train.ngram import NgramModel

V = 6


def distribution(model: NgramModel, history: list[int]) -> list[float]:
    return [model.probabilities(np.array([*history, word], np.uint16))[-1] for word in range(V)]


@settings(max_examples=60, deadline=None)
@given(
    tokens=st.lists(st.integers(0, V - 1), min_size=5, max_size=80),
    history=st.lists(st.integers(0, V - 1), max_size=6),
    order=st.integers(1, 5),
)
def test_sums_to_one(tokens, history, order):
    chances = distribution(NgramModel(np.array(tokens, np.uint16), V, order), history)
    assert min(chances) > 0
    assert sum(chances) == pytest.approx(1, abs=1e-12)


def test_a_bigram_model_by_hand():
    # 0 1 0 1 0 2: bigrams 01 ×2, 10 ×2, 02 ×1; D₂ = (1 + 1) / (1 + 2·2 + 2) = 2/7.
    # Left neighbours: of 0 {1}, of 1 {0}, of 2 {0}: three in all; D₁ = (3 + 1) / (3 + 0 + 2) = 4/5.
    model = NgramModel(np.array([0, 1, 0, 1, 0, 2], np.uint16), V, 2)
    unseen = (4 / 5) * 3 / 3 / V
    below = {0: (1 - 4 / 5) / 3 + unseen, 1: (1 - 4 / 5) / 3 + unseen, 5: unseen}
    left_over = (2 / 7) * 2 / 3
    assert distribution(model, [0])[1] == pytest.approx((2 - 2 / 7) / 3 + left_over * below[1])
    assert distribution(model, [0])[5] == pytest.approx(left_over * below[5])
    assert distribution(model, [5])[0] == pytest.approx(below[0]), "an unknown context leaves the level below"


def test_a_longer_context_tells_more_and_ids_fill_sixteen_bits():
    cycle = np.array([65_535, 0, 7, 65_535, 0, 9] * 50, np.uint16)
    nats = {
        order: -np.log(NgramModel(cycle, 1 << 16, order).probabilities(cycle)[5:]).mean()
        for order in (1, 2, 5)
    }
    assert nats[1] > nats[2] > nats[5]
    assert nats[5] < 0.05
