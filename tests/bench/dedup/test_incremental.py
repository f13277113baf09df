"""The addition is measured against all at once, and what it gives is compared file by file."""

from __future__ import annotations

import pytest

from bench.dedup import incremental


def test_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incremental, "N_SHARDS", 3)
    monkeypatch.setattr(incremental, "SHARD_BYTES", 150_000)
    found = {row.name: row for row in incremental.rows()}
    assert found["dedup.incremental_differs"].value == 0
    assert found["dedup.incremental_differs"].unit.startswith("of 12 files, 9 before")
    assert 0 < found["dedup.incremental"].value < 2
    assert found["dedup.incremental.sketch"].value < found["dedup.incremental_before"].value
