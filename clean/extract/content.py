"""Which blocks of a page are its main text: a small linear model over paragraph mass, links, names and script.

The features follow Readability (paragraph mass of the enclosing elements) and boilerpipe (Kohlschütter et al.
2010: neighbours, link density). Weights are fitted by `python -m clean.extract.fit` and stand in content_weights.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from clean.extract.blocks import Page
from clean.extract.content_weights import BIAS, WEIGHTS

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]
Indices = NDArray[np.int64]

FEATURES: Final = (
    "log_letters", "log_sentence_ends", "ends_sentence", "khmer_share", "khmer_contrast", "is_heading",
    "near_chrome_name", "in_chrome_name", "in_content_name", "in_chrome_tag", "parent_score", "grandparent_score",
    "parent_mass", "in_top", "mass_before", "mass_around", "is_repeated", "is_short", "is_link",
)  # fmt: skip

SENTENCE_END: Final = re.compile("[។៕៖.!?…]")
CLOSED: Final = re.compile("[។៕៖.!?…:»”\"')][\\s\u200b]*$")
KHMER: Final = re.compile("[\u1780-\u17d3\u17dd]+")
CHROME_NAME: Final = re.compile(
    r"comment|sidebar|foot|menu|nav|related|share|social|widget|promo|breadcrumb|byline|\btags?\b|advert|\bads?\b"
    r"|banner|popup|cookie|subscri|newsletter|login|search|recommend|popular|trending|more-|caption|credit|copyright"
    r"|disclaimer|author|\bmeta\b|paginat|pager|toolbar|masthead|teaser|sponsor|outbrain|disqus|reply|respond|rss"
    r"|hidden|modal"
)
CONTENT_NAME: Final = re.compile("article|content|entry|post|body|main|text|story|detail|news")
CHROME_TAGS: Final = frozenset(
    ["nav", "aside", "footer", "header", "form", "figure", "figcaption", "menu", "dialog"]
)
HEADINGS: Final = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])

PARAGRAPH_LETTERS: Final = 40  # a block this long with few links counts as a paragraph
PARAGRAPH_LINK_SHARE: Final = 0.34
SHORT_LETTERS: Final = 25
ANY_KHMER: Final = 0.02  # below this share of Khmer, script says nothing about a page's blocks
KEEP: Final = 0.55
FILL: Final = 0.01  # what stands between kept blocks needs less
FILL_LINK_SHARE: Final = 0.5
CORE_SHARE: Final = 0.8
CORE_DENSITY: Final = 0.4


@dataclass(frozen=True)
class Model:
    """A logistic model: one weight for each of FEATURES, and a bias."""

    weights: Floats
    bias: float

    def probabilities(self, features: Floats) -> Floats:
        """How likely each row is main text."""
        return np.asarray(1.0 / (1.0 + np.exp(-(features @ self.weights + self.bias))))


@cache
def model() -> Model:
    """The fitted model."""
    return Model(np.array([WEIGHTS[name] for name in FEATURES]), BIAS)


def main_blocks(page: Page) -> Booleans:
    """Which blocks are main text, `(blocks,) bool`; at least one, if there is any."""
    if not page.blocks:
        return np.zeros(0, bool)
    measured = Measures(page)
    likely = model().probabilities(features(page, measured))
    kept = likely >= KEEP
    if not kept.any():
        kept[likely.argmax()] = True
    return _filled(page, measured, likely, kept)


class Measures:
    """Lengths and shares of every block, `(blocks,)`, and the tree's sums, `(elements,)`."""

    def __init__(self, page: Page) -> None:
        texts = [block.text for block in page.blocks]
        self.parent_list = [element.parent for element in page.elements]
        self.parents = np.array(self.parent_list)
        self.element = np.array([block.element for block in page.blocks])
        self.letters = np.array([len(t) - t.count(" ") - t.count("\u200b") for t in texts], float)
        links = np.array([block.link_chars for block in page.blocks], float)
        self.link_share = np.minimum(links / np.array([len(t) for t in texts], float), 1.0)
        khmer = np.array([sum(map(len, KHMER.findall(t))) for t in texts], float)
        self.khmer_share = np.minimum(khmer / np.maximum(self.letters, 1), 1.0)
        paragraph = (self.letters >= PARAGRAPH_LETTERS) & (self.link_share < PARAGRAPH_LINK_SHARE)
        self.mass = np.where(paragraph, self.letters, 0.0)

    def at_elements(self, values: Floats) -> Floats:
        """The sum over the blocks that stand directly in each element."""
        return np.bincount(self.element, values, len(self.parents)).astype(np.float64)

    def below_elements(self, values: Floats) -> Floats:
        """The sum over the blocks anywhere in each element."""
        sums = self.at_elements(values).tolist()
        for i in range(len(sums) - 1, 0, -1):
            sums[self.parent_list[i]] += sums[i]
        return np.array(sums)

    def inside(self, marked: Booleans) -> Booleans:
        """Which elements are marked or inside a marked one."""
        result: list[bool] = marked.tolist()
        for i in range(1, len(result)):
            result[i] = result[i] or result[self.parent_list[i]]
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


