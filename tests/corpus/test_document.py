"""Documents: stable ids, exact measures, and dropped rows that keep every column."""

from __future__ import annotations

import pyarrow as pa

from corpus.document import DOCUMENT, DROPPED, as_dropped, document_id, documents_table, measure, with_text

ROW = {"id": "1", "text": "ខ្ញុំ a", "source": "s", "licence": "CC0-1.0", "origin": {"file": "f", "position": 3}}


def test_an_id_stays_the_same_for_ever() -> None:
    assert document_id("news", "http://ឧទាហរណ៍.test/១") == "22acb38e7d4549c47073268e21356ad1"
    assert document_id("news", "1") != document_id("new", "s1")


def test_measures_are_code_points_bytes_and_clusters() -> None:
    measured = measure(pa.array(["ខ្ញុំ a", "", "ក\nខ"], pa.large_string()))
    assert {name: column.to_pylist() for name, column in measured.items()} == {
        "n_chars": [7, 0, 3],
        "n_bytes": [17, 0, 7],
        "n_clusters": [1, 0, 2],
    }


def test_other_texts_are_measured_anew() -> None:
    table = with_text(documents_table([ROW]), pa.array(["កខ"], pa.large_string()))
    assert table.schema == DOCUMENT
    assert table.select(["text", "n_chars", "n_bytes", "n_clusters"]).to_pylist() == [
        {"text": "កខ", "n_chars": 2, "n_bytes": 6, "n_clusters": 2}
    ]


def test_dropped_rows_take_a_value_or_a_column() -> None:
    table = documents_table([ROW, ROW])
    rows = as_dropped(table, "clean", pa.array(["short", "spam"]), 0.5)
    assert rows.schema == DROPPED
    assert rows["reason"].to_pylist() == ["short", "spam"]
    assert rows["stage"].to_pylist() == ["clean", "clean"]
    assert rows["score"].to_pylist() == [0.5, 0.5]
    assert rows["evidence"].to_pylist() == [None, None]
