"""Lists and menus."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from clean.scores import shape
from clean.scores.texts import Texts

MENU = "ទំព័រដើម\nព័ត៌មាន\nកីឡា\nសេដ្ឋកិច្ច\nទំនាក់ទំនង"


def test_menus_are_runs_of_short_lines_without_an_end(texts_of: Callable[..., Texts], article: str) -> None:
    heading = "សិស្សដាំដើមឈើ"
    dialogue = "ទៅណា?\nទៅផ្សារ។\nទៅជាមួយអ្នកណា?\nទៅម្នាក់ឯង។"
    texts = texts_of([MENU, f"{heading}\n{article}", f"{article}\n{MENU}", dialogue, ""])
    menu, headed, mixed, spoken, none = shape.menu_share(texts).tolist()
    assert (menu, headed, spoken, none) == (1, 0, 0, 0)
    n_menu, n_article = (len(text.replace("\n", "")) for text in (MENU, article))
    assert mixed == pytest.approx(n_menu / (n_menu + n_article))


def test_phrases_are_long_in_prose(texts_of: Callable[..., Texts], article: str) -> None:
    prose, names = shape.phrase_clusters(texts_of([article, "សុខ ដារ៉ា ចាន់ ធារី ចិន្ដា"])).tolist()
    assert names < 3
    assert prose > 8
    assert shape.phrase_clusters(texts_of(["", "កខ គឃ"])).tolist() == [0, 2]
