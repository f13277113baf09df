"""Phrases in a reading, held against the matcher that reads bytes."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clean.scores import machine
from clean.scores.occurrences import occurrences
from clean.scores.phrases import Groups, phrase_counts
from clean.scores.wording import PHRASES
from khmer.clusters import read


def counts(text: str, *groups: tuple[str, ...]) -> list[int]:
    return occurrences(read(pa.array([text], pa.large_string())), groups)[0].tolist()


@pytest.mark.parametrize(
    ("text", "phrase", "n"),
    [
        ("កាកាកា", "កា", 3),
        ("ការ កាំ ក្កា ្កា", "កា", 1),
        ("កាខា កា ខា កា។ខា", "កាខា", 1),
        ("Casino, CASINO; casinos mycasino", "casino", 2),
        ("casinos casino88 mycasino", "casino*", 2),
        ("លេងcasinoនៅទីនេះ", "casino", 1),
        ("écasino", "casino", 0),
        ("<p>ក</p> <កp>", "<p>", 1),
        ("http://a https://b", "http://", 1),
        ("𝒙ក😀x", "x", 1),
        ("𝒙a", "a", 1),
        ("", "ក", 0),
        ("", "a", 0),
    ],
)
def test_edges(text: str, phrase: str, n: int) -> None:
    assert counts(text, (phrase,)) == [n]


def test_the_longest_counts_and_a_longer_one_that_does_not_fit_leaves_the_shorter() -> None:
    assert counts("កាស៊ីណូអនឡាញ កាស៊ីណូ casino", ("កាស៊ីណូ", "casino"), ("កាស៊ីណូអនឡាញ",)) == [2, 1]
    assert counts("កាខា", ("កា",), ("កាខ",)) == [1, 0]
    assert counts("កាខាគ", ("កា", "ខាគ"), ("កាខាគា",)) == [2, 0]


def test_texts_do_not_run_into_each_other() -> None:
    found = read(pa.array(["កា", "ខា", "a", "b"], pa.large_string()))
    assert occurrences(found, (("កាខា", "ab", "ខា"),))[:, 0].tolist() == [0, 1, 0, 0]
    assert occurrences(read(pa.array([], pa.large_string())), (("ក",),)).shape == (0, 1)


@pytest.mark.parametrize("phrase", ["ក a", "ស.រ", "ក ខ", "a្"])
def test_mixed_phrases_are_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match="phrase"):
        counts("ក", (phrase,))


def test_a_phrase_stands_once() -> None:
    with pytest.raises(ValueError, match="once"):
        counts("ក", ("ក",), ("ក",))


WORDS = st.sampled_from([*(phrase.strip("*") for group in (*PHRASES, *machine.GROUPS) for phrase in group)])
PIECES = st.one_of(WORDS, st.text(st.sampled_from("កខរាំ្៉ aAb1é។😀\n.<"), max_size=3))


@pytest.mark.parametrize("groups", [PHRASES, machine.GROUPS], ids=["wording", "machine"])
@settings(deadline=None)
@given(texts=st.lists(st.lists(PIECES, max_size=12).map("".join), max_size=4))
def test_as_the_matcher_of_bytes(groups: Groups, texts: list[str]) -> None:
    column = pa.array(texts, pa.large_string())
    assert occurrences(read(column), groups).tolist() == phrase_counts(column, groups).tolist()
