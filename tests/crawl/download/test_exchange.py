from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawl.download.exchange import redirect_target
from crawl.warc import Exchange


@pytest.mark.parametrize(
    ("status", "location", "target"),
    [
        (302, b"/x", "http://a.kh/x"),
        (308, b"https://b.kh/", "https://b.kh/"),
        (301, "/ក".encode(), "http://a.kh/%E1%9E%80"),
        (301, b"mailto:a@b.kh", ""),
        (301, b"", ""),
        (200, b"/x", ""),
        (304, b"/x", ""),
    ],
)
def test_redirect_target(status, location, target):
    answer = Exchange(
        "http://a.kh/d", datetime.now(UTC), "", b"", status, b"", ((b"location", location),), b""
    )
    assert redirect_target(answer) == target
