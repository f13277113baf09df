"""An HTML page as a sequence of text blocks, with the elements that hold them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import islice
from typing import Final, NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

INVISIBLE: Final = [
    "script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "textarea", "select",
    "math", "video", "audio", "canvas", "map", "button",
]  # fmt: skip
INLINE: Final = frozenset([
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "img",
    "ins", "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong",
    "sub", "sup", "time", "tt", "u", "var", "wbr",
])  # fmt: skip
NAMING: Final = ("class", "id", "role", "itemprop")
# Elements that the parser closes of itself, or that hold nothing.
NOT_NESTING: Final = frozenset([
    "area", "base", "body", "br", "col", "colgroup", "dd", "dt", "embed", "head", "hr", "html", "img", "input", "li",
    "link", "meta", "optgroup", "option", "p", "param", "rp", "rt", "source", "tbody", "td", "tfoot", "th", "thead",
    "tr", "track", "wbr",
])  # fmt: skip
TAG: Final = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*?(/?)>")
LONG_TAG: Final = re.compile(r"<[a-zA-Z][^<>]{20000,}")
MAX_NESTING: Final = 10_000  # browsers stop at 512
MAX_ATTRIBUTES: Final = 10_000
SPACE: Final = re.compile(r"[ \t\r\n\f\v\u00a0]+")
CELLS: Final = ("td", "th")
CELL_BREAK: Final = (
    " | "  # as in Markdown, which language models know; a tab would not survive collapsed white space
)
NOT_IN_DATA: Final = frozenset([
    "table", "div", "h1", "h2", "h3", "h4", "h5", "h6", "article", "section", "form", "blockquote", "pre", "input",
])  # fmt: skip
LONGEST_CELL: Final = 200  # characters of one run of text
LEAST_ROWS: Final = 2
MOST_TABLE_NODES: Final = 20_000
MAX_NODES: Final = 200_000  # the largest page of the development set has 12,000


@dataclass(slots=True)
class Element:
    """A block-level element: what it is called, and its place in the tree."""

    tag: str
    names: str  # class, id, role and itemprop, in lower case
    parent: int


class Kind(IntEnum):
    """How a block is written out."""

    TEXT = 0
    ITEM = 1  # text that stands directly in an item of a list
    ROW = 2  # a row of a table that holds data, its cells joined
    LINES = 3  # preformatted: line breaks are the author's


@dataclass(slots=True)
class Block:
    """A run of text that no block-level boundary cuts, or a row of a table."""

    element: int
    text: str = ""
    link_chars: int = 0
    kind: Kind = Kind.TEXT
    parts: list[str] = field(default_factory=list)


KINDS: Final = {"li": Kind.ITEM, "pre": Kind.LINES}


@dataclass(slots=True)
class Page:
    """The blocks of a page in order, and its block-level elements, parents before children."""

    elements: list[Element]
    blocks: list[Block]


class Home(NamedTuple):
    """Where text belongs: to the nearest block-level element; in a link, a table of data, a row of one, or not."""

    element: int
    linked: bool = False
    in_data: bool = False
    in_row: bool = False


def too_costly(html: str) -> bool:
    """Whether a page is built to keep a parser busy, which takes time in the square of two things.

    These are the depth of the elements (1.6 s for 16,000, ten minutes for 300,000) and the attributes of one tag
    (1.8 s for 20,000).
    """
    if any(tag.count(" ") > MAX_ATTRIBUTES for tag in LONG_TAG.findall(html)):
        return True
    return html.count("<") > MAX_NESTING and _nesting(html) > MAX_NESTING


def _nesting(html: str) -> int:
    """About how deep the elements of a page are nested."""
    depth = deepest = 0
    for closing, name, alone in TAG.findall(html):
        if not alone and name.lower() not in NOT_NESTING:
            depth = max(depth - 1, 0) if closing else depth + 1
            deepest = max(deepest, depth)
    return deepest


def read_blocks(tree: LexborHTMLParser) -> Page:
    """The page's blocks; white space is collapsed, zero-width characters are kept."""
    walk = _Walk()
    if tree.body is not None:
        tree.strip_tags(INVISIBLE)
        walk.run(tree.body)
    return Page(walk.elements, walk.finished())


