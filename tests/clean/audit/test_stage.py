"""The audit over a finished run, with a stand-in for datatrove that drops every text under forty characters."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from clean.audit.agreement import main as agreement
from clean.audit.stage import STAGE, AuditConfig, pair_of, told
from corpus.cli import configure
from corpus.document import DOCUMENT, DROPPED, as_dropped, documents_table
from corpus.errors import ConfigurationError, StageError
from corpus.ledger import Ledger
from corpus.manifest import Manifest
from corpus.paths import Folder
from corpus.shards import ShardWriter
from corpus.stage import execute

LONG = "សិស្សានុសិស្សបានដាំដើមឈើនៅក្នុងសាលា ដើម្បីឱ្យមានម្លប់ត្រជាក់។"
SHORT = "ដាំដើមឈើ"
STAND_IN = f"""#!{sys.executable}
import json, sys
rows = [json.loads(line) for line in sys.stdin.buffer]
reasons = {{row["id"]: None if len(row["text"]) >= 40 else "gopher_short_doc" for row in rows}}
print(json.dumps({{"reasons": reasons, "cpu_seconds": 0.1, "version": "a stand-in"}}))
"""


def row(name: str, source: str, text: str) -> dict[str, Any]:
    origin = {"file": "planted", "position": 0}
    return {"id": name, "source": source, "text": text, "licence": "CC0-1.0", "origin": origin}


KEPT = [
    row("a", "news", LONG),
    row("b", "web", SHORT),
    row("e", "web", "English only, and long enough to be kept."),
]
LOST = [row("c", "web", LONG), row("d", "web", SHORT), row("f", "web", "")]


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    folder, ledger = Folder(str(tmp_path / "t" / "clean")), Ledger()
    kept, lost = documents_table(KEPT), as_dropped(documents_table(LOST), "clean", "spam", 2.0, "spam > 1")
    scores = [(r["id"], 0.0 if r["id"] in "ef" else 1.0) for r in KEPT + LOST]
    attributes = pa.table({"id": [s[0] for s in scores], "khmer_khmer_share": [s[1] for s in scores]})
    for kind, table, schema in (
        ("documents", kept, DOCUMENT),
        ("dropped", lost, DROPPED),
        ("attributes", attributes, attributes.schema),
    ):
        with ShardWriter(folder.create(f"{kind}/part.parquet"), schema) as writer:
            writer.write(table)
    outputs = [{"path": path, "bytes": size, "sha256": ""} for path, size in folder.sizes().items()]
    Manifest("clean", "planted", {}, {}, outputs, ledger.rows(), {}).save(folder)
    stand_in = tmp_path / "peers" / "bin" / "python"
    stand_in.parent.mkdir(parents=True)
    stand_in.write_text(STAND_IN)
    stand_in.chmod(0o755)
    return tmp_path


def config(runs: Path, *words: str) -> AuditConfig:
    return configure(STAGE, ["run=t", f"runs={runs}", "workers=1", f"peers={runs / 'peers'}", *words])


def test_the_four_pairs_of_decisions_are_counted_by_source(runs: Path) -> None:
    manifest, _ = execute(STAGE, config(runs))
    cases = json.loads((runs / "t" / "audit" / "cases.json").read_text())
    assert {case["id"]: pair_of(case) for case in cases} == {
        "a": "both_keep",
        "b": "only_ours_keep",
        "c": "only_theirs_keep",
        "d": "both_drop",
    }, "neither English nor empty texts are compared"
    assert manifest.facts["alone"] == {"ours": {"spam": 1}, "theirs": {"gopher_short_doc": 1}}
    assert [entry["source"] for entry in manifest.facts["sources"]] == ["news", "web"]
    assert "a stand-in alone drops: gopher_short_doc 1" in told(manifest)
    assert execute(STAGE, config(runs))[1] is False, "done is done"


def test_a_source_gives_no_more_than_its_share(runs: Path) -> None:
    manifest, _ = execute(STAGE, config(runs, "documents=1"))
    assert manifest.facts["documents"] == 2


def test_a_returned_sheet_is_judged(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    execute(STAGE, config(runs))
    with (runs / "t" / "audit" / "sheet.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4
    returned = runs / "judge.csv"
    with returned.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows({**r, "verdict": "keep" if r["text"] == LONG else "drop"} for r in rows)
    agreement(["run=t", f"runs={runs}", str(returned)])
    printed = capsys.readouterr().out
    assert "FineWeb2's rules and the judges: 4 items, 1.000 agree" in printed
    assert "our rules and the judges: 4 items, 0.500 agree" in printed


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("documents=0", "documents: got 0"),
        ("sheet_chars=0", "sheet_chars: got 0"),
        ("peers=nowhere", "bench-peers"),
    ],
)
def test_impossible_audits_are_refused(runs: Path, word: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        execute(STAGE, config(runs, word))
    assert said in str(error.value)


def test_a_peer_that_fails_is_named(runs: Path) -> None:
    (runs / "peers" / "bin" / "python").write_text("#!/bin/sh\necho 'no module datatrove' >&2\nexit 1\n")
    with pytest.raises(StageError, match="no module datatrove"):
        execute(STAGE, config(runs))


def test_agreement_needs_an_audit_and_a_sheet(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        agreement(["run=t", f"runs={runs}", "x.csv"])
    assert "make audit RUN=t" in capsys.readouterr().err
    execute(STAGE, config(runs))
    with pytest.raises(SystemExit):
        agreement(["run=t", f"runs={runs}"])
    assert "got no sheet" in capsys.readouterr().err


def test_agreement_is_about_the_decisions_that_stand(runs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    execute(STAGE, config(runs))
    manifest = runs / "t" / "clean" / "manifest.json"
    manifest.write_text(manifest.read_text() + "\n")
    with pytest.raises(SystemExit):
        agreement(["run=t", f"runs={runs}", "x.csv"])
    assert "cleaned again since its audit" in capsys.readouterr().err
