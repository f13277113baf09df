"""Short lines and function words."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from clean.scores import fineweb
from clean.scores.texts import Texts


def test_lines(texts_of: Callable[..., Texts], article: str) -> None:
    texts = texts_of([article, "ម៉ឺនុយ\nទំព័រដើម\n" + article, ""])
    assert fineweb.short_line_share(texts).tolist() == pytest.approx([0, 0.4, 0])
    few, more, none = fineweb.lines_per_word(texts).tolist()
    assert 0 == none < few < more


def test_function_words(texts_of: Callable[..., Texts], article: str) -> None:
    names = "សុខ ដារ៉ា ចាន់ ធារី"
    texts = texts_of([article, names, article * 2, f"{names} " * 30])
    prose, listed, *_ = fineweb.stop_word_rate(texts).tolist()
    assert listed == 0
    assert 3 < prose < 20
    assert fineweb.stop_word_rate_of_long(texts).tolist() == pytest.approx(
        [math.nan, math.nan, prose, 0], nan_ok=True, abs=0.1
    )


def test_different_function_words(texts_of: Callable[..., Texts]) -> None:
    texts = texts_of(["គាត់មានសៀវភៅដែលមានរូប និងប៊ិច", "មានមានមាន", "មាននៈ", ""])
    assert fineweb.stop_words(texts).tolist() == [3, 1, 1, 0]