class _Walk:
    """One pass over the tree in document order."""

    def __init__(self) -> None:
        self.elements: list[Element] = []
        self.blocks: list[Block] = []
        self.homes: dict[int, Home] = {}
        self.cut = True

    def run(self, body: LexborNode) -> None:
        top = Home(0)
        self.elements.append(Element("body", "", -1))
        for node in islice(body.traverse(include_text=True), 1, MAX_NODES):
            parent = node.parent
            home = self.homes.get(parent.mem_id, top) if parent is not None else top
            tag = node.tag or "-"
            if tag == "-text":
                self.add(home, node.text_content or "")
            elif not tag.startswith(("-", "_")):
                self.homes[node.mem_id] = self.enter(node, tag, home)

    def enter(self, node: LexborNode, tag: str, home: Home) -> Home:
        if tag == "a":
            return Home(home.element, True, home.in_data, home.in_row)  # noqa: FBT003 (three times _replace's speed)
        if tag in INLINE:
            return home
        if home.in_row:
            self.inside_row(tag, home)
            return home
        self.cut = True
        if tag in ("br", "hr"):
            return home
        attributes = node.attributes
        names = " ".join(filter(None, map(attributes.get, NAMING)))
        self.elements.append(Element(tag, names.lower(), home.element))
        here = Home(len(self.elements) - 1, home.linked, home.in_data)
        if tag == "table":
            return here._replace(in_data=holds_data(node))
        return self.row(here) if tag == "tr" and home.in_data else here

    def row(self, home: Home) -> Home:
        self.blocks.append(Block(home.element, kind=Kind.ROW))
        self.cut = False
        return home._replace(in_row=True)

    def inside_row(self, tag: str, home: Home) -> None:
        block = self.blocks[-1]
        if (
            block.element == home.element
        ):  # else an element of the row stands after text of another, which is hostile
            is_next_cell = tag in CELLS and bool(block.parts)
            block.parts.append(CELL_BREAK if is_next_cell else " ")

    def add(self, home: Home, text: str) -> None:
        is_new = self.cut or self.blocks[-1].element != home.element
        if is_new and text.isspace():
            return
        if is_new:
            kind = KINDS.get(self.elements[home.element].tag, Kind.TEXT)
            self.blocks.append(Block(home.element, kind=kind))
            self.cut = False
        block = self.blocks[-1]
        block.parts.append(text)
        if home.linked:
            block.link_chars += len(text.strip())

    def finished(self) -> list[Block]:
        for block in self.blocks:
            block.text = _written("".join(block.parts), block.kind)
        return [block for block in self.blocks if block.text]


def _written(text: str, kind: Kind) -> str:
    if kind is Kind.LINES:
        return "\n".join(filter(None, (SPACE.sub(" ", line).strip() for line in text.split("\n"))))
    text = SPACE.sub(" ", text).strip()
    if kind is Kind.ROW:
        return text.strip("| ") and text.rstrip("| ")
    return text


def holds_data(table: LexborNode) -> bool:
    """Whether a table holds data, not the layout of a page: two rows of two short cells without blocks inside."""
    attributes = table.attributes
    if attributes.get("role") == "presentation":
        return False
    n_cells, n_wide_rows = 0, 0
    for node in islice(table.traverse(include_text=True), 1, MOST_TABLE_NODES):
        tag = node.tag or "-"
        if tag == "tr":
            n_cells = 0
        elif tag in CELLS:
            n_cells += 1
            n_wide_rows += n_cells == 2
        elif tag in NOT_IN_DATA or (tag == "-text" and len(node.text_content or "") > LONGEST_CELL):
            return False
    return n_wide_rows >= LEAST_ROWS
