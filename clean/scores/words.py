"""Gopher's rules about words (Rae et al. 2021, appendix A1), on dictionary words: the only scores that segment."""

from __future__ import annotations

import numpy as np

from clean.scores.texts import Floats, Integers, Texts, ratio


def n_words(texts: Texts) -> Integers:
    """Dictionary words; numbers and punctuation are none (Gopher: 50 to 100,000)."""
    return np.diff(texts.words.offsets)


def mean_chars(texts: Texts) -> Floats:
    """Mean length of a word in code points (Gopher: 3 to 10, FineWeb2: 2 to 13); about 5 in prose."""
    offsets = texts.words.offsets
    total = np.concatenate([[0], np.cumsum(texts.words.n_chars)])
    return ratio(total[offsets[1:]] - total[offsets[:-1]], np.diff(offsets))


def letter_share(texts: Texts) -> Floats:
    """Words among words and numbers; ។, ៗ and other punctuation are neither (Gopher: at least .8, FineWeb2: .905).

    FineWeb2 counts ។ and quotation marks as words without a letter, and so drops a quarter of good documents.
    """
    count = n_words(texts)
    return ratio(count, count + texts.words.n_numbers)
