"""Scores of language."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from clean.scores import language
from clean.scores.texts import Texts

PALI = "ពុទ្ធំ សរណំ គច្ឆាមិ ធម្មំ សរណំ គច្ឆាមិ សង្ឃំ សរណំ គច្ឆាមិ ទុតិយម្បិ ពុទ្ធំ សរណំ គច្ឆាមិ"


def test_lines(texts_of: Callable[..., Texts]) -> None:
    texts = texts_of(["សាលារៀន\nThe school\n\n123\nសាលា", "school", ""])
    assert language.khmer_line_share(texts).tolist() == pytest.approx([2 / 3, 0, 0])
    assert language.other_line_letters(texts).tolist() == [9, 6, 0]


def test_code_switching(texts_of: Callable[..., Texts]) -> None:
    texts = texts_of(["ទិញ Facebook ads មួយ", "សាលារៀន", ""])
    assert language.switch_rate(texts).tolist() == pytest.approx([100 * 2 / 17, 0, 0])
    assert language.mixed_line_share(texts).tolist() == [1, 0, 0]


def test_pairs_of_prose_fit_and_those_of_pali_do_not(texts_of: Callable[..., Texts], article: str) -> None:
    texts = texts_of([article, PALI, f"{article}\n{PALI}", "សាលា", "school"])
    prose, pali, both, *short = language.pair_fit(texts)
    assert prose > both > 7
    assert pali < 6
    assert np.isnan(short).all()
    share = language.unlike_share(texts)
    assert share.tolist() == pytest.approx([0, 1, share[2], 0, 0])
    assert 0 < share[2] < 0.25
