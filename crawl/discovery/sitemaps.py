"""Sitemaps (sitemaps.org, protocol 0.9): sets of URLs, indexes, plain lists, feeds; packed or not, whole or cut.

A sitemap speaks for its own host: what it says of others comes after that, as any page's links to them would, and
another host's sitemaps are not taken from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Final, NamedTuple

from crawl.discovery.feeds import FEED_ROOTS, read_feed
from crawl.discovery.kinds import Kind
from crawl.discovery.listing import Listing
from crawl.discovery.xml import MOST_TAGS, attribute, pieces_of, plain, root_of, tags
from crawl.sources.compressed import split_lines
from crawl.urls import bare_host, clean_url, link_url

SITEMAP_ROOTS: Final = ("urlset", "sitemapindex")
MOST_BYTES: Final = 50 << 20  # the protocol's limit, unpacked
MOST_ENTRIES: Final = 50_000  # the protocol's limit
MOST_PARTS: Final = 1000  # of an index
MOST_LINE_BYTES: Final = 4096
DATE: Final = re.compile(rb"\s*+(?:19|20)\d\d(?:-\d\d)*+")
MEDIA_PREFIXES: Final = ("image", "video")


class Dated(NamedTuple):
    """A URL as a sitemap gives it, with the date as it is written."""

    url: str
    date: str = ""
    is_sitemap: bool = False


def read_sitemap(url: str, body: bytes, limit: int) -> Listing:
    """The pages of a sitemap at `url`, and the sitemaps of an index."""
    root = root_of(body)
    if root == "html":
        return Listing(fault="a page, not a sitemap")
    if root in FEED_ROOTS:
        return read_feed(url, body, limit)
    faults: list[str] = []
    pieces = pieces_of(body, MOST_BYTES, faults)
    listing = _arranged(url, _entries_or_lines(pieces), limit)
    if not listing.urls and not listing.following:
        faults.append("no URLs")
    listing.fault = "; ".join(faults)
    return listing


def _entries_or_lines(pieces: Iterator[bytes]) -> Iterator[Dated]:
    first = next(pieces, b"")
    every = chain([first], pieces)
    return _entries(every) if first.lstrip()[:1] == b"<" else _lines(every)


def _entries(pieces: Iterable[bytes]) -> Iterator[Dated]:
    """The entries of an XML sitemap; where a page names its Khmer twin, that too."""
    entry = Dated("")
    for tag in tags(pieces, "url", "sitemap", "loc", "lastmod", "publication_date", "link"):
        match tag.name:
            case "url" | "sitemap":
                if entry.url:
                    yield entry
                entry = Dated("", is_sitemap=tag.name == "sitemap")
            case "link":
                if attribute(tag.attributes, "hreflang").lower()[:2] in ("km", "kh"):
                    yield Dated(attribute(tag.attributes, "href"), entry.date)
            case "loc":
                if not entry.url and tag.prefix not in MEDIA_PREFIXES:
                    entry = entry._replace(url=plain(tag.text))
            case _:
                if not entry.date and DATE.match(tag.text):
                    entry = entry._replace(date=plain(tag.text))
    if entry.url:
        yield entry


def _lines(pieces: Iterator[bytes]) -> Iterator[Dated]:
    for line in islice(split_lines(pieces, MOST_LINE_BYTES), MOST_TAGS):
        if line.data[:4].lower() == b"http":
            yield Dated(line.data[:MOST_LINE_BYTES].decode("utf-8", "replace").strip())


def _arranged(listing_url: str, entries: Iterable[Dated], limit: int) -> Listing:
    """Entries as a listing: the site's own before others, of each the newest first, as many as the limit allows."""
    host = bare_host(listing_url)
    pages: dict[str, tuple[bool, str]] = {}
    sitemaps: dict[str, str] = {}
    n_beyond = 0
    for entry in entries:
        if len(pages) + len(sitemaps) >= MOST_ENTRIES:
            n_beyond += 1
        elif not entry.is_sitemap:
            if found := link_url(listing_url, entry.url):
                pages.setdefault(found, (bare_host(found) == host, entry.date))
        elif (
            (found := clean_url(listing_url, entry.url)) and found != listing_url and bare_host(found) == host
        ):
            sitemaps.setdefault(found, entry.date)
    urls = sorted(pages, key=pages.__getitem__, reverse=True)
    parts = sorted(sitemaps, key=sitemaps.__getitem__, reverse=True)
    following: list[tuple[Kind, str]] = [("sitemap", part) for part in parts[:MOST_PARTS]]
    n_beyond += max(0, len(urls) - limit) + max(0, len(parts) - MOST_PARTS)
    return Listing(urls[:limit], following, n_beyond_limit=n_beyond)
