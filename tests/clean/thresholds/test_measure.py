"""Distributions, shares and neighbours of thresholds."""

from __future__ import annotations

import numpy as np
import pytest

from clean.decide import Rule
from clean.thresholds.measure import Rules, measured, nearest

LENGTH = np.array([1.0, 5, 50, 60, 70, 80, 90, 100, 110, 120])
NOISE = np.array([0.9, 0.0, 0.1, 0.2, np.nan, 0.3, 0.95, 0.4, 0.5, 0.6])
SOURCES = ["web"] * 6 + ["book"] * 4
SHORT, NOISY = Rule("length", "short", below=20), Rule("noise", "noisy", above=0.8)


def rules(*chosen: Rule) -> Rules:
    return Rules(chosen, {"length": LENGTH, "noise": NOISE}.__getitem__, SOURCES)


def test_what_each_rule_drops_and_drops_alone() -> None:
    rows = {(row["score"], row["source"]): row for row in measured(rules(SHORT, NOISY), [], 0.0)}
    assert list(rows)[:3] == [("length", "all"), ("length", "book"), ("length", "web")]
    shares = {key: (row["dropped"], row["alone"], row["without"]) for key, row in rows.items()}
    assert shares["length", "all"] == (0.2, 0.1, 0)
    assert shares["noise", "all"] == (0.2, 0.1, 0.1)
    assert shares["noise", "book"] == (0.25, 0.25, 0)
    assert rows["noise", "web"]["p50"] == pytest.approx(0.2)
    assert rows["length", "all"]["p1"] == pytest.approx(1.36)


@pytest.mark.parametrize(
    ("rule", "reference", "given_up", "proposed"),
    [
        (NOISY, [], 0.0, 0.95),
        (NOISY, ["web"], 0.0, 0.3),  # the first, at .9, is too short
        (NOISY, ["book"], 0.5, 0.55),
        (SHORT, ["web"], 0.0, 5.0),
        (SHORT, ["book"], 0.5, 110.0),
    ],
)
def test_a_proposal_spares_the_reference(
    rule: Rule, reference: list[str], given_up: float, proposed: float
) -> None:
    rows = [row for row in measured(rules(SHORT, NOISY), reference, given_up) if row["score"] == rule.score]
    assert {row["proposed"] for row in rows} == {proposed}


def test_neighbours_are_those_that_this_rule_alone_decides() -> None:
    beyond, within = nearest(rules(SHORT, NOISY), NOISY, 3)
    assert beyond.tolist() == [6]
    assert within.tolist() == [9, 8, 7]
    beyond, within = nearest(rules(SHORT, NOISY), SHORT, 2)
    assert (beyond.tolist(), within.tolist()) == ([1], [2, 3])


def test_without_documents_there_is_nothing_to_propose() -> None:
    empty = Rules([SHORT], lambda _name: np.empty(0), [])
    (row,) = measured(empty, [], 0.1)
    assert (row["documents"], row["dropped"], row["proposed"], row["p50"]) == (0, 0, None, None)
    assert [side.tolist() for side in nearest(empty, SHORT, 3)] == [[], []]
    assert SHORT.threshold == 20
