"""Document rules of FineWeb (Penedo et al. 2024, section 3.5) and of FineWeb2's Khmer configuration.

Its share of characters in repeated lines is `gopher.repeated_line_char_share`, its share of lines with a sentence
mark at the end `c4.ended_line_share`.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from clean.scores.gopher import CLUSTERS_PER_WORD
from clean.scores.texts import Floats, Integers, Texts, ratio
from clean.scores.wording import N_STOP_WORDS

SHORT_LINE_CHARS: Final = 30
LONG_CLUSTERS: Final = 150


def short_line_share(texts: Texts) -> Floats:
    """Share of lines of at most 30 characters (FineWeb: at most .67; not used by FineWeb2)."""
    return texts.share_of_lines(texts.lines.n_chars <= SHORT_LINE_CHARS)


def lines_per_word(texts: Texts) -> Floats:
    """Lines for each word of 2.6 clusters (FineWeb: at most .3, FineWeb2: .361)."""
    return ratio(texts.n_lines, texts.counts.n_clusters / CLUSTERS_PER_WORD)


def stop_words(texts: Texts) -> Integers:
    """Different ones of the 14 most common function words (FineWeb2: at least 2)."""
    return np.asarray(np.count_nonzero(texts.phrases[:, :N_STOP_WORDS], axis=1))


def stop_word_rate(texts: Texts) -> Floats:
    """Occurrences of the 14 most common function words per 100 clusters: how much of a text is in sentences."""
    return ratio(100.0 * texts.phrases[:, :N_STOP_WORDS].sum(axis=1), texts.counts.n_clusters)


def stop_word_rate_of_long(texts: Texts) -> Floats:
    """`stop_word_rate` of texts of at least 150 clusters, null for shorter ones: a headline has none.

    Prose has 8; under 1 are lists, menus and broken print.
    """
    return np.where(texts.counts.n_clusters >= LONG_CLUSTERS, stop_word_rate(texts), np.nan)
