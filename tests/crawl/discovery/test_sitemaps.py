"""Sitemaps as they are served: of every form, broken in every way, and bounded whatever they hold."""

from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawl.discovery import sitemaps
from crawl.discovery.reading import read_listing
from crawl.discovery.sitemaps import read_sitemap

AT = "https://a.kh/sitemap.xml"
HEAD = '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'


def paths(body: bytes | str, limit: int = 100) -> list[str]:
    data = body.encode() if isinstance(body, str) else body
    return [url.removeprefix("https://a.kh/") for url in read_sitemap(AT, data, limit).urls]


ONE = f"{HEAD}<url><loc>https://a.kh/1</loc></url></urlset>"
CASES = {
    "plain": (ONE, ["1"]),
    "packed": (gzip.compress(ONE.encode()), ["1"]),
    "packed, cut": (gzip.compress((ONE + " " * 99).encode(), 0)[:140], ["1"]),
    "utf-16": (ONE.encode("utf-16"), ["1"]),
    "utf-16 without a mark": (ONE.encode("utf-16-be"), ["1"]),
    "with a mark": (ONE.encode("utf-8-sig"), ["1"]),
    "another namespace": ('<s:urlset xmlns:s="x"><s:url><s:loc>/1</s:loc></s:url></s:urlset>', ["1"]),
    "in capitals": ("<URLSET><URL><LOC>/1</LOC></URL></URLSET>", ["1"]),
    "spaces": ("<urlset><url>\n <loc >\n https://a.kh/1 \n</loc></url>", ["1"]),
    "cdata": ("<urlset><url><loc><![CDATA[ https://a.kh/1?a=1&b=2 ]]></loc></url>", ["1?a=1&b=2"]),
    "escaped": ("<urlset><url><loc>/1?a=1&amp;b=2</loc></url>", ["1?a=1&b=2"]),
    "escaped twice": ("<urlset><url><loc>/1?a=1&amp;amp;b=2</loc></url>", ["1?a=1&b=2"]),
    "not escaped": ("<urlset><url><loc>/1?a=1&b=2</loc></url>", ["1?a=1&b=2"]),
    "cut": (f"{HEAD}<url><loc>/1</loc></url><url><loc>/2</loc><lastm", ["1", "2"]),
    "cut in a comment": (f"{HEAD}<url><loc>/1</loc></url><!-- <url><loc>/2</loc>", ["1"]),
    "a comment": (f"{HEAD}<!-- <url><loc>/2</loc></url> --><url><loc>/1</loc></url>", ["1"]),
    "never closed": (f"{HEAD}<url><loc>/1<url><loc>/2", ["1", "2"]),
    "khmer": (f"{HEAD}<url><loc>https://a.kh/ទំព័រ</loc></url>", ["%E1%9E%91%E1%9F%86%E1%9E%96%E1%9F%90%E1%9E%9A"]),
    "twice": (f"{HEAD}<url><loc>/1</loc></url><url><loc>/1#x</loc></url>", ["1"]),
    "no URL": (f"{HEAD}<url><loc>javascript:x</loc></url><url><loc></loc></url>", []),
    "lines": ("https://a.kh/1\r\n\n# no\nhttps://a.kh/2", ["1", "2"]),
    "lines, packed": (gzip.compress(b"https://a.kh/1\n"), ["1"]),
    "empty": ("", []),
    "spaces only": (" \n", []),
    "a page": ("<!DOCTYPE html><html><a href=/1>", []),
    "rss": ("<rss><channel><item><link>https://a.kh/1</link></item></channel></rss>", ["1"]),
    "atom": ('<feed><entry><link href="https://a.kh/1"/></entry></feed>', ["1"]),
    "images": (f"{HEAD}<url><image:image><image:loc>/i.jpg</image:loc></image:image><loc>/1</loc></url>", ["1"]),
    "videos": (f"{HEAD}<url><loc>/1</loc><video:video><video:loc>/v</video:loc></video:video></url>", ["1"]),
    "khmer twin": (
        f'{HEAD}<url><loc>/en/1</loc><x:link hreflang="km" href="/km/1"/><x:link hreflang="fr" href="/fr/1"/></url>',
        ["km/1", "en/1"],
    ),
    "own entity": ('<!DOCTYPE x [<!ENTITY a "/1">]><urlset><url><loc>&a;</loc></url>', ["&a"]),
    "outside entity": ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><urlset><url><loc>/&a;</loc>', ["&a"]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_forms(name):
    body, expected = CASES[name]
    assert paths(body) == expected


def test_the_newest_come_first_and_the_undated_last():
    dates = ["", "2024-01-02", "2026-03-01T10:00:00+07:00", "31/12/2030", "2025"]
    urls = [f"<url><loc>/{at}</loc><lastmod>{date}</lastmod></url>" for at, date in enumerate(dates)]
    assert paths(HEAD + "".join(urls)) == ["2", "4", "1", "0", "3"]
    assert paths(HEAD + "".join(urls), limit=2) == ["2", "4"]
    assert read_sitemap(AT, (HEAD + "".join(urls)).encode(), 2).n_beyond_limit == 3
    news = "<news:news><news:publication_date>2026-11-01</news:publication_date></news:news>"
    assert paths(f"{HEAD}<url><loc>/1</loc></url><url><loc>/2</loc>{news}</url>") == ["2", "1"]


def test_an_index_leads_to_its_sitemaps_of_the_same_site():
    index = """<sitemapindex><sitemap><loc>https://a.kh/s1.xml</loc><lastmod>2024-01-01</lastmod></sitemap>
    <sitemap><loc>https://www.a.kh/s2.xml.gz</loc><lastmod>2025-01-01</lastmod></sitemap>
    <sitemap><loc>https://b.kh/s3.xml</loc></sitemap><sitemap><loc>https://a.kh/sitemap.xml</loc></sitemap>
    </sitemapindex>"""
    listing = read_sitemap(AT, index.encode(), 10)
    assert listing.following == [
        ("sitemap", "https://www.a.kh/s2.xml.gz"),
        ("sitemap", "https://a.kh/s1.xml"),
    ]
    assert (listing.urls, listing.fault) == ([], "")


def test_a_sitemap_speaks_for_its_own_host_first():
    urls = "".join(
        f"<url><loc>{url}</loc><lastmod>{date}</lastmod></url>"
        for url, date in [
            ("https://b.kh/1", "2026-01-01"),
            ("http://www.a.kh/1", "2020-01-01"),
            ("https://a.kh/2", "2021-01-01"),
        ]
    )
    urls_in_order = read_sitemap(AT, (HEAD + urls).encode(), 10).urls
    assert urls_in_order == ["https://a.kh/2", "http://www.a.kh/1", "https://b.kh/1"]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", "no URLs"),
        (b"<html>", "a page, not a sitemap"),
        (b"<urlset></urlset>", "no URLs"),
        (gzip.compress(b" " * 99, 0)[:50], "truncated: the file ends within compressed data; no URLs"),
    ],
)
def test_what_was_wrong_is_told(body, fault):
    assert read_sitemap(AT, body, 10).fault.startswith(fault)


