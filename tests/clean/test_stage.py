"""The whole stage on a few records: fates, conservation, personal data, replay, bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from clean.replay import main, replay, table
from clean.scores import SCORES
from clean.stage import STAGE, CleanConfig
from corpus.cli import configure
from corpus.document import RECORD
from corpus.errors import ConfigurationError
from corpus.ledger import Ledger
from corpus.manifest import Manifest
from corpus.paths import Folder
from corpus.shards import ShardWriter
from corpus.stage import execute
from tests.killing import contents

LIMON = "RBHmhakSRt RbeTskmuCa RsukERs PaBRkIRk skmPaB BiBNna GgIkar enAkug shKmn tamryH karsikSa "
SIZES = ("n_chars", "n_bytes", "n_clusters")


def record(name: str, payload: bytes | None = None, **fields: Any) -> dict[str, Any]:
    text = fields.pop("text", "")
    return {
        "id": name,
        "text": text,
        "url": f"https://a.example/{name}",
        "source": "web" if payload is not None else "imported",
        "licence": "CC0-1.0",
        "origin": {"file": "planted", "position": 0},
        "payload": payload,
        "n_bytes": len(text.encode()) if payload is None else len(payload),
        "n_chars": len(text),
        "n_clusters": 0,
        **fields,
    }


def records(page: Callable[..., str], article: str) -> list[dict[str, Any]]:
    teaser = [f"ដំណឹងទី {n} អំពីសាលារៀន ផ្លូវថ្នល់ និងផ្សារថ្មីនៅក្នុងឃុំរបស់យើង ដែលបានបើក…" for n in range(8)]
    personal = [*article.split("\n"), "ទាក់ទង dara@sala.example ឬ ០១២ ៣៤៥ ៦៧៨ នៅម៉ោងធ្វើការរាល់ថ្ងៃ។"]
    return [
        record("good", page().encode()),
        record("personal", page(personal, heading="ទាក់ទង 012 345 678").encode()),
        record("empty", b""),
        record("junk", bytes(range(256)) * 20),
        record("english", b"<p>The school planted trees.</p>"),
        record("limon", f"<font face='Limon S1'>{LIMON * 9}</font>".encode()),
        record("missing", page(["មិនមានអត្ថបទនេះទេ។"], heading="រកមិនឃើញទំព័រ").encode()),
        record("list", page(teaser, heading="ដំណឹង").encode()),
        record("deep", ("<div>" * 20_000 + article).encode()),
        record("text", text=article.replace("\n", " \r\n\n\n") + "  ចប់  ។"),
        record("short", text="ខ្លីណាស់។"),
        record("misordered", text=article.replace("ថ្ងៃ", "ថៃ្ង")),
    ]


EXPECTED = {
    "good": None,
    "personal": None,
    "empty": "not_khmer",
    "junk": "not_khmer",
    "english": "not_khmer",
    "limon": "legacy_font",
    "missing": "soft_404",
    "list": "listing",
    "deep": "extract_failed",
    "text": None,
    "short": "too_short",
    "misordered": None,
}


def write_ingest(runs: Path, shards: Sequence[Sequence[dict[str, Any]]]) -> None:
    folder, ledger, outputs = Folder(str(runs / "t" / "ingest")), Ledger(), []
    for n, rows in enumerate(shards):
        path, batch = f"documents/part-{n:05d}.parquet", pa.Table.from_pylist(list(rows), RECORD)
        with ShardWriter(folder.create(path), RECORD) as writer:
            writer.write(batch)
        ledger.add_table(batch, "in")
        ledger.add_table(batch, "kept")
        outputs.append({"path": path, "bytes": folder.sizes()[path], "sha256": "", "rows": len(batch)})
    Manifest("ingest", "planted", {}, {}, outputs, ledger.rows(), {}).save(folder)


def config(runs: Path, *words: str) -> CleanConfig:
    return configure(STAGE, ["run=t", f"runs={runs}", "workers=1", *words])


@pytest.fixture(scope="module")
def cleaned(tmp_path_factory: pytest.TempPathFactory, page: Callable[..., str], article: str) -> Path:
    runs = tmp_path_factory.mktemp("runs")
    rows = records(page, article)
    write_ingest(runs, [rows[:5], rows[5:]])
    execute(STAGE, config(runs))
    return runs


def rows_of(runs: Path, kind: str) -> dict[str, dict[str, Any]]:
    paths = sorted((runs / "t" / "clean" / kind).glob("*.parquet"))
    return {row["id"]: row for path in paths for row in pq.read_table(path).to_pylist()}


def test_every_record_has_the_expected_fate(cleaned: Path) -> None:
    kept = dict.fromkeys(rows_of(cleaned, "documents"))
    dropped = {name: row["reason"] for name, row in rows_of(cleaned, "dropped").items()}
    assert kept | dropped == EXPECTED


def test_what_is_kept_reads_well(cleaned: Path, article: str) -> None:
    kept = rows_of(cleaned, "documents")
    assert kept["good"]["text"] == article
    assert kept["good"]["title"] == "សិស្សដាំដើមឈើ"
    assert kept["misordered"]["text"] == article, "clusters are put in canonical order"
    assert kept["text"]["text"] == article.replace("\n", "\n\n") + " ចប់ ។"
    for row in kept.values():
        assert row["n_bytes"] == len(row["text"].encode())
        assert row["n_chars"] == len(row["text"])


def test_personal_data_is_masked_in_text_and_title_and_counted(cleaned: Path) -> None:
    row = rows_of(cleaned, "documents")["personal"]
    assert "⟨email⟩ ឬ ⟨phone⟩" in row["text"]
    assert row["title"] == "ទាក់ទង ⟨phone⟩"
    scores = rows_of(cleaned, "attributes")["personal"]
    assert (scores["masked_emails"], scores["masked_phones"]) == (1, 1)
    manifest = Manifest.load(Folder(str(cleaned / "t" / "clean")))
    assert manifest is not None
    assert manifest.facts["masked"] == {"emails": 1, "phones": 1}


def test_every_document_has_every_score(cleaned: Path) -> None:
    attributes = rows_of(cleaned, "attributes")
    assert set(attributes) == set(EXPECTED)
    assert set(SCORES) <= set(attributes["good"])


def test_amounts_are_conserved_and_unread_pages_keep_their_size(cleaned: Path) -> None:
    manifest = Manifest.load(Folder(str(cleaned / "t" / "clean")))
    assert manifest is not None
    manifest.books().check("clean")
    steps = {(row["source"], row["reason"]) for row in manifest.ledger if row["fate"] == "edited"}
    assert {("web", "extract"), ("web", "mask"), ("imported", "normalise")} <= steps
    dropped = rows_of(cleaned, "dropped")
    assert {name: dropped[name]["n_bytes"] for name in ("empty", "junk", "english")} == {
        "empty": 0,
        "junk": 5120,
        "english": 32,
    }
    assert dropped["short"]["evidence"] == "gopher_clusters < 20"
    assert dropped["short"]["score"] == 3.0


def test_decisions_replay_from_attributes_alone(cleaned: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clean.stage.extract", None)
    scores, decisions = replay(config(cleaned))
    again = dict(zip(scores["id"].to_pylist(), decisions.reason.to_pylist(), strict=True))
    assert again == EXPECTED
    assert "kept" in table(decisions)


def test_a_threshold_can_be_tried_out(cleaned: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules = config(cleaned).rules
    (position,) = [n for n, rule in enumerate(rules) if rule.reason == "too_short"]
    main(["run=t", f"runs={cleaned}", f"rules.{position}.below=1"])
    printed = capsys.readouterr().out
    assert "too_short" not in printed
    assert "kept" in printed


def test_another_run_gives_the_same_bytes(
    cleaned: Path, tmp_path: Path, page: Callable[..., str], article: str
) -> None:
    rows = records(page, article)
    write_ingest(tmp_path, [rows[:5], rows[5:]])
    execute(STAGE, config(tmp_path))
    assert contents(tmp_path / "t" / "clean") == contents(cleaned / "t" / "clean")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("rules.0.score=page_to_large", "got 'page_to_large'"),
        ("rules.0.below=3", "expected one of the two"),
        ("page_bytes=0", "page_bytes: got 0"),
        ("page_bytes=-5", "page_bytes: got -5"),
        ("page_bytes=99999999999999999999", "page_bytes: got 99999999999999999999"),
        ("page_seconds=-1", "page_seconds: got -1"),
        ("page_seconds=0", "page_seconds: got 0"),
        ("page_seconds=nan", "page_seconds: got nan"),
        ("page_seconds=inf", "page_seconds: got inf"),
        ("page_seconds=1e300", "page_seconds: got 1e+300"),
        ("page_seconds=86401", "page_seconds: got 86401"),
    ],
)
def test_impossible_configurations_are_refused_before_any_work(tmp_path: Path, word: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        execute(STAGE, config(tmp_path, word))
    assert said in str(error.value)


def test_misspelt_rules_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        config(tmp_path, "rules.0.abov=3")


def test_replay_needs_a_finished_run(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as error:
        replay(config(tmp_path))
    assert "has not finished" in str(error.value)


def test_without_a_rule_nothing_is_dropped(cleaned: Path) -> None:
    _, decisions = replay(replace(config(cleaned), rules=[]))
    assert decisions.reason.null_count == len(EXPECTED)
