"""Glyphs → lines: what stands on one baseline, with a space where there is room for one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from crawl.sources.pdf.glyphs import Glyph

# In units of the glyphs' size.
SPACE: Final = 0.18  # the least gap that is one; between the letters of a word it is under .1
MARK: Final = 0.05  # the most that a mark advances
BACK: Final = (
    1.5  # a jump to the left beyond this begins another line, a smaller one goes on with a displaced mark
)
BASELINE: Final = 0.6  # how far a mark's origin may stand from the line's


@dataclass
class Run:
    """Text of a line in one font."""

    font: str
    text: str


@dataclass
class Line:
    """A line's runs from left to right, its ends and baseline in points, and its size."""

    x: float
    y: float
    end: float
    size: float
    runs: list[Run] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)

    def takes(self, glyph: Glyph) -> bool:
        """Whether a glyph, the next one drawn, belongs to this line."""
        size = max(self.size, glyph.size)
        return abs(glyph.y - self.y) <= BASELINE * size and glyph.x >= self.end - BACK * size

    def add(self, glyph: Glyph) -> None:
        """Put a glyph at the end."""
        is_apart = glyph.x - self.end > SPACE * glyph.size and glyph.advance > MARK * glyph.size
        blank = " " if is_apart and self.runs and not self.runs[-1].text.endswith(" ") else ""
        text = blank + glyph.text
        if self.runs and (self.runs[-1].font == glyph.font or not text.strip()):
            self.runs[-1].text += text
        else:
            self.runs.append(Run(glyph.font, text))
        self.end = max(self.end, glyph.end)
        self.size = max(self.size, glyph.size)


def lines_of(glyphs: Iterable[Glyph]) -> list[Line]:
    """A page's lines that hold more than blanks, in the order in which they are drawn."""
    return [line for line in _lines(glyphs) if line.text.strip()]


def _lines(glyphs: Iterable[Glyph]) -> Iterator[Line]:
    line: Line | None = None
    for glyph in glyphs:
        if not glyph.text:
            if line is not None and line.takes(glyph):
                line.end = max(line.end, glyph.end)
            continue
        if line is None or not line.takes(glyph):
            if line is not None:
                yield line
            line = Line(glyph.x, glyph.y, glyph.x, glyph.size)
        line.add(glyph)
    if line is not None:
        yield line
