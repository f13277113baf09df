"""What a reader would think of a text."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest

from clean.scores import derive, quality, score, score_texts
from clean.scores.texts import Texts

TAGS = "ស្លាក៖ បទចម្រៀង, Khmer song 2018, រាំវង់, កន្ត្រឹម, MV, mp3, ខារ៉ាអូខេ, Concert 01, CTN, MyTV"
HEADLINE = "ទំព័រដើម | ដំណឹងស្រុកស្រែ » កសិករ ២០ នាក់ 12-09-2018 10:20:47"


def test_prose_is_more_readable_than_tags(texts_of: Callable[..., Texts], article: str) -> None:
    prose, tags, headline = quality.readable(score_texts(texts_of([article, TAGS, HEADLINE])))
    assert prose > 0.8
    assert max(tags, headline) < 0.4


def test_attributes_are_enough(texts_of: Callable[..., Texts], article: str) -> None:
    scores = score(texts_of([article, TAGS, "", "abc", "\n\n"]))
    stored = scores.drop_columns(["quality_readable"])
    assert derive(stored)["quality_readable"].to_pylist() == scores["quality_readable"].to_pylist()
    assert all(0 < value < 1 for value in scores["quality_readable"].to_pylist())


def test_a_score_that_is_missing_weighs_nothing(texts_of: Callable[..., Texts], article: str) -> None:
    scores = score_texts(texts_of([article]))
    name = "perplexity_bits_per_cluster"
    least, most, mean, spread, weight = quality.WEIGHTS[name]
    place = scores.column_names.index(name)
    given = scores[name].to_pylist()[0]
    without = scores.set_column(place, name, pa.array([None], pa.float64()))
    change = weight * (np.clip(given, least, most) - mean) / spread
    assert quality.evidence(scores)[0] - quality.evidence(without)[0] == pytest.approx(change)


def test_better_labels_are_less_likely() -> None:
    chances = [quality.at_least(label, np.array([-3.0, 0.0, 3.0])) for label in (1, 2, 3)]
    assert (np.diff(chances, axis=0) < 0).all()
    assert (np.diff(chances, axis=1) > 0).all()


def test_every_feature_has_a_weight() -> None:
    assert tuple(quality.WEIGHTS) == quality.FEATURES
    assert all(spread > 0 for *_, spread, _ in quality.WEIGHTS.values())
