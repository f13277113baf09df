"""What a page states about itself for machines: meta elements, links, JSON-LD; read once, for all who ask."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

SPACE: Final = re.compile(r"\s+")
MAX_LINE: Final = 2000
MAX_JSON_LD: Final = 200_000
JSON_LD_DEPTH: Final = 6
STATING: Final = (
    'meta[content], title, h1, time, link[rel], a[rel~=author], a[rel~=license], script[type="application/ld+json"], '
    "[itemprop=author], .byline, .author, .author-name, .fn"
)
MAX_STATING: Final = 5000
MAX_HEADINGS: Final = 20
FRONT_PATHS: Final = frozenset(["", "home", "index.htm", "index.html", "index.php"])
# JSON-LD about something on the page that is not its article.
OTHER_THINGS: Final = frozenset([
    "Answer", "AudioObject", "BreadcrumbList", "Comment", "ImageObject", "ItemList", "ListItem", "Organization",
    "Person", "Question", "Review", "SearchAction", "UserComments", "VideoObject", "WebSite",
])  # fmt: skip
OTHER_KEYS: Final = frozenset([
    "comment", "comments", "hasPart", "image", "itemListElement", "logo", "publisher", "review", "video",
])  # fmt: skip


@dataclass
class Statements:
    """The stating elements of a page by kind, in document order."""

    language: str | None = None
    metas: dict[str, str] = field(
        default_factory=dict
    )  # by lower-case property, name or itemprop; the first wins
    title: str | None = None  # the whole of the title element
    headings: list[str] = field(
        default_factory=list
    )  # of level one, without those that link to the front page
    site_names: list[str] = field(default_factory=list)  # headings that do
    times: list[LexborNode] = field(default_factory=list)
    links: list[LexborNode] = field(default_factory=list)  # link and a elements with a rel
    marked_authors: list[LexborNode] = field(default_factory=list)
    things: list[dict[str, Any]] = field(default_factory=list)  # of JSON-LD, outer ones first

    def articles(self) -> Iterator[dict[str, Any]]:
        """The things that may be the page's article."""
        return (thing for thing in self.things if not OTHER_THINGS.intersection(types(thing)))


def read_statements(tree: LexborHTMLParser) -> Statements:
    """The statements of a page; read before scripts are taken out of the tree."""
    found = Statements()
    root = tree.root
    if root is not None:
        found.language = one_line(root.attributes.get("lang"))
    for node in tree.css(STATING)[:MAX_STATING]:
        _take(found, node)
    return found


def _take(found: Statements, node: LexborNode) -> None:
    attributes, tag = node.attributes, node.tag
    if tag == "meta":
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop")
        content = one_line(attributes.get("content"))
        if name and content:
            found.metas.setdefault(name.strip().lower(), content)
    elif tag == "title":
        found.title = found.title or one_line(node.text())
    elif tag == "h1" and len(found.headings) < MAX_HEADINGS:
        names = found.site_names if _leads_home(node) else found.headings
        names += filter(None, [one_line(node.text())])
    elif tag == "script":
        found.things += _json_ld(node.text() or "")
    elif tag == "time":
        found.times.append(node)
    elif "rel" in attributes:
        found.links.append(node)
        if "author" in rels(node) and tag == "a":
            found.marked_authors.append(node)
    else:
        found.marked_authors.append(node)


def _leads_home(heading: LexborNode) -> bool:
    """Whether a heading is in, or holds, a link to the front page of a site: it names the site, not the page."""
    link, parent = heading.css_first("a[href]"), heading.parent
    if link is None and parent is not None and parent.tag == "a":
        link = parent
    if link is None:
        return False
    try:
        address = urlsplit((link.attributes.get("href") or "#").strip())
    except ValueError:
        return False
    is_here = not (address.netloc or address.path)
    is_front = address.path.strip("/").lower() in FRONT_PATHS and not (address.query or is_here)
    return is_front or "home" in rels(link)


def rels(node: LexborNode) -> list[str]:
    """The kinds of relation that a link states, in lower case."""
    return (node.attributes.get("rel") or "").lower().split()


def one_line(text: str | None) -> str | None:
    """The text with its white space collapsed; None if nothing is left, or more than a line can be."""
    if not text or len(text) > MAX_LINE:
        return None
    encodable = text.encode("utf-8", "ignore").decode()  # JSON may spell half a surrogate pair
    return SPACE.sub(" ", encodable).strip() or None


def _json_ld(source: str) -> Iterator[dict[str, Any]]:
    if len(source) > MAX_JSON_LD:
        return
    try:
        yield from _things(json.loads(source), JSON_LD_DEPTH)
    except (ValueError, RecursionError):
        return


def _things(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth and isinstance(value, list):
        for item in value:
            yield from _things(item, depth - 1)
    elif depth and isinstance(value, dict):
        yield value
        yield from _things([item for key, item in value.items() if key not in OTHER_KEYS], depth - 1)


def types(thing: dict[str, Any]) -> list[str]:
    """The types that a thing of JSON-LD states."""
    return [name for name in listed(thing.get("@type")) if isinstance(name, str)]


def listed(value: Any) -> list[Any]:
    """A value of JSON-LD as a list: what may stand once or many times."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def strings(things: Iterator[dict[str, Any]], key: str) -> Iterator[str]:
    """What the things state under a key, as single lines."""
    for thing in things:
        value = thing.get(key)
        if isinstance(value, str) and (text := one_line(value)):
            yield text
