"""Khmer as it is drawn, left to right, put into the order in which it is spoken and stored."""

from __future__ import annotations

import re
from typing import Final

from crawl.sources.pdf.khmer_os import AU_BEHIND, O_BEHIND, OE_ABOVE, RO_BEFORE
from khmer.codepoints import BASE_CLASS, COENG, RO, ROBAT, SHIFTER_CLASS

_PRIVATE: Final = O_BEHIND + AU_BEHIND + OE_ABOVE
_MARKS: Final = "\u17b6-\u17c0\u17c4-\u17d1\u17dd"  # but for those that are drawn before a base
_SYLLABLE: Final = re.compile(
    f"(?P<before>[េែៃ{RO_BEFORE}]{{0,4}})(?P<base>[{BASE_CLASS}])"
    f"(?P<after>(?:{COENG}[{BASE_CLASS}]|[{_MARKS}{_PRIVATE}])*)"
)
_DETACHED: Final = re.compile(f"(?<=[\u1780-\u17d3{_PRIVATE}]) +(?=[{COENG}{_MARKS}{_PRIVATE}])")
_PART: Final = re.compile(f"[{_PRIVATE}{RO_BEFORE}]")
_BEFORE_NOTHING: Final = re.compile(f"[េែៃ](?![{BASE_CLASS}{COENG}{RO_BEFORE}])")
_BEHIND_NOTHING: Final = re.compile(f"(?<![{BASE_CLASS}{SHIFTER_CLASS}{ROBAT}])[េែៃ]")
_SUBJOINED: Final = re.compile(f"{COENG}[{BASE_CLASS}]")
_AFTER_E: Final = str.maketrans({"ា": "ោ", O_BEHIND: "ោ", AU_BEHIND: "ៅ", OE_ABOVE: "ើ", "ី": "ើ"})
_WHOLE: Final = re.compile("[ើឿៀោៅ]")
_ALONE: Final = str.maketrans({O_BEHIND: "ា", AU_BEHIND: "ៅ", OE_ABOVE: "ើ", RO_BEFORE: COENG + RO})


def spoken(drawn: str) -> str:
    """Text in the order of its glyphs, in the order in which it is spoken; not yet normalised.

    A vowel or coeng ro drawn before its base goes behind it, subscripts before the vowels that a ligature put there,
    and the parts of a vowel that is drawn on both sides become one.
    """
    return _SYLLABLE.sub(_ordered, drawn).translate(_ALONE)


def is_drawn(text: str) -> bool:
    """Whether text stands in the order of its glyphs, judged by the vowels that are drawn before their base.

    There a letter always follows them; in the order of speech one always precedes them. Parts of letters, which only
    glyphs are, decide at once.
    """
    if _PART.search(text):
        return True
    return len(_BEFORE_NOTHING.findall(text)) < len(_BEHIND_NOTHING.findall(text))


def attached(text: str) -> str:
    """Text without the blanks before marks that can only stand on what is before."""
    return _DETACHED.sub("", text)


def as_stored(text: str) -> str:
    """Text that a file holds in the order of speech already."""
    return text.translate(_ALONE)


def _ordered(match: re.Match[str]) -> str:
    before, base, after = match["before"], match["base"], match["after"]
    if not before and COENG not in after[1:]:
        return match[0]
    vowels = before.replace(RO_BEFORE, "")
    marks = _SUBJOINED.sub("", after)
    if "េ" in vowels:
        marks = marks.translate(_AFTER_E)
        vowels = vowels.replace("េ", "", 1) if _WHOLE.search(marks) else vowels
    ro = COENG + RO if RO_BEFORE in before else ""
    return base + "".join(_SUBJOINED.findall(after)) + ro + vowels + marks
