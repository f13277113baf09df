"""The rules of normalisation: their identifiers, what each does and where it is stated.

UTN #61 is Unicode Technical Note 61, "Khmer Encoding Structure"; SIL stands for the Khmer character specification and
its normaliser, khnormal; TUS for the Unicode Standard.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple


class Rule(IntEnum):
    """A rule's place in masks (its bit) and in counts (its column)."""

    INVISIBLE = 0
    ZWSP = 1
    INHERENT_VOWEL = 2
    ZWNJ = 3
    ZWJ = 4
    DEPRECATED_17A3 = 5
    DEPRECATED_17A4 = 6
    DEPRECATED_17D8 = 7
    FORM_C = 8
    ORDER = 9
    COENG_TWICE = 10
    E_II = 11
    E_AA = 12
    OE_AA = 13
    OE_U = 14
    U_FOR_SHIFTER = 15
    COENG_RO = 16
    COENG_DA = 17

    @property
    def identifier(self) -> str:
        """The stable name, as in reports and ledgers: `coeng-da`."""
        return self.name.lower().replace("_", "-")


class Stated(NamedTuple):
    """What a rule does, and where it is stated."""

    effect: str
    source: str


RULES: Final = {
    Rule.INVISIBLE: Stated(
        "invisible characters go: soft hyphen, bidirectional marks, word joiner, byte-order mark and their kin",
        "TUS 23.2 and 23.8; PrahokBART's list of invisible characters",
    ),
    Rule.ZWSP: Stated(
        "zero-width spaces go, inside a cluster and between words, where some sites type them and others do not",
        "TUS 16.4: marks word boundaries; 8 to 11 % of all characters in some sources, none in others",
    ),
    Rule.INHERENT_VOWEL: Stated(
        "U+17B4 and U+17B5 go", "TUS 16.4: invisible, use discouraged; UTN #61, p. 27"
    ),
    Rule.ZWNJ: Stated("ZWNJ goes, except one behind a register shifter", "UTN #61, p. 16; SIL 7.2"),
    Rule.ZWJ: Stated("ZWJ goes, except inside emoji", "UTN #61, p. 16: no part of a modern cluster"),
    Rule.DEPRECATED_17A3: Stated("U+17A3 becomes U+17A2", "TUS 16.4; UTN #61, p. 30"),
    Rule.DEPRECATED_17A4: Stated("U+17A4 becomes U+17A2 U+17B6", "TUS 16.4; UTN #61, p. 30"),
    Rule.DEPRECATED_17D8: Stated("U+17D8 becomes U+17D4 U+179B U+17D4", "UTN #61, pp. 27 and 30; TUS 16.4"),
    Rule.FORM_C: Stated("Unicode normalisation form C, never KC", "UAX #15"),
    Rule.ORDER: Stated(
        "base, robat, coengs, shifter, ZWNJ, vowel, modifiers, finals; vowels: before, below, above, after",
        "UTN #61, p. 16; SIL khnormal for the order among vowels",
    ),
    Rule.COENG_TWICE: Stated("coengs in a row are one", "SIL khnormal"),
    Rule.E_II: Stated("U+17C1 and U+17B8 are U+17BE", "UTN #61, p. 28: do not use"),
    Rule.E_AA: Stated("U+17C1 and U+17B6 are U+17C4", "UTN #61, p. 28: do not use"),
    Rule.OE_AA: Stated("U+17BE and U+17B6 are U+17C4 and U+17B8", "UTN #61, p. 29: visually indistinct"),
    Rule.OE_U: Stated(
        "U+17BB goes before U+17BE, to be read as a shifter", "SIL khnormal; UTN #61, pp. 28 and 30"
    ),
    Rule.U_FOR_SHIFTER: Stated(
        "-u before a vowel above is the look-alike register shifter: triisap on a cluster with a first-series "
        "consonant and without BA, else muusikatoan",
        "UTN #61, pp. 16, 17 and 22 to 25",
    ),
    Rule.COENG_RO: Stated("coeng ro goes behind the other coeng", "UTN #61, pp. 16 and 29"),
    Rule.COENG_DA: Stated("coeng da becomes coeng ta, which looks the same", "UTN #61, pp. 31 and 32"),
}

# What attributes and ledgers count together.
GROUPS: Final = {
    "order": (Rule.ORDER, Rule.COENG_RO, Rule.COENG_TWICE),
    "spelling": (Rule.E_II, Rule.E_AA, Rule.OE_AA, Rule.OE_U, Rule.U_FOR_SHIFTER),
    "coeng_da": (Rule.COENG_DA,),
    "deprecated": (Rule.DEPRECATED_17A3, Rule.DEPRECATED_17A4, Rule.DEPRECATED_17D8, Rule.INHERENT_VOWEL),
    "zwsp": (Rule.ZWSP,),
    "invisible": (Rule.INVISIBLE, Rule.ZWNJ, Rule.ZWJ),
    "form_c": (Rule.FORM_C,),
}


@dataclass(frozen=True)
class Options:
    """Which of the rules that lose something, or that hold for Khmer alone, apply."""

    coeng_da: bool = True  # loses a spelling of the Chuon Nath dictionary, and letters of Sanskrit
    u_for_shifter: bool = True  # other languages may write two vowels
    coeng_ro: bool = True  # SIL 7.2 states it for the Khmer of today
    finals_last: bool = True  # Tampuan and Jarai write samyok sannya behind reahmuk (SIL 7.2)
    zwsp: bool = True  # loses word boundaries, which no dictionary restores for a small language
    joiners: bool = True  # Brao types ZWJ before a shifter and before bantoc


STANDARD: Final = Options()
# For other languages in Khmer script (Brao, Bunong, Jarai, Krung, Tampuan, Kuay; Pali and Sanskrit, where coeng da and
# coeng ta are two letters): what looks the same and is not spelt on purpose is still one.
MINORITY: Final = Options(
    coeng_da=False, u_for_shifter=False, coeng_ro=False, finals_last=False, zwsp=False, joiners=False
)
