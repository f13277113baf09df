"""One shape of white space for all texts, and no control characters."""

from __future__ import annotations

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

_WIDE: Final = r"\x{A0}\x{1680}\x{2000}-\x{200A}\x{202F}\x{205F}\x{3000}"
_LINE_ENDS: Final = r"\r\n?|[\x{0B}\x{0C}\x{85}\x{2028}\x{2029}]"
_CONTROLS: Final = r"\x{00}-\x{08}\x{0E}-\x{1F}\x{7F}\x{FFFE}\x{FFFF}"
_STEPS: Final = (
    (rf"[{_CONTROLS}]", ""),
    (_LINE_ENDS, "\n"),
    (rf"[ \t{_WIDE}]+", " "),
    (" ?\n ?", "\n"),
    ("\n\n\n+", "\n\n"),
    (r"^\s+|\s+$", ""),
)
_UNTIDY: Final = (
    rf"[{_CONTROLS}\r\x{{0B}}\x{{0C}}\x{{85}}\x{{2028}}\x{{2029}}\t{_WIDE}]|  | \n|\n |\n\n\n|^\s|\s$"
)


def tidy(texts: pa.LargeStringArray) -> pa.LargeStringArray:
    """The texts without control characters, with single spaces and at most one empty line between trimmed lines."""
    untidy = pc.match_substring_regex(texts, _UNTIDY)
    chosen = texts.filter(untidy)
    for pattern, replacement in _STEPS:
        chosen = pc.replace_substring_regex(chosen, pattern, replacement)
    return pc.replace_with_mask(texts, untidy, chosen)
