"""Repetition and shape rules of Gopher (Rae et al. 2021, appendix A1), with orthographic clusters for words.

A Khmer word is about 2.6 clusters, so the lengths of n-grams are those of Gopher times 2.6. Its rules about words
themselves (their mean length, those with a letter) are in `clean.scores.words`, about function words in
`clean.scores.fineweb`.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from clean.scores.kernels import Mark, Shape
from clean.scores.texts import Floats, Integers, Texts, ratio

CLUSTERS_PER_WORD: Final = 2.6  # measured with khmercut on web text: 5.8 bytes a cluster, 14.8 a word


def top_5gram_share(texts: Texts) -> Floats:
    """Share of units covered by the most frequent 5-gram (2 words; Gopher: at most .20, FineWeb2: .594)."""
    return texts.repetition[5].top


def top_8gram_share(texts: Texts) -> Floats:
    """Share of units covered by the most frequent 8-gram (3 words; Gopher: at most .18, FineWeb2: .523)."""
    return texts.repetition[8].top


def top_10gram_share(texts: Texts) -> Floats:
    """Share of units covered by the most frequent 10-gram (4 words; Gopher: at most .16, FineWeb2: .438)."""
    return texts.repetition[10].top


def repeated_13gram_share(texts: Texts) -> Floats:
    """Share of units in 13-grams that occurred before (5 words; Gopher: at most .15, FineWeb2: .175)."""
    return texts.repetition[13].repeated


def repeated_18gram_share(texts: Texts) -> Floats:
    """Share of units in 18-grams that occurred before (7 words; Gopher: at most .13, FineWeb2: .148).

    Those of 6 and 8 words correlate with it at .93 to .95, those of 9 words with 10 at .96: one measure each.
    """
    return texts.repetition[18].repeated


def repeated_26gram_share(texts: Texts) -> Floats:
    """Share of units in 26-grams that occurred before (10 words; Gopher: at most .10, FineWeb2: .109)."""
    return texts.repetition[26].repeated


def repeated_line_share(texts: Texts) -> Floats:
    """Share of lines that occurred before in the text (Gopher: at most .30, FineWeb2: .917)."""
    return texts.share_of_lines(texts.repeated_lines)


def repeated_line_char_share(texts: Texts) -> Floats:
    """Share of characters in lines that occurred before (Gopher: at most .20; FineWeb: .01, FineWeb2: .1)."""
    chars = texts.lines.n_chars.astype(np.float64)
    return ratio(texts.per_text(chars * texts.repeated_lines), texts.per_text(chars))


def repeated_paragraph_share(texts: Texts) -> Floats:
    """Share of paragraphs, which empty lines separate, that occurred before in the text (Gopher: at most .30)."""
    return _share_of_paragraphs(texts, np.ones(len(texts.paragraphs.text)))


def repeated_paragraph_char_share(texts: Texts) -> Floats:
    """Share of characters in paragraphs that occurred before in the text (Gopher: at most .20)."""
    return _share_of_paragraphs(texts, texts.paragraphs.n_chars.astype(np.float64))


def _share_of_paragraphs(texts: Texts, weights: Floats) -> Floats:
    text, _, repeated = texts.paragraphs
    whole = np.bincount(text, weights, len(texts))
    return ratio(np.bincount(text, weights * repeated, len(texts)), whole)


def bullet_line_share(texts: Texts) -> Floats:
    """Share of lines that begin with a bullet (Gopher: at most .90)."""
    return texts.share_of_lines(texts.lines.are(Shape.BULLETED))


def ellipsis_line_share(texts: Texts) -> Floats:
    """Share of lines that break off in an ellipsis (Gopher: at most .30)."""
    return texts.share_of_lines(texts.lines.are(Shape.BROKEN_OFF))


def symbol_rate(texts: Texts) -> Floats:
    """Hash signs and ellipses for each word of 2.6 clusters (Gopher: each at most .10)."""
    return ratio(texts.marks[:, Mark.SYMBOLS], texts.counts.n_clusters / CLUSTERS_PER_WORD)


def clusters(texts: Texts) -> Integers:
    """Length in orthographic clusters (Gopher: 50 to 100,000 words, which are 130 to 260,000 clusters)."""
    return texts.counts.n_clusters
