"""Scores of language, by script and by pairs of Khmer clusters; own measurements on OSCAR and the news.

A line counts if it has letters; it is a Khmer line if at least half of its letters are Khmer. What the rest is in is
said by the labels of `clean.language.labels`.
"""

from __future__ import annotations

from clean.language.scan import pair_fit_of
from clean.scores.texts import Floats, Integers, Texts, ratio


def khmer_line_share(texts: Texts) -> Floats:
    """Khmer lines among lines."""
    scanned = texts.scan
    return ratio(scanned.n_khmer_lines, scanned.n_lines)


def other_line_letters(texts: Texts) -> Integers:
    """Letters in lines that are not Khmer lines."""
    return texts.scan.n_other_letters


def mixed_line_share(texts: Texts) -> Floats:
    """Lines of whose letters at least a tenth are of another script than most, among lines."""
    scanned = texts.scan
    return ratio(scanned.n_mixed_lines, scanned.n_lines)


def switch_rate(texts: Texts) -> Floats:
    """Changes of script within lines per 100 letters: a foreign word in a Khmer sentence is two."""
    scanned = texts.scan
    return ratio(100.0 * scanned.n_switches, scanned.n_letters)


def pair_fit(texts: Texts) -> Floats:
    """How far what is in Khmer script is Khmer, in bits: 9 in prose, under 6 in Pali; null in very short texts."""
    return pair_fit_of(texts.scan)


def unlike_share(texts: Texts) -> Floats:
    """Khmer clusters in lines that are in Khmer script and not in Khmer, among Khmer clusters."""
    scanned = texts.scan
    return ratio(scanned.n_unlike, scanned.n_clusters)
