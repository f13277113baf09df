"""Runs of units that are shared, and who stays for whom."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from corpus.document import documents_table
from dedup.config import Reason
from dedup.passages.cut import PASSAGES, cut_passages
from dedup.passages.kernels import WIDTH, fill_groups, fill_spans
from dedup.passages.spans import Spans, redirect, stays
from khmer.clusters import LINE


def numbers(*values: int) -> Any:
    return np.array(values, np.uint32)


# Text 0 loses what 1 and 2 keep: units 40 to 240 of it are units 0 to 200 of 1, and 200 to 320 units 10 to 130 of 2.
UNITS = np.concatenate(
    [np.arange(0, 400), np.arange(40, 240), np.arange(5000, 5010), np.arange(200, 320)]
).astype(np.uint32) * np.uint32(4)
TEXTS = np.array([0, 400, 600]), np.array([400, 600, 730])


@pytest.mark.parametrize(
    ("matches", "spans"),
    [
        ([], []),
        ([[0, 60, 1, 20, 0]], [[0, 40, 240, 0]]),
        ([[0, 60, 1, 20, 0], [0, 100, 1, 60, 0]], [[0, 40, 240, 0]]),
        ([[0, 60, 1, 20, 0], [0, 230, 2, 40, 0]], [[0, 40, 320, 0]]),  # one span, of the longer run's match
        ([[0, 230, 2, 40, 0]], [[0, 200, 320, 0]]),
        ([[0, 60, 1, 21, 0]], []),  # the hash was the same, the units are not
        ([[0, 60, 2, 0, 0]], []),
    ],
)
def test_matches_are_extended_while_the_units_are_alike(matches: list[Any], spans: list[Any]) -> None:
    rows, found = np.array(matches, np.int64).reshape(-1, 5), np.empty((len(matches), 4), np.int64)
    n = fill_spans((UNITS, *TEXTS), (UNITS, *TEXTS), rows, 100, found)
    assert found[:n].tolist() == spans


def test_a_line_counts_whatever_its_length_and_a_run_by_it() -> None:
    units = np.concatenate([np.arange(100, 160), np.arange(90, 150)]).astype(np.uint32) * np.uint32(4)
    units[[20, 35]] |= LINE
    texts = units, np.array([0, 60]), np.array([60, 120])
    found = np.empty((1, 4), np.int64)
    line = np.array([[0, 20, 1, 30, 1]])
    assert fill_spans(texts, texts, line, 100, found) == 1
    assert found.tolist() == [[0, 20, 35, 0]]
    assert fill_spans(texts, texts, line, WIDTH, found) == 1
    assert found.tolist() == [[0, 0, 50, 0]]


def test_groups_hold_what_their_documents_need_once() -> None:
    sizes, keepers = np.array([50, 5, 30, 200]), numbers(0, 0, 1, 0, 2, 3, 1)
    starts, groups = np.array([0, 1, 3, 5, 6, 7]), np.empty(5, np.int64)
    fill_groups(starts, keepers, sizes, 75, groups)
    assert groups.tolist() == [0, 0, 1, 2, 3]  # 50 and 5, then 50 and 30, one that is too large, and 5


def test_ties_to_what_is_lost_are_drawn_to_what_stays() -> None:
    lost, keeper = numbers(2, 3), numbers(1, 2)
    given = numbers(0, 1, 2, 3)
    assert stays(given, lost, keeper).tolist() == [0, 1, 1, 1]
    assert given.tolist() == [0, 1, 2, 3]
    assert stays(numbers(0, 1), lost, keeper).tolist() == [0, 1]
    kept, reason = redirect(numbers(0, 1, 2, 3, 3, 1), np.array([0, 0, 0, 0, 2, 1], np.uint8), lost, keeper)
    assert kept.tolist() == [0, 1, 1, 1, 1, 1]
    passages = Reason.REPEATED_PASSAGES
    assert reason.tolist() == [0, 0, passages, passages, passages, Reason.EXACT_DUPLICATE]


def test_documents_are_measured_anew_and_passages_name_their_keeper() -> None:
    rows = [
        {
            "id": name,
            "text": text,
            "source": "web",
            "licence": "CC0-1.0",
            "origin": {"file": "f", "position": 0},
        }
        for name, text in [("a", "មុន។ កណ្តាល។ ក្រោយ។"), ("b", "គ្មាន"), ("c", "ទីមួយ\nទីពីរ\nទីបី")]
    ]
    before = documents_table(rows)
    spans = Spans(numbers(10, 14), numbers(2, 3), numbers(5, 6), numbers(7, 8), numbers(7, 8))
    after, removed = cut_passages(before, np.array([10, 12, 14]), spans, pa.array(["x", "y"]))
    assert after["text"].to_pylist() == ["មុន។ ក្រោយ។", "គ្មាន", "ទីមួយ\nទីបី"]
    assert after["n_clusters"].to_pylist() != before["n_clusters"].to_pylist()
    assert after["id"].to_pylist() == ["a", "b", "c"]
    assert removed.schema == PASSAGES
    assert removed.select(["id", "text", "reason", "evidence", "source"]).to_pylist() == [
        {"id": "a", "text": "កណ្តាល។", "reason": "repeated_passage", "evidence": "x", "source": "web"},
        {"id": "c", "text": "ទីពីរ", "reason": "repeated_passage", "evidence": "y", "source": "web"},
    ]
    none = spans.take(slice(0))
    assert cut_passages(before, np.array([10, 12, 14]), none, pa.array([], pa.string()))[0] is before
