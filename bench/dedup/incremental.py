"""A hundredth more of text for a corpus that has been deduplicated, against doing all at once.

A third of what is new are copies of what was there, all over it, some of them preferred: almost every old shard has a
document that changes its state. So the cost is of the decisions; writing the shards that changed is told apart. An
addition opens some files of every old shard, whatever their size: what that comes to shows where shards are small.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from bench.copies import SHARD_BYTES, Copies, add_shards
from bench.deduplicated import Cost, deduplicate, output_digests, warm_up
from bench.rows import Row, measured
from corpus.paths import Folder


class Corpus(NamedTuple):
    """What stands there before the addition."""

    n_shards: int
    shard_bytes: int

    @property
    def n_bytes(self) -> int:
        """Of text."""
        return self.n_shards * self.shard_bytes


CORPORA: Final = {"incremental": Corpus(30, SHARD_BYTES), "incremental_small_shards": Corpus(100, 6_000_000)}


def rows() -> Iterator[Row]:
    """The CPU of the addition as a share of the full run's; the files that differ from those made all at once."""
    warm_up()
    for name, corpus in CORPORA.items():
        with tempfile.TemporaryDirectory(prefix="bench-dedup-") as folder:
            yield from _rows(f"dedup.{name}", corpus, Path(folder))


def _rows(name: str, corpus: Corpus, runs: Path) -> Iterator[Row]:
    copies, grown_run = Copies.of(1), Folder(f"{runs}/grown")
    add_shards(grown_run, copies, corpus.n_bytes, corpus.shard_bytes)
    before = deduplicate(runs, "grown")
    n_before = len(output_digests(runs, "grown"))
    add_shards(grown_run, copies, corpus.n_bytes // 100, corpus.shard_bytes)
    shutil.copytree(runs / "grown" / "clean", runs / "whole" / "clean")
    added, whole = deduplicate(runs, "grown"), deduplicate(runs, "whole")
    grown, expected = output_digests(runs, "grown"), output_digests(runs, "whole")
    yield measured(name, decided(added) / decided(whole), "of the CPU of a full run")
    yield measured(f"{name}_before", decided(before), "CPU seconds, of the full run before")
    yield measured(f"{name}_with_writing", added.cpu_seconds / whole.cpu_seconds, "of the CPU")
    differing = [path for path in {*grown, *expected} if grown.get(path) != expected.get(path)]
    yield measured(f"{name}_differs", len(differing), f"of {len(expected)} files, {n_before} before")
    for phase, seconds in added.phases.items():
        yield measured(f"{name}.{phase}", seconds, f"CPU seconds; {whole.phases[phase]:.3f} in full")


def decided(cost: Cost) -> float:
    """CPU seconds of all but the writing of documents."""
    return cost.cpu_seconds - cost.phases["apply"]
