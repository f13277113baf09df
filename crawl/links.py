"""The links of a page, under the name that the session still imports."""

from __future__ import annotations

from dataclasses import dataclass

from crawl.discovery.links import page_links as _page_links


@dataclass(frozen=True)
class PageLinks:
    """URLs in the page's order, each once, and how many more there were that are not to be followed."""

    urls: list[str]
    n_nofollow: int
    n_beyond_limit: int


def page_links(html: str, url: str, limit: int) -> PageLinks:
    """The first `limit` links of a page, as absolute URLs."""
    found = _page_links(html, url, limit)
    return PageLinks([link.url for link in found.links], found.n_nofollow, found.n_beyond_limit)
