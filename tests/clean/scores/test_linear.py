"""Linear models over standardised features."""

from __future__ import annotations

import numpy as np
import pytest

from clean.scores.linear import Standardised, probability

STATED = {"a": (0, 10, 5, 2, 3), "b": (-1, 1, 0, 0.5, -1), "c": (0, 1, 0, 1, 100)}


@pytest.mark.parametrize(
    ("row", "evidence"),
    [
        ((5, 0), 0),
        ((7, 0), 3),
        ((99, 0), 7.5),  # held at 10
        ((5, 0.5), -1),
        ((5, -np.inf), 2),
        ((np.nan, 0.5), -1),
        ((np.nan, np.nan), 0),
    ],
)
def test_features_are_held_standardised_and_weighed(row: tuple[float, float], evidence: float) -> None:
    model = Standardised.of(STATED, ("a", "b"))
    assert model.evidence(np.array([row], float)).tolist() == [evidence]


def test_a_document_is_judged_alike_alone_and_in_a_batch() -> None:
    generator = np.random.default_rng(1)
    model = Standardised(*generator.random((5, 13)))._replace(most=np.full(13, 9.0))
    x = generator.normal(size=(1000, 13))
    together = model.evidence(x)
    assert together.tolist() == [model.evidence(x[n : n + 1])[0] for n in range(len(x))]
    assert together[500:600].tolist() == model.evidence(x[500:600]).tolist()


def test_probability_is_the_logistic_function() -> None:
    given = probability(np.array([0.0, np.log(3), -np.log(3), 500]))
    assert given.tolist() == pytest.approx([0.5, 0.75, 0.25, 1])
