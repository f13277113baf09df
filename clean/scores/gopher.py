"""Repetition and shape rules of Gopher (Rae et al. 2021, appendix A1), with orthographic clusters for words.

A Khmer word is about 2.6 clusters, so the lengths of n-grams are those of Gopher times 2.6.
"""

from __future__ import annotations

import numpy as np

from clean.scores.repetition import repeated_share, top_share
from clean.scores.texts import Floats, Integers, Texts, ratio

CLUSTERS_PER_WORD = 2.6  # measured with khmercut on web text: 5.8 bytes a cluster, 14.8 a word


def top_5gram_share(texts: Texts) -> Floats:
    """Share of units covered by the most frequent 5-gram (2 words; Gopher: at most .20)."""
    return top_share(texts.units, 5)


def top_8gram_share(texts: Texts) -> Floats:
    """Share of units covered by the most frequent 8-gram (3 words; Gopher: at most .18)."""
    return top_share(texts.units, 8)


def top_10gram_share(texts: Texts) -> Floats:
    """Share of units covered by the most frequent 10-gram (4 words; Gopher: at most .16)."""
    return top_share(texts.units, 10)


def repeated_13gram_share(texts: Texts) -> Floats:
    """Share of units in 13-grams that occurred before (5 words; Gopher: at most .15)."""
    return repeated_share(texts.units, 13)


def repeated_26gram_share(texts: Texts) -> Floats:
    """Share of units in 26-grams that occurred before (10 words; Gopher: at most .10)."""
    return repeated_share(texts.units, 26)


def repeated_line_share(texts: Texts) -> Floats:
    """Share of lines that occurred before in the text (Gopher: at most .30)."""
    return texts.share_of_lines(texts.repeated_lines)


def repeated_line_char_share(texts: Texts) -> Floats:
    """Share of characters in lines that occurred before in the text (Gopher: at most .20)."""
    chars = texts.lines.n_chars.astype(np.float64)
    return ratio(texts.per_text(chars * texts.repeated_lines), texts.per_text(chars))


def bullet_line_share(texts: Texts) -> Floats:
    """Share of lines that begin with a bullet (Gopher: at most .90)."""
    return texts.share_of_lines(texts.lines_match(r"^[•‣▪▫◦●○■□·*\-–—➢➤►✓✔]"))


def ellipsis_line_share(texts: Texts) -> Floats:
    """Share of lines that break off in an ellipsis (Gopher: at most .30)."""
    return texts.share_of_lines(texts.lines_match(r"(…|\.\.\.)[)\]»” ]*$"))


def symbol_rate(texts: Texts) -> Floats:
    """Hash signs and ellipses for each word of 2.6 clusters (Gopher: at most .10)."""
    return ratio(texts.matches(r"#|…|\.\.\."), texts.counts.n_clusters / CLUSTERS_PER_WORD)


def clusters(texts: Texts) -> Integers:
    """Length in orthographic clusters (Gopher: at least 50 words, which are 130 clusters)."""
    return texts.counts.n_clusters
