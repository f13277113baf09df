"""The choice of bands, and how members are dealt out to tasks."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from datasketch.lsh import _optimal_param
from hypothesis import given
from hypothesis import strategies as st

from dedup.bands import cut, deal_bands, least_agreeing
from dedup.config import DedupConfig
from dedup.kernels import SLOTS


def test_bands_are_datasketchs_optimum_where_a_missed_pair_weighs_500_times_a_vain_comparison() -> None:
    config = DedupConfig(run="t")
    best = _optimal_param(config.threshold, SLOTS, 0.002, 0.998)
    assert (config.bands, config.rows) == best


def test_a_pair_at_the_threshold_is_found() -> None:
    config = DedupConfig(run="t")
    assert 1 - (1 - config.threshold**config.rows) ** config.bands > 0.998


@pytest.mark.parametrize(("threshold", "expected"), [(0.8, 84), (0.9, 101), (1.0, 128), (0.5, 41)])
def test_least_agreeing_slots(threshold: float, expected: int) -> None:
    assert least_agreeing(threshold) == expected


@pytest.mark.parametrize(
    ("n_documents", "n_tasks"),
    [(0, 1), (1, 1), (300_000, 1), (1_000_000, 3), (5_000_000, 21), (50_000_000, 21)],
)
def test_every_band_is_dealt_once(n_documents: int, n_tasks: int) -> None:
    dealt = deal_bands(21, n_documents)
    assert len(dealt) == n_tasks
    assert [band for bands in dealt for band in bands] == list(range(21))


@given(st.lists(st.lists(st.integers(1, 9), min_size=1, max_size=6), max_size=10), st.integers(1, 30))
def test_cut_keeps_components_whole_where_they_fit(components: list[list[int]], limit: int) -> None:
    weights = np.array([w for c in components for w in c], np.int64)
    starts = np.cumsum([0, *map(len, components)])[:-1].astype(np.int64)
    bounds = cut(weights, starts, limit)
    assert bounds[0] == 0
    assert bounds[-1] == len(weights)
    assert bounds == sorted(set(bounds))
    for a, b in pairwise(bounds):
        assert weights[a:b].sum() <= limit or b - a == 1
    for start, members in zip(starts.tolist(), components, strict=True):
        if sum(members) <= limit:
            assert not any(start < bound < start + len(members) for bound in bounds)
