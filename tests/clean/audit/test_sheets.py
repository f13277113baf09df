"""Sheets: blind, balanced, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io

import pytest

from clean.audit.sheets import choose, item_of, sheet


def case(name: str, ours: str | None, theirs: str | None, text: str = "អត្ថបទ") -> dict[str, str | None]:
    return {"id": name, "ours": ours, "theirs": theirs, "text": text, "source": "web", "url": None}


def test_every_pair_of_decisions_is_on_the_sheet() -> None:
    many = [case(f"k{n}", None, None) for n in range(100)]
    rare = [case("o", None, "short"), case("t", "spam", None), case("b", "spam", "short")]
    chosen = choose([*many, *rare], 20)
    assert {"o", "t", "b"} <= {row["id"] for row in chosen}
    assert len(chosen) == 8, "five of each pair at most"
    assert choose([*reversed(many), *rare], 20) == chosen, "whatever the order they came in"
    assert choose([], 20) == []


def test_a_sheet_tells_neither_source_nor_decision() -> None:
    written = sheet([case("doc-7", "spam", None, "ក" * 50)], 10).decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(written))
    assert row == {"item": item_of("doc-7"), "text": "ក" * 10, "verdict": "", "remark": ""}
    assert "spam" not in written
    assert "doc-7" not in written


@pytest.mark.parametrize("text", ["=1+1", "+855", "-2", "@SUM(A1)"])
def test_no_text_is_taken_for_a_formula(text: str) -> None:
    (row,) = csv.DictReader(io.StringIO(sheet([case("a", None, None, text)], 99).decode("utf-8-sig")))
    assert row["text"] == f"'{text}"
