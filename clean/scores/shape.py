"""Scores of lists and menus; after jusText (Pomikálek 2011), which takes short blocks beside short blocks for menus."""

from __future__ import annotations

from typing import Final

from clean.scores.kernels import Shape
from clean.scores.texts import Floats, Texts, ratio

MENU_LINE_CHARS: Final = 50
LEAST_MENU_LINES: Final = 4


def menu_share(texts: Texts) -> Floats:
    """Share of characters in runs of at least 4 lines of at most 50 characters that do not end as sentences do."""
    lines = texts.lines
    item = (lines.n_chars <= MENU_LINE_CHARS) & ~lines.are(Shape.ENDED)
    whole = texts.per_text(lines.n_chars.astype(float))
    return ratio(texts.chars_in_runs(item, LEAST_MENU_LINES), whole)


def phrase_clusters(texts: Texts) -> Floats:
    """Clusters between blanks: few where names and headings stand one after the other, a dozen in prose."""
    counts = texts.counts
    return ratio(counts.n_clusters, counts.n_spaces + counts.n_newlines + 1)
