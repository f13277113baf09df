"""Who wrote a page; Khmer names keep their vowels."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from clean.extract.statements import Statements, listed, one_line
from khmer.clusters import split_clusters

METAS: Final = (
    "author", "article:author", "dc.creator", "dcterms.creator", "parsely-author", "sailthru.author",
)  # fmt: skip
_PEOPLE: Final = "អ្នកយកព័ត៌មាន|អ្នកសារព័ត៌មាន|អ្នករាយការណ៍|អ្នកនិពន្ធ|អ្នកសរសេរ|អ្នករៀបចំ|អ្នករៀបរៀង"
_ROLES: Final = f"{_PEOPLE}|(?:រាយការណ៍|អត្ថបទ|សរសេរ|និពន្ធ|រៀបរៀង|បកប្រែ|យកព័ត៌មាន|ចុះផ្សាយ|ផ្សាយ|បង្ហោះ)?ដោយ"
BYLINE: Final = re.compile(rf"\s*+(?:{_ROLES})\s*[:៖]")
ANY_BYLINE: Final = re.compile(rf"\0\s*+(?:(?:{_ROLES})\s*[:៖]|(?:{_PEOPLE})\s*\0)")
LABEL: Final = re.compile(rf"\s*+(?:{_PEOPLE})\s*")  # of a row of a table, or of a list of terms
LABELS: Final = ("td", "th", "dt")
LED: Final = re.compile(rf"\s*+(?:{_ROLES})(?:\s|[:៖]|$)")
PREFIX: Final = re.compile(rf"^(?:{_ROLES}|by\b|written by\b|posted by\b|author\b)\s*[:៖]?\s*", re.IGNORECASE)
AFTER: Final = re.compile(
    r"\s+[|·•–—-](?:\s.*)?$|\s*[|(].*|\s+edited by\b.*|\s*,?\s*(?:ថ្ងៃ|ម៉ោង)[^ ]*\s*[\d០-៩].*",
    re.IGNORECASE,
)
NOT_A_NAME: Final = re.compile(
    r"://|@|[\d០-៩]|ក្រុមការងារ|ការិយាល័យ|អ្នកគ្រប់គ្រង|^(?:admin|administrator|editor|webmaster|user|root|guest)$",
    re.IGNORECASE,
)
MAX_NAME: Final = 80
MAX_BYLINE: Final = 120
MAX_BYLINES: Final = 20
MAX_MARKED: Final = 5
MAX_JOINT: Final = 8
MAX_PARTS: Final = 5
MAX_PART_CLUSTERS: Final = 5
MAX_LED_CLUSTERS: Final = 16  # of a word after a role, which may be an office or a pen name
WITH_ZERO_WIDTH: Final = re.compile("[\u200b-\u200d\u2060]")


def author(tree: LexborHTMLParser, stated: Statements) -> str | None:
    """The author stated in metas or JSON-LD, else named in a byline, else in an element marked as the author's.

    Joint authors are joined by commas. Addresses of profiles are not names, nor is the name of the site.
    """
    site = _site_names(stated)
    for text in _candidates(tree, stated):
        name = _name(text)
        if name is not None and _folded(name) not in site:
            return name
    return None


def _candidates(tree: LexborHTMLParser, stated: Statements) -> Iterator[str]:
    yield from (stated.metas[name] for name in METAS if name in stated.metas)
    yield from _linked(stated)
    yield from islice(_bylines(tree), MAX_BYLINES)
    for node in stated.marked_authors[:MAX_MARKED]:
        text = one_line(node.text()) or ""
        is_led = _is_led(node, text)
        if is_led or not _is_any_person(node):
            most = MAX_LED_CLUSTERS if is_led else MAX_PART_CLUSTERS
            if _has_shape_of_name(PREFIX.sub("", text), most):
                yield text


def _name(text: str) -> str | None:
    line = one_line(html.unescape(text))
    name = AFTER.sub("", PREFIX.sub("", line or "")).strip(" ,;:៖។")
    return name if 1 < len(name) <= MAX_NAME and NOT_A_NAME.search(name) is None else None


def _site_names(stated: Statements) -> set[str]:
    publishers = [item.get("publisher") for item in stated.things]
    names = [
        item.get("name") for publisher in publishers for item in listed(publisher) if isinstance(item, dict)
    ]
    names.append(stated.metas.get("og:site_name"))
    return {_folded(name) for name in names if isinstance(name, str)}


def _folded(name: str) -> str:
    return WITH_ZERO_WIDTH.sub("", name).replace(" ", "").casefold()


def _linked(stated: Statements) -> Iterator[str]:
    """The authors of each article in JSON-LD; one given by its @id alone is looked up."""
    by_id = {
        item["@id"]: item for item in stated.things if isinstance(item.get("@id"), str) and "name" in item
    }
    for item in stated.articles():
        people = [_person(person, by_id) for person in listed(item.get("author"))[:MAX_JOINT]]
        names = [name for person in people if person and (name := _name(person))]
        if names:
            yield ", ".join(dict.fromkeys(names))


def _person(value: Any, by_id: dict[str, dict[str, Any]]) -> str | None:
    if isinstance(value, dict):
        key = value.get("@id")
        value = value.get("name") or (by_id.get(key, {}).get("name") if isinstance(key, str) else None)
    return value if isinstance(value, str) else None


def _bylines(tree: LexborHTMLParser) -> Iterator[str]:
    """The short texts that begin with a role and a colon, with the name in the next element if it is not in this."""
    body = tree.body
    if body is None or ANY_BYLINE.search("\0" + body.text(separator="\0")) is None:
        return
    for node in body.css("*"):
        text = node.text(deep=False)
        if node.tag in LABELS and LABEL.fullmatch(text):
            yield _beside(node)
        if len(text) <= MAX_BYLINE and BYLINE.match(text):
            yield text.strip() if BYLINE.sub("", text, count=1).strip() else _completed(node)


def _completed(node: LexborNode) -> str:
    """The byline of an element that holds only the role, with the name that follows it; empty if none does."""
    for home in (node, node.parent):
        whole = one_line(home.text()) if home is not None else None
        if (
            whole
            and len(whole) <= MAX_BYLINE
            and BYLINE.match(whole)
            and BYLINE.sub("", whole, count=1).strip()
        ):
            return whole
    return ""


def _beside(label: LexborNode) -> str:
    """What stands in the cell after a label, if it can be a name."""
    after = label.next
    while after is not None and after.tag == "-text":
        after = after.next
    text = one_line(after.text()) if after is not None else None
    return text if text and _has_shape_of_name(text, MAX_LED_CLUSTERS) else ""


def _is_any_person(node: LexborNode) -> bool:
    """Whether an element is marked as a person's name (hCard), who may as well comment."""
    return "fn" in (node.attributes.get("class") or "").split()


def _is_led(node: LexborNode, text: str) -> bool:
    """Whether a role in Khmer stands before a name, in its element or before it in the element around."""
    parent = node.parent
    return LED.match(text) is not None or (
        parent is not None and LED.match(parent.text(deep=False)) is not None
    )


def _has_shape_of_name(text: str, most_clusters: int) -> bool:
    """Whether a text can be a person's name: Latin, or Khmer words, each of a few clusters.

    Elements marked as the author's hold menus and teasers as often; where no role stands before it, a name in one
    word is not told from those.
    """
    parts = WITH_ZERO_WIDTH.sub("", text).split()
    if not any("\u1780" <= char <= "\u17d3" for char in text):
        return True
    least = 1 if most_clusters > MAX_PART_CLUSTERS else 2
    return least <= len(parts) <= MAX_PARTS and all(
        len(split_clusters(part)) <= most_clusters for part in parts
    )
