"""Title, author, date and language of a page, from what it states about itself."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from selectolax.lexbor import LexborHTMLParser

from clean.extract.dates import khmer_date, parse_date, url_date

SPACE: Final = re.compile(r"\s+")
TITLE_CUT: Final = re.compile(r"\s+[|»·•–—-]+\s+")  # between a title and the name of its site
BYLINE: Final = re.compile(
    r"^(?:ដោយ|រាយការណ៍ដោយ|អ្នកនិពន្ធ|អត្ថបទដោយ|by|written by|author)\s*[:៖]?\s*", re.IGNORECASE
)
KHMER_BYLINE: Final = re.compile(r"(?:រាយការណ៍|អត្ថបទ)?ដោយ\s*[:៖]|អ្នកនិពន្ធ\s*[:៖]")
NOT_A_NAME: Final = re.compile(r"://|@|\d|ក្រុមការងារ")
DATE_METAS: Final = (
    "article:published_time", "og:published_time", "datepublished", "date", "pubdate", "publishdate", "publish_date",
    "publish-date", "dc.date", "dc.date.issued", "dcterms.created", "article:published", "parsely-pub-date",
    "sailthru.date", "article.published", "publication_date",
)  # fmt: skip
AUTHOR_METAS: Final = (
    "author",
    "article:author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
)
MAX_NAME: Final = 80
MAX_LINE: Final = 2000
MAX_SHORT: Final = 60
MAX_SHORT_ELEMENTS: Final = 2000
SHORT_ELEMENTS: Final = "time, span, p, div, small, li, em, strong, i, b, h3, h4, h5, h6, td"
MAX_JSON_LD: Final = 200_000
JSON_LD_DEPTH: Final = 6


@dataclass(frozen=True)
class Metadata:
    """What a page says of itself; None where it says nothing."""

    title: str | None
    author: str | None
    published_at: datetime | None
    language: str | None


def read_metadata(tree: LexborHTMLParser, url: str) -> Metadata:
    """The metadata of a page; read before scripts are taken out of the tree."""
    metas = _metas(tree)
    linked = list(_json_ld(tree))
    root = tree.root
    language = root.attributes.get("lang") if root is not None else None
    return Metadata(
        _title(tree, metas, linked),
        _author(tree, metas, linked),
        _published(tree, metas, linked, url),
        language.strip().lower() or None if language else None,
    )


def one_line(text: str | None) -> str | None:
    """The text with its white space collapsed; None if nothing is left, or more than a line can be."""
    if not text or len(text) > MAX_LINE:
        return None
    encodable = text.encode("utf-8", "ignore").decode()  # JSON may spell half a surrogate pair
    return SPACE.sub(" ", encodable).strip() or None


def _metas(tree: LexborHTMLParser) -> dict[str, str]:
    """Content of the meta elements by lower-case property, name or itemprop; the first of each wins."""
    found: dict[str, str] = {}
    for node in tree.css("meta[content]"):
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        content = one_line(attributes.get("content"))
        if name and content:
            found.setdefault(name.lower(), content)
    return found


def _json_ld(tree: LexborHTMLParser) -> Iterator[dict[str, Any]]:
    """The objects of the page's JSON-LD, outer ones first."""
    for node in tree.css('script[type="application/ld+json"]'):
        source = node.text() or ""
        if len(source) > MAX_JSON_LD:
            continue
        try:
            yield from _objects(json.loads(source), JSON_LD_DEPTH)
        except (ValueError, RecursionError):
            continue


def _objects(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth and isinstance(value, list):
        for item in value:
            yield from _objects(item, depth - 1)
    elif depth and isinstance(value, dict):
        yield value
        yield from _objects(list(value.values()), depth - 1)


def _title(tree: LexborHTMLParser, metas: dict[str, str], linked: list[dict[str, Any]]) -> str | None:
    """og:title, else a headline, else an h1 that the title element repeats, else that element up to its site's name."""
    whole = one_line(node.text() if (node := tree.css_first("title")) is not None else None)
    stated = metas.get("og:title") or next(_strings(linked, "headline"), None) or metas.get("twitter:title")
    headings = [text for node in tree.css("h1") if (text := one_line(node.text()))]
    if stated is None:
        stated = next((text for text in headings if whole and text in whole), None) or whole
    if stated is None:
        return headings[0] if headings else None
    return (one_line(TITLE_CUT.split(stated)[0]) or stated) if stated == whole else stated


def _strings(objects: list[dict[str, Any]], key: str) -> Iterator[str]:
    for item in objects:
        value = item.get(key)
        if isinstance(value, str) and (text := one_line(value)):
            yield text


def _author(tree: LexborHTMLParser, metas: dict[str, str], linked: list[dict[str, Any]]) -> str | None:
    """The first name stated in metas, JSON-LD or a byline; addresses of profiles are not names."""
    stated = [metas[name] for name in AUTHOR_METAS if name in metas]
    people = [item["author"] for item in linked if "author" in item]
    stated += _strings([{"name": p} if isinstance(p, str) else p for p in _flat(people)], "name")
    stated += (text for text in _short_texts(tree) if KHMER_BYLINE.match(text))
    stated += (
        node.text() or "" for node in tree.css('[rel="author"], [itemprop="author"], .byline, .author')[:5]
    )
    for text in stated:
        name = BYLINE.sub("", one_line(html.unescape(text)) or "")
        if 1 < len(name) <= MAX_NAME and NOT_A_NAME.search(name) is None:
            return name
    return None


def _flat(people: list[Any]) -> Iterator[Any]:
    for person in people:
        if isinstance(person, list):
            yield from (p for p in person if isinstance(p, (str, dict)))
        elif isinstance(person, (str, dict)):
            yield person


def _short_texts(tree: LexborHTMLParser) -> Iterator[str]:
    """The own texts, up to MAX_SHORT characters, of elements that datelines and bylines stand in."""
    for node in tree.css(SHORT_ELEMENTS)[:MAX_SHORT_ELEMENTS]:
        text = node.text(deep=False).strip()
        if 4 < len(text) <= MAX_SHORT:
            yield text


def _published(
    tree: LexborHTMLParser, metas: dict[str, str], linked: list[dict[str, Any]], url: str
) -> datetime | None:
    """The date stated in metas, JSON-LD or the address; else that of a dateline or a time element."""
    stated = [metas[name] for name in DATE_METAS if name in metas]
    stated += [*_strings(linked, "datePublished"), *_strings(linked, "dateCreated")]
    for text in stated:
        if found := parse_date(text):
            return found
    return url_date(url) or _dateline(tree)


def _dateline(tree: LexborHTMLParser) -> datetime | None:
    """The first date in Khmer that stands in a short element of its own, else that of the first dated time element."""
    for text in _short_texts(tree):
        if found := khmer_date(text):
            return found
    for node in tree.css("time[datetime]"):
        if found := parse_date(node.attributes.get("datetime") or ""):
            return found
    return None
