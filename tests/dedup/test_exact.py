"""Who is tied to whom before any comparison."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.document import DOCUMENT, documents_table
from dedup.config import Reason
from dedup.exact import first_of_equal, tie
from dedup.preference import best_first
from dedup.sketch import units_of
from dedup.traits import traits_of

LONG = "ក្រុមប្រឹក្សាភូមិបានជួបប្រជុំគ្នានៅសាលាឃុំ ដើម្បីពិភាក្សាអំពីការជួសជុលផ្លូវលំ និងការជីកប្រឡាយទឹក។"
OTHER = "សិស្សថ្នាក់ទីប្រាំបានទៅទស្សនាសួនសត្វ ហើយបានឃើញដំរី ខ្លា និងសត្វស្វាជាច្រើន មុនពេលត្រឡប់មកសាលាវិញ។"
SHORT = "សូមអរគុណ!"


def tied(*rows: dict[str, Any]) -> list[tuple[str, str]]:
    """For each document the id kept for it and the reason, in the order given."""
    common = {"source": "a", "licence": "CC0-1.0", "origin": {"file": "x", "position": 0}}
    table = documents_table([{**common, "id": str(i), **row} for i, row in enumerate(rows)], DOCUMENT)
    offsets, units = units_of(table["text"])
    traits = traits_of(table, units, offsets)
    order = best_first(traits)
    kept, reason = tie(traits.take(pa.array(order)), 30)
    ids = table["id"].take(pa.array(order)).to_pylist()
    fate = {ids[i]: (ids[kept[i]], Reason(reason[i]).name) for i in range(len(ids))}
    return [fate[row_id] for row_id in table["id"].to_pylist()]


KEPT = "KEPT"
EXACT = "EXACT_DUPLICATE"
URL = "URL_DUPLICATE"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param([{"text": LONG}], [("0", KEPT)], id="alone"),
        pytest.param([{"text": LONG}, {"text": LONG}], [("0", KEPT), ("0", EXACT)], id="same text"),
        pytest.param(
            [{"text": LONG}, {"text": LONG + " "}], [("0", KEPT), ("1", KEPT)], id="a blank is left to near"
        ),
        pytest.param(
            [{"text": SHORT}, {"text": " សូម\u200bអរគុណ។"}], [("0", KEPT), ("0", EXACT)], id="short, same units"
        ),
        pytest.param(
            [{"text": SHORT}, {"text": "សូមអរព្រះគុណ!"}], [("0", KEPT), ("1", KEPT)], id="short, other units"
        ),
        pytest.param([{"text": "!!!"}, {"text": "…"}], [("0", KEPT), ("1", KEPT)], id="without units"),
        pytest.param(
            [{"text": LONG, "licence": "LicenseRef-unstated"}, {"text": LONG, "licence": "CC-BY-4.0"}],
            [("1", EXACT), ("1", KEPT)],
            id="the open licence stays",
        ),
        pytest.param(
            [
                {"text": LONG, "url": "https://www.a.example/x/", "source": "b"},
                {"text": OTHER, "url": "http://a.example/x#top"},
            ],
            [("1", URL), ("1", KEPT)],
            id="one page from two sources",
        ),
        pytest.param(
            [{"text": LONG, "url": "https://a.example/x"}, {"text": OTHER, "url": "https://a.example/x"}],
            [("0", KEPT), ("1", KEPT)],
            id="parts of a page in one source",
        ),
        pytest.param(
            [
                {"text": LONG, "url": "https://a.example/x"},
                {"text": OTHER, "url": "https://a.example/x"},
                {"text": SHORT, "url": "https://a.example/x", "source": "b"},
            ],
            [("0", KEPT), ("1", KEPT), ("1", URL)],
            id="parts of a page in one source, a version in another",
        ),
        pytest.param(
            [
                {"text": LONG, "url": "https://a.example/?a=1"},
                {"text": OTHER, "url": "https://a.example/?a=2", "source": "b"},
            ],
            [("0", KEPT), ("1", KEPT)],
            id="other query",
        ),
        pytest.param(
            [{"text": LONG}, {"text": OTHER, "source": "b"}], [("0", KEPT), ("1", KEPT)], id="no URL"
        ),
        pytest.param(
            [
                {"text": LONG, "url": "https://a.example/x", "source": "b"},
                {"text": LONG, "url": "https://a.example/x"},
            ],
            [("0", KEPT), ("0", EXACT)],
            id="same text goes before same URL",
        ),
    ],
)
def test_ties(rows: list[dict[str, Any]], expected: list[tuple[str, str]]) -> None:
    assert tied(*rows) == expected


def test_versions_of_one_document_by_id_are_one() -> None:
    page = {"id": "same", "url": "https://a.example/x"}
    assert tied({**page, "text": OTHER}, {**page, "text": LONG + LONG})[0] == ("same", URL)


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=30))
def test_first_of_equal(rows: list[tuple[int, bool]]) -> None:
    keys, among = np.array([k for k, _ in rows], np.int64), np.array([a for _, a in rows], np.bool_)
    expected = [
        next(j for j, (other, a) in enumerate(rows) if a and other == key) if chosen else i
        for i, (key, chosen) in enumerate(rows)
    ]
    assert first_of_equal(keys, among).tolist() == expected


def test_the_earlier_stays() -> None:
    early, late = datetime(2019, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)
    dates = [
        {"fetched_at": early},
        {"fetched_at": late, "published_at": datetime(2018, 1, 1, tzinfo=UTC)},
        {},
    ]
    assert [kept for kept, _ in tied(*({"text": LONG, **date} for date in dates))] == ["1", "1", "1"]
