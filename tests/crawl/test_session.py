from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from unittest.mock import Mock

import pytest

from crawl.session import Crawl, _redirect_target, _retry_after, in_scope
from crawl.warc import Exchange


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("", 0),
        ("120", 120),
        (" 7 ", 7),
        ("-5", 0),
        ("soon", 0),
        (f"Mon, 20 Nov 2045 19:12:08 -{'9' * 20}", 0),
        (f"Mon, 20 Nov 2045 {'9' * 20}:12:08 GMT", 0),
    ],
)
def test_retry_after(value, seconds):
    assert _retry_after(value) == seconds


def test_retry_after_a_date():
    in_an_hour = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert 3590 < _retry_after(in_an_hour) <= 3600
    assert _retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0


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
    journal, hosts = Mock(), Mock()
    parts = {"config": None, "client": None, "names": None, "scope": (), "journal": journal, "hosts": hosts}
    crawl = Crawl(**parts, failed=loop.create_future())
    crawl.commit()
    assert journal.commit.call_count == 1
    crawl.fail(OSError(28, "No space left on device"))
    crawl.commit()
    assert journal.commit.call_count == 1
    assert isinstance(crawl.failed.exception(), OSError)
    loop.close()


def test_scope():
    assert in_scope(("a.kh", "*.b.kh"), "x.b.kh")
    assert not in_scope(("a.kh", "*.b.kh"), "b.kh")
