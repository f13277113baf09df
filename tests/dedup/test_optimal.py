from __future__ import annotations

from dedup.config import DedupConfig
from dedup.optimal import optimal_bands


def test_bands_are_datasketchs_optimum_for_the_threshold() -> None:
    config = DedupConfig(run="t")
    assert optimal_bands(config.threshold) == (config.bands, config.rows)
    assert optimal_bands(0.9) != optimal_bands(0.7)
