"""Dates and hosts as rows state them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from crawl.ingest.rows import host, moment


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("2024-05-01T10:00:00.5+07:00", datetime(2024, 5, 1, 3, tzinfo=UTC)),
        ("2024-05-01T10:00:00Z", datetime(2024, 5, 1, 10, tzinfo=UTC)),
        ("2024-05-01", datetime(2024, 5, 1, tzinfo=UTC)),
        (date(2024, 5, 1), datetime(2024, 5, 1, tzinfo=UTC)),
        (datetime(2024, 5, 1), datetime(2024, 5, 1, tzinfo=UTC)),  # noqa: DTZ001 (the case is one without a zone)
        ("0001-01-01T00:00:00+14:00", None),
        ("ថ្ងៃទី១", None),
        (20240501, None),
        (None, None),
    ],
)
def test_moments(stated: object, expected: datetime | None) -> None:
    assert moment(stated) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [("https://News.test:80/a", "news.test"), ("no url", None), ("http://[::1/", None), (None, None)],
)
def test_hosts(url: str | None, expected: str | None) -> None:
    assert host(url) == expected
