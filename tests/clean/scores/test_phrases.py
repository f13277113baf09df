"""The compiled matcher against one regular expression, and the edges of a phrase one by one."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clean.scores.phrases import Groups, phrase_counts
from khmer.codepoints import COENG, MARK_CLASS, ZWNJ

WORD = "A-Za-zªºÀ-ÖØ-öø-ɏḀ-ỿ"


def counts(text: str | None, *groups: tuple[str, ...]) -> list[int]:
    return phrase_counts(pa.array([text], pa.large_string()), groups)[0].tolist()


def reference(text: str, groups: Groups) -> list[int]:
    """Leftmost matches, the longest phrase tried first."""
    found = {phrase: group for group, phrases in enumerate(groups) for phrase in phrases}
    ordered = sorted(found, key=lambda phrase: -len(phrase.strip("*")))
    pattern = "|".join(f"({_pattern(phrase)})" for phrase in ordered)
    tally = [0] * len(groups)
    for match in re.finditer(pattern, text):
        assert match.lastindex is not None
        tally[found[ordered[match.lastindex - 1]]] += 1
    return tally


def _pattern(phrase: str) -> str:
    body = phrase.strip("*")
    before = after = ""
    if re.match("[ក-ឳ]", body):
        before = f"(?<!{COENG})"
    elif re.match(f"[{WORD}0-9]", body) and not phrase.startswith("*"):
        before = f"(?<![{WORD}0-9])"
    if re.search(f"[ក-ឳ{MARK_CLASS}]$", body):
        after = f"(?![{MARK_CLASS}{COENG}{ZWNJ}])"
    elif re.search(f"[{WORD}0-9]$", body) and not phrase.endswith("*"):
        after = f"(?![{WORD}0-9])"
    return f"{before}(?ai:{re.escape(body)}){after}"


@pytest.mark.parametrize(
    ("text", "phrase", "n"),
    [
        ("កាកាកា", "កា", 3),
        ("ការ", "កា", 1),
        ("កាំ", "កា", 0),  # the cluster goes on
        ("ក្កា", "កា", 0),  # the letter is subjoined
        ("កកា", "ក", 1),
        ("ក្រ", "ក", 0),
        ("ក", "ក", 1),
        ("Casino, CASINO; casinos", "casino", 2),
        ("casinos casino88 online-casino mycasino", "casino*", 3),
        ("casinos casino88 online-casino mycasino", "*casino", 2),
        ("លេងcasinoនៅទីនេះ", "casino", 1),
        ("écasino", "casino", 0),
        ("អាយុ 18+ និង 118+", "18+", 1),
        ("É é", "É", 1),
        ("។ ។", "។", 2),
        ("𝒙ក😀", "ក", 1),
        ("", "ក", 0),
        (None, "ក", 0),
    ],
)
def test_edges(text: str | None, phrase: str, n: int) -> None:
    assert counts(text, (phrase,)) == [n]


def test_spellings_count_together_and_the_longest_counts() -> None:
    assert counts("កាស៊ីណូអនឡាញ កាស៊ីណូ casino", ("កាស៊ីណូ", "casino"), ("អនឡាញ",)) == [3, 1]
    assert counts("កាស៊ីណូអនឡាញ កាស៊ីណូ casino", ("កាស៊ីណូ",), ("កាស៊ីណូអនឡាញ",)) == [1, 1]


def test_a_longer_phrase_that_does_not_fit_leaves_the_shorter() -> None:
    assert counts("កាខា", ("កា",), ("កាខ",)) == [1, 0]


def test_slices_and_chunks() -> None:
    column = pa.array(["កា", "កាកា", None, "ខ", "កា"], pa.string())
    chunked = pa.chunked_array([column.slice(1, 2), column.slice(4)])
    assert phrase_counts(column.slice(1), (("កា",),))[:, 0].tolist() == [2, 0, 0, 1]
    assert phrase_counts(chunked, (("កា",),))[:, 0].tolist() == [2, 0, 1]


@pytest.mark.parametrize("phrase", ["", "*", "្ក", "ា", "ក្", "😀"])
def test_no_phrase(phrase: str) -> None:
    with pytest.raises(ValueError, match="phrase"):
        counts("ក", (phrase,))


def test_a_phrase_stands_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        counts("ក", ("ក",), ("ក",))


ALPHABET = st.sampled_from("កខរាំ្៉ aAb1é។😀" + ZWNJ)
PHRASE = st.from_regex(r"\A(?:[កខរ](?:្[កខ])?[ាំ]?){1,3}\Z|\A\*?[ab1]{1,3}\*?\Z")


@given(st.lists(st.text(ALPHABET, max_size=30), max_size=4), st.sets(PHRASE, min_size=1, max_size=6))
def test_as_the_regular_expression(texts: list[str], phrases: set[str]) -> None:
    bodies: dict[str, str] = {phrase.strip("*"): phrase for phrase in sorted(phrases)}
    groups = tuple((phrase,) for phrase in bodies.values())
    found = phrase_counts(pa.array(texts, pa.large_string()), groups)
    assert found.tolist() == [reference(text, groups) for text in texts]
