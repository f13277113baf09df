"""Sitemaps (sitemaps.org, protocol 0.9): sets of URLs, indexes of them, plain lists, whole or cut, packed or not."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import NamedTuple

from crawl.discovery.feeds import read_feed
from crawl.discovery.kinds import Kind
from crawl.discovery.listing import Listing
from crawl.discovery.xml import begins_as, flattened, in_utf8, plain, tags
from crawl.sources.compressed import GZIP_MAGIC, Fault, inflate
from crawl.urls import bare_host, clean_url, link_url

MOST_BYTES = 50 << 20  # the protocol's limit, unpacked
MOST_FOLLOWING = 1000
MEDIA_PREFIXES = ("image", "video")


class Dated(NamedTuple):
    """A URL as a sitemap gives it, with the date as it is written."""

    url: str
    date: str = ""
    is_sitemap: bool = False


def read_sitemap(url: str, body: bytes, limit: int) -> Listing:
    """The pages of a sitemap at `url`, and the sitemaps of an index."""
    body, fault = _unpacked(body)
    body = in_utf8(body)
    if begins_as(body, "rss", "feed", "rdf"):
        return read_feed(url, body, limit)
    if begins_as(body, "html"):
        return Listing(fault="a page, not a sitemap")
    listing = arranged(url, _entries(body) if b"<" in body else _lines(body), limit)
    listing.fault = fault or ("" if listing.urls or listing.following else "no URLs")
    return listing


def _unpacked(body: bytes) -> tuple[bytes, str]:
    if not body.startswith(GZIP_MAGIC):
        return body[:MOST_BYTES], "" if len(body) <= MOST_BYTES else f"more than {MOST_BYTES:,} bytes"
    faults: list[Fault] = []
    plain_body = bytearray()
    for piece in inflate(io.BytesIO(body), faults):
        plain_body += piece
        if len(plain_body) > MOST_BYTES:
            return bytes(plain_body[:MOST_BYTES]), f"more than {MOST_BYTES:,} bytes"
    return bytes(plain_body), faults[0].what if faults else ""


def _entries(body: bytes) -> Iterable[Dated]:
    if b"<![CDATA[" in body or b"<!--" in body:
        body = flattened(body)
    entry = Dated("")
    for tag in tags(body, "url", "sitemap", "loc", "lastmod", "publication_date"):
        if tag.name in ("url", "sitemap"):
            if entry.url:
                yield entry
            entry = Dated("", is_sitemap=tag.name == "sitemap" and not tag.is_end)
        elif tag.is_end or tag.prefix in MEDIA_PREFIXES:
            continue
        elif tag.name == "loc":
            entry = entry._replace(url=entry.url or plain(tag.text))
        else:
            entry = entry._replace(date=entry.date or plain(tag.text))
    if entry.url:
        yield entry


def _lines(body: bytes) -> Iterable[Dated]:
    for line in io.BytesIO(body.removeprefix(b"\xef\xbb\xbf")):
        if line[:4].lower() == b"http":
            yield Dated(line[:4096].decode("utf-8", "replace").strip())


def arranged(listing_url: str, entries: Iterable[Dated], limit: int) -> Listing:
    """Entries as a listing: the site's own before others, the newest first, as many as the limit allows."""
    host = bare_host(listing_url)
    pages: dict[str, tuple[bool, str]] = {}
    sitemaps: dict[str, str] = {}
    n_beyond = 0
    for entry in entries:
        if entry.is_sitemap:
            found = clean_url(listing_url, entry.url)
            if found and bare_host(found) == host and found != listing_url:
                sitemaps.setdefault(found, entry.date)
        elif (found := link_url(listing_url, entry.url)) and found not in pages:
            if len(pages) < limit:
                pages[found] = (bare_host(found) == host, entry.date)
            else:
                n_beyond += 1
    urls = sorted(pages, key=pages.__getitem__, reverse=True)
    newest = sorted(sitemaps, key=sitemaps.__getitem__, reverse=True)
    following: list[tuple[Kind, str]] = [("sitemap", found) for found in newest[:MOST_FOLLOWING]]
    return Listing(urls, following, n_beyond_limit=n_beyond + max(0, len(newest) - MOST_FOLLOWING))
