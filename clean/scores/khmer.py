"""Scores of the script itself; sources: Unicode Technical Note 61 (syllable structure) and own measurements.

On news, web text and an encyclopedia the mean cluster has 1.94 code points and marks are .39 of Khmer characters,
within .02; lists of letters, spelt-out words and converted legacy text fall outside.
"""

from __future__ import annotations

import numpy as np

from clean.scores.texts import Floats, Integers, Texts, ratio
from khmer.clusters import khmer_share_of


def khmer_share(texts: Texts) -> Floats:
    """Khmer letters and marks among all letters; as good as language identification (5 times as fast), 0.5 = half."""
    return khmer_share_of(texts.counts)


def khmer_chars(texts: Texts) -> Integers:
    """Khmer letters and marks."""
    return texts.counts.n_khmer


def invalid_rate(texts: Texts) -> Floats:
    """Marks that fit no syllable, per 1,000 Khmer characters: .05 in news, 3 more per 1 % of recognition errors.

    One is forgiven: a text cut off amid a cluster has it, and in a short text it would weigh like broken print.
    """
    n_invalid = np.maximum(texts.counts.n_invalid - 1, 0)
    return ratio(1000.0 * n_invalid, texts.counts.n_khmer)


def marks_share(texts: Texts) -> Floats:
    """Marks and coengs among Khmer characters; about .39."""
    return ratio(texts.counts.n_marks, texts.counts.n_khmer)


def cluster_chars(texts: Texts) -> Floats:
    """Khmer code points per cluster; about 1.94."""
    return ratio(texts.counts.n_khmer, texts.counts.n_clusters)


def latin_share(texts: Texts) -> Floats:
    """Latin letters among all characters but blanks."""
    return ratio(texts.counts.n_latin, _printed(texts))


def digit_share(texts: Texts) -> Floats:
    """ASCII and Khmer digits among all characters but blanks (Gopher asks for 80 % of words with a letter)."""
    return ratio(texts.counts.n_digits, _printed(texts))


def punctuation_share(texts: Texts) -> Floats:
    """Punctuation and ASCII symbols among all characters but blanks."""
    return ratio(texts.counts.n_punctuation, _printed(texts))


def _printed(texts: Texts) -> Integers:
    counts = texts.counts
    return np.asarray(counts.n_chars - counts.n_spaces - counts.n_newlines)
