from __future__ import annotations

import pytest

from report.training import POINTS, thinned


@pytest.mark.parametrize("n", [0, 1, 2, POINTS, POINTS + 1, 3 * POINTS + 7, 100_000])
def test_a_curve_keeps_its_ends_and_few_points(n: int) -> None:
    points = [{"step": step} for step in range(n)]
    kept = thinned(points)
    assert len(kept) <= 2 * POINTS + 1
    assert kept[:1] == points[:1]
    assert kept[-1:] == points[-1:]
    assert [row["step"] for row in kept] == sorted({row["step"] for row in kept})
