"""The shape of a URL, which pages made by one template share, and what a URL promises before it is fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

MOST_CHARS: Final = 100
MOST_SEGMENTS: Final = 8
N_FOLDERS: Final = 2  # that keep their names: sections of a site stand there, and languages
VALUED: Final = {  # parameters whose value chooses a template or a language, where it is a word
    "lang", "language", "locale", "hl", "option", "view", "task", "layout", "post_type", "module", "mod", "act",
    "action", "type", "section", "rest_route",
}  # fmt: skip
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_WORD: Final = re.compile(r"[a-z]{1,20}(?:[-_][a-z]{1,20})?", re.I)
_FOLDER: Final = re.compile(r"[a-z]{1,20}(?:[-_][a-z]{1,20})?(?:\.[a-z0-9]{1,5})?", re.I)
_ENDING: Final = re.compile(r"(?<=.)\.[a-z0-9]{1,5}$", re.I)
_DIGITS: Final = re.compile(r"\d+")
_KHMER: Final = "%E1%9"  # how the Khmer letters begin, escaped

# What raises or lowers a URL's promise; each kind of hint counts once.
HINTS: Final = re.compile(
    r"(?<=[/.?&=_-])(?:"
    r"(?P<khmer>(?:km|kh|khm|khmer)(?:[-_]kh)?(?=[/.&_-]|$)|%E1%9[EF]%)"
    r"|(?P<foreign>(?:en|eng|english|fr|french|cn|zh|chinese|vi|th|ja|ko|ru)(?:[-_][a-z]{2})?(?=[/.&_]|$))"
    r"|(?P<listing>(?:tags?|author|archives?|categor(?:y|ies)|topics?|label|page|feed)/"
    r"|(?:page|paged|offset|start|cat|tag|m)=)"
    r"|(?P<twin>(?:amp|print|mobile)(?=/?$|[=/])|(?:tmpl|format|output|lite)=)"
    r"|(?P<article>\d{4,}(?=[/.-]|$)|(?:19|20)\d\d/\d\d?/|(?:article|post|news|detail|story|read)s?/[^/?]"
    r"|[\w%]+-[\w%]+-[\w%]+-))",
    re.I,
)
LIFTS: Final = {"khmer": 0.2, "foreign": -0.35, "listing": -0.15, "twin": -0.35, "article": 0.1}
START: Final = 0.5
KHMER_ANCHOR: Final = 0.25
_HOST_HINT: Final = re.compile(
    r"https?://(?:(?P<khmer>km|kh|khmer)|(?P<foreign>en|english|eng)|(?P<twin>m|amp))\."
)


def shape_of(url: str) -> str:
    """The path's template and the query's names, in at most 100 characters; what names one page is one character.

    `N` a number, `Y` a year, `K` Khmer, `w` a word, `S` any other name. The first two folders keep their names.
    """
    parts = urlsplit(url)
    segments = parts.path.split("/")[1 : MOST_SEGMENTS + 1]
    n_folders = min(len(segments) - 1, N_FOLDERS)
    path = "/".join([*map(_folder, segments[:n_folders]), *map(_name, segments[n_folders:])])
    return (f"/{path}?{'&'.join(sorted(set(_query(parts.query))))}" if parts.query else f"/{path}")[
        :MOST_CHARS
    ]


def _folder(segment: str) -> str:
    return segment.lower() if _FOLDER.fullmatch(segment) else _name(segment)


def _name(segment: str) -> str:
    """A segment as one character, with the ending of a file."""
    if not segment:
        return ""
    ending = found[0].lower() if (found := _ENDING.search(segment)) else ""
    name = segment[: len(segment) - len(ending)]
    if name.isdigit():
        return ("Y" if _YEAR.fullmatch(name) else "N") + ending
    if _KHMER in name:
        return "K" + ending
    return ("w" if _WORD.fullmatch(name) else "S") + ending


def _query(query: str) -> Iterator[str]:
    """The names of the parameters, with the values that choose a template."""
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        name = _DIGITS.sub("N", key.lower()[:20])
        yield f"{name}={value.lower()}" if name in VALUED and _WORD.fullmatch(value) else name


def prior(url: str, is_khmer_anchor: bool) -> float:  # noqa: FBT001 (what is known of the link)
    """How much Khmer text a URL promises before anything of its kind is known, in [0, 1].

    Below ⅓ are pages in other languages and twins of pages for printing; above ⅔ those announced in Khmer.
    """
    hints = {found.lastgroup or "" for found in HINTS.finditer(url, url.find("/", 8))}
    if of_host := _HOST_HINT.match(url):
        hints.add(of_host.lastgroup or "")
    if "listing" in hints:
        hints.discard("article")
    promise = START + KHMER_ANCHOR * is_khmer_anchor + sum(LIFTS[hint] for hint in sorted(hints))
    return min(max(promise, 0.0), 1.0)
