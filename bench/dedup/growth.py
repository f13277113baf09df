"""Cost and memory from 0.1 to 10 GB of generated text, up to what becomes of each document.

Each size is measured in a process of its own, with the compiled code loaded. A hundredth of the documents carry one of
six texts, and families of copies grow with the corpus, as they do in the web.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.copies import SHARD_BYTES
from bench.deduplicated import Cost, deduplicate_apart, forget, generated, memory_in_use, text_bytes
from bench.rows import Row, measured

ROUNDS: Final = {"0.1": 5, "1": 3, "10": 1}  # of which the median counts: a second of work varies by a third
SIZES: Final = {"0.1": 100_000_000, "1": 1_000_000_000, "10": 10_000_000_000}


def rows() -> Iterator[Row]:
    """CPU seconds a GB and peak memory at each size, and how both grow from the first to the last."""
    seconds, peaks = [], []
    for name, size in SIZES.items():
        with generated(size, SHARD_BYTES) as (runs, _), memory_in_use(runs / "zeros"):
            n_bytes = text_bytes(runs, "copies")
            cost = sorted(_costs(runs, ROUNDS[name]), key=lambda cost: cost.cpu_seconds)[ROUNDS[name] // 2]
        seconds.append(cost.cpu_seconds / n_bytes * 1e9)
        peaks.append(cost.resident_bytes / 1e9)
        yield measured(f"dedup.growth_{name}gb", seconds[-1], "CPU seconds a GB")
        yield measured(f"dedup.growth_memory_{name}gb", peaks[-1], "GB")
        for phase, spent in cost.phases.items():
            yield measured(f"dedup.growth_{name}gb.{phase}", spent / n_bytes * 1e9, "CPU seconds a GB")
    yield measured("dedup.growth", seconds[-1] / seconds[0], "× the cost of a byte, 10 GB over 0.1 GB")
    yield measured("dedup.growth_memory", peaks[-1] / peaks[0], "× the memory, 10 GB over 0.1 GB")


def _costs(runs: Path, n_rounds: int) -> Iterator[Cost]:
    for _ in range(n_rounds):
        forget(runs, "copies")
        yield deduplicate_apart(runs, "copies", "decide")
