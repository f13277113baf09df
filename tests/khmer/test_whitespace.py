from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from khmer.whitespace import squeeze_whitespace


@pytest.mark.parametrize(
    ("typed", "squeezed"),
    [
        ("", ""),
        ("  ក  ខ\t\u00a0គ ", "ក ខ គ"),
        ("ក \r\n ខ", "ក\nខ"),
        ("ក\n\n\n\nខ", "ក\n\nខ"),
        ("ក\n \u3000\n\t\nខ\n\n", "ក\n\nខ"),
        ("ក\u2028ខ\x0bគ\rឃ\u0085ង", "ក\nខ\nគ\nឃ\nង"),
        ("ក\u200bខ", "ក\u200bខ"),
    ],
)
def test_squeeze(typed: str, squeezed: str) -> None:
    assert squeeze_whitespace(pa.array([typed, None])).to_pylist() == [squeezed, None]


@given(st.text(st.sampled_from(" \n\r\t\u00a0\u2003ក។a")))
def test_idempotent(text: str) -> None:
    once = squeeze_whitespace(pa.chunked_array([[text]]))
    assert squeeze_whitespace(once).equals(once)
    assert "".join(once.to_pylist()[0].split()) == "".join(text.split())
