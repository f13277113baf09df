"""The distance that says how well a text was read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.editdistance import edits, errors


@pytest.mark.parametrize(
    ("read", "true", "n"),
    [
        ("កម្ពុជា", "កម្ពុជា", 0),
        ("ប្រទេសកម្ពុជា។", "កម្ពុជា", 0),
        ("កមពុជា", "កម្ពុជា", 1),
        ("kitten", "sitting", 3),
        ("", "abc", 3),
        ("abc", "", 0),
    ],
)
def test_edits(read, true, n):
    assert edits(read, true) == n


def test_errors_are_per_character_of_the_truth():
    assert errors("abxd", "abcd") == 0.25
    assert errors("x", "") == 0


def plain(read: str, true: str) -> int:
    """The same by the textbook: a row for each character read, the text's start and end free."""
    row = list(range(len(true) + 1))
    nearest = row[-1]
    for character in read:
        following = [0]
        for at, wanted in enumerate(true, start=1):
            following.append(min(row[at - 1] + (wanted != character), row[at] + 1, following[-1] + 1))
        row = following
        nearest = min(nearest, row[-1])
    return nearest


@given(st.text("កខគ", max_size=12), st.text("កខគ", max_size=12))
def test_as_the_textbook_counts(read, true):
    assert edits(read, true) == plain(read, true)
