"""Listings of every kind, read by what they are, not by what they are called."""

from __future__ import annotations

from crawl.discovery.feeds import read_feed
from crawl.discovery.interfaces import read_interface
from crawl.discovery.kinds import Kind
from crawl.discovery.listing import Listing
from crawl.discovery.sitemaps import read_sitemap
from crawl.discovery.xml import begins_as


def read_listing(kind: Kind, url: str, body: bytes, limit: int) -> Listing:
    """The listing in a body at `url`, of at most `limit` pages; `body` has its content coding undone."""
    if kind in ("wordpress", "blogger"):
        return read_interface(kind, url, body, limit)
    if kind == "feed" and not begins_as(body, "urlset", "sitemapindex"):
        return read_feed(url, body, limit)
    return read_sitemap(url, body, limit)
