"""How likely each block of a page is main text: a linear model over paragraph mass, links, names, script and place.

The features follow Readability (paragraph mass of the enclosing elements) and boilerpipe (Kohlschütter et al.
2010: neighbours, link density). Weights are fitted by `python -m clean.learn.blocks` and stand in content_weights.py.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np

from clean.extract.blocks import Page
from clean.extract.content_weights import BIAS, WEIGHTS
from clean.extract.measures import Booleans, Floats, Indices, Measures, around

FEATURES: Final = (
    "ends_sentence", "khmer_share", "khmer_contrast", "is_heading", "is_item", "is_div", "position", "log_page_mass",
    "near_chrome_name", "in_chrome_name", "in_content_name", "in_chrome_tag", "near_offer_name",
    "like_siblings", "most_like_siblings", "log_length_of_like",
    "parent_score", "after_top", "density_3", "density_20", "log_mean_letters",
    "parent_links", "parent_density", "grandparent_mass", "ancestor_density", "ancestor_mass",
)  # fmt: skip

CLOSED: Final = re.compile("[។៕៖.!?…:»”\"')][\\s\u200b]*$")
CHROME_NAME: Final = re.compile(
    r"comment|sidebar|foot|menu|nav|related|share|social|widget|promo|breadcrumb|byline|\btags?\b|advert|\bads?\b"
    r"|banner|popup|cookie|subscri|newsletter|login|search|recommend|popular|trending|more-|caption|credit|copyright"
    r"|disclaimer|author|\bmeta\b|paginat|pager|toolbar|masthead|teaser|sponsor|outbrain|disqus|reply|respond|rss"
    r"|hidden|modal"
)
OFFER_NAME: Final = re.compile(
    r"share|social|follow|subscri|newsletter|login|search|cookie|popup|modal|banner|advert|\bads?\b|sponsor"
)
CONTENT_NAME: Final = re.compile("article|content|entry|post|body|main|text|story|detail|news")
COMMENT_NAME: Final = re.compile(
    r"(?:^|\s)(?:(?:fb|wp|user|post|article|entry)[-_])?(?:comments?|commentlist|disqus_thread|replies|respond)"
    r"(?:[-_]?(?:list|body|content|text|area|section|thread|block|box|wrap|wrapper|container|item))?(?:\s|$)"
)
CHROME_TAGS: Final = frozenset(
    ["nav", "aside", "footer", "header", "form", "figure", "figcaption", "menu", "dialog"]
)
HEADINGS: Final = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
ROW_TAGS: Final = frozenset(["p", "li", "tr", "td", "br", "dd", "dt", "tbody"])
MOST_KNOWN: Final = 20_000  # names whose match is remembered
LONGEST_KNOWN: Final = 200  # characters
ANY_KHMER: Final = 0.02  # below this share of Khmer, script says nothing about a page's blocks


@dataclass(frozen=True)
class Model:
    """A logistic model: one weight for each of FEATURES, and a bias."""

    weights: Floats
    bias: float

    def chances(self, features: Floats) -> Floats:
        """How likely each row is main text."""
        return np.asarray(1.0 / (1.0 + np.exp(-(features @ self.weights + self.bias))))


@cache
def model() -> Model:
    """The fitted model."""
    return Model(np.array([WEIGHTS[name] for name in FEATURES]), BIAS)


def in_comments(page: Page, m: Measures) -> Booleans:
    """Which blocks stand among readers' comments, by the names of the enclosing elements."""
    return m.inside(_called(page, COMMENT_NAME))[m.element]


def _called(page: Page, pattern: re.Pattern[str]) -> Booleans:
    """Which elements a pattern occurs in the names of."""
    known = _known(pattern)
    found = []
    for element in page.elements:
        names = element.names
        occurs = known.get(names)
        if occurs is None:
            occurs = pattern.search(names) is not None
            if len(known) >= MOST_KNOWN:
                known.clear()
            if len(names) <= LONGEST_KNOWN:
                known[names] = occurs
        found.append(occurs)
    return np.array(found)


@cache
def _known(pattern: re.Pattern[str]) -> dict[str, bool]:
    """In which names a pattern occurs, filled as pages are read: a tenth less time a page, as hosts repeat theirs."""
    return {"": pattern.search("") is not None}


