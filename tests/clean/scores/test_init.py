"""All scores together."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pyarrow as pa

from clean import scores
from clean.scores import SCORES, score
from clean.scores.texts import Texts


def test_every_score_says_where_it_comes_from_and_has_a_name_of_its_own() -> None:
    assert len(SCORES) == len(scores._FUNCTIONS) + len(scores._DERIVED)
    for name, function in SCORES.items():
        assert function.__doc__, name
        assert sys.modules[function.__module__].__doc__, name


def test_scores_have_the_same_types_for_any_batch(texts_of: Callable[..., Texts], article: str) -> None:
    some = score(texts_of([article, "", "x\n\n", "\u200b", "ក" * 5000]))
    none = score(texts_of([]))
    assert some.schema == none.schema
    assert {field.type for field in some.schema} == {pa.int64(), pa.float64()}
    assert (len(some), len(none)) == (5, 0)
