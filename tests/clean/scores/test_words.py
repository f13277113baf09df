"""Gopher's rules about words."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from clean.scores import words
from clean.scores.texts import Texts


def test_words(texts_of: Callable[..., Texts]) -> None:
    texts = texts_of(["ខ្ញុំទៅសាលារៀន។", "", "។ ៕ !", "មាន 3 ទៅ 4", "12 ១៣"])
    assert words.n_words(texts).tolist() == [3, 0, 0, 2, 0]
    assert words.mean_chars(texts).tolist() == pytest.approx([(5 + 2 + 7) / 3, 0, 0, (3 + 2) / 2, 0])
    assert words.letter_share(texts).tolist() == pytest.approx([1, 0, 0, 0.5, 0])


def test_sentence_marks_lower_nothing(texts_of: Callable[..., Texts]) -> None:
    assert words.letter_share(texts_of(["«ទៅ!» គាត់ថា៖ ទៅៗ។ល។"])).tolist() == [1]
