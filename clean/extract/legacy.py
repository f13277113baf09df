"""Signs of Khmer in a legacy font (Limon, ABC and their kin): Latin codes that only the font shows as Khmer."""

from __future__ import annotations

import re
from typing import Final

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
