"""Where a site's listings are to be found."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from crawl.discovery.interfaces import blogger_feed, wordpress_pages, wordpress_posts
from crawl.discovery.kinds import Kind
from crawl.discovery.links import PageLinks
from crawl.urls import clean_url

MOST_SITEMAPS = 100


def doors(origin: str, sitemaps: Sequence[str], links: PageLinks | None) -> list[tuple[Kind, str]]:
    """The listings worth asking `origin` for: before its first page is known (`links` None), and after.

    `sitemaps` are those that its robots.txt names; without them the customary place is tried.
    """
    if links is None:
        named = [clean_url(origin, sitemap) for sitemap in sitemaps[:MOST_SITEMAPS]]
        return [("sitemap", url) for url in dict.fromkeys([*named, f"{origin}/sitemap.xml"]) if url]
    found: list[tuple[Kind, str]] = []
    if links.wordpress and _is_of(origin, links.wordpress):
        found += [
            ("wordpress", wordpress_posts(links.wordpress)),
            ("wordpress", wordpress_pages(links.wordpress)),
        ]
        found.append(("sitemap", f"{origin}/wp-sitemap.xml"))
    if links.is_blogger:
        found.append(("blogger", blogger_feed(origin)))
    return found + [("feed", feed) for feed in links.feeds if _is_of(origin, feed)]


def _is_of(origin: str, url: str) -> bool:
    """Whether a URL belongs to the origin's host, whatever its scheme."""
    return urlsplit(url).netloc == urlsplit(origin).netloc