def features(page: Page, m: Measures) -> Floats:
    """FEATURES of every block, `(blocks, features) float64`."""
    tags = [page.elements[i].tag for i in m.element]
    khmer = m.khmer_share
    page_khmer = float((khmer * m.letters).sum() / max(m.letters.sum(), 1))
    if page_khmer < ANY_KHMER:
        khmer, page_khmer = np.ones_like(khmer), 1.0
    n = len(page.blocks)
    columns: list[Floats | Booleans] = [
        np.array([CLOSED.search(block.text) is not None for block in page.blocks]),
        khmer,
        khmer - page_khmer,
        np.array([tag in HEADINGS for tag in tags]),
        np.array([tag == "li" for tag in tags]),
        np.array([tag == "div" for tag in tags]),
        np.arange(n) / n,
        np.full(n, np.log1p(m.mass.sum())),
        *_names(page, m),
        *_likeness(page, m),
        *_masses(m),
    ]
    return np.stack([np.asarray(column, float) for column in columns], axis=1)


def _names(page: Page, m: Measures) -> list[Floats | Booleans]:
    """What the enclosing elements are called: near and anywhere chrome, anywhere content, chrome by tag, offers."""
    chrome, content, offer = (_called(page, pattern) for pattern in (CHROME_NAME, CONTENT_NAME, OFFER_NAME))
    chrome[0] = offer[0] = False  # a body's class names the kind of page
    tag = np.array([element.tag in CHROME_TAGS for element in page.elements])
    parent = _up(m, m.element)
    return [
        chrome[m.element] | chrome[parent],
        m.inside(chrome)[m.element],
        m.inside(content)[m.element],
        m.inside(tag)[m.element],
        m.nearness(offer)[m.element],
    ]


def _up(m: Measures, elements: Indices) -> Indices:
    """The parents of elements; the body's is itself."""
    return np.asarray(np.maximum(m.parents[elements], 0))


def _likeness(page: Page, m: Measures) -> list[Floats]:
    """Logarithms: how many siblings are called alike (two levels up; most at any level), letters of blocks alike."""
    elements = page.elements
    signs = [(e.parent, e.tag, e.names) for e in elements]
    counts = Counter(signs)
    alike = np.log([counts[sign] for sign in signs])
    most = np.where([e.tag in ROW_TAGS for e in elements], 0.0, alike).tolist()
    for i in range(1, len(most)):
        most[i] = max(most[i], most[m.parent_list[i]])
    grandparent = _up(m, _up(m, m.element))
    groups: dict[tuple[str, str, str, str], int] = {}
    group = []
    for i in m.element.tolist():
        element, parent = elements[i], elements[max(elements[i].parent, 0)]
        group.append(groups.setdefault((element.tag, element.names, parent.tag, parent.names), len(groups)))
    mean = np.bincount(group, m.letters) / np.bincount(group)
    return [alike[grandparent], np.array(most)[m.element], np.log1p(mean[group])]


def _masses(m: Measures) -> list[Floats | Booleans]:
    """Where the page's paragraphs are, seen from each block."""
    scores = m.scores()
    letters, mass = m.below_elements(m.letters), m.below_elements(m.mass)
    links, blocks = m.below_elements(m.letters * m.link_share), m.below_elements(np.ones(len(m.element)))
    top = np.zeros(len(scores), bool)
    top[scores.argmax()] = True
    in_top = np.flatnonzero(m.inside(top)[m.element])
    last = in_top[-1] if len(in_top) else len(m.element)
    total = max(m.mass.sum(), 1.0)
    parent = _up(m, m.element)
    grandparent = _up(m, parent)
    ancestor = _up(m, _up(m, grandparent))
    return [
        scores[parent] / max(scores.max(), 1.0),
        np.arange(len(m.element)) > last,
        around(m.mass, 3) / np.maximum(around(m.letters, 3), 1),
        around(m.mass, 20) / np.maximum(around(m.letters, 20), 1),
        np.log1p(letters / np.maximum(blocks, 1))[m.element],
        (links / np.maximum(letters, 1))[parent],
        (mass / np.maximum(letters, 1))[parent],
        mass[grandparent] / total,
        (mass / np.maximum(letters, 1))[ancestor],
        mass[ancestor] / total,
    ]
