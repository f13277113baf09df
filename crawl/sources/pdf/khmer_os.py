"""What the glyphs of the Khmer OS fonts stand for, by their numbers.

Most Khmer PDFs are set in them. A PDF holds glyph numbers, and what its makers write beside them (ToUnicode) names a
subscript by its base letter, a ligature by its first part and many marks not at all: who believes it reads another
text. The twelve fonts of fonts-khmeros 5.0 (Danh Hong; Khmer OS, Battambang, Bokor, Content, Fasthand, Freehand,
Metal Chrieng, Muol, Muol Light, Muol Pali, Siemreap, System) number their glyphs alike from 0x17E to 0x2D7, and those
beyond alike but for Muol, where they have any; this table says what their GSUB tables make each of them from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from khmer.codepoints import COENG, RO

RO_BEFORE: Final = "\ue000"  # coeng ro, drawn before its base
O_BEHIND: Final = "\ue001"  # the part of ោ behind its base
AU_BEHIND: Final = "\ue002"  # the part of ៅ behind its base
OE_ABOVE: Final = "\ue003"  # the part of ើ above its base

_MUOL: Final = re.compile(r"muol(?![ _-]?(?:light|pali))", re.IGNORECASE)
FAMILY: Final = re.compile(r"(?:^|\+)Khmer[ _-]?OS", re.IGNORECASE)
_LETTERS: Final = "".join(map(chr, range(0x1780, 0x17B4)))
_BASES: Final = _LETTERS[:35]  # ក to អ
LAST_SHARED: Final = 0x2D7  # glyph numbers that mean the same in all of them
_WIDE: Final = [COENG + letter for letter in "ឃឈឍបយឞស"]  # subscripts that stand beside their base
_NYO: Final = 10  # letters up to ញ, whose subscript has two forms


def _glyphs() -> dict[int, str]:
    coengs = [COENG + letter for letter in _LETTERS]
    made: dict[int, str] = {}
    for first, texts in (
        (0x17E, [*coengs[:_NYO], *coengs[_NYO - 1 :]]),
        (0x1B3, [letter + "ា" for letter in _BASES] + [wide + "ា" for wide in _WIDE * 2]),
        (0x1E4, [letter + AU_BEHIND for letter in _BASES] + [wide + AU_BEHIND for wide in _WIDE * 2]),
        (0x215, _WIDE),
        (0x21C, [COENG + RO] * 3 + ["ឿ"] * 3 + ["ៀ"] * 3),
        (0x225, ["ញ", "ញា", "ញ" + AU_BEHIND, "ិ៍", *"ុូួុូួ", COENG + RO, "្ណ", "្ណ"]),
        (0x232, [chr(code) for code in range(0x1780, 0x17DE)]),
        (0x290, [chr(code) for code in (*range(0x17E0, 0x17EA), *range(0x17F0, 0x17FA))]),
        (0x2C7, [O_BEHIND, AU_BEHIND]),
        (0x2CA, [OE_ABOVE]),
        (0x2D0, ["\u200c", "", "◌", " ", " ", " "]),
        (0x2D7, ["ំ", "៉", "៉", *"ិីឹឺ៊", "្ម", *"ិីឹឺែ", "្ញ", "្ញ", "្ន", "បា", "ប" + AU_BEHIND, "ប", "ក"]),
    ):
        made |= dict(enumerate(texts, first))
    return {code: RO_BEFORE if text == COENG + RO else text for code, text in made.items()}


def _muol() -> dict[int, str]:
    """Those that Muol has beyond the others: bases with the vowel above them."""
    joined = [base + vowel for vowel in "ិីឹឺ" for base in "កគតភវ"][1:]
    made = [*joined, *"ិីឹឺ", "ប", "បា", "ប" + AU_BEHIND, *"ិីឹឺ" * 2, "ំ"]
    return dict(enumerate(made, 0x2D8))


GLYPHS: Final[Mapping[int, str]] = _glyphs()
MUOL: Final[Mapping[int, str]] = {**GLYPHS, **_muol()}
LETTER_OF: Final[Mapping[int, str]] = {code: text.lstrip(COENG)[:1] for code, text in GLYPHS.items()}


def glyphs_of(font: str) -> Mapping[int, str]:
    """The table of a font of the family, by its name."""
    return MUOL if _MUOL.search(font) else GLYPHS
