"""One shape of white space."""

from __future__ import annotations

import pyarrow as pa
import pytest

from clean.whitespace import tidy


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ខ្ញុំ ទៅ\u200bផ្សារ", "ខ្ញុំ ទៅ\u200bផ្សារ"),
        ("ខ្ញុំ  ទៅ\tផ្សារ", "ខ្ញុំ ទៅ ផ្សារ"),
        ("ខ្ញុំ\u00a0ទៅ\u3000ផ្សារ", "ខ្ញុំ ទៅ ផ្សារ"),
        (" ខ្ញុំ \n ទៅ ", "ខ្ញុំ\nទៅ"),
        ("មួយ\r\nពីរ\rបី\u2028បួន", "មួយ\nពីរ\nបី\nបួន"),
        ("មួយ\n\n\n \nពីរ", "មួយ\n\nពីរ"),
        ("មួយ\n\nពីរ", "មួយ\n\nពីរ"),
        ("\n\t ", ""),
        ("", ""),
        (None, None),
    ],
)
def test_white_space(text: str | None, expected: str | None) -> None:
    once = tidy(pa.array([text], pa.large_string()))
    assert once.to_pylist() == [expected]
    assert tidy(once).to_pylist() == [expected]


def test_control_characters_go() -> None:
    assert tidy(pa.array(["ក\x00ខ\x7f\ufffe គ\x1b[0m"], pa.large_string())).to_pylist() == ["កខ គ[0m"]
