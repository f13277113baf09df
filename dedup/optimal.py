"""How many bands of how many slots suit a threshold best."""

from __future__ import annotations

from typing import Final

from dedup.sketch_kernels import SLOTS

MISSED: Final = 500  # vain comparisons that one missed pair weighs; a comparison costs microseconds


def optimal_bands(threshold: float) -> tuple[int, int]:
    """Bands and rows that are datasketch's optimum for a threshold, (21, 6) for 0.8."""
    from datasketch import MinHashLSH  # half a second

    vain = 1 / (1 + MISSED)
    found = MinHashLSH(threshold=threshold, num_perm=SLOTS, weights=(vain, 1 - vain))
    return found.b, found.r
