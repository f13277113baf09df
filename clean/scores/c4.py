"""Line rules of C4 (Raffel et al. 2020, section 2.2), with Khmer sentence ends."""

from __future__ import annotations

from clean.scores.texts import Floats, Integers, Texts, ratio

SENTENCE_END = r"[។៕!?]|\.(?:\s|$)"


def ended_line_share(texts: Texts) -> Floats:
    """Share of lines that end as a sentence does (C4 keeps only such lines)."""
    return texts.share_of_lines(texts.lines_match(r"[។៕!?.][»”\"')\]\s]*$"))


def sentence_ends(texts: Texts) -> Integers:
    """Sentence ends (C4: at least 3); ។ល។ is an abbreviation and counts as none."""
    return texts.matches(SENTENCE_END) - 2 * texts.matches("។\\s?ល\\s?។")


def sentence_end_rate(texts: Texts) -> Floats:
    """Sentence ends per 1,000 clusters; about 8 in Khmer news, 14 in an encyclopedia."""
    return ratio(1000.0 * sentence_ends(texts), texts.counts.n_clusters)


def placeholder_text(texts: Texts) -> Integers:
    """Occurrences of 'lorem ipsum' (C4 drops any page with it)."""
    return texts.matches("(?i)lorem ipsum")


def code_marks(texts: Texts) -> Floats:
    """Curly brackets per 1,000 characters (C4 drops any page with one)."""
    return ratio(1000.0 * texts.matches("[{}]"), texts.counts.n_chars)
