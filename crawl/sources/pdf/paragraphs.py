"""Lines → paragraphs: what repeats from page to page left out, lines that run to the margin joined with the next."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Sequence
from itertools import chain, pairwise
from typing import Final

from crawl.sources.pdf.lines import Line

EDGE_LINES: Final = (
    2  # of a page, above and below, among which headers, footers and page numbers are looked for
)
LEAST_PAGES: Final = 3  # on which such a line stands
LEAST_SHARE: Final = 0.3  # of the pages
RAGGED: Final = 0.12  # of the text's width: a line that ends nearer to the margin may have been broken there
INDENT: Final = 1.2  # of the size
SAME_SIZE: Final = 1.2
LEAST_BROKEN: Final = 0.45  # of the text's width
SAME_LEADING: Final = 1.15
LEADING: Final = 1.25  # of the usual distance between lines: beyond it a paragraph ends
MOST_LEADING: Final = 2.5  # of the size: lines further apart are no paragraph
_DIGITS: Final = re.compile(r"[0-9០-៩]+")
_PAGE_NUMBER: Final = re.compile(
    r"[\s\-–—.(|]*(?:(?:ទំព័រ|page)\s*)?[0-9០-៩ivxlc]{1,5}(?:\s*/\s*[0-9០-៩]+)?[\s\-–—.)|]*", re.I
)
_ITEM: Final = re.compile(r"\s*(?:[-–—•*●▪■]|[0-9០-៩ក-អA-Za-z]{1,4}\s*[-.)៖។])")
_ENDS: Final = re.compile(r"[។៕៖?!]\s*$")
_HYPHEN: Final = re.compile(r"(?<=[\u1780-\u17d3\u17dda-zà-ÿ])-\s*$")
_KHMER_END: Final = re.compile(r"[\u1780-\u17d3\u17dd]$")
_KHMER_BEGINNING: Final = re.compile(r"^[\u1780-\u17b3\u17c1-\u17c3\ue000]")


def paragraphs(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The lines of each paragraph, over all pages; headers, footers and page numbers are left out."""
    kept = without_edges(pages)
    lines = list(chain.from_iterable(kept))
    if not lines:
        return []
    layout = _Layout(kept)
    found = [[lines[0]]]
    for line, following in pairwise(lines):
        if layout.goes_on(line, following):
            found[-1].append(following)
        else:
            found.append([following])
    return found


def joined(lines: Sequence[str]) -> str:
    """The text of a paragraph: no hyphens at its lines' ends, no blanks within Khmer but those that were there."""
    text = ""
    for line in lines:
        if _HYPHEN.search(text):
            text = _HYPHEN.sub("", text)
        elif (
            text
            and not text[-1].isspace()
            and not (_KHMER_END.search(text) and _KHMER_BEGINNING.search(line))
        ):
            text += " "
        text += line
    return " ".join(text.split())


def without_edges(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """The pages without lines that stand alike, but for numbers, at the edge of many, and without page numbers."""
    on_pages: Counter[str] = Counter()
    for page in pages:
        on_pages.update({_form(page[at]) for at in _edges(page)})
    least = max(LEAST_PAGES, LEAST_SHARE * len(pages))
    kept = []
    for page in pages:
        edges = _edges(page)
        kept.append(
            [line for at, line in enumerate(page) if at not in edges or not _is_edge(line, on_pages, least)]
        )
    return kept


def _edges(page: Sequence[Line]) -> set[int]:
    """The positions of a page's highest and lowest lines."""
    order = sorted(range(len(page)), key=lambda at: page[at].y)
    return {*order[:EDGE_LINES], *order[-EDGE_LINES:]}


def _is_edge(line: Line, on_pages: Counter[str], least: float) -> bool:
    return on_pages[_form(line)] >= least or _PAGE_NUMBER.fullmatch(line.text) is not None


def _form(line: Line) -> str:
    return _DIGITS.sub("#", " ".join(line.text.split()))


class _Layout:
    """A document's margins and the distance between its lines."""

    def __init__(self, pages: Sequence[Sequence[Line]]) -> None:
        lines = list(chain.from_iterable(pages))
        ends = sorted(line.end for line in lines)
        self._right = ends[-1 - len(ends) // 20]  # a few lines may hang over
        self._width = max(self._right - statistics.median_low(line.x for line in lines), 1.0)
        steps = Counter(round(abs(line.y - other.y)) for page in pages for line, other in pairwise(page))
        usual = max(steps, key=lambda step: (steps[step], -step), default=0)
        self._leading = min(usual, MOST_LEADING * statistics.median_low(line.size for line in lines))

    def goes_on(self, line: Line, following: Line) -> bool:
        """Whether the following line belongs to the same paragraph."""
        text = line.text.rstrip()
        if text.endswith("៖") or _ITEM.match(following.text):
            return False
        if max(line.size, following.size) > SAME_SIZE * min(line.size, following.size):
            return False
        indent = following.x - line.x
        if indent > INDENT * line.size and not _ITEM.match(line.text):
            return False
        is_broken = line.end >= self._right - RAGGED * self._width
        step = line.y - following.y
        if step < 0:  # on the next page
            return is_broken and not _ENDS.search(text)
        if is_broken:
            return step <= LEADING * self._leading
        return self._is_short_break(line, text, step)

    def _is_short_break(self, line: Line, text: str, step: float) -> bool:
        """Whether a line that ends far from the margin goes on: Khmer may be broken only where it has a blank."""
        is_long = line.end - line.x >= LEAST_BROKEN * self._width
        return is_long and not _ENDS.search(text) and step <= SAME_LEADING * self._leading
