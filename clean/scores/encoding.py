"""Khmer that was read in a wrong encoding."""

from __future__ import annotations

from typing import Final

from clean.scores.texts import Floats, Texts, ratio

# The first two of the three bytes of a Khmer character in UTF-8, E1 9E or E1 9F, in Windows-1252 or Latin-1.
MISREAD: Final = r"á[žŸ\x{9e}\x{9f}]"


def misread_share(texts: Texts) -> Floats:
    """Khmer characters that stand as three Latin ones, among Khmer characters; 0 in nearly every text."""
    n_misread = texts.matches(MISREAD)
    return ratio(1.0 * n_misread, n_misread + texts.counts.n_khmer)
