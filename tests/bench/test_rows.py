"""Rows: the ratio is ours over the peer's, and a floor decides."""

from __future__ import annotations

import pytest

from bench import rows


def busy(n: int) -> int:
    return sum(range(n))


@pytest.mark.parametrize(("floor", "ok"), [(0.001, True), (1e9, False), (None, None)])
def test_a_floor_decides(monkeypatch: pytest.MonkeyPatch, floor: float | None, ok: bool | None) -> None:
    monkeypatch.setattr(rows, "floors", lambda: {} if floor is None else {"a.b": floor})
    row = rows.compare("a.b", (lambda: busy(2000), 1000), ("peer", lambda: busy(2000), 1000))
    assert (row.floor, row.ok) == (floor, ok)
    assert row.ratio > 0


def test_every_floor_is_a_number() -> None:
    assert rows.floors()["clean.normalise.vs_pheasa"] >= 80
