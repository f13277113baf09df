"""The fit that three models share."""

from __future__ import annotations

import numpy as np
import pytest

from clean.learn.logistic import LEAST_SPREAD, newton, scale, weights_source
from clean.scores.linear import Standardised, probability

N = 400


def made() -> tuple[np.ndarray, np.ndarray]:
    """Two columns, of which the first tells, and a column of ones."""
    generator = np.random.default_rng(1)
    x = np.column_stack([generator.normal(size=(N, 2)), np.ones(N)])
    return x, generator.random(N) < probability(2 * x[:, 0] - 1)


@pytest.mark.parametrize("penalty", [0.0, 0.5, 20.0])
def test_the_gradient_is_zero_at_the_end(penalty: float) -> None:
    x, y = made()
    penalties = np.array([penalty, penalty, 0.0])
    weights = np.linspace(0.5, 1.5, N)
    beta = newton(x, y, weights, penalties, steps=20)
    gradient = x.T @ (weights * (probability(x @ beta) - y)) + penalties * beta
    assert np.abs(gradient).max() < 1e-6


def test_a_penalty_holds_weights_small_and_spares_the_bias() -> None:
    x, y = made()
    free = newton(x, y, np.ones(N), np.zeros(3), steps=20)
    held = newton(x, y, np.ones(N), np.array([1e6, 1e6, 0.0]), steps=20)
    assert free[0] == pytest.approx(2, abs=0.7)
    assert np.abs(held[:2]).max() < 1e-3
    assert probability(held[2]) == pytest.approx(y.mean(), abs=1e-3)


def test_a_row_of_twice_the_weight_is_two_rows() -> None:
    x, y = made()
    penalty = np.array([1.0, 1.0, 0.0])
    weighed = newton(x, y, np.where(np.arange(N) < 50, 2.0, 1.0), penalty, steps=20)
    doubled = newton(np.vstack([x, x[:50]]), np.append(y, y[:50]), np.ones(N + 50), penalty, steps=20)
    assert weighed == pytest.approx(doubled, abs=1e-9)


def test_scales_leave_out_what_is_missing_and_hold_what_is_far() -> None:
    x = np.column_stack([np.append(np.arange(100.0), 1e9), np.full(101, 3.0)])
    x[0, 0] = np.nan
    scaled = scale(x, (0, 98))
    assert scaled.least.tolist() == [1, 3]
    assert scaled.most[0] < 100
    assert scaled.spreads[1] == LEAST_SPREAD
    standard = scaled.standard(x)
    assert standard[0].tolist() == [0, 0]
    assert standard[1:, 0].std() == pytest.approx(1, abs=0.01)
    assert standard[:, 1].tolist() == [0] * 101


def test_what_is_written_is_read_again() -> None:
    fitted = Standardised(*np.arange(10.0).reshape(5, 2) / 3)
    written: dict[str, dict[str, tuple[float, ...]]] = {}
    exec(weights_source(fitted, ("a", "b")), written)
    read = Standardised.of(written["WEIGHTS"], ("a", "b"))
    assert [column.tolist() for column in read] == [column.round(4).tolist() for column in fitted]
