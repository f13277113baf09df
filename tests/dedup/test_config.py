"""Values that cannot work are refused before any work."""

from __future__ import annotations

from typing import Any

import pytest

from corpus.errors import ConfigurationError
from dedup.config import DedupConfig, check


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"threshold": 0.3}, "threshold"),
        ({"threshold": 80}, "threshold"),
        ({"shingle_units": 0}, "shingle_units"),
        ({"shingle_units": 9, "least_units": 8}, "shingle_units"),
        ({"bands": 32}, "bands"),
        ({"rows": 0}, "bands"),
        ({"threshold": 0.7}, "bands=24 rows=4"),
        ({"least_passage": 59}, "least_passage"),
        ({"least_passage": 1 << 20}, "least_passage"),
        ({"least_line": 101}, "least_line"),
        ({"least_line_documents": 1}, "least_line_documents"),
        ({"least_left_share": 20}, "least_left_share"),
        ({"most_lost": 90}, "most_lost"),
    ],
)
def test_impossible_values(values: dict[str, Any], word: str) -> None:
    with pytest.raises(ConfigurationError, match=word):
        check(DedupConfig(run="t", **values))


def test_the_defaults_work() -> None:
    check(DedupConfig(run="t"))
