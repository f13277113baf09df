"""Sentence ends and line ends."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from clean.scores import c4
from clean.scores.texts import Texts


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("ខ្ញុំទៅផ្សារ។ គាត់ទៅសាលា៕", 2),
        ("តើអ្នកទៅណា? ទៅផ្សារ!", 2),
        ("បន្លែ ផ្លែឈើ ។ល។ ជាដើម។", 1),
        ("បន្លែ ។ ល ។", 0),
        ("តម្លៃ 2.5 ដុល្លារ. ចប់.", 2),
        ("ភ្នំពេញ៖ ចៗ", 0),
        ("ទៅណា?! ទៅ។។", 2),
        ("សូមអាន... https://km.example/?a=1", 0),
        ("", 0),
    ],
)
def test_sentence_ends(texts_of: Callable[..., Texts], text: str, count: int) -> None:
    assert c4.sentence_ends(texts_of([text])).tolist() == [count]


def test_line_ends_and_marks(texts_of: Callable[..., Texts]) -> None:
    texts = texts_of(["ទៅ។\n«ទៅ។»\nម៉ឺនុយ", "if (x) { }", "Lorem  ipsum lorem ipsum"])
    assert c4.ended_line_share(texts).tolist() == pytest.approx([2 / 3, 0, 0])
    assert c4.code_marks(texts).tolist() == pytest.approx([0, 200, 0])
    assert c4.placeholder_text(texts).tolist() == [0, 0, 1]
    assert c4.sentence_end_rate(texts_of(["កខគ។"])).tolist() == pytest.approx([1000 / 3])


def test_notices_long_lines_and_ascii(texts_of: Callable[..., Texts], article: str) -> None:
    texts = texts_of(
        ["សូមបើក JavaScript។ គេហទំព័រនេះប្រើខូគី", "JavaScripts", "ក" * 200 + "\nខ", "a" * 1200 + "ក b"]
    )
    rates = c4.notice_rate(texts)
    assert rates[0] == pytest.approx(200 / texts.counts.n_clusters[0])
    assert rates[1:].tolist() == [0, 0, 0]
    assert c4.long_lines(texts).tolist() == [0, 0, 1, 1]
    assert c4.longest_ascii_run(texts).tolist() == [10, 11, 0, 1200]


def test_markup(texts_of: Callable[..., Texts]) -> None:
    texts = texts_of(
        ['<p><span style="x">កខ</span></p> គ&nbsp;ឃ', "ក < ខ > គ", "Array ( [0] => ក [1] => ខ )", "{{ប្រអប់}}"]
    )
    n_clusters = texts.counts.n_clusters
    assert (c4.markup_rate(texts) * n_clusters / 100).round().tolist() == [6, 0, 2, 1]
