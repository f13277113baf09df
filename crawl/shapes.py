"""The shape of a URL, which pages made by one template share, and what a URL promises before it is fetched."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

MOST_CHARS = 100
MOST_SEGMENTS = 8
VALUED = {  # keys whose value chooses a template or a language, where it is a word
    "lang", "language", "locale", "hl", "option", "view", "task", "layout", "post_type", "module", "mod", "act",
    "action", "type", "page_name", "section", "rest_route",
}  # fmt: skip
_YEAR = re.compile(r"(?:19|20)\d\d")
_WORD = re.compile(r"[a-z]{1,20}(?:[-_][a-z]{1,20})?", re.I)
_ENDING = re.compile(r"\.[a-z0-9]{1,5}$", re.I)
_DIGITS = re.compile(r"\d+")
KHMER_PATH = re.compile(r"%E1%9[EF]%")
KHMER_MARK = re.compile(r"(?:^|[/.=_-])(?:km|kh|khm|khmer|km[-_]kh)(?=[/.&_-]|$)", re.I)
FOREIGN_MARK = re.compile(
    r"(?:^|[/.=_-])(?:en|eng|english|en[-_](?:us|gb)|fr|french|cn|zh|chinese|vi|th|ja|ko)(?=[/.&_-]|$)", re.I
)
LISTING = re.compile(
    r"/(?:tags?|author|archives?|category|categories|topics?|page|label|search)(?:/|$)|[?&](?:page|paged|p|offset|start)=",
    re.I,
)
TWIN = re.compile(
    r"/(?:amp|print|mobile|pdf)/?$|[?&](?:amp|print|tmpl|m|mobile|output|format)=|^https?://(?:m|mobile|amp)\.",
    re.I,
)
ARTICLE = re.compile(
    r"/\d{4,}|\d{4}/\d\d?/|[-_]\w+[-_]\w+[-_]|/(?:article|post|news|detail|read|story)s?/.", re.I
)


def shape_of(url: str) -> str:
    """The path's template and the query's keys: numbers, slugs and names become one character each.

    `N` a number, `Y` a year, `K` Khmer, `S` a slug, `w` any other name; at most 100 characters.
    """
    parts = urlsplit(url)
    segments = parts.path.split("/")[1:]
    names = [
        _segment(segment, at < min(len(segments) - 1, 2))
        for at, segment in enumerate(segments[:MOST_SEGMENTS])
    ]
    if len(segments) > MOST_SEGMENTS:
        names.append("…")
    query = f"?{_query(parts.query)}" if parts.query else ""
    return f"/{'/'.join(names)}{query}"[:MOST_CHARS]


def _segment(segment: str, is_folder: bool) -> str:  # noqa: FBT001 (two shapes of one thing)
    if not segment:
        return ""
    ending = found[0].lower() if (found := _ENDING.search(segment)) and found.start() else ""
    name = segment[: len(segment) - len(ending)]
    if name.isdigit():
        return ("Y" if _YEAR.fullmatch(name) else "N") + ending
    if KHMER_PATH.search(name):
        return "K" + ending
    if is_folder and _WORD.fullmatch(name):
        return name.lower() + ending
    if _WORD.fullmatch(name):
        return "w" + ending
    return "S" + ending


def _query(query: str) -> str:
    found = set()
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        name = _DIGITS.sub("N", key.lower()[:20])
        found.add(f"{name}={value.lower()}" if name in VALUED and _WORD.fullmatch(value) else name)
    return "&".join(sorted(found))


def prior(url: str, is_khmer_anchor: bool) -> float:  # noqa: FBT001 (what is known of the link)
    """How much Khmer text a URL promises before anything of its lane is known, in [0, 1]."""
    _, _, rest = url.partition("://")
    promise = 0.4 + (0.25 if is_khmer_anchor else 0.0)
    if KHMER_PATH.search(rest) or KHMER_MARK.search(rest):
        promise += 0.2
    if FOREIGN_MARK.search(rest):
        promise -= 0.3
    if ARTICLE.search(rest):
        promise += 0.1
    if LISTING.search(rest):
        promise -= 0.15
    if TWIN.search(url):
        promise -= 0.25
    return min(max(promise, 0.0), 1.0)
