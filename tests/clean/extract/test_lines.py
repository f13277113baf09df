"""Lines, and which of them are the same."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean.extract.lines import line_hashes, lines_of, string_hashes


def hashes(*texts: str) -> list[int]:
    return line_hashes(pa.array(texts, pa.large_string())).tolist()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("អានចំនួន ១២៣ ដង", "អានចំនួន 7 ដង"),
        ("ចែក\u200bរំលែក", "ចែករំលែក "),
        ("Share This", "share this"),
        ("- ចែករំលែក", "ចែករំលែក"),
        ("ផ្សាយថ្ងៃទី០១ មករា", "ផ្សាយ ថ្ងៃទី 31 មករា"),
    ],
)
def test_numbers_spaces_and_case_do_not_tell_lines_apart(one: str, other: str) -> None:
    first, second = hashes(one, other)
    assert first == second != 0


def test_other_words_do() -> None:
    assert len(set(hashes("ចែករំលែក", "ចែករំលែកលើ", "អានបន្ត"))) == 3


@pytest.mark.parametrize("line", ["", "១២៣", "— 12/03/2019 —", "។", "\u200b", "***"])
def test_lines_without_letters_have_no_hash(line: str) -> None:
    assert hashes(line) == [0]


@pytest.mark.parametrize("line", ["ជំពូកទី ២", "មាត្រា ១៥.-", "- ផ្នែកទី៣៖", "ភាគ IV", "មេរៀនទី\u200b12"])
def test_numbers_of_chapters_belong_to_no_host(line: str) -> None:
    assert hashes(line) == [0]


@pytest.mark.parametrize("line", ["ជំពូកបន្ទាប់", "មាត្រា ១៥ ចុចទីនេះ", "ទំព័រទី ២", "ភាគរយ"])
def test_other_short_lines_do(line: str) -> None:
    assert hashes(line) != [0]


@given(st.lists(st.text(max_size=30), max_size=6))
def test_lines_are_those_of_split(texts: list[str]) -> None:
    lines = lines_of(pa.array(texts, pa.large_string()))
    expected = [(n, line) for n, text in enumerate(texts) for line in text.split("\n")]
    assert list(zip(lines.text.tolist(), lines.values.to_pylist(), strict=True)) == expected


def test_hashes_do_not_depend_on_slices() -> None:
    texts = pa.array(["ក", None, "", "ខ្មែរ", "ក"], pa.large_string())
    whole = string_hashes(texts).tolist()
    assert whole == [*string_hashes(texts.slice(0, 2)).tolist(), *string_hashes(texts.slice(2)).tolist()]
    assert whole[0] == whole[4]
    assert whole[1] == whole[2]
    assert 0 not in whole
