"""Rows: the ratio is ours over the peer's, and a floor decides."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bench import __main__ as command
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
    stated = yaml.safe_load(rows.FLOORS.read_text(encoding="utf-8"))
    assert len(stated) > 30
    for name, limit in stated.items():
        assert name.partition(".")[0] in command.AREAS
        is_ceiling = isinstance(limit, dict)
        assert not is_ceiling or set(limit) == {"at_most"}
        bound = rows.Bound(float(limit["at_most"] if is_ceiling else limit), is_ceiling)
        assert rows.floors()[name] == bound
        assert bound.met_by(bound.limit)


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A bench of two floors whose rooms measure the first, with the folders of real data and of peers."""
    bounds = {"clean.a": rows.Bound(1.0, is_ceiling=False), "clean.b": rows.Bound(2.0, is_ceiling=True)}
    monkeypatch.setattr(rows, "floors", lambda: bounds)
    monkeypatch.setattr(command, "floors", lambda: bounds)
    monkeypatch.setattr(command, "measure", lambda _rooms: iter([rows.measured("clean.a", 1.0, "s")]))
    monkeypatch.setattr(command, "PEERS", tmp_path / "peers")
    monkeypatch.setenv("SASTRA_REAL_DATA", str(tmp_path))
    (tmp_path / "peers" / "bin").mkdir(parents=True)
    (tmp_path / "peers" / "bin" / "python").touch()
    return tmp_path


def test_a_floor_that_no_row_has_is_missing(rooms: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["clean"]) == 1
    told = capsys.readouterr()
    assert told.out == "clean.a: 1.0 s (floor 1)\n"
    assert told.err == "clean.b: MISSING, no room measured it (floor 2)\n"
    assert command.main(["clean.text"]) == 0
    (rooms / "peers" / "bin" / "python").unlink()
    assert command.main(["clean"]) == 0
    assert "MISSING" not in capsys.readouterr().err


def test_without_real_data_no_floor_is_missing(rooms: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SASTRA_REAL_DATA", str(rooms / "nowhere"))
    assert command.main(["clean"]) == 0
