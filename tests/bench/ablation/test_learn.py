"""Figures of several seeds together."""

from __future__ import annotations

from bench.ablation.learn import pooled


def test_figures_are_pooled_by_source() -> None:
    figures = [{"news": 1.0, "tales": 4.0}, {"news": 3.0, "tales": 4.0}, {"tales": 1.0, "news": 2.0}]
    assert pooled(figures) == {
        "news": {"mean": 2.0, "least": 1.0, "most": 3.0},
        "tales": {"mean": 3.0, "least": 1.0, "most": 4.0},
    }
