"""Listings of every kind, read by what they are, not by what they are called."""

from __future__ import annotations

from crawl.discovery.feeds import read_feed
from crawl.discovery.interfaces import read_interface
from crawl.discovery.kinds import Kind
from crawl.discovery.listing import Listing
from crawl.discovery.sitemaps import SITEMAP_ROOTS, read_sitemap
from crawl.discovery.xml import root_of


def read_listing(kind: Kind, url: str, body: bytes, limit: int) -> Listing:
    """The listing in a body at `url`, of at most `limit` pages; `body` has its content coding undone."""
    if kind in ("wordpress", "blogger"):
        return read_interface(kind, url, body, limit)
    is_feed = kind == "feed" and root_of(body) not in SITEMAP_ROOTS
    return read_feed(url, body, limit) if is_feed else read_sitemap(url, body, limit)
