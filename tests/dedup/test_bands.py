"""The choice of bands, how they are dealt to tasks, and from which agreement on documents are compared."""

from __future__ import annotations

import pytest

from dedup.bands import deal_bands, least_agreeing
from dedup.config import DedupConfig


def test_a_pair_at_the_threshold_is_found() -> None:
    config = DedupConfig(run="t")
    assert 1 - (1 - config.threshold**config.rows) ** config.bands > 0.998


@pytest.mark.parametrize(
    ("threshold", "bits", "expected"),
    [(0.8, 8, 84), (0.9, 8, 101), (1.0, 8, 128), (0.5, 8, 41), (0.8, 2, 92), (1.0, 2, 128)],
)
def test_least_agreeing_slots(threshold: float, bits: int, expected: int) -> None:
    assert least_agreeing(threshold, bits) == expected


@pytest.mark.parametrize(
    ("n_documents", "n_tasks"),
    [(0, 1), (1, 1), (65_536, 1), (300_000, 4), (3_000_000, 11), (50_000_000, 21)],
)
def test_every_band_is_dealt_once(n_documents: int, n_tasks: int) -> None:
    dealt = deal_bands(21, n_documents)
    assert len(dealt) == n_tasks
    assert [band for bands in dealt for band in bands] == list(range(21))
