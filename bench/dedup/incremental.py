"""A hundredth more of text for a corpus that has been deduplicated, against doing all at once.

A third of what is new are copies of what was there, all over it, some of them preferred: almost every old shard has a
document that changes its state. So the cost is of the decisions; writing the shards that changed is told apart. An
addition opens some files of every old shard, whatever their size: what that comes to shows where shards are small.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from bench.copies import SHARD_BYTES, Copies, add_shards
from bench.deduplicated import Cost, deduplicate, forget, memory_in_use, output_digests, warm_up
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


ROUNDS: Final = 3
CORPORA: Final = {"incremental": Corpus(30, SHARD_BYTES), "incremental_small_shards": Corpus(100, 6_000_000)}


def rows() -> Iterator[Row]:
    """The CPU of the addition as a share of the full run's; the files that differ from those made all at once."""
    warm_up()
    for name, corpus in CORPORA.items():
        with tempfile.TemporaryDirectory(prefix="bench-dedup-") as folder:
            runs = Path(folder)
            _prepare(runs, corpus)
            with memory_in_use(runs / "zeros"):
                yield from _rows(f"dedup.{name}", runs)


def _prepare(runs: Path, corpus: Corpus) -> None:
    """The run `before` has the corpus cleaned, and `whole` a hundredth more."""
    copies = Copies.of(1)
    add_shards(Folder(f"{runs}/before"), copies, corpus.n_bytes, corpus.shard_bytes)
    _link(runs, "before/clean", "whole/clean")
    add_shards(Folder(f"{runs}/whole"), copies, corpus.n_bytes // 100, corpus.shard_bytes)
    _link(runs, "whole/clean", "grown/clean")


def _link(runs: Path, there: str, here: str) -> None:
    """Make a folder of links to another's files, which are replaced, but never changed."""
    shutil.copytree(runs / there, runs / here, copy_function=os.link)


def _rows(name: str, runs: Path) -> Iterator[Row]:
    before = deduplicate(runs, "before")
    whole, added = list(_rounds(runs, "whole")), list(_rounds(runs, "grown", "before/dedup"))
    grown, expected = output_digests(runs, "grown"), output_digests(runs, "whole")
    yield measured(name, _median(added) / _median(whole), "of the CPU of a full run")
    yield measured(f"{name}_before", decided(before), "CPU seconds, of the full run before")
    yield measured(f"{name}_with_writing", added[-1].cpu_seconds / whole[-1].cpu_seconds, "of the CPU")
    differing = [path for path in {*grown, *expected} if grown.get(path) != expected.get(path)]
    told = f"of {len(expected)} files, {len(output_digests(runs, 'before'))} before"
    yield measured(f"{name}_differs", len(differing), told)
    for phase in added[0].phases:
        seconds, full = (statistics.median(cost.phases[phase] for cost in costs) for costs in (added, whole))
        yield measured(f"{name}.{phase}", seconds, f"CPU seconds; {full:.3f} in full")


def _rounds(runs: Path, run: str, known: str = "") -> Iterator[Cost]:
    """The costs of rounds, each upon what `known` holds; only the last writes documents."""
    for phases in [*["decide"] * (ROUNDS - 1), "all"]:
        forget(runs, run)
        if known:
            _link(runs, known, f"{run}/dedup")
        yield deduplicate(runs, run, phases)


def decided(cost: Cost) -> float:
    """CPU seconds of all but the writing of documents."""
    return cost.cpu_seconds - cost.phases.get("apply", 0)


def _median(costs: list[Cost]) -> float:
    return statistics.median(decided(cost) for cost in costs)
