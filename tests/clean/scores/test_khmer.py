"""Scores of the script."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from clean.scores import khmer
from clean.scores.texts import Texts

SENTENCE = "សាលារៀនបានបើកទ្វារ"


@pytest.mark.parametrize(
    ("text", "share"),
    [("ភាសាខ្មែរ", 1.0), ("khmer", 0.0), ("ខខខខ abcd", 0.5), ("១២៣ 123 ។", 0.0), ("", 0.0), ("ខไท", 1 / 3)],
)
def test_khmer_share(texts_of: Callable[..., Texts], text: str, share: float) -> None:
    assert khmer.khmer_share(texts_of([text])).tolist() == pytest.approx([share])


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        (SENTENCE * 10, 0.0),
        (SENTENCE * 10 + "្", 0.0),
        ("កាក" + "ិា" * 2, 1000 * 2 / 7),
        ("", 0.0),
    ],
)
def test_invalid_rate_forgives_one(texts_of: Callable[..., Texts], text: str, rate: float) -> None:
    assert khmer.invalid_rate(texts_of([text])).tolist() == pytest.approx([rate])


def test_shape_of_clusters(texts_of: Callable[..., Texts]) -> None:
    texts = texts_of(["កខគ", "ខ្មែរ", ""])
    assert khmer.marks_share(texts).tolist() == pytest.approx([0.0, 0.4, 0.0])
    assert khmer.cluster_chars(texts).tolist() == pytest.approx([1.0, 2.5, 0.0])
    assert khmer.khmer_chars(texts).tolist() == [3, 5, 0]


def test_shares_of_other_characters(texts_of: Callable[..., Texts]) -> None:
    texts = texts_of(["កខ ab 12 ។!"])
    assert khmer.latin_share(texts).tolist() == pytest.approx([0.25])
    assert khmer.digit_share(texts).tolist() == pytest.approx([0.25])
    assert khmer.punctuation_share(texts).tolist() == pytest.approx([0.25])
