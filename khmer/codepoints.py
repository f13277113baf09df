"""Khmer code points by their place in an orthographic cluster.

Names follow the Unicode Standard 16.4 and Unicode Technical Note 61 (UTN #61, "Khmer Encoding Structure"),
whose cluster is `Base Robat? (Coeng Base)* (Shifter ZWNJ?)? Vowel? Modifier* Final?`. The `*_CLASS` strings are
the insides of regular-expression character classes.
"""

from __future__ import annotations

import re
from typing import Final

FIRST: Final = 0x1780  # the Khmer block without its lunar symbols is U+1780..U+17FF

DA: Final = "\u178a"
TA: Final = "\u178f"
BA: Final = "\u1794"
RO: Final = "\u179a"
MUUSIKATOAN: Final = "\u17c9"
TRIISAP: Final = "\u17ca"
ROBAT: Final = "\u17cc"
COENG: Final = "\u17d2"

ZWSP: Final = "\u200b"
ZWNJ: Final = "\u200c"
ZWJ: Final = "\u200d"

# The independent vowels U+17A3 and U+17A4 are deprecated; normalisation replaces them.
DEPRECATED_BASE_CLASS: Final = "\u17a3\u17a4"
BASE_CLASS: Final = "\u1780-\u17a2\u17a5-\u17b3"
SHIFTER_CLASS: Final = "\u17c9\u17ca"
VOWEL_CLASS: Final = "\u17b6-\u17c5"
MODIFIER_CLASS: Final = "\u17c6\u17cb\u17cd-\u17d1\u17d3\u17dd"
FINAL_CLASS: Final = "\u17c7\u17c8"
# Everything but coeng that stands on a base. The inherent vowels U+17B4 and U+17B5 are invisible and not here.
MARK_CLASS: Final = "\u17b6-\u17d1\u17d3\u17dd"
DIGIT_CLASS: Final = "\u17e0-\u17e9"

# Khan, bariyoosan, camnuc pii kuuh, lek too, beyyal, phnaek muan, koomuut.
PUNCTUATION_CLASS: Final = "\u17d4-\u17da"

# Consonants of the first series that take triisap (UTN #61, p. 16: StrongBase).
STRONG_CLASS: Final = "\u1780-\u1783\u1785-\u1788\u178a-\u178d\u178f-\u1792\u1795-\u1797\u179e-\u17a0\u17a2"

INHERENT_VOWEL_CLASS: Final = "\u17b4\u17b5"

# Invisible characters that carry no meaning in running Khmer text: inherent vowels, zero-width space; soft hyphen,
# bidirectional marks, word joiner and invisible operators, deprecated format characters, byte-order mark.
FORMAT_CLASS: Final = "\u00ad\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\u206a-\u206f\ufeff"
INVISIBLE_CLASS: Final = INHERENT_VOWEL_CLASS + ZWSP + FORMAT_CLASS

# One orthographic cluster. A base after a coeng belongs to the coeng, even where that coeng has no base.
CLUSTER: Final = re.compile(
    f"(?<!{COENG})[{BASE_CLASS}{DEPRECATED_BASE_CLASS}]"
    f"(?:{COENG}[{BASE_CLASS}{DEPRECATED_BASE_CLASS}]?|[{MARK_CLASS}{ZWNJ}])*"
)
