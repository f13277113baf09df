"""Fonts that show Latin codes as Khmer, in a document: which they are, and their text as Khmer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from crawl.sources.pdf.glyphs import ACTUAL_TEXT
from crawl.sources.pdf.lines import Line, Run
from crawl.sources.pdf.order import as_stored, attached
from khmer.legacy import LIMON, convert, detect, in_other_layout, invalid_rate

_LIMON: Final = re.compile(r"(?:^|\+)(?:kh[ _-]?)?limon", re.IGNORECASE)
_OTHER: Final = re.compile(
    r"(?:^|\+)(?:abc[ _-]?(?:text|zoom|bold|khmer)|khek|baidok|fk[ _-]?khmer|truth[ _-]?khmer"
    r"|khmer[ _-]?(?:kep|standard)|kh[ _-]?(?:battambang|kampot|siemreap|fang|muol))",
    re.IGNORECASE,
)
_LATIN: Final = re.compile("[A-Za-z¢-ÿ]")
_KHMER: Final = re.compile("[\u1780-\u17d3]")
MOST_INVALID: Final = 0.01  # of what a font's text becomes; real Limon has under .0004


@dataclass
class Legacy:
    """A document's legacy fonts: those that `khmer.legacy` can convert, and how much stands in others."""

    convertible: frozenset[str] = frozenset()
    n_unreadable: int = 0
    unreadable: list[str] = field(default_factory=list)

    def told(self) -> list[str]:
        """As evidence tells it."""
        found = [f"Limon: {', '.join(sorted(self.convertible))}"] if self.convertible else []
        return found + ([f"legacy: {', '.join(self.unreadable)}"] if self.unreadable else [])

    def read(self, line: Line, reading: Callable[[str], str]) -> str:
        """A line's text: what stands in Limon converted, all else as `reading` has it."""
        return attached("".join(self._khmer(run, reading) for run in line.runs))

    def _khmer(self, run: Run, reading: Callable[[str], str]) -> str:
        if run.font == ACTUAL_TEXT:
            return as_stored(run.text)
        return convert(run.text, LIMON) if run.font in self.convertible else reading(attached(run.text))


def legacy_fonts(lines: Iterable[Line]) -> Legacy:
    """The legacy fonts among those of a document: by their names, and by what stands in them."""
    texts: dict[str, list[str]] = {}
    for run in (run for line in lines for run in line.runs):
        texts.setdefault(run.font, []).append(run.text)
    limon, n_unreadable, unreadable = set(), 0, []
    for font, parts in sorted(texts.items()):
        text = "\n".join(parts)
        if not _is_coded(text):
            continue
        if _is_limon(font, text):
            limon.add(font)
        elif _LIMON.search(font) or _OTHER.search(font):
            n_unreadable += len(text)
            unreadable.append(font)
    return Legacy(frozenset(limon), n_unreadable, unreadable)


def _is_coded(text: str) -> bool:
    """Whether a font's text is in Latin codes."""
    return len(_LATIN.findall(text)) > len(_KHMER.findall(text))


def _is_limon(font: str, text: str) -> bool:
    if _LIMON.search(font):
        return not in_other_layout(text) and invalid_rate(convert(text, LIMON)) <= MOST_INVALID
    return detect(text) == LIMON
