"""Repetition and shape."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from clean.scores import gopher
from clean.scores.texts import Texts

LETTERS = "កខគឃងចឆជឈញដឋឌឍណតថទធនបផពភមយរលវសហឡអ"  # 33 units, no two alike


def test_an_ngram_that_comes_once_covers_nothing(texts_of: Callable[..., Texts]) -> None:
    texts = texts_of([LETTERS, "ក", ""])
    for score in (gopher.top_5gram_share, gopher.top_10gram_share, gopher.repeated_13gram_share):
        assert score(texts).tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("score", "n"), [(gopher.top_5gram_share, 5), (gopher.top_8gram_share, 8), (gopher.top_10gram_share, 10)]
)
def test_the_most_frequent_ngram_counts_every_time(
    texts_of: Callable[..., Texts], score: Callable[[Texts], object], n: int
) -> None:
    repeated = LETTERS[:n]
    text = f"{repeated} {LETTERS[n : n + 3]} {repeated} {LETTERS[n + 4]} {repeated}"
    assert score(texts_of([text])).tolist() == pytest.approx([3 * n / (3 * n + 4)])  # type: ignore[attr-defined]


def test_said_twice_is_half_repeated(texts_of: Callable[..., Texts]) -> None:
    texts = texts_of([LETTERS + " " + LETTERS, LETTERS * 4, "ក" * 26])
    assert gopher.repeated_13gram_share(texts).tolist() == pytest.approx([0.5, 0.75, 25 / 26])
    assert gopher.repeated_18gram_share(texts).tolist() == pytest.approx([0.5, 0.75, 25 / 26])
    assert gopher.repeated_26gram_share(texts).tolist() == pytest.approx([0.5, 0.75, 0.0])


def test_repeated_lines(texts_of: Callable[..., Texts]) -> None:
    texts = texts_of(["ក\nខខខ\nក\n\nក", "ក\nខ", "", "ក"])
    assert gopher.repeated_line_share(texts).tolist() == pytest.approx([0.5, 0.0, 0.0, 0.0])
    assert gopher.repeated_line_char_share(texts).tolist() == pytest.approx([2 / 6, 0.0, 0.0, 0.0])


def test_repeated_paragraphs(texts_of: Callable[..., Texts]) -> None:
    texts = texts_of(["ក\nខ\n\nក\nខ\n\nក\nគគ", "ក\nក", "", "ក\n\nខ\n\nក"])
    assert gopher.repeated_paragraph_share(texts).tolist() == pytest.approx([1 / 3, 0, 0, 1 / 3])
    assert gopher.repeated_paragraph_char_share(texts).tolist() == pytest.approx([2 / 7, 0, 0, 1 / 3])


def test_line_shapes(texts_of: Callable[..., Texts]) -> None:
    texts = texts_of(["• មួយ\n- ពីរ\nបី។\nបួន…", "សូមអាន...\nចប់។"])
    assert gopher.bullet_line_share(texts).tolist() == [0.5, 0.0]
    assert gopher.ellipsis_line_share(texts).tolist() == [0.25, 0.5]
    assert gopher.clusters(texts_of(["ខ្មែរ abc ភាសា"])).tolist() == [4]
    assert gopher.symbol_rate(texts_of(["#ក #ខ"])).tolist() == pytest.approx([2.6])
