"""An index of given texts, as the phases before leave it, and the phases that find repeated passages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from corpus.paths import Folder
from corpus.stage import Task
from dedup.columns import write_array
from dedup.config import DedupConfig
from dedup.index import Plan, entry
from dedup.passages.keepers import Hashes, find_keepers, read_keepers
from dedup.passages.spans import Spans, find_spans, merge_keepers, read_lost, settle_passages, view_spans
from dedup.passages.windows import windows_of, write_windows
from dedup.traits import NUMBERS, digests
from khmer.buffers import utf8
from khmer.clusters import flagged_units


@dataclass
class Found:
    """What the phases leave in the state."""

    keepers: Hashes
    spans: Spans
    lost: dict[int, int]  # the document that stays for it

    @property
    def runs(self) -> list[tuple[int, int, int, int]]:
        """Number, first unit, stop, keeper."""
        return list(zip(*(column.tolist() for column in self.spans[:4]), strict=True))

    def same_as(self, other: Found) -> bool:
        """Whether all is the same."""
        columns = zip((self.keepers, *self.spans), (other.keepers, *other.spans), strict=True)
        return self.lost == other.lost and all(np.array_equal(a, b) for a, b in columns)


@dataclass
class Passages:
    """A corpus that grows by shards of `(text, preference)`."""

    folder: Folder
    config: DedupConfig
    names: list[str] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    state: str = ""

    def add(self, *documents: tuple[str, int]) -> Passages:
        """Write a shard's entry in the index, in batches of two documents."""
        name, n = f"shard-{len(self.names)}", len(documents)
        task = Task(name, "dedup", self.folder, self.config)
        texts = pa.array([text for text, _ in documents], pa.large_string())
        offsets, units = flagged_units(texts)
        parts = []
        for first in range(0, n, 2):
            bounds = offsets[first : min(first + 2, n) + 1]
            parts.append(windows_of(units[bounds[0] : bounds[-1]], bounds - bounds[0], self.config, first))
        write_windows(task, entry(name), parts)
        write_array(task, f"{entry(name)}/units", units)
        numbers = np.zeros((n, len(NUMBERS)), np.uint64)
        numbers[:, NUMBERS.index("preference")] = [preference for _, preference in documents]
        numbers[:, NUMBERS.index("n_units")] = np.diff(offsets)
        numbers[:, NUMBERS.index("first_unit")] = offsets[:-1]
        numbers[:, NUMBERS.index("text_key")] = digests(utf8(texts))[:, 0]
        write_array(task, f"{entry(name)}/numbers", numbers)
        self.names.append(name)
        self.counts.append(n)
        return self

    def find(self, gone: Sequence[int] = (), n_tasks: int = 1) -> Found:
        """Run the phases over all shards; documents in `gone` are near-duplicates and not kept."""
        plan = Plan(list(self.names), {}, len(self.names) - 1 if self.state else 0, [], 0, self.state)
        census = {"names": self.names, "counts": self.counts}
        common = {"plan": vars(plan), "census": census}

        def task(name: str, **arguments: Any) -> Task[DedupConfig]:
            return Task(name, "dedup", self.folder, self.config, "", {**common, **arguments})

        reason = np.zeros(sum(self.counts), np.uint8)
        reason[list(gone)] = 2
        write_array(task("near"), f"{plan.new_state}/reason", reason)
        dealt = list(pairwise(np.linspace(0, 256, n_tasks + 1).astype(int).tolist()))
        slices = [task(f"slices-{a}", slices=[a, b]) for a, b in dealt]
        for each in slices:
            find_keepers(each)
        bounds = merge_keepers(task("all", found=[each.name for each in slices]))["bounds"]
        groups = [task(f"spans-{a}", first=a, stop=b) for a, b in pairwise(bounds)]
        for each in groups:
            find_spans(each)
        settle_passages(task("all", spanned=[each.name for each in groups]))
        self.state = plan.new_state
        lost = [column.tolist() for column in read_lost(self.folder, self.state)]
        reader = task("reader")
        return Found(
            read_keepers(reader, self.state), view_spans(reader, self.state), dict(zip(*lost, strict=True))
        )


@pytest.fixture
def passages(tmp_path: Path) -> Callable[..., Passages]:
    """A new corpus with a given configuration."""

    def new(name: str = "a", **config: Any) -> Passages:
        return Passages(Folder(str(tmp_path / name)), DedupConfig(run="t", **config))

    return new
