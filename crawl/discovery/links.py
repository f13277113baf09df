"""The links of a page that a crawler may follow, and what it declares beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from crawl.discovery.markup import KHMER, Tag, attributes, has_khmer_text, resolved, tags
from crawl.urls import clean_url, host_of, link_url

MOST_CHARS: Final = 16 << 20  # of a page that are read: two seconds at the worst
MOST_FEEDS: Final = 5
FEED_TYPES: Final = {
    "application/rss+xml",
    "application/atom+xml",
    "application/feed+json",
    "application/rdf+xml",
}
WORDPRESS_REL: Final = "https://api.w.org/"
NOT_FOLLOWED: Final = {"nofollow", "ugc", "sponsored"}
HIDDEN: Final = (
    "data-href",
    "page-link",
    "onclick",
    "onClick",
)  # where some sites hide links from all but browsers
_VALUE: Final = re.compile(r"""\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""")
IN_SCRIPT: Final = re.compile(
    r"""(?:location(?:\.href)?\s*+=|location\.(?:assign|replace)\s*+\(|window\.open\s*+\()\s*+["']([^"']++)["']"""
)
_REFRESH: Final = re.compile(r"\s*+[\d.]*+\s*+[;,]\s*+url\s*+=\s*+[\"']?([^\"'>]+)", re.I)


class PageLink(NamedTuple):
    """A URL that a page links to, and whether the link's text has Khmer letters."""

    url: str
    is_khmer: bool = False


@dataclass
class PageLinks:
    """Links in the page's order, each URL once, and how many there were that are not to be followed.

    `canonical` is the page's own choice of its URL where that can be believed, else empty; `feeds` the addresses
    of RSS, Atom and JSON feeds; `wordpress` the root of the site's REST API or empty.
    """

    links: list[PageLink] = field(default_factory=list)
    canonical: str = ""
    feeds: list[str] = field(default_factory=list)
    wordpress: str = ""
    is_blogger: bool = False
    n_nofollow: int = 0
    n_beyond_limit: int = 0


def page_links(page: str, url: str, limit: int) -> PageLinks:
    """The first `limit` links of a page at `url`, as absolute URLs, in time proportional to its length."""
    if len(page) > MOST_CHARS:
        page = page[:MOST_CHARS]
    reading = _Reading(page, url, limit)
    for tag in tags(page):
        reading.take(tag)
    reading.take_hidden()
    return reading.page


class _Reading:
    """A page being read."""

    def __init__(self, text: str, url: str, limit: int) -> None:
        self.page = PageLinks()
        self._text = text
        self._url = url
        self._base = url
        self._limit = limit
        self._found = {url}

    def take(self, tag: Tag) -> None:
        """Look at one tag; beyond the limit anchors are only counted."""
        if tag.name == "a" and len(self.page.links) >= self._limit:
            self.page.n_beyond_limit += "href" in tag.written.lower()
            return
        of_tag = attributes(tag.written)
        match tag.name:
            case "a":
                self._add(of_tag.get("href", ""), of_tag, tag)
            case "link":
                self._declared(of_tag)
            case "meta":
                self._meta(of_tag)
            case "base":
                self._base = clean_url(self._url, of_tag.get("href", "")) or self._base
            case _:
                self._add(of_tag.get("href") or of_tag.get("src", ""), of_tag)

    def take_hidden(self) -> None:
        """Look at the attributes from which scripts make links."""
        for name in HIDDEN:
            at = self._text.find(name)
            while at >= 0 and len(self.page.links) < self._limit:
                at += len(name)
                if found := _VALUE.match(self._text, at):
                    self._hidden(name.lower(), found[1] or found[2] or "")
                at = self._text.find(name, at)

    def _hidden(self, name: str, value: str) -> None:
        value = resolved(value) if "&" in value else value
        if name == "onclick":
            target = IN_SCRIPT.search(value)
            value = target[1] if target else ""
        self._add(value, {})

    def _add(self, reference: str, of_tag: Mapping[str, str], anchor: Tag | None = None) -> None:
        if not reference or reference[0] == "#":
            return
        if len(self.page.links) >= self._limit:
            self.page.n_beyond_limit += 1
            return
        url = link_url(self._base, reference)
        if not url or url in self._found:
            return
        if "rel" in of_tag and not NOT_FOLLOWED.isdisjoint(of_tag["rel"].lower().split()):
            self.page.n_nofollow += 1
            return
        self._found.add(url)
        self.page.links.append(PageLink(url, self._is_khmer(of_tag, anchor)))

    def _is_khmer(self, of_tag: Mapping[str, str], anchor: Tag | None) -> bool:
        if anchor and has_khmer_text(self._text, anchor):
            return True
        if "hreflang" in of_tag and of_tag["hreflang"].lower()[:2] in ("km", "kh"):
            return True
        return "title" in of_tag and KHMER.search(of_tag["title"]) is not None

    def _declared(self, of_tag: Mapping[str, str]) -> None:
        """A link element: the page's other addresses, its feeds, its API."""
        rel = of_tag.get("rel", "").lower().split()
        href = of_tag.get("href", "")
        if "canonical" in rel:
            self._canonical(link_url(self._base, href))
        elif WORDPRESS_REL in rel:
            self.page.wordpress = self.page.wordpress or clean_url(self._base, href)
        elif "alternate" in rel:
            self._alternate(href, of_tag)
        elif "next" in rel or "prev" in rel:
            self._add(href, {})

    def _alternate(self, href: str, of_tag: Mapping[str, str]) -> None:
        if of_tag.get("type", "").strip().lower() in FEED_TYPES:
            feed = clean_url(self._base, href)
            if feed and feed not in self.page.feeds and len(self.page.feeds) < MOST_FEEDS:
                self.page.feeds.append(feed)
        elif "hreflang" in of_tag:
            self._add(href, of_tag)

    def _canonical(self, url: str) -> None:
        """Believed on its own host, and unless it names the home page, which many sites do on all their pages."""
        is_home = url.count("/") == 3 and url.endswith("/")
        if url == self._url or (url and not is_home and host_of(url) == host_of(self._url)):
            self.page.canonical = url

    def _meta(self, of_tag: Mapping[str, str]) -> None:
        content = of_tag.get("content", "")
        if of_tag.get("name", "").lower() == "generator":
            self.page.is_blogger = self.page.is_blogger or content.strip().lower() == "blogger"
        elif of_tag.get("http-equiv", "").lower() == "refresh" and (found := _REFRESH.match(content)):
            self._add(found[1], {})
