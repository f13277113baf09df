from __future__ import annotations

import pytest

from khmer.numerals import to_ascii_digits, to_khmer_digits


@pytest.mark.parametrize(
    ("khmer", "ascii_"),
    [("០១២៣៤៥៦៧៨៩", "0123456789"), ("លេខ ០១២ ៣៤៥", "លេខ 012 345"), ("", ""), ("គ្មាន", "គ្មាន")],
)
def test_both_ways(khmer: str, ascii_: str) -> None:
    assert to_ascii_digits(khmer) == ascii_
    assert to_khmer_digits(ascii_) == khmer
    assert len(khmer) == len(ascii_)


def test_divination_numerals_stay() -> None:
    assert to_ascii_digits("\u17f0\u17f9") == "\u17f0\u17f9"
