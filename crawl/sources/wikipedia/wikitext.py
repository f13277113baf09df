"""Wikitext → the text that a reader sees: headings, paragraphs and lists, without templates, tables and notes.

mwparserfromhell parses (its time on hostile input grows with the square: 107 s for 30,000 opened references, so it
is called in a child process that can be killed); what its nodes become is decided here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

DROPPED_TAGS = {
    *(
        "ref",
        "references",
        "table",
        "gallery",
        "math",
        "chem",
        "code",
        "syntaxhighlight",
        "source",
        "timeline",
    ),
    *("score", "imagemap", "style", "script", "templatestyles", "graph", "hiero", "mapframe", "indicator"),
}
LINE_TAGS = {"br", "li", "dt", "dd", "hr", "p", "div", "blockquote", "poem", "center"}
SHOWN_TEMPLATES = {"lang", "nowrap", "nobr", "small", "big", "រុញ", "quote", "cquote", "blockquote"}
END_SECTIONS = {  # what stands under such a heading is no prose
    *("ឯកសារយោង", "ឯកសារពិគ្រោះ", "កំណត់សម្គាល់", "កំណត់ចំណាំ", "តំណភ្ជាប់ខាងក្រៅ", "តំណភ្ជាប់ក្រៅ", "តំណភ្ជាប់", "តំណខាងក្រៅ"),
    *("មើលផងដែរ", "សូមមើលផងដែរ", "មើលបន្ថែម", "អានបន្ថែម", "ប្រភព", "គន្ថនិទ្ទេស", "វិចិត្រសាល"),
    *(
        "references",
        "notes",
        "external links",
        "see also",
        "further reading",
        "sources",
        "bibliography",
        "gallery",
    ),
}
_SWITCH = re.compile(r"__\w+__")
_SPACES = re.compile(r"[ \t\xa0]+")
_INTERLANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z-]+)?:")
ZERO_WIDTH = "\u200b\u200c\u200d"


def plain_text(wikitext: str, unread_prefixes: tuple[str, ...]) -> str:
    """The text of a page, a line for each paragraph, heading and item; links that begin with a prefix show nothing."""
    import mwparserfromhell

    parsed = mwparserfromhell.parse(_without_open_comment(wikitext))
    shown = "".join(_Shown(unread_prefixes).text(parsed))
    lines = [
        _SPACES.sub(" ", line).strip(f" *#:;{ZERO_WIDTH}") for line in _SWITCH.sub("", shown).split("\n")
    ]
    return "\n".join(_without_empty_sections([line for line in lines if line]))


def _without_open_comment(wikitext: str) -> str:
    """The wikitext up to a comment that is not closed: MediaWiki takes all after it for the comment."""
    at = wikitext.find("<!--", wikitext.rfind("-->") + 1)
    return wikitext[:at] if at >= 0 else wikitext


HEADING = "\x01"  # how a heading's line begins until all are known


def _without_empty_sections(lines: list[str]) -> list[str]:
    """The lines without headings under which nothing stands, and without sections that are no prose."""
    kept: list[str] = []
    ended = 0  # the level of the section that is passed over
    for line in lines:
        if not line.startswith(HEADING):
            kept += [] if ended else [line]
            continue
        level, title = int(line[1]), line[2:].strip()
        if ended and level > ended:
            continue
        ended = level if title.strip(" :៖").lower() in END_SECTIONS else 0
        while kept and kept[-1].startswith(HEADING) and int(kept[-1][1]) >= level:
            kept.pop()
        kept += [] if ended or not title else [line]
    while kept and kept[-1].startswith(HEADING):
        kept.pop()
    return [line[2:].strip() if line.startswith(HEADING) else line for line in kept]


class _Shown:
    """What each kind of node shows."""

    def __init__(self, unread_prefixes: tuple[str, ...]) -> None:
        self._unread = tuple(f"{prefix}:" for prefix in unread_prefixes)
        self._kinds: dict[str, Callable[[Any], Iterator[str]]] = {
            "Text": lambda node: iter((str(node.value),)),
            "Heading": self._heading,
            "Wikilink": self._wikilink,
            "ExternalLink": lambda node: self.text(node.title) if node.title else iter(()),
            "Template": self._template,
            "Tag": self._tag,
            "HTMLEntity": lambda node: iter((_entity(node),)),
        }

    def text(self, wikicode: Any) -> Iterator[str]:
        """What a reader sees of it, in pieces."""
        for node in wikicode.nodes:
            shown = self._kinds.get(type(node).__name__)
            if shown is not None:
                yield from shown(node)

    def _heading(self, node: Any) -> Iterator[str]:
        title = " ".join("".join(self.text(node.title)).split())
        yield f"\n{HEADING}{node.level}{title}\n"

    def _wikilink(self, node: Any) -> Iterator[str]:
        title = str(node.title).strip()
        target = title.lower()
        if target.startswith(self._unread) or (node.text is None and _INTERLANGUAGE.match(target)):
            return
        if node.text is not None:
            yield from self.text(node.text)
        else:
            yield title.removeprefix(":")

    def _template(self, node: Any) -> Iterator[str]:
        name = str(node.name).strip().lower()
        given = [param for param in node.params if not param.showkey]
        if given and (name in SHOWN_TEMPLATES or name.startswith("lang-")):
            yield from self.text(given[-1].value)

    def _tag(self, node: Any) -> Iterator[str]:
        name = str(node.tag).strip().lower()
        if name in DROPPED_TAGS:
            return
        if name in LINE_TAGS:
            yield "\n"
        if node.contents is not None:
            yield from self.text(node.contents)
        if name in LINE_TAGS and not node.self_closing:
            yield "\n"


def _entity(node: Any) -> str:
    try:
        return str(node.normalize())
    except (ValueError, OverflowError):
        return ""
