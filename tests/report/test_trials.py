"""Audit and ablation on the dashboard: what they found, and nothing where they have not run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corpus.manifest import Manifest
from corpus.paths import Folder
from report.dashboard import environment
from report.figures import Figures
from report.records import RunRecord
from report.trials import CASES, ablation, audit

AUDIT = {
    "peer": "datatrove",
    "documents": 31,
    "sources": [
        {"source": "web", "both_keep": 10, "only_ours_keep": 20, "only_theirs_keep": 1, "both_drop": 0}
    ],
    "alone": {"ours": {"spam": 1}, "theirs": {"gopher_short_doc": 5, "duplicated_5_n_grams": 15}},
}


def spread(mean: float) -> dict[str, float]:
    return {"mean": mean, "least": mean - 0.01, "most": mean + 0.01}


ABLATION = {
    "tokens": 1000,
    "arms": {"unfiltered": {"documents": 9, "tokens": 90}, "ours": {"documents": 8, "tokens": 80}},
    "models": {
        "unfiltered": {"model": {"news": spread(1.2)}, "five_gram": {"news": spread(0.9)}},
        "ours": {"model": {"news": spread(1.1)}, "five_gram": {"news": spread(0.95)}},
    },
}


def manifest(stage: str, facts: dict[str, Any]) -> Manifest:
    return Manifest(stage, "planted", {}, {}, [], [], facts)


@pytest.fixture
def record(tmp_path: Path) -> RunRecord:
    folder = Folder(str(tmp_path))
    cases = [
        {"ours": None, "theirs": "gopher_short_doc", "source": "web", "text": f"អត្ថបទទី {n}"}
        for n in range(CASES + 3)
    ]
    cases.append({"ours": "spam", "theirs": None, "source": "web", "text": "ភ្នាល់"})
    folder.child("audit").write_json("cases.json", cases)
    return RunRecord(
        folder, {}, {"audit": manifest("audit", AUDIT), "ablation": manifest("ablation", ABLATION)}
    )


def test_disagreements_are_shown_with_their_reasons(record: RunRecord) -> None:
    values, tables = audit(record)
    assert values == {"peer": "datatrove", "documents": 31}
    assert [(row["side"], row["count"]) for row in tables["audit_alone"]] == [
        ("ours", 1),
        ("theirs", 15),
        ("theirs", 5),
    ]
    shown = [(case["side"], case["reason"]) for case in tables["audit_cases"]]
    assert shown == [("theirs", "gopher_short_doc")] * CASES + [("ours", "spam")]


def test_the_best_arm_of_each_row_is_named(record: RunRecord) -> None:
    values, tables = ablation(record)
    assert values == {"tokens": 1000}
    assert [(row["kind"], row["best"]) for row in tables["ablation"]] == [
        ("model", "ours"),
        ("five_gram", "unfiltered"),
    ]
    assert [row["arm"] for row in tables["ablation_arms"]] == ["unfiltered", "ours"]


def test_the_panel_holds_both(record: RunRecord) -> None:
    figures = Figures()
    for prefix, (values, tables) in (("audit", audit(record)), ("ablation", ablation(record))):
        figures.add(prefix, values)
        figures.tables.update(tables)
    source = '{% import "macros.html" as m with context %}{% include "panels/trials.html" %}'
    page = environment(figures).from_string(source).render(tables=figures.tables)
    assert "<b>1.1</b> (1.09–1.11)" in page
    assert "We alone drop" in page
    assert "too few words" in page
    assert "<code>duplicated_5_n_grams</code>" in page
    assert "has not run" not in page


def test_nothing_is_invented_where_no_trial_has_run(record: RunRecord) -> None:
    untried = replace(record, trials={})
    assert audit(untried) == (
        {"peer": None, "documents": None},
        {"audit": [], "audit_alone": [], "audit_cases": []},
    )
    assert ablation(untried) == ({"tokens": None}, {"ablation": [], "ablation_arms": []})