def features(page: Page, m: Measures) -> Floats:
    """FEATURES of every block, `(blocks, features) float64`."""
    tags = [page.elements[i].tag for i in m.element]
    khmer = m.khmer_share
    page_khmer = float((khmer * m.letters).sum() / max(m.letters.sum(), 1))
    if page_khmer < ANY_KHMER:
        khmer, page_khmer = np.ones_like(khmer), 1.0
    texts = [block.text for block in page.blocks]
    ends = np.array([len(SENTENCE_END.findall(t)) for t in texts], float)
    repeated = {t for t, n in _counts(texts).items() if n > 1}
    columns: list[Floats | Booleans] = [
        np.log1p(m.letters) / 7,
        np.log1p(ends) / 3,
        np.array([CLOSED.search(t) is not None for t in texts]),
        khmer,
        khmer - page_khmer,
        np.array([tag in HEADINGS for tag in tags]),
        *_names(page, m),
        *_masses(m),
        np.array([t in repeated for t in texts]),
        m.letters < SHORT_LETTERS,
        m.link_share > 0.8,
    ]
    return np.stack([np.asarray(column, float) for column in columns], axis=1)


def _counts(texts: list[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for text in texts:
        counts[text] = counts.get(text, 0) + 1
    return counts


def _names(page: Page, m: Measures) -> list[Booleans]:
    """What the enclosing elements are called: near and anywhere chrome, anywhere content, chrome by tag."""
    elements = page.elements
    chrome = np.array([CHROME_NAME.search(e.names) is not None for e in elements])
    chrome[0] = False  # a body's class names the kind of page
    content = np.array([CONTENT_NAME.search(e.names) is not None for e in elements])
    tag = np.array([e.tag in CHROME_TAGS for e in elements])
    parent = np.maximum(m.parents[m.element], 0)
    return [
        chrome[m.element] | chrome[parent],
        m.inside(chrome)[m.element],
        m.inside(content)[m.element],
        m.inside(tag)[m.element],
    ]


def _masses(m: Measures) -> list[Floats | Booleans]:
    """Where the page's paragraphs are, seen from each block."""
    scores = m.scores()
    total = max(m.mass.sum(), 1.0)
    parent = np.maximum(m.parents[m.element], 0)
    grandparent = np.maximum(m.parents[parent], 0)
    top = np.zeros(len(scores), bool)
    top[scores.argmax()] = True
    highest = max(scores.max(), 1.0)
    before = np.cumsum(m.mass) - m.mass
    return [
        scores[parent] / highest,
        scores[grandparent] / highest,
        m.below_elements(m.mass)[parent] / total,
        m.inside(top)[m.element],
        before / total,
        _neighbours(m.mass) / np.maximum(_neighbours(m.letters), 1),
    ]


def _neighbours(values: Floats) -> Floats:
    """The sum of the values before and after each one."""
    padded = np.pad(values, 1)
    return np.asarray(padded[:-2] + padded[2:])


def _filled(page: Page, m: Measures, likely: Floats, kept: Booleans) -> Booleans:
    """Add what stands between kept blocks in the element that holds most of them: headings, short lines."""
    kept_letters = m.below_elements(m.letters * kept)
    core = int(np.flatnonzero(kept_letters >= CORE_SHARE * kept_letters[0])[-1])
    if kept_letters[core] < CORE_DENSITY * m.below_elements(m.letters)[core]:
        return kept
    is_core = np.zeros(len(page.elements), bool)
    is_core[core] = True
    in_core = m.inside(is_core)[m.element]
    positions = np.flatnonzero(kept & in_core)
    if not len(positions):
        return kept
    between = np.zeros(len(kept), bool)
    between[positions[0] : positions[-1] + 1] = True
    return np.asarray(kept | (between & in_core & (likely >= FILL) & (m.link_share < FILL_LINK_SHARE)))
