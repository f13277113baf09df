"""The licence that a page states for its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from clean.extract.statements import Statements, listed, rels

METAS: Final = (
    "dc.rights", "dcterms.rights", "dc.rights.license", "dcterms.license", "dc.license", "cc:license", "license",
    "copyright",
)  # fmt: skip
CREATIVE_COMMONS: Final = re.compile(
    r"creativecommons\.org/licenses/(by(?:-nc)?(?:-sa|-nd)?)/(\d\.\d)\b", re.IGNORECASE
)
PUBLIC_DOMAIN: Final = re.compile(r"creativecommons\.org/publicdomain/(zero|mark)/1\.0\b", re.IGNORECASE)
NAMED: Final = re.compile(r"\bCC[ -](BY(?:-NC)?(?:-SA|-ND)?)[ -](\d\.\d)\b", re.IGNORECASE)
NAMED_ZERO: Final = re.compile(r"\bCC0(?:[ -]1\.0)?\b", re.IGNORECASE)
VERSIONS: Final = frozenset(["1.0", "2.0", "2.5", "3.0", "4.0"])
FOOTER: Final = re.compile(r"foot|copyright|colophon|licen[cs]e|contentinfo", re.IGNORECASE)
# What stands inside these may have a licence of its own.
PARTS: Final = re.compile(
    r"comment|caption|figure|gallery|credit|attribution|thumb|embed|related|widget|card", re.IGNORECASE
)
PART_TAGS: Final = frozenset(["figure", "figcaption", "blockquote"])
MAX_LINKS: Final = 50
MAX_LEVELS: Final = 30


class Licence(NamedTuple):
    """An SPDX id, and where on the page it is stated: rel, json-ld, meta or footer."""

    spdx: str
    place: str


def licence(tree: LexborHTMLParser, stated: Statements) -> Licence | None:
    """The licence of a page's text, from the most certain place that states one; None if that states several.

    The places, in this order: rel=license, JSON-LD of the article, meta elements, a link in the footer. A link in a
    photograph's caption or in a comment is about that; one without a version names no licence.
    """
    for place, texts in (
        ("rel", _related(stated)),
        ("json-ld", _linked(stated)),
        ("meta", (stated.metas[name] for name in METAS if name in stated.metas)),
        ("footer", _footer(tree)),
    ):
        found = {spdx for text in texts if (spdx := spdx_id(text))}
        if found:
            return Licence(found.pop(), place) if len(found) == 1 else None
    return None


def spdx_id(statement: str) -> str | None:
    """The SPDX id of an address or name of a Creative Commons licence; a ported one is told as its original."""
    found = CREATIVE_COMMONS.search(statement) or NAMED.search(statement)
    if found and found[2] in VERSIONS:
        return f"CC-{found[1].upper()}-{found[2]}"
    if dedicated := PUBLIC_DOMAIN.search(statement):
        return "CC0-1.0" if dedicated[1].lower() == "zero" else "CC-PDM-1.0"
    return "CC0-1.0" if NAMED_ZERO.search(statement) else None


def _related(stated: Statements) -> Iterator[str]:
    for node in stated.links[:MAX_LINKS]:
        if "license" in rels(node) and not _is_about_a_part(node):
            yield node.attributes.get("href") or ""


def _linked(stated: Statements) -> Iterator[str]:
    for thing in stated.articles():
        for value in listed(thing.get("license")):
            address = value.get("url") or value.get("@id") if isinstance(value, dict) else value
            if isinstance(address, str):
                yield address


def _footer(tree: LexborHTMLParser) -> Iterator[str]:
    for node in tree.css('a[href*="creativecommons.org/"]')[:MAX_LINKS]:
        homes = list(_homes(node))
        if any(
            home.tag == "footer" or FOOTER.search(_names(home)) for home in homes
        ) and not _is_about_a_part(node):
            yield node.attributes.get("href") or ""


def _is_about_a_part(node: LexborNode) -> bool:
    return any(home.tag in PART_TAGS or PARTS.search(_names(home)) for home in _homes(node))


def _homes(node: LexborNode) -> Iterator[LexborNode]:
    """The elements around one, up to the body."""
    parent = node.parent
    for _ in range(MAX_LEVELS):
        if parent is None or parent.tag in ("body", "html", "head"):
            return
        yield parent
        parent = parent.parent


def _names(node: LexborNode) -> str:
    attributes = node.attributes
    return " ".join(filter(None, (attributes.get(name) for name in ("class", "id", "role"))))
