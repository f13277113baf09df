"""Khmer in a legacy font (Limon, ABC and their kin) on web pages: its signs, and its blocks turned into Khmer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from khmer.legacy import convert, detect, in_other_layout, invalid_rate

FONT_NAME: Final = re.compile(
    rb"[\"':;,=\s](?:limon[ _-]?[a-z]{0,2}\d|limon\b|abc[ _-](?:text|zoom|bold|khmer)|khek[ _-]|kh[ _-]?limon|baidok"
    rb"|fk[ _-]khmer|truth[ _-]khmer|khmer[ _-]?(?:standard|kep|arial)\b)",
    re.IGNORECASE,
)
TAGS: Final = re.compile(
    rb"<(?:script|style)\b.*?(?:</(?:script|style)>|\Z)|<[^>]{0,2000}>|&[#\w]{1,10};",
    re.IGNORECASE | re.DOTALL,
)
WORD: Final = re.compile(rb"[A-Za-z]{3,}")
INNER_CAPITAL: Final = re.compile(rb"[a-z][A-Z]")
SAMPLE_BYTES: Final = 100_000
LEAST_WORDS: Final = 50

# What a short block of legacy text has and a short block of English has not.
ODD: Final = re.compile("[a-z][A-Z]|[A-Z]{2}[a-z]{2}|[¢-ÿμ]|[A-Za-z)][;:_][A-Za-z]|\\)[aA]")
MOST_INVALID_BLOCK: Final = (
    0.1  # a word of English becomes about that; a block without evidence of its own must be better
)
MOST_INVALID: Final = 0.01  # of all that a page's legacy blocks become; real Limon texts have under .0004


class Converted(NamedTuple):
    """A page's blocks with the legacy ones as Khmer."""

    blocks: list[str]
    n_converted: int  # characters of Khmer made
    invalid_rate: float  # of these: marks and coengs outside well-formed syllables, per Khmer letter and mark


def legacy_fonts(payload: bytes) -> int:
    """How often a page names a font that shows Latin codes as Khmer."""
    return len(FONT_NAME.findall(payload))


def inner_capital_share(payload: bytes) -> float:
    """Share of Latin words with a capital after a small letter, 0 where there are under 50 words.

    Limon text has .63–.86 of them, pages in Thai and European languages up to .15, with rare exceptions below .5.
    """
    words = WORD.findall(TAGS.sub(b" ", payload[:SAMPLE_BYTES]))
    if len(words) < LEAST_WORDS:
        return 0.0
    return sum(INNER_CAPITAL.search(word) is not None for word in words) / len(words)


def converted(blocks: Sequence[str]) -> Converted | None:
    """The blocks with legacy text as canonical Khmer, or None where there is none or it does not become Khmer.

    A long block shows its encoding by itself. One too short for that follows the others of its page if it looks odd
    in a Latin language; a caption in English stays.
    """
    odd = "\n".join(block for block in blocks if ODD.search(block))
    if in_other_layout(odd):
        return None
    own = [detect(block) for block in blocks]
    encoding = next((found for found in own if found), None) or detect(odd)
    if encoding is None:
        return None
    khmer = [_khmer_of(block, found, encoding) for block, found in zip(blocks, own, strict=True)]
    made = [text for text in khmer if text]
    rate = invalid_rate("\n".join(made))
    if not made or rate > MOST_INVALID:
        return None
    results = [text or block for text, block in zip(khmer, blocks, strict=True)]
    return Converted(results, sum(map(len, made)), rate)


def _khmer_of(block: str, own: str | None, encoding: str) -> str:
    """A block as Khmer, empty where it stays as it is."""
    if own is not None:
        return convert(block, own)
    if ODD.search(block) is None:
        return ""
    khmer = convert(block, encoding)
    return khmer if invalid_rate(khmer) <= MOST_INVALID_BLOCK else ""
