"""The addition is measured against all at once, and what it gives is compared file by file."""

from __future__ import annotations

import re

import pytest

from bench.dedup import incremental


def test_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incremental, "CORPORA", {"incremental": incremental.Corpus(3, 150_000)})
    found = {row.name: row for row in incremental.rows()}
    assert found["dedup.incremental_differs"].value == 0
    n_files, n_before = map(int, re.findall(r"\d+", found["dedup.incremental_differs"].unit))
    assert 3 * n_files == 4 * n_before > 0
