"""Rows: the ratio is ours over the peer's, and a floor decides."""

from __future__ import annotations

import pytest

from bench import rows


def busy(n: int) -> int:
    return sum(range(n))


@pytest.mark.parametrize(("floor", "ok"), [(0.001, True), (1e9, False), (None, None)])
def test_a_floor_decides(monkeypatch: pytest.MonkeyPatch, floor: float | None, ok: bool | None) -> None:
    bounds = {} if floor is None else {"a.b": rows.Bound(floor, is_ceiling=False)}
    monkeypatch.setattr(rows, "floors", lambda: bounds)
    row = rows.compare("a.b", (lambda: busy(2000), 1000), ("peer", lambda: busy(2000), 1000))
    assert (row.floor, row.ok) == (floor, ok)
    assert row.ratio > 0


@pytest.mark.parametrize(("value", "ok"), [(1.4, True), (1.5, True), (1.6, False), (float("nan"), False)])
def test_a_ceiling_decides(monkeypatch: pytest.MonkeyPatch, value: float, ok: bool) -> None:
    monkeypatch.setattr(rows, "floors", lambda: {"a.memory": rows.Bound(1.5, is_ceiling=True)})
    assert rows.measured("a.memory", value, "GB").ok is ok


def test_every_floor_is_a_bound() -> None:
    assert rows.floors()["clean.normalise.vs_pheasa"] == rows.Bound(80.0, is_ceiling=False)
