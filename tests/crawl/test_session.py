from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from unittest.mock import Mock

import pytest

from crawl.session import Crawl, _redirect_target
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
    assert _redirect_target(answer) == target


def test_after_a_fault_nothing_is_committed():
    loop = asyncio.new_event_loop()
    journal = Mock()
    parts = dict.fromkeys(("config", "client", "names", "scope", "hosts", "post"), Mock())
    crawl = Crawl(**parts, journal=journal, failed=loop.create_future())
    crawl.commit()
    assert journal.commit.call_count == 1
    crawl.fail(OSError(28, "No space left on device"))
    crawl.commit()
    assert journal.commit.call_count == 1
    assert isinstance(crawl.failed.exception(), OSError)
    loop.close()
