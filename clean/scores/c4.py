"""Rules of C4 (Raffel et al. 2020, section 2.2) and mC4 (Xue et al. 2021), with Khmer sentence ends.

C4 removes lines; here their share or rate is told, so that a text of one line is judged too. Its rule against lines
of under 5 words (about 25 characters) is the measure of `fineweb.short_line_share`, its list of bad words has no
Khmer (`clean.scores.spam` is in its place), and citation marks are a matter of extraction.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from clean.scores.kernels import Mark, Shape
from clean.scores.texts import Floats, Integers, Texts, ratio
from clean.scores.wording import MARKUP_COLUMN, NOTICE_COLUMN, PLACEHOLDER_COLUMN

LONG_LINE_CHARS: Final = 200


def ended_line_share(texts: Texts) -> Floats:
    """Share of lines that end as a sentence does (C4 keeps only such lines; FineWeb: at least .12, FineWeb2: 0)."""
    return texts.share_of_lines(texts.lines.are(Shape.ENDED))


def sentence_ends(texts: Texts) -> Integers:
    """Sentence ends (C4: at least 3), marks in a row as one; ។ល។ is an abbreviation and counts as none."""
    return texts.marks[:, Mark.SENTENCE_ENDS]


def sentence_end_rate(texts: Texts) -> Floats:
    """Sentence ends per 1,000 clusters; about 8 in Khmer news, 14 in an encyclopedia."""
    return ratio(1000.0 * sentence_ends(texts), texts.counts.n_clusters)


def long_lines(texts: Texts) -> Integers:
    """Lines of at least 200 characters (mC4: at least 3)."""
    return texts.per_text((texts.lines.n_chars >= LONG_LINE_CHARS).astype(np.float64)).astype(np.int64)


def placeholder_text(texts: Texts) -> Integers:
    """Occurrences of 'lorem ipsum' (C4 drops any page with it)."""
    return texts.phrases[:, PLACEHOLDER_COLUMN]


def notice_rate(texts: Texts) -> Floats:
    """Phrases about JavaScript, cookies, privacy and terms of use per 100 clusters (C4 removes lines with one)."""
    return ratio(100.0 * texts.phrases[:, NOTICE_COLUMN], texts.counts.n_clusters)


def code_marks(texts: Texts) -> Floats:
    """Curly brackets per 1,000 characters (C4 drops any page with one)."""
    return ratio(1000.0 * texts.marks[:, Mark.CURLY], texts.counts.n_chars)


def markup_rate(texts: Texts) -> Floats:
    """Tags, entities and templates per 100 clusters: pages whose source came with the text, as C4's brackets tell.

    Formulas are no markup: curly brackets alone would drop mathematics.
    """
    return ratio(100.0 * texts.phrases[:, MARKUP_COLUMN], texts.counts.n_clusters)


def longest_ascii_run(texts: Texts) -> Integers:
    """ASCII characters in the longest run without a blank (C4 removes lines with one of over 1,000)."""
    return texts.marks[:, Mark.LONGEST_ASCII]
