"""Measured runs of the stage: what they cost is told by phase, and what they decided can be read."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from bench.copies import Copies, add_shards
from bench.deduplicated import (
    decisions,
    deduplicate,
    forget,
    output_digests,
    text_bytes,
    write_clean,
)
from corpus.paths import Folder


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    add_shards(Folder(f"{folder}/copies"), Copies.of(3), 600_000, 300_000)
    return folder


def test_decisions_come_before_documents(runs: Path) -> None:
    forget(runs, "copies")
    cost = deduplicate(runs, "copies", "decide")
    assert "apply" not in cost.phases
    assert {"sketch", "verify"} <= set(cost.phases)
    assert output_digests(runs, "copies") == {}
    assert 0 < sum(cost.phases.values()) <= cost.cpu_seconds
    assert cost.own_bytes > 50_000_000
    assert cost.resident_bytes == cost.own_bytes


def test_all_documents_are_decided(runs: Path) -> None:
    forget(runs, "copies")
    cost = deduplicate(runs, "copies")
    assert "apply" in cost.phases
    kept, dropped = decisions(runs, "copies")
    assert not kept & set(dropped)
    assert 0.1 < len(dropped) / (len(kept) + len(dropped)) < 0.5
    assert {of for _, _, of in dropped.values()} <= kept
    digests = output_digests(runs, "copies")
    forget(runs, "copies")
    assert not (runs / "copies" / "dedup").exists()
    deduplicate(runs, "copies")
    assert output_digests(runs, "copies") == digests


def test_given_documents_are_handed_over(tmp_path: Path) -> None:
    table, _ = Copies.of(3).table(0, 40)
    write_clean(tmp_path, "given", [table.slice(0, 25), table.slice(25)])
    assert text_bytes(tmp_path, "given") == pa.compute.sum(table["n_bytes"]).as_py()
    deduplicate(tmp_path, "given")
    kept, dropped = decisions(tmp_path, "given")
    assert kept | set(dropped) == set(table["id"].to_pylist())
