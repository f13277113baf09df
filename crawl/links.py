"""The links of a page that a crawler may follow."""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from crawl.urls import clean_url

LINKS = "base[href], a[href], area[href], iframe[src], frame[src], link[rel=next][href], meta[http-equiv]"
_REFRESH = re.compile(r"\s*+[\d.]*+\s*+[;,]\s*+url\s*+=\s*+[\"']?([^\"'>]+)", re.I)


@dataclass(frozen=True)
class PageLinks:
    """URLs in the page's order, each once, and how many more there were that are not to be followed."""

    urls: list[str]
    n_nofollow: int
    n_beyond_limit: int


def page_links(html: str, url: str, limit: int) -> PageLinks:
    """The first `limit` links of a page, as absolute URLs."""
    base, found, n_nofollow, n_beyond = url, dict[str, None](), 0, 0
    for node in LexborHTMLParser(html).css(LINKS):
        attributes = node.attributes
        if node.tag == "base":
            base = clean_url(url, attributes.get("href") or "") or url
            continue
        reference = _reference(node.tag or "", attributes)
        link = clean_url(base, reference) if reference and not reference.startswith("#") else ""
        if not link or link in found:
            continue
        if "nofollow" in (attributes.get("rel") or "").lower().split():
            n_nofollow += 1
        elif len(found) < limit:
            found[link] = None
        else:
            n_beyond += 1
    return PageLinks(list(found), n_nofollow, n_beyond)


def _reference(tag: str, attributes: dict[str, str | None]) -> str:
    """What the element points to, as written."""
    if tag == "meta":
        refresh = _REFRESH.match(attributes.get("content") or "")
        is_refresh = (attributes.get("http-equiv") or "").lower() == "refresh"
        return refresh[1] if refresh and is_refresh else ""
    return attributes.get("href") or attributes.get("src") or ""
