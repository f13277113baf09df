"""Text as the patterns read it: ASCII digits, plain punctuation, small letters, and nothing invisible in a number."""

from __future__ import annotations

import re
from array import array
from typing import Final, NamedTuple

from khmer.codepoints import INVISIBLE_CLASS, ZWJ, ZWNJ

_KHMER_DIGITS: Final = {0x17E0 + n: str(n) for n in range(10)}
_KHMER_COLON: Final = {0x17D6: ":"}
_FULL_WIDTH: Final = {0xFF01 + n: chr(0x21 + n) for n in range(94)}
_DASHES: Final = dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63], "-")
_BLANKS: Final = dict.fromkeys([0x09, 0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
_OTHERS: Final = {0xB7: ".", 0x2022: ".", 0x2024: ".", 0x2044: "/", 0x2215: "/"}
_FREQUENT: Final = tuple((chr(code), plain) for code, plain in (_KHMER_DIGITS | _KHMER_COLON).items())
_PLAIN: Final = _KHMER_DIGITS | _KHMER_COLON | _FULL_WIDTH | _DASHES | _BLANKS | _OTHERS
_SELDOM: Final = re.compile(f"[{''.join(map(chr, _FULL_WIDTH | _DASHES | _BLANKS | _OTHERS))}]")
_INVISIBLE: Final = re.compile(f"[{INVISIBLE_CLASS}{ZWNJ}{ZWJ}\u034f\ufe00-\ufe0f]+")


class Folded(NamedTuple):
    """A text to read, and for each of its code points the place in the text it was made of; None: the same place."""

    text: str
    origins: array[int] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A span of `text`, not empty, in the text that it was made of."""
        return (start, end) if self.origins is None else (self.origins[start], self.origins[end - 1] + 1)


def fold(text: str) -> Folded:
    """The text with digits, dashes, blanks and full-width letters as in ASCII, small, without invisible characters."""
    plain = _plain(text)
    if not _INVISIBLE.search(plain):
        return Folded(plain, None)
    origins = array("i")
    visible, end = [], 0
    for hidden in _INVISIBLE.finditer(plain):
        visible.append(plain[end : hidden.start()])
        origins.extend(range(end, hidden.start()))
        end = hidden.end()
    origins.extend(range(end, len(plain)))
    return Folded("".join([*visible, plain[end:]]), origins)


def _plain(text: str) -> str:
    if _SELDOM.search(text):
        text = text.translate(_PLAIN)
    for written, plain in _FREQUENT:  # several times faster than a table
        text = text.replace(written, plain)
    # Only ASCII letters, so that the length stays.
    return text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")
