"""A hundredth more of text for a corpus that has been deduplicated, against doing all at once.

A third of what is new are copies of what was there, all over it, some of them preferred: almost every old shard has a
document that changes its state. So the cost is of the decisions; writing the shards that changed is told apart.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.copies import Copies, add_shards
from bench.deduplicated import Cost, deduplicate, output_digests, warm_up
from bench.rows import Row, measured
from corpus.paths import Folder

N_SHARDS: Final = 100
SHARD_BYTES: Final = 6_000_000


def rows() -> Iterator[Row]:
    """The CPU of the addition as a share of the full run's; the files that differ from those made all at once."""
    warm_up()
    copies = Copies.of(1)
    with tempfile.TemporaryDirectory(prefix="bench-dedup-") as folder:
        runs = Path(folder)
        add_shards(Folder(f"{folder}/grown"), copies, N_SHARDS * SHARD_BYTES, SHARD_BYTES)
        before = deduplicate(runs, "grown")
        n_before = len(output_digests(runs, "grown"))
        add_shards(Folder(f"{folder}/grown"), copies, SHARD_BYTES, SHARD_BYTES)
        shutil.copytree(runs / "grown" / "clean", runs / "whole" / "clean")
        added, whole = deduplicate(runs, "grown"), deduplicate(runs, "whole")
        grown, expected = output_digests(runs, "grown"), output_digests(runs, "whole")
    yield measured("dedup.incremental", decided(added) / decided(whole), "of the CPU of a full run")
    yield measured("dedup.incremental_before", decided(before), "CPU seconds, of the full run before")
    yield measured("dedup.incremental_with_writing", added.cpu_seconds / whole.cpu_seconds, "of the CPU")
    differing = [path for path in {*grown, *expected} if grown.get(path) != expected.get(path)]
    yield measured(
        "dedup.incremental_differs", len(differing), f"of {len(expected)} files, {n_before} before"
    )
    for phase, seconds in added.phases.items():
        yield measured(
            f"dedup.incremental.{phase}", seconds, f"CPU seconds; {whole.phases[phase]:.3f} in full"
        )


def decided(cost: Cost) -> float:
    """CPU seconds of all but the writing of documents."""
    return cost.cpu_seconds - cost.phases["apply"]
