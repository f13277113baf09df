"""The links of a page that a crawler may follow, and what it declares beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from crawl.urls import clean_url, host_of, link_url

PIECE_CHARS = 1 << 20  # parsed at a time: its tree takes some 25 MB
MOST_PIECES = 8
MOST_TEXT = 1 << 22  # characters of anchors looked at in a page, for anchors may be nested
MOST_FEEDS = 5

ELEMENTS = (
    "base[href], a[href], area[href], iframe[src], frame[src], link[rel][href], "
    "meta[http-equiv], meta[name=generator]"
)
HIDDEN = ("data-href", "data-url", "page-link", "onclick")  # where sites hide links from who has no browser
FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml")
WORDPRESS_REL = "https://api.w.org/"
NOT_FOLLOWED = {"nofollow", "ugc", "sponsored"}
KHMER = re.compile("[\u1780-\u17ff\u19e0-\u19ff]")
_REFRESH = re.compile(r"\s*+[\d.]*+\s*+[;,]\s*+url\s*+=\s*+[\"']?([^\"'>]+)", re.I)
_ONCLICK = re.compile(
    r"(?:location(?:\.href)?\s*+=|location\.(?:assign|replace)\s*+\(|window\.open\s*+\()\s*+[\"']([^\"']++)"
)


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


def page_links(html: str, url: str, limit: int) -> PageLinks:
    """The first `limit` links of a page at `url`, as absolute URLs, in time and memory bounded for any page."""
    reading = _Reading(url, limit)
    for piece in _pieces(html):
        reading.read(piece)
    return reading.page


def _pieces(html: str) -> Iterator[str]:
    """A page of usual size whole; a huge one in pieces that begin with an element."""
    at = 0
    for _ in range(MOST_PIECES):
        end = at + PIECE_CHARS
        cut = html.rfind("<", at + 1, end) if end < len(html) else len(html)
        cut = cut if cut > at else end
        yield html[at:cut]
        at = cut
        if at >= len(html):
            return


class _Reading:
    """A page being read."""

    def __init__(self, url: str, limit: int) -> None:
        self.page = PageLinks()
        self._url = url
        self._base = url
        self._limit = limit
        self._found: set[str] = {url}
        self._text_left = MOST_TEXT

    def read(self, html: str) -> None:
        """Take in a piece of the page."""
        tree = LexborHTMLParser(html)
        for node in tree.css(ELEMENTS):
            attributes = node.attributes
            match node.tag:
                case "a":
                    self._add(attributes.get("href"), attributes, node)
                case "link":
                    self._declared(attributes)
                case "meta":
                    self._meta(attributes)
                case "base":
                    self._base = clean_url(self._url, attributes.get("href") or "") or self._base
                case _:
                    self._add(attributes.get("href") or attributes.get("src"), attributes, None)
        for name in HIDDEN:
            if name in html:
                self._hidden(tree, name)

    def _hidden(self, tree: LexborHTMLParser, name: str) -> None:
        for node in tree.css(f"[{name}]"):
            attributes = node.attributes
            value = attributes.get(name) or ""
            found = _ONCLICK.search(value[:4096]) if name == "onclick" else None
            self._add(found[1] if found else "" if name == "onclick" else value, attributes, node)

    def _declared(self, attributes: Mapping[str, str | None]) -> None:
        """A link element: the page's other addresses, its feeds, its API."""
        rel = (attributes.get("rel") or "").lower().split()
        href = attributes.get("href") or ""
        if "canonical" in rel:
            self._canonical(link_url(self._base, href))
        elif WORDPRESS_REL in rel:
            self.page.wordpress = self.page.wordpress or clean_url(self._base, href)
        elif "alternate" in rel:
            self._alternate(href, attributes)
        elif "next" in rel or "prev" in rel:
            self._add(href, {}, None)

    def _alternate(self, href: str, attributes: Mapping[str, str | None]) -> None:
        if (attributes.get("type") or "").strip().lower() in FEED_TYPES:
            feed = clean_url(self._base, href)
            if feed and feed not in self.page.feeds and len(self.page.feeds) < MOST_FEEDS:
                self.page.feeds.append(feed)
        elif "hreflang" in attributes:
            self._add(href, attributes, None)

    def _canonical(self, url: str) -> None:
        """Believed on its own host, and unless it names the home page, which many sites do on all their pages."""
        is_home = url.count("/") == 3 and url.endswith("/")
        if url == self._url or (url and not is_home and host_of(url) == host_of(self._url)):
            self.page.canonical = url

    def _meta(self, attributes: Mapping[str, str | None]) -> None:
        content = attributes.get("content") or ""
        if (attributes.get("name") or "").lower() == "generator":
            self.page.is_blogger = self.page.is_blogger or content.strip().lower() == "blogger"
        elif (attributes.get("http-equiv") or "").lower() == "refresh" and (found := _REFRESH.match(content)):
            self._add(found[1], {}, None)

    def _add(
        self, reference: str | None, attributes: Mapping[str, str | None], anchor: LexborNode | None
    ) -> None:
        if not reference or reference[0] == "#":
            return
        url = link_url(self._base, reference)
        if not url or url in self._found:
            return
        if len(self.page.links) >= self._limit:
            self.page.n_beyond_limit += 1
        elif (rel := attributes.get("rel")) and not NOT_FOLLOWED.isdisjoint(rel.lower().split()):
            self.page.n_nofollow += 1
        else:
            self._found.add(url)
            self.page.links.append(PageLink(url, self._is_khmer(attributes, anchor)))

    def _is_khmer(self, attributes: Mapping[str, str | None], anchor: LexborNode | None) -> bool:
        if (attributes.get("hreflang") or "").lower()[:2] in ("km", "kh"):
            return True
        if KHMER.search(attributes.get("title") or ""):
            return True
        if anchor is None or self._text_left <= 0:
            return False
        text = anchor.text()
        self._text_left -= len(text)
        return KHMER.search(text) is not None
