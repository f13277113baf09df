"""The stage on a small cleaned run: both tables, what is told, refusals."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from clean.decide import Rule
from clean.thresholds.stage import EXAMPLES, STAGE, TABLE, ThresholdsConfig, told
from corpus.cli import configure
from corpus.document import DOCUMENT, DROPPED, as_dropped, documents_table
from corpus.errors import ConfigurationError
from corpus.manifest import Manifest
from corpus.paths import Folder
from corpus.shards import ShardWriter
from corpus.stage import execute

RULES = [
    {"score": "gopher_clusters", "reason": "too_short", "above": None, "below": 20.0},
    {"score": "khmer_digit_share", "reason": "not_prose", "above": 0.3, "below": None},
]
TEXT = "កសិករដាំស្រូវ\nនៅវាលស្រែ។ "


def cleaned(folder: Path) -> ThresholdsConfig:
    """Two shards of ten documents; the ones of ten clusters and less, and those half of digits, are dropped."""
    clean, files = Folder(str(folder)).child("run").child("clean"), []
    for shard in range(2):
        numbers = range(shard * 10, shard * 10 + 10)
        origin = {"file": "f", "position": 0}
        rows = [
            {
                "id": f"d{n}",
                "text": f"{n} {TEXT * 30}",
                "source": "ab"[n % 2],
                "licence": "CC0-1.0",
                "origin": origin,
            }
            for n in numbers
        ]
        lengths, shares = [10 * (n + 1) for n in numbers], [0.5 if n % 5 == 4 else n / 100 for n in numbers]
        scores = {
            "id": [row["id"] for row in rows],
            "source": [row["source"] for row in rows],
            "gopher_clusters": pa.array(lengths, pa.int64()),
            "khmer_digit_share": pa.array(shares, pa.float64()),
        }
        drops = pa.array([n % 5 == 4 or n == 0 for n in numbers])
        kept = pa.array([not drop.as_py() for drop in drops])
        documents = documents_table(rows)
        parts = {
            "attributes": pa.table(scores),
            "documents": documents.filter(kept),
            "dropped": as_dropped(documents.filter(drops), "clean", "not_prose"),
        }
        for kind, table in parts.items():
            path = f"{kind}/part-{shard}.parquet"
            schema = {"documents": DOCUMENT, "dropped": DROPPED}.get(kind, table.schema)
            with ShardWriter(clean.create(path), schema) as writer:
                writer.write(table)
            files.append({"path": path, "bytes": clean.sizes()[path]})
    Manifest("clean", "mark", {"rules": RULES}, {}, files, [], {}).save(clean)
    return ThresholdsConfig(run="run", runs=str(folder), workers=1, examples=2, example_chars=20)


def rows_of(folder: Path, name: str) -> list[dict[str, Any]]:
    with (folder / "run" / "thresholds" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_both_tables(tmp_path: Path) -> None:
    config = cleaned(tmp_path)
    manifest, worked = execute(STAGE, config)
    assert worked
    rows = rows_of(tmp_path, TABLE)
    assert [(row["rule"], row["source"]) for row in rows] == [(r, s) for r in "01" for s in ("all", "a", "b")]
    assert [(row["dropped"], row["alone"]) for row in rows[::3]] == [("0.05", "0.05"), ("0.2", "0.2")]
    examples = rows_of(tmp_path, EXAMPLES)
    near = [(row["rule"], row["side"], row["id"], row["value"]) for row in examples]
    assert near[:3] == [("0", "beyond", "d0", "10"), ("0", "within", "d1", "20"), ("0", "within", "d2", "30")]
    assert {row["text"] for row in examples if row["id"] == "d0"} == {"0 កសិករដាំស្រូវ នៅវា"}
    assert "gopher_clusters < 20" in told(manifest)
    assert not execute(STAGE, config)[1]


def test_other_rules_can_be_measured(tmp_path: Path) -> None:
    config = cleaned(tmp_path)
    config.rules, config.reference = [Rule("khmer_digit_share", "x", above=0.1)], ["a"]
    execute(STAGE, config)
    rows = rows_of(tmp_path, TABLE)
    assert {row["score"] for row in rows} == {"khmer_digit_share"}
    assert float(rows[0]["dropped"]) == pytest.approx(0.55)


def test_refusals(tmp_path: Path) -> None:
    config = cleaned(tmp_path)
    config.reference = ["nowhere"]
    with pytest.raises(ConfigurationError, match=r"expected one of a, b\. Try: reference=\[a\]"):
        execute(STAGE, config)
    for words in (["given_up=1.5"], ["examples=-1"], ["rules=[{score: no_such, reason: x, above: 1}]"]):
        with pytest.raises(ConfigurationError, match="Try: "):
            execute(STAGE, configure(STAGE, ["run=run", f"runs={tmp_path}", *words]))
