"""Lengths and shares of a page's blocks, and their sums over its tree of elements."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clean.extract.blocks import Page

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Indices = NDArray[np.int64]

KHMER: Final = re.compile("[\u1780-\u17d3\u17dd]+")
PARAGRAPH_LETTERS: Final = 40  # a block this long with few links counts as a paragraph
PARAGRAPH_LINK_SHARE: Final = 0.34
LEAST_LINES: Final = (
    4  # verses and dialogue: so many lines in a run, with so many letters, count as paragraphs
)
LINES_LETTERS: Final = 80


class Measures:
    """Lengths and shares of every block, `(blocks,)`, and the tree's sums, `(elements,)`."""

    def __init__(self, page: Page) -> None:
        texts = [block.text for block in page.blocks]
        self.parent_list = [element.parent for element in page.elements]
        self.parents = np.array(self.parent_list)
        self.element = np.array([block.element for block in page.blocks], np.int64)
        self.letters = np.array([len(t) - t.count(" ") - t.count("\u200b") for t in texts], float)
        links = np.array([block.link_chars for block in page.blocks], float)
        self.link_share = np.minimum(links / np.array([len(t) for t in texts], float), 1.0)
        khmer = np.array([sum(map(len, KHMER.findall(t))) for t in texts], float)
        self.khmer_share = np.minimum(khmer / np.maximum(self.letters, 1), 1.0)
        run = _runs(page)
        n_letters, n_linked = (
            np.bincount(run, values) for values in (self.letters, self.letters * self.link_share)
        )
        lines = (np.bincount(run) >= LEAST_LINES) & (n_letters >= LINES_LETTERS)
        few_links = n_linked < PARAGRAPH_LINK_SHARE * np.maximum(n_letters, 1)
        paragraph = (self.letters >= PARAGRAPH_LETTERS) & (self.link_share < PARAGRAPH_LINK_SHARE)
        self.mass = np.where(paragraph | (lines & few_links)[run], self.letters, 0.0)

    def at_elements(self, values: Floats) -> Floats:
        """The sum over the blocks that stand directly in each element."""
        return np.bincount(self.element, values, len(self.parents)).astype(np.float64)

    def below_elements(self, values: Floats) -> Floats:
        """The sum over the blocks anywhere in each element."""
        sums = self.at_elements(values).tolist()
        parents = self.parent_list
        for i in range(len(sums) - 1, 0, -1):
            if sums[i]:
                sums[parents[i]] += sums[i]
        return np.array(sums)

    def inside(self, marked: Booleans) -> Booleans:
        """Which elements are marked or inside a marked one."""
        if not marked.any():
            return marked
        result: list[bool] = marked.tolist()
        parents = self.parent_list
        for i in range(1, len(result)):
            result[i] = result[i] or result[parents[i]]
        return np.array(result)

    def nearness(self, marked: Booleans) -> Floats:
        """1 / (1 + levels up to the nearest marked element), 0 where there is none."""
        if not marked.any():
            return np.zeros(len(marked))
        result: list[float] = marked.astype(float).tolist()
        parents = self.parent_list
        for i in range(1, len(result)):
            above = result[parents[i]]
            if not result[i] and above:
                result[i] = above / (1 + above)
        return np.array(result)

    def scores(self) -> Floats:
        """Readability's score: paragraph mass at most two levels down, less for links."""
        own = self.at_elements(self.mass)
        children = np.zeros_like(own)
        np.add.at(children, self.parents[1:], own[1:])
        grandchildren = np.zeros_like(own)
        np.add.at(grandchildren, self.parents[1:], children[1:])
        letters = self.below_elements(self.letters)
        links = self.below_elements(self.letters * self.link_share)
        return np.asarray((own + children + 0.5 * grandchildren) * (1 - links / np.maximum(letters, 1)))


def _runs(page: Page) -> Indices:
    """A number for each block, the same for lines of one element and for paragraphs that follow each other."""
    runs, before = [-1], None
    for block in page.blocks:
        element = page.elements[block.element]
        place = (element.parent, element.names) if element.tag == "p" else block.element
        runs.append(runs[-1] + (place != before))
        before = place
    return np.array(runs[1:], np.int64)


def around(values: Floats, reach: int) -> Floats:
    """The sum of the values at most so many places away, each its own included."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    at = np.arange(len(values))
    return np.asarray(total[np.minimum(at + reach + 1, len(values))] - total[np.maximum(at - reach, 0)])
