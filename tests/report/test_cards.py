from __future__ import annotations

import csv
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from report.cards import TEMPLATES, licence_kind, readme, size_category
from report.figures import measure
from report.records import RunRecord

TYPED = sorted(TEMPLATES.rglob("*.md*"))


@pytest.fixture(scope="module")
def card(toy: Any) -> Path:
    folder: Path = toy.folder.child("report").local() / "card"
    return folder


def test_the_header_is_what_the_hub_reads(card: Path) -> None:
    _, header, body = (card / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    values = yaml.safe_load(header)
    assert values["language"] == ["km"]
    assert values["license"] == "other"
    assert values["size_categories"] == ["n<1K"]
    assert body.lstrip().startswith("# Sastra: toy")


def test_the_card_holds_the_figures_in_both_languages(card: Path) -> None:
    text = (card / "README.md").read_text(encoding="utf-8")
    for part in (
        "toy-1k",
        "| 50 |",
        "`near_duplicate`",
        "LicenseRef-website",
        "ភាសាខ្មែរ",
        "Nothing here is legal advice",
    ):
        assert part in text
    assert "More Information Needed" not in text


def test_the_card_tells_how_the_text_was_cleaned(card: Path) -> None:
    text = (card / "README.md").read_text(encoding="utf-8")
    for row in (
        "| `pi` | បាលី | Pali | 2 | 0 |",
        "| CC-BY-SA-4.0 (rel=license link) | CC0-1.0 | 1 | 1 |",
        "| < 0.3 | `not_khmer` | 6 | 6 |",
        "| > 0.4 | `benchmark` | 1 | 0 |",
        "| order of signs in a cluster | លំដាប់តួអក្សរក្នុងកន្សោម | 15 | 45 |",
        "| khmer.jsonl | question, answer | 1 |",
        "| telephone numbers | លេខទូរស័ព្ទ | `⟨phone⟩` | 60 | 30 |",
        "| ឧបករណ៍ដកអត្ថបទពីទំព័រ · extractor of pages | blocks |",
        "| កំណែ ICU · ICU version | 78.3 |",
    ):
        assert row in text
    assert "No benchmark was decontaminated" not in text


def test_tables_of_the_card_have_as_many_cells_in_each_row(card: Path) -> None:
    lines = (card / "README.md").read_text(encoding="utf-8").splitlines()
    for line, following in pairwise(lines):
        if line.startswith("|") and following.startswith("|"):
            assert line.count("|") == following.count("|"), line


def test_a_card_before_cleaning_says_so(new_run: Any) -> None:
    new_run.ingest()
    text = readme(measure(RunRecord.open(new_run.config), "toy", 10_000))
    assert "No benchmark was decontaminated" in text
    assert "Filter rules" not in text
    assert "| កំណែ ICU · ICU version | មិនទាន់បានវាស់ / not measured |" in text


@pytest.mark.parametrize("path", TYPED, ids=lambda path: path.name)
def test_no_figure_is_typed_by_hand(path: Path) -> None:
    said = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|UTF-8|SHA-256", "", path.read_text(encoding="utf-8"), flags=re.S)
    assert re.findall(r"\S*\d\S*", said) == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib.*", "ignore::DeprecationWarning:mlcroissant.*")
def test_croissant_is_valid_and_its_records_can_be_read(card: Path) -> None:
    mlcroissant = pytest.importorskip("mlcroissant")
    described = mlcroissant.Dataset(card / "croissant.json")
    assert described.metadata.issues.errors == set()
    assert "e-mail addresses: 30 masked" in described.metadata.personal_sensitive_information
    records = list(described.records(record_set="part-00000"))
    assert len(records) == 50
    text = records[0]["part-00000/text"]
    assert "។" in (text.decode() if isinstance(text, bytes) else text)


def test_croissant_tells_how_the_text_was_cleaned(card: Path) -> None:
    described = json.loads((card / "croissant.json").read_text(encoding="utf-8"))
    told = described["rai:dataPreprocessingProtocol"]
    assert "dropped where khmer_khmer_share < 0.3: not_khmer" in told
    assert "dropped where an item of khmer.jsonl stands in the text" in told
    assert "repaired: order of signs in a cluster (15 documents)" in told
    assert described["rai:machineAnnotationTools"] == ["extractor: blocks", "ICU: 78.3"]
    assert described["rai:personalSensitiveInformation"] == [
        "telephone numbers: 60 masked",
        "e-mail addresses: 30 masked",
    ]


def test_croissant_names_every_shard_with_its_digest(card: Path, toy: Any) -> None:
    described = json.loads((card / "croissant.json").read_text(encoding="utf-8"))
    manifest = toy.folder.child("dedup").read_json("manifest.json")
    digests = [file["sha256"] for file in manifest["outputs"] if file["path"].startswith("documents/")]
    assert [file["sha256"] for file in described["distribution"]] == digests
    assert all((card / file["contentUrl"]).is_file() for file in described["distribution"])


def test_the_table_of_licences(card: Path) -> None:
    with (card / "licences.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["licence"]: row["kind"] for row in rows} == {
        "CC-BY-4.0": "SPDX",
        "CC0-1.0": "SPDX",
        "LicenseRef-website": "LicenseRef",
    }
    assert sum(int(row["documents"]) for row in rows) == 50


@pytest.mark.parametrize(
    ("licence", "kind"),
    [
        ("MIT", "SPDX"),
        ("CC-BY-SA-4.0 OR MIT", "SPDX"),
        ("LicenseRef-web", "LicenseRef"),
        ("free to use", "unknown"),
        ("CC0 of the packaging; texts' rights stay, with authors", "unknown"),
        ("", "unknown"),
    ],
)
def test_licence_kind(licence: str, kind: str) -> None:
    assert licence_kind(licence) == kind


@pytest.mark.parametrize(
    ("n", "category"),
    [(0, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (400_000, "100K<n<1M"), (5_000_000_000, "n>1B")],
)
def test_size_category(n: int, category: str) -> None:
    assert size_category(n) == category
