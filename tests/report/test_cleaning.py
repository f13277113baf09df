from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from corpus.ledger import Amount
from report.cleaning import LARGEST_LANGUAGES, TABLES, VALUES, cleaning
from report.numbers import Value
from report.records import RunRecord

Found = tuple[dict[str, Value], dict[str, list[dict[str, Any]]]]


@pytest.fixture(scope="module")
def found(record: RunRecord) -> Found:
    return cleaning(record)


def planted(run: Any, columns: dict[str, list[Any]], config: dict[str, Any] | None = None) -> Found:
    """The figures of a cleaning stage with these attributes."""
    task = run.task("clean")
    table = pa.table(columns)
    ids = pa.array([f"{n:032x}" for n in range(len(table))])
    run.write(task, "attributes/part-00000.parquet", table.append_column("id", ids))
    run.finish(task, config)
    return cleaning(RunRecord.open(run.config))


def test_repairs_are_documents_and_places(found: Found) -> None:
    values, tables = found
    assert tables["repairs"] == [
        {"group": "order", "documents": 15, "count": 45},
        {"group": "zwsp", "documents": 1, "count": 7},
    ]
    assert values["repaired_documents"] == 16
    assert values["documents"] == 60


def test_lines_of_hosts(found: Found) -> None:
    values, _ = found
    assert [values[f"host_{what}"] for what in ("documents", "lines", "chars")] == [12, 24, 480]


def test_languages_add_up_to_the_ledger(found: Found, record: RunRecord) -> None:
    values, tables = found
    rows = tables["languages"]
    assert [(row["language"], row["documents"], row["kept"]) for row in rows] == [
        ("km", 54, 54),
        ("en", 2, 0),
        ("pi", 2, 0),
        ("und-Khmr", 2, 0),
    ]
    books = record.manifests["clean"].books()
    for fate in ("kept", "dropped"):
        assert sum(row[fate] for row in rows) == books.total(fate).documents
    assert sum(row["share"] for row in rows) == pytest.approx(1)
    assert (values["khmer_documents"], values["khmer_kept"]) == (54, 54)


def test_other_languages_inside_khmer_documents(found: Found) -> None:
    (row,) = found[1]["other_languages"]
    assert (row["language"], row["documents"], row["kept"], row["dropped"]) == ("en", 5, 4, 1)


def test_rare_languages_are_summed(new_run: Any) -> None:
    tags = [f"x{n:02d}" for n in range(LARGEST_LANGUAGES + 3)] + ["km", "km"]
    rows = planted(new_run, {"language": tags})[1]["languages"]
    assert rows[0]["language"] == "km"
    assert (rows[-1]["language"], rows[-1]["others"], rows[-1]["documents"]) == (None, 4, 4)
    assert sum(row["documents"] for row in rows) == len(tags)


def test_a_licence_on_the_page_stands_beside_that_of_the_source(found: Found) -> None:
    names = ("stated", "place", "licence", "documents", "kept")
    rows = [tuple(row[name] for name in names) for row in found[1]["stated_licences"]]
    assert rows == [
        ("CC0-1.0", "rel", "CC0-1.0", 2, 2),
        ("CC-BY-4.0", "rel", "CC-BY-4.0", 1, 0),
        ("CC-BY-SA-4.0", "rel", "CC0-1.0", 1, 1),
    ]


def test_pages_in_legacy_fonts(found: Found, new_run: Any) -> None:
    assert [found[0][f"legacy_{what}"] for what in ("documents", "chars", "dropped", "share")] == [
        1,
        300,
        0,
        1.0,
    ]
    task = new_run.task("clean")
    task.ledger.add("web", "dropped", "legacy_font", Amount(3))
    new_run.write(
        task, "attributes/part-00000.parquet", pa.table({"id": ["a", "b"], "page_legacy_chars": [9, None]})
    )
    new_run.finish(task)
    values, _ = cleaning(RunRecord.open(new_run.config))
    assert values["legacy_share"] == 1 / 4


def test_imported_texts_have_no_pages_in_legacy_fonts(new_run: Any) -> None:
    task = new_run.task("clean")
    nulls = pa.table({"id": ["a", "b"], "page_legacy_chars": pa.nulls(2, pa.int64())})
    new_run.write(task, "attributes/part-00000.parquet", nulls)
    new_run.finish(task)
    values, _ = cleaning(RunRecord.open(new_run.config))
    assert (values["legacy_documents"], values["legacy_chars"], values["legacy_share"]) == (0, 0, None)


def test_extraction_is_told_of_kept_and_dropped_pages(found: Found) -> None:
    kept, dropped = found[1]["extraction"]
    assert (kept["measure"], kept["fate"], kept["documents"]) == ("confidence", "kept", 24)
    assert (dropped["fate"], dropped["documents"]) == ("dropped", 6)
    assert dropped["median"] == pytest.approx((29 + 39) / 2 / 60)
    assert dropped["tenth"] < dropped["median"] < dropped["nine_tenths"]


def test_only_documents_over_the_threshold_count_for_a_benchmark(found: Found) -> None:
    values, tables = found
    assert [(row["file"], row["fields"], row["documents"]) for row in tables["benchmarks"]] == [
        ("khmer.jsonl", ["question", "answer"], 1),
        ("unmet.txt", ["text"], 0),
    ]
    assert values["benchmark_items"] == 12


def test_rules_tell_what_they_would_drop_and_what_they_drop_first(found: Found, record: RunRecord) -> None:
    names = ("score", "bound", "reason", "fails", "decides")
    rules = [tuple(row[name] for name in names) for row in found[1]["rules"]]
    assert rules == [
        ("khmer_khmer_share", "< 0.3", "not_khmer", 6, 6),
        ("contamination_share", "> 0.4", "benchmark", 1, 0),
        ("page_legacy_chars", "> 1,000", "legacy_font", 0, 0),
    ]
    dropped = record.manifests["clean"].books().total("dropped")
    assert sum(decides for *_, decides in rules) == dropped.documents


def test_a_score_that_is_not_there_drops_nothing(new_run: Any) -> None:
    rule = {"score": "s", "above": None, "below": 5.0, "reason": "bad"}
    _, tables = planted(new_run, {"s": [None, 1.0, 5.0], "language": ["km"] * 3}, {"rules": [rule]})
    assert (tables["rules"][0]["fails"], tables["languages"][0]["kept"]) == (1, 2)


def test_what_the_attributes_do_not_hold_is_unknown_and_not_zero(new_run: Any) -> None:
    values, tables = planted(new_run, {"gopher_clusters": [1, 2]})
    assert values.pop("documents") == 2
    assert set(values.values()) == {None}
    assert all(rows == [] for rows in tables.values())


def test_nothing_is_told_of_a_stage_that_has_not_run(record: RunRecord) -> None:
    values, tables = cleaning(replace(record, manifests={}))
    assert set(values) > set(VALUES)
    assert set(values.values()) == {None}
    assert tables == {name: [] for name in TABLES}
