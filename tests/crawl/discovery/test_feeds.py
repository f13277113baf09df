"""Feeds of every kind: where their items lead, the newest first."""

from __future__ import annotations

import json

import pytest

from crawl.discovery import feeds
from crawl.discovery.feeds import parsed_json, read_feed, sortable
from crawl.discovery.reading import read_listing

AT = "https://a.kh/blog/feed"


def rss(*items: str) -> str:
    return f"<rss><channel><title>ព័ត៌មាន</title><link>https://a.kh/</link>{''.join(items)}</channel></rss>"


CASES = {
    "rss": (rss("<item><title>១</title><link>https://a.kh/1</link></item>"), ["1"]),
    "rss in sections": (
        rss("<item><description><![CDATA[<item><link>/no</link>]]></description><link><![CDATA[/1]]></link></item>"),
        ["1"],
    ),
    "its guid": (rss("<item><guid isPermaLink='true'>https://a.kh/1</guid></item>"), ["1"]),
    "a guid that is none": (rss("<item><guid isPermaLink='false'>tag:a.kh,2026:1</guid><link>/1</link></item>"), ["1"]),
    "itself": (rss('<item><atom:link rel="self" href="/no"/><link>/1</link></item>'), ["1"]),
    "forwarded": (
        rss("<item><link>https://feeds.test/x</link><feedburner:origLink>https://a.kh/1</feedburner:origLink></item>"),
        ["1"],
    ),
    "no link": (rss("<item><title>១</title></item>"), []),
    "rss 1.0": (
        "<rdf:RDF><channel><link>/no</link></channel><item><link>/1</link></item><textinput><link>/no</link></textinput>",
        ["1"],
    ),
    "atom": (
        '<feed><link href="/no"/><entry><link rel="edit" href="/no"/><link rel="alternate" href="/1"/></entry></feed>',
        ["1"],
    ),
    "atom, relative": (
        '<feed xml:base="/x/"><entry><link href="1"/></entry><entry xml:base="y/"><link href="2"/></entry></feed>',
        ["x/1", "x/y/2"],
    ),
    "relative": (rss("<item><link>1</link></item>"), ["blog/1"]),
    "cut": (rss("<item><link>/1</link></item><item><link>/2</li").partition("</li></")[0], ["1", "2"]),
    "utf-16": (rss("<item><link>/1</link></item>").encode("utf-16"), ["1"]),
    "wrong charset": (b'<?xml encoding="x"?>' + rss("<item><link>/1</link></item>").encode() + b"\xff", ["1"]),
    "json": (json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [{"url": "https://a.kh/1"}]}), ["1"]),
    "json, broken": ('{"items": [{"url": "https://a.kh/1"}', []),
    "json, of other things": ('{"items": [7, {"url": 7}, {"id": "no"}, null]}', []),
    "a sitemap": ("<urlset><url><loc>https://a.kh/1</loc></url></urlset>", ["1"]),
    "a page": ("<html><a href=/1>", []),
    "empty": ("", []),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_forms(name):
    body, expected = CASES[name]
    data = body.encode() if isinstance(body, str) else body
    listing = read_listing("feed", AT, data, 10)
    assert [url.removeprefix("https://a.kh/") for url in listing.urls] == expected
    assert bool(listing.fault) == (not expected)


def test_the_newest_come_first():
    dates = ["Tue, 10 Jun 2003 04:00:00 GMT", "2026-01-01T00:00:00Z", "no date", "1 Jan 2027 00:00 +0700"]
    items = [f"<item><link>/{at}</link><pubDate>{date}</pubDate></item>" for at, date in enumerate(dates)]
    listing = read_feed(AT, rss(*items).encode(), 3)
    assert [url[-1] for url in listing.urls] == ["3", "1", "0"]
    assert listing.n_beyond_limit == 1


@pytest.mark.parametrize(
    ("date", "moment"),
    [
        ("2026-01-05", "2026-01-05T00:00:00+00:00"),
        ("2026-01-05T07:00:00+07:00", "2026-01-05T00:00:00+00:00"),
        ("Mon, 05 Jan 2026 07:00:00 +0700", "2026-01-05T00:00:00+00:00"),
        ("៥ មករា ២០២៦", ""),
        ("0001-01-01T00:00:00+07:00", ""),
        ("Mon, 05 Jan 99999 07:00:00", ""),
        ("", ""),
    ],
)
def test_dates(date, moment):
    assert sortable(date) == moment


@pytest.mark.parametrize(
    "body", [b"", b"[" * 1_000_000, b"9" * 10_000, b"{", b"\xff", b"[" + b"[]," * 1_000_000 + b"[]]"]
)
def test_json_that_is_none_or_would_fill_the_memory(body):
    assert parsed_json(body) is None


def test_a_feed_is_read_up_to_its_limit(monkeypatch):
    monkeypatch.setattr(feeds, "MOST_BYTES", 500)
    listing = read_feed(AT, rss("<item><link>/1</link></item>" * 100).encode(), 10)
    assert (listing.urls, listing.fault) == (["https://a.kh/1"], "more than 500 bytes")