def test_no_more_is_read_than_the_limits_allow(monkeypatch):
    monkeypatch.setattr(sitemaps, "MOST_BYTES", 1000)
    listing = read_sitemap(AT, HEAD.encode() + b"<url><loc>/1</loc></url>" * 100, 10)
    assert (listing.urls, listing.fault) == (["https://a.kh/1"], "more than 1,000 bytes")
    monkeypatch.setattr(sitemaps, "MOST_ENTRIES", 3)
    listing = read_sitemap(AT, b"".join(b"<url><loc>/%d" % n for n in range(9)), 10)
    assert (len(listing.urls), listing.n_beyond_limit) == (3, 6)


MANY = 1 << 16
HOSTILE = {
    "entities": b"<!DOCTYPE x [" + b'<!ENTITY a "&b;&b;&b;">' * 1000 + b"]><urlset><url><loc>&a;</loc></url>",
    "a bomb": gzip.compress(bytes(1 << 26)),
    "a bomb of URLs": gzip.compress(b"<url><loc>/x" * MANY),
    "empty members": gzip.compress(b"") * MANY,
    "deep nesting": b"<a>" * MANY,
    "tags never closed": b"<loc " * MANY,
    "comments": b"<!--" * MANY,
    "sections": b"<![CDATA[" * MANY,
    "prefixes": b"<aaaaaaaaaaaaaaaaaaaa:" * MANY,
    "an endless tag": b"<link " + b'a="b" ' * MANY + b">",
    "an endless name": b"<link " + b"a" * MANY + b">",
    "an endless URL": b"<urlset><url><loc>/" + b"&amp;" * MANY,
    "an endless line": b"http://a.kh/" + b"x" * MANY,
    "lines": b"http://a.kh/x\n" * MANY,
    "null bytes": bytes(MANY),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_sitemap_is_bounded(name):
    assert len(read_sitemap(AT, HOSTILE[name], 1000).urls) <= 1000


@given(st.binary(max_size=200) | st.text("<>urlsetloc/&;![]CDATA-\n\"'= ", max_size=100).map(str.encode))
def test_any_bytes_are_read(body):
    for kind in ("sitemap", "feed", "wordpress", "blogger"):
        read_listing(kind, AT, body, 5)
