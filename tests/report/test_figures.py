from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from corpus.ledger import Amount, Ledger
from report.figures import Figures, measure, missing
from report.records import RunRecord


@pytest.fixture(scope="module")
def figures(record: RunRecord) -> Figures:
    return measure(record, "toy", 10_000)


def test_the_four_numbers_are_those_of_the_last_documents(figures: Figures, record: RunRecord) -> None:
    kept = record.manifests["dedup"].books().total("kept")
    assert figures.values["kept.documents"] == 50 == kept.documents
    assert figures.values["in.documents"] == 60
    assert [figures.values[f"kept.{unit}"] for unit in ("chars", "bytes", "clusters")] == [
        kept.chars,
        kept.bytes,
        kept.clusters,
    ]


def test_tokens_and_target_follow_from_the_tokenizer(figures: Figures, record: RunRecord) -> None:
    counted = record.manifests["tokenizer"].books().total("kept")
    assert figures.values["kept.tokens"] == counted.tokens
    assert figures.values["target.share"] == counted.tokens / 10_000
    assert figures.values["target.missing_tokens"] == 10_000 - counted.tokens
    assert figures.values["target.bytes"] == round(10_000 * counted.bytes / counted.tokens)


def test_conservation_is_looked_into_source_by_source() -> None:
    ledger = Ledger()
    ledger.add("web", "in", "", Amount(3, 30, 90, 12))
    ledger.add("web", "kept", "", Amount(2, 20, 60, 8))
    ledger.add("web", "edited", "mask", Amount(0, 10, 30, 4))
    ledger.add("books", "in", "", Amount(1))
    ledger.add("books", "kept", "", Amount(2))
    assert missing(ledger) == [
        {"source": "books", "unit": "documents", "amount": -1},
        {"source": "web", "unit": "documents", "amount": 1},
    ]


def test_conservation_holds_in_a_whole_run(figures: Figures) -> None:
    assert [row["missing"] for row in figures.tables["stages"]] == [[]] * 6


def test_dropped_by_stage_and_reason(figures: Figures) -> None:
    rows = [(row["stage"], row["reason"], row["documents"]) for row in figures.tables["dropped"]]
    assert rows == [
        ("crawl", "robots", 2),
        ("crawl", "opt_out", 1),
        ("clean", "not_khmer", 2),
        ("clean", "too_short", 2),
        ("clean", "gambling", 2),
        ("dedup", "near_duplicate", 4),
    ]
    assert figures.tables["dropped"][-1]["share"] == pytest.approx(4 / 54)


def test_sources_add_up(figures: Figures) -> None:
    rows = figures.tables["sources"]
    assert {row["source"] for row in rows} == {"books", "web"}
    assert sum(row["documents"] for row in rows) == 50
    assert sum(row["in"] for row in rows) == 60
    assert sum(row["tokens"] for row in rows) == figures.values["kept.tokens"]
    assert sum(row["share"] for row in rows) == pytest.approx(1)


def test_the_largest_hosts_then_the_others(figures: Figures) -> None:
    *first, others = figures.tables["hosts"]
    assert len(first) == 20
    assert [row["bytes"] for row in first] == sorted((row["bytes"] for row in first), reverse=True)
    assert others["host"] is None
    assert others["others"] == 5
    assert sum(row["documents"] for row in figures.tables["hosts"]) == 50


def test_duplicates(figures: Figures) -> None:
    assert figures.tables["cluster_sizes"] == [{"least": 4, "most": 7, "clusters": 1, "members": 5}]
    (cluster,) = figures.tables["largest_clusters"]
    assert cluster["members"] == 5
    assert cluster["url"] == "https://news0.example.kh/article/0"


def test_scores_are_split_at_their_thresholds(figures: Figures) -> None:
    deciding, _, _, other, *_ = figures.tables["scores"]
    assert deciding["score"] == "khmer_khmer_share"
    assert sum(deciding["dropped"]) == 6
    assert sum(deciding["kept"]) == 54
    assert 0.3 in deciding["edges"]
    assert other["score"] == "gopher_clusters"
    assert sum(other["kept"]) == other["documents"] == 60


def test_personal_data(figures: Figures) -> None:
    assert figures.tables["personal"] == [
        {"name": "phone", "count": 60, "documents": 30},
        {"name": "email", "count": 30, "documents": 30},
    ]


def test_training(figures: Figures) -> None:
    names = ("steps", "tokens", "size", "model", "unigram", "five_gram")
    assert [figures.values[f"training.{name}"] for name in names] == [100, 6400, "nano", 0.9, 1.6, 0.95]
    assert len(figures.tables["losses"]) == 100
    assert figures.tables["validation"] == [{"step": 100, "value": 0.9}]
    assert len(figures.tables["continuations"]) == 10


def test_dates_are_those_of_the_data(figures: Figures) -> None:
    assert figures.values["data.first_fetched"] == "2025-10-09"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", str(figures.values["data.last_fetched"]))
    assert figures.values["data.first_published"] is None


def test_what_was_not_measured_is_unknown_and_not_zero(new_run: Any) -> None:
    new_run.crawl()
    figures = measure(RunRecord.open(new_run.config), "toy", 10_000)
    for name in (
        "kept.documents",
        "kept.tokens",
        "target.share",
        "target.bytes",
        "tokenizer.name",
        "training.model",
    ):
        assert figures.values[name] is None
    assert figures.tables["sources"] == []


def test_a_stage_that_read_an_earlier_output_is_stale(new_run: Any) -> None:
    new_run.ingest()
    record = RunRecord.open(new_run.config)
    inputs = {"ingest": "0" * 64}
    stale = replace(record.manifests["ingest"], stage="clean", inputs=inputs)
    assert RunRecord(record.folder, {**record.manifests, "clean": stale}, {}).stale("clean") == ["ingest"]
