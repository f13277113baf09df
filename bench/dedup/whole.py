"""What deduplicating 600 MB of generated text costs, from Parquet to what becomes of each document.

All phases before the one that copies the documents, with those of repeated passages and without (their windows, which
are found while a shard is sketched, count in both); from the page cache, with the compiled code loaded and no memory
left free (see `bench.deduplicated`), each time without an index. Memory is the peak of the process and the peak of its
larger worker, added, of all phases.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.deduplicated import (
    Cost,
    deduplicate,
    deduplicate_apart,
    forget,
    generated,
    memory_in_use,
    text_bytes,
    warm_up,
)
from bench.rows import Row, measured

N_BYTES: Final = 600_000_000
SHARD_BYTES: Final = 50_000_000
ROUNDS: Final = 3
PASSAGES: Final = ("keepers", "merge", "spans", "passages")  # phases


def rows() -> Iterator[Row]:
    """MB per CPU second, GB resident, and what a second worker gains; the median of three."""
    with generated(N_BYTES, SHARD_BYTES) as (runs, _), memory_in_use(runs / "zeros"):
        n_bytes = text_bytes(runs, "copies")
        warm_up()
        costs = [_decided(runs) for _ in range(ROUNDS)]
        seconds = statistics.median(cost.cpu_seconds for cost in costs)
        near = statistics.median(cost.cpu_seconds - _of_passages(cost) for cost in costs)
        yield measured("dedup.whole", n_bytes / near / 1e6, "MB/s per core, near-duplicates")
        yield measured("dedup.whole_with_passages", n_bytes / seconds / 1e6, "MB/s per core")
        for phase in costs[0].phases:
            spent = statistics.median(cost.phases[phase] for cost in costs)
            yield measured(f"dedup.whole.{phase}", spent / n_bytes * 1e9, "ns a byte")
        forget(runs, "copies")
        apart = deduplicate_apart(runs, "copies", workers=2)
        parts = (
            f"{apart.own_bytes / 1e9:.2f} of the process, {apart.worker_bytes / 1e9:.2f} of its larger worker"
        )
        yield measured("dedup.memory", apart.resident_bytes / 1e9, f"GB: {parts}")
        forget(runs, "copies")
        alone = deduplicate_apart(runs, "copies")
        yield measured("dedup.memory_one_process", alone.resident_bytes / 1e9, "GB")
        yield measured("dedup.whole_with_writing", n_bytes / alone.cpu_seconds / 1e6, "MB/s per core")
        yield measured(
            "dedup.second_core", statistics.median(_gain(runs) for _ in range(ROUNDS)), "× as fast"
        )


def _of_passages(cost: Cost) -> float:
    """CPU seconds that repeated passages took after the sketches."""
    return sum(cost.phases[phase] for phase in PASSAGES)


def _decided(runs: Path) -> Cost:
    forget(runs, "copies")
    return deduplicate(runs, "copies", "decide")


def _gain(runs: Path) -> float:
    """Wall seconds with one worker over those with two, from when they are warm."""
    seconds = []
    for workers in (1, 2):
        forget(runs, "copies")
        seconds.append(deduplicate_apart(runs, "copies", "decide", workers).wall_seconds)
    return seconds[0] / seconds[1]
