"""Khmer and ASCII digits: one code point each, so positions in code points are kept."""

from __future__ import annotations

from typing import Final

_TO_ASCII: Final = {0x17E0 + digit: str(digit) for digit in range(10)}
_TO_KHMER: Final = {ord("0") + digit: chr(0x17E0 + digit) for digit in range(10)}


def to_ascii_digits(text: str) -> str:
    """The text with ០-៩ as 0-9. Divination numerals (U+17F0..U+17F9) stay."""
    return text.translate(_TO_ASCII)


def to_khmer_digits(text: str) -> str:
    """The text with 0-9 as ០-៩."""
    return text.translate(_TO_KHMER)
