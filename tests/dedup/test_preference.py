"""Which of several copies stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.document import DOCUMENT
from dedup.preference import WORTH, closedness, preferences, qualities

EARLY = datetime(2009, 4, 14, tzinfo=UTC)
LATE = datetime(2024, 4, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        ("CC0-1.0", 0),
        ("LicenseRef-public-domain", 0),
        ("CC-BY-4.0", 1),
        ("Apache-2.0", 1),
        ("MIT", 1),
        ("CC-BY-SA-4.0", 2),
        ("MPL-2.0", 2),
        ("CC-BY-NC-4.0", 3),
        ("CC-BY-NC-SA-4.0", 3),
        ("CC-BY-ND-4.0", 3),
        ("LicenseRef-unstated", 4),
        ("", 4),
    ],
)
def test_closedness(licence: str, expected: int) -> None:
    assert closedness(licence) == expected


def worth(quality: float = np.nan, **fields: Any) -> int:
    row = {"n_clusters": 100, "licence": "CC0-1.0", "fetched_at": None, "published_at": None, **fields}
    table = pa.table({name: pa.array([row[name]], DOCUMENT.field(name).type) for name in WORTH})
    return int(preferences(table, np.array([quality]))[0])


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        pytest.param({"quality": 0.9, "n_clusters": 1}, {"quality": 0.7}, id="quality before length"),
        pytest.param({"quality": 0.8}, {"quality": 1.0, "n_clusters": 99}, id="length at like quality"),
        pytest.param({"quality": 0.0, "n_clusters": 1}, {}, id="any quality before none"),
        pytest.param({"n_clusters": 101, "licence": ""}, {}, id="length before licence"),
        pytest.param(
            {"published_at": LATE}, {"licence": "MIT", "published_at": EARLY}, id="licence before date"
        ),
        pytest.param({"published_at": EARLY}, {"published_at": LATE}, id="earlier"),
        pytest.param({"published_at": EARLY, "fetched_at": LATE}, {"fetched_at": LATE}, id="published"),
        pytest.param({"fetched_at": EARLY}, {"published_at": LATE}, id="fetched where not known"),
        pytest.param({"published_at": LATE}, {}, id="dated"),
        pytest.param(
            {"published_at": datetime(1899, 1, 1, tzinfo=UTC)}, {"published_at": EARLY}, id="long ago"
        ),
        pytest.param({"published_at": datetime(9000, 1, 1, tzinfo=UTC)}, {}, id="far ahead"),
    ],
)
def test_which_copy_is_worth_more(better: dict[str, Any], worse: dict[str, Any]) -> None:
    assert worth(**better) > worth(**worse)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ({"quality": 0.8}, {"quality": 1.0}),
        ({"quality": 0.3}, {"quality": 0.7}),
        ({"quality": 1.0}, {"quality": 7.0}),
        ({"quality": 0.0}, {"quality": -1.0}),
        ({"n_clusters": 1 << 28}, {"n_clusters": 1 << 40}),
        ({"published_at": EARLY}, {"published_at": EARLY + timedelta(seconds=59)}),
    ],
)
def test_copies_of_the_same_worth(a: dict[str, Any], b: dict[str, Any]) -> None:
    assert worth(**a) == worth(**b)


def test_the_layout() -> None:
    found = worth(0.5, n_clusters=77, licence="MIT", published_at=datetime(1900, 1, 1, 0, 3, tzinfo=UTC))
    parts = (found >> 60, found >> 32 & 0xFFFFFFF, found >> 29 & 7, found & 0x1FFFFFFF)
    assert parts == (2, 77, 3, (1 << 29) - 4)


def test_without_the_score_no_document_has_a_quality(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": pa.array(["a"])}), tmp_path / "scores.parquet")
    assert np.isnan(qualities(str(tmp_path / "scores.parquet"), pa.chunked_array([["a", "b"]]))).all()
