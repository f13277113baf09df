"""The blocks of a page that may be main text, as they are handed on, and the text that a choice of them gives."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import xxhash

from clean.extract.blocks import Element, Kind, Page
from clean.extract.choose import Blocks
from clean.extract.content import Model, features, in_comments, model
from clean.extract.measures import Booleans, Floats, Measures

LEAST_CHANCE: Final = 0.01  # under this, no host can make a block likely
NUMBER: Final = re.compile(r"\d+")  # in class names: post-123
ITEM_MARK: Final = "- "  # as in Markdown


class Candidate(NamedTuple):
    """A block in the columns of clean.extract.tables.BLOCK."""

    text: str
    chance: float
    key: int
    element: int
    link_chars: int
    kind: int
    is_comment: bool


def candidates(page: Page, fitted: Model | None = None) -> list[Candidate]:
    """The blocks that may be main text, at least one if there is any, rows of tables, and readers' comments."""
    if not page.blocks:
        return []
    measured = Measures(page)
    chances = (fitted or model()).chances(features(page, measured)).astype(np.float32)
    comments = in_comments(page, measured)
    rows = np.array([block.kind is Kind.ROW for block in page.blocks])
    chosen = (chances >= LEAST_CHANCE) | comments | rows
    chosen[chances.argmax()] = True
    found = []
    for i in np.flatnonzero(chosen).tolist():
        block = page.blocks[i]
        key = place(page.elements, block.element)
        is_comment, chance = bool(comments[i]), float(chances[i])
        found.append(
            Candidate(block.text, chance, key, block.element, block.link_chars, int(block.kind), is_comment)
        )
    return found


def place(elements: Sequence[Element], element: int) -> int:
    """A hash of the tags and names of an element, its parent and grandparent, numbers left out; never 0."""
    names = []
    for _ in range(3):
        here = elements[element]
        names.append(f"{here.tag}.{_without_numbers(here.names)}")
        element = max(here.parent, 0)
    return xxhash.xxh3_64_intdigest(">".join(names).encode("utf-8", "replace")) or 1


@lru_cache(10_000)
def _without_numbers(names: str) -> str:
    return NUMBER.sub("", names)


def blocks_of(found: Sequence[Candidate], parents: Sequence[int]) -> Blocks:
    """What the choice among candidates needs to know."""
    chars = np.array([len(block.text) for block in found], float)
    letters = np.array([len(b.text) - b.text.count(" ") - b.text.count("\u200b") for b in found], float)
    links = np.array([block.link_chars for block in found], float)
    return Blocks(
        letters,
        np.minimum(links / np.maximum(chars, 1), 1),
        np.array([block.element for block in found], np.int64),
        list(parents),
        np.array([block.is_comment for block in found], bool),
        np.array([block.kind == Kind.ROW for block in found], bool),
    )


def chances_of(found: Sequence[Candidate]) -> Floats:
    """The chances by the page alone, `(blocks,)`."""
    return np.array([block.chance for block in found], float)


def repeats(found: Sequence[Candidate], title: str | None) -> Booleans:
    """Which blocks say no more than the title, which has a column of its own."""
    plain = _plain(title or "")
    return np.array([_plain(block.text) == plain for block in found], bool)


def _plain(text: str) -> str:
    return "".join(text.replace("\u200b", "").split())


def written(found: Sequence[Candidate], kept: Booleans) -> str:
    """The kept blocks, one a line, items of lists marked."""
    return "\n".join(_lines(block for block, keep in zip(found, kept, strict=True) if keep))


def _lines(blocks: Iterable[Candidate]) -> Iterable[str]:
    before = -1
    for block in blocks:
        begins_item = block.kind == Kind.ITEM and block.element != before
        yield ITEM_MARK + block.text if begins_item else block.text
        before = block.element
