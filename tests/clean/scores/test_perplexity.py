"""Bits per cluster and rare clusters."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from clean.ngram.model import SHIPPED
from clean.scores import perplexity
from clean.scores.texts import Texts
from corpus.errors import ConfigurationError
from khmer.codepoints import CLUSTER


def test_prose_costs_less_than_its_clusters_in_another_order(
    texts_of: Callable[..., Texts], article: str
) -> None:
    clusters = CLUSTER.findall(article)
    random.Random(0).shuffle(clusters)
    prose, shuffled = perplexity.bits_per_cluster(texts_of([article, "".join(clusters)])).tolist()
    assert prose < 5
    assert shuffled > 8


def test_numbers_blanks_and_foreign_words_cost_nothing(texts_of: Callable[..., Texts]) -> None:
    plain, mixed, none = perplexity.bits_per_cluster(
        texts_of(["សាលារៀន។ កសិករដាំស្រូវ", "សាលា រៀន 12 កសិករ\nដាំ\u200bស្រូវ (rice)", "abc 12"])
    )
    assert plain < mixed < plain + 2  # a number ends a context
    assert np.isnan(none)


def test_length_does_not_matter(texts_of: Callable[..., Texts], article: str) -> None:
    once, often = perplexity.bits_per_cluster(texts_of([article, "\n".join([article] * 20)])).tolist()
    assert once == pytest.approx(often, abs=0.05)


def test_clusters_that_good_text_hardly_has(texts_of: Callable[..., Texts], article: str) -> None:
    odd = "ក្ខ្គ្ឃ្ង ឋ្ឌ្ឍួ ឞ្ឞ្ឞ ឈ្ឆ្ឍ"
    shares = perplexity.rare_cluster_share(texts_of([article, f"{odd} ក", "", "abc"])).tolist()
    assert shares[0] < 0.01
    assert shares[1] > 0.5
    assert shares[2:] == [0, 0]
    assert perplexity.bits_per_cluster(texts_of([odd])).tolist()[0] > 10


def test_another_model_may_stand_in(texts_of: Callable[..., Texts], article: str, tmp_path: Path) -> None:
    texts = texts_of([article, "កខគ"])
    copy = tmp_path / "model.safetensors"
    copy.write_bytes(SHIPPED.read_bytes())
    other = replace(texts, language_model=copy)
    assert perplexity.bits_per_cluster(other).tolist() == perplexity.bits_per_cluster(texts).tolist()
    assert other.filter(np.array([True, False])).language_model == copy
    missing = replace(texts, language_model=tmp_path / "none")
    with pytest.raises(ConfigurationError, match="none"):
        perplexity.rare_cluster_share(missing)
