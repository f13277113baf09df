"""Document rules of FineWeb (Penedo et al. 2024, section 3.5) and FineWeb2's Khmer word list."""

from __future__ import annotations

from clean.scores.gopher import CLUSTERS_PER_WORD
from clean.scores.texts import Floats, Texts, ratio

SHORT_LINE_CHARS = 30
# khm_Khmr.yml of FineWeb2.
STOP_WORDS = ("មាន", "បាន", "ដែល", "ជា", "និង", "នៅ", "របស់", "ក្នុង", "ថា", "នេះ", "នៃ", "ហើយ", "ទៅ", "ដោយ")


def short_line_share(texts: Texts) -> Floats:
    """Share of lines of at most 30 characters (FineWeb: at most .67)."""
    return texts.share_of_lines(texts.lines.n_chars <= SHORT_LINE_CHARS)


def lines_per_word(texts: Texts) -> Floats:
    """Lines for each word of 2.6 clusters (FineWeb: at most .3)."""
    return ratio(texts.n_lines, texts.counts.n_clusters / CLUSTERS_PER_WORD)


def stop_word_rate(texts: Texts) -> Floats:
    """Occurrences of the 14 most common function words per 100 clusters (FineWeb2: at least 2 in a document)."""
    return ratio(100.0 * texts.matches("|".join(STOP_WORDS)), texts.counts.n_clusters)
