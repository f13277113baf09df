"""Where a site's listings are to be found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from crawl.discovery.interfaces import blogger_feed, wordpress_pages, wordpress_posts
from crawl.discovery.kinds import Kind
from crawl.discovery.links import WORDPRESS_REL, PageLinks
from crawl.urls import clean_url

MOST_SITEMAPS: Final = 100
_IN_HEADER: Final = re.compile(
    rf"""<([^<>]*+)>[^<>,]*;\s*+rel\s*+=\s*+"?{re.escape(WORDPRESS_REL)}(?=["\s;,]|$)"""
)


def doors(origin: str, sitemaps: Sequence[str], links: PageLinks | None) -> list[tuple[Kind, str]]:
    """The listings worth asking `origin` for: before its first page is known (`links` None), and after.

    `sitemaps` are those that its robots.txt names, on whatever host; without them the customary place is tried.
    """
    if links is None:
        named = [clean_url(f"{origin}/", sitemap) for sitemap in sitemaps[:MOST_SITEMAPS]]
        found = dict.fromkeys(url for url in named if url) or {f"{origin}/sitemap.xml": None}
        return [("sitemap", url) for url in found]
    ways: list[tuple[Kind, str]] = []
    if links.wordpress and _is_of(origin, links.wordpress):
        ways.append(("wordpress", wordpress_posts(links.wordpress)))
        ways.append(("wordpress", wordpress_pages(links.wordpress)))
        ways.append(("sitemap", f"{origin}/wp-sitemap.xml"))
    if links.is_blogger:
        ways.append(("blogger", blogger_feed(origin)))
    return ways + [("feed", feed) for feed in links.feeds if _is_of(origin, feed)]


def linked_interface(header: str, url: str) -> str:
    """The root of a WordPress site's REST API as a page's `Link` header names it; empty where it names none."""
    found = _IN_HEADER.search(header)
    return clean_url(url, found[1]) if found else ""


def _is_of(origin: str, url: str) -> bool:
    """Whether a URL belongs to the origin's host, whatever its scheme."""
    return urlsplit(url).netloc == urlsplit(origin).netloc
