"""Who is tied to whom, through the whole stage: the same text, the same units, the same page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

LONG = "ក្រុមប្រឹក្សាភូមិបានជួបប្រជុំគ្នានៅសាលាឃុំ ដើម្បីពិភាក្សាអំពីការជួសជុលផ្លូវលំ និងការជីកប្រឡាយទឹក។"
OTHER = "សិស្សថ្នាក់ទីប្រាំបានទៅទស្សនាសួនសត្វ ហើយបានឃើញដំរី ខ្លា និងសត្វស្វាជាច្រើន មុនពេលត្រឡប់មកសាលាវិញ។"
SHORT = "សូមអរគុណ!"

KEPT = "kept"
EXACT = "exact_duplicate"
NEAR = "near_duplicate"
URL = "url_duplicate"


@pytest.fixture
def tied(deduplicate: Callable[..., Any]) -> Callable[..., list[tuple[str, str]]]:
    """For each document the id kept for it and the reason, in the order given."""

    def run(*rows: dict[str, Any]) -> list[tuple[str, str]]:
        common = {"source": "a", "licence": "CC0-1.0", "origin": {"file": "x", "position": 0}}
        given = [{**common, "id": str(i), **row} for i, row in enumerate(rows)]
        dropped = deduplicate(given).dropped
        return [
            (dropped[row["id"]][2], dropped[row["id"]][0]) if row["id"] in dropped else (row["id"], KEPT)
            for row in given
        ]

    return run


CASES = {
    "alone": ([{"text": LONG}], [("0", KEPT)]),
    "same text": ([{"text": LONG}, {"text": LONG}], [("0", KEPT), ("0", EXACT)]),
    "one more blank": ([{"text": LONG}, {"text": LONG + " "}], [("0", KEPT), ("0", NEAR)]),
    "short, same units": ([{"text": SHORT}, {"text": " សូម\u200bអរគុណ។"}], [("0", KEPT), ("0", EXACT)]),
    "short, other units": ([{"text": SHORT}, {"text": "សូមអរព្រះគុណ!"}], [("0", KEPT), ("1", KEPT)]),
    "without units": ([{"text": "!!!"}, {"text": "…"}], [("0", KEPT), ("1", KEPT)]),
    "the open licence stays": (
        [{"text": LONG, "licence": "LicenseRef-unstated"}, {"text": LONG, "licence": "CC-BY-4.0"}],
        [("1", EXACT), ("1", KEPT)],
    ),
    "one page from two sources": (
        [
            {"text": LONG, "url": "https://www.a.example/x/", "source": "b"},
            {"text": OTHER, "url": "http://a.example/x#top"},
        ],
        [("1", URL), ("1", KEPT)],
    ),
    "parts of a page in one source": (
        [{"text": LONG, "url": "https://a.example/x"}, {"text": OTHER, "url": "https://a.example/x"}],
        [("0", KEPT), ("1", KEPT)],
    ),
    "parts of a page in one source, a version in another": (
        [
            {"text": LONG, "url": "https://a.example/x"},
            {"text": OTHER, "url": "https://a.example/x"},
            {"text": SHORT, "url": "https://a.example/x", "source": "b"},
        ],
        [("0", KEPT), ("1", KEPT), ("1", URL)],
    ),
    "other query": (
        [
            {"text": LONG, "url": "https://a.example/?a=1"},
            {"text": OTHER, "url": "https://a.example/?a=2", "source": "b"},
        ],
        [("0", KEPT), ("1", KEPT)],
    ),
    "no URL": ([{"text": LONG}, {"text": OTHER, "source": "b"}], [("0", KEPT), ("1", KEPT)]),
    "same text goes before same URL": (
        [
            {"text": LONG, "url": "https://a.example/x", "source": "b"},
            {"text": LONG, "url": "https://a.example/x"},
        ],
        [("0", KEPT), ("0", EXACT)],
    ),
}


@pytest.mark.parametrize(("rows", "expected"), CASES.values(), ids=CASES.keys())
def test_ties(tied: Callable[..., Any], rows: list[dict[str, Any]], expected: list[tuple[str, str]]) -> None:
    assert tied(*rows) == expected


def test_the_earlier_stays(tied: Callable[..., Any]) -> None:
    early, late = datetime(2019, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)
    dates = [
        {"fetched_at": early},
        {"fetched_at": late, "published_at": datetime(2018, 1, 1, tzinfo=UTC)},
        {},
    ]
    assert [kept for kept, _ in tied(*({"text": LONG, **date} for date in dates))] == ["1", "1", "1"]
