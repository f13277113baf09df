"""The tags of a page that lead elsewhere, found in one scan: no tree is built, which any page could make too deep.

A page of a million nested elements kept a tree's selectors busy for minutes and one of 1.5 MB made it take 215 MB.
The scan takes time in proportion to the page and memory for one tag, and on 4,888 real pages finds the
links that a tree finds.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

TEXT_CHARS: Final = 400  # of an anchor's text that is looked at
TAG: Final = re.compile(
    r"<(?=[aAbBfFiIlLmM!sStTxX])(?:(a|area|base|i?frame|link|meta)(?=[\s/])"
    r"((?:[^>=]++|=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^\s>]*+)"  # a value; what then begins with `=` is a name
    r"(?:[\s/]*+=[^\s/>=]*+)?+){0,200}+)"  # an endless tag is taken in pieces
    r"|(!--|script\b|style\b|textarea\b|title\b|xmp\b))",
    re.I,
)
ENDS: Final = {
    name: re.compile(rf"</{name}(?=[\s/>])", re.I) for name in ("script", "style", "textarea", "title", "xmp")
}
ATTRIBUTE: Final = re.compile(
    r"(?<![^\s/\"'])(=[^\s/>=]*+|[^\s/>=]++)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>]++))"
)
REFERENCE: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]\w{1,30});")
KHMER: Final = re.compile("[\u1780-\u17ff\u19e0-\u19ff]")


class Tag(NamedTuple):
    """A tag's name, its attributes as they are written, and where its content begins."""

    name: str
    written: str
    end: int


def tags(page: str) -> Iterator[Tag]:
    """The tags of elements with links, in order; none in comments, scripts and other raw text."""
    at = 0
    while True:
        for found in TAG.finditer(page, at):
            name, written, raw = found.groups()
            if raw:
                at = _raw_end(page, raw.lower(), found.end())
                break
            if found.end() < len(page):  # a tag that the end cuts off may have lost half of its link
                yield Tag(name.lower(), written, found.end())
        else:
            return


def _raw_end(page: str, name: str, start: int) -> int:
    """Where text that is no markup ends; what is never closed runs to the end."""
    if name == "!--":
        end = page.find("-->", start - 2)  # `<!-->` is whole
        return end + 3 if end >= 0 else len(page)
    closed = ENDS[name].search(page, start)
    return closed.end() if closed else len(page)


def attributes(written: str) -> dict[str, str]:
    """A tag's attributes by their names in lower case, references resolved; of two of a name the first."""
    found: dict[str, str] = {}
    for name, double, single, bare in ATTRIBUTE.findall(written):
        key, value = name.lower(), double or single or bare
        if key not in found:
            found[key] = resolved(value) if "&" in value else value
    return found


def resolved(value: str) -> str:
    """An attribute's value with its references resolved; one without `;` is left, as in `?a=1&copy=2`."""
    return REFERENCE.sub(lambda found: html.unescape(found[0]), value)


def has_khmer_text(page: str, tag: Tag) -> bool:
    """Whether the text of an anchor (or the tags within it) has Khmer letters, in its first 400 characters."""
    end = page.find("</a", tag.end, tag.end + TEXT_CHARS)
    return KHMER.search(page, tag.end, end if end >= 0 else tag.end + TEXT_CHARS) is not None
