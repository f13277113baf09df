"""The phases that find repeated passages."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

from corpus.stage import StageRun
from dedup.config import DedupConfig
from dedup.index import INDEX, Plan, entry
from dedup.passages.keepers import KEEPER, deal_slices, find_keepers
from dedup.passages.spans import find_spans, merge_keepers, settle_passages

WINDOW_BYTES: Final = 16
KEEPER_BYTES: Final = 8 * len(KEEPER)


def find_passages(stage: StageRun[DedupConfig], common: dict[str, Any]) -> dict[str, Any]:
    """Keepers → merge → spans → settle: what kept documents share with better ones."""
    sizes, plan = stage.folder.sizes(INDEX), Plan(**common["plan"])
    n_rows = sum(sizes[f"{entry(name)}/windows"] // WINDOW_BYTES for name in plan.new)
    n_rows += sizes.get(f"{plan.state}/keepers", 0) // KEEPER_BYTES
    dealt = [
        stage.task(f"slices-{a:03d}", arguments={**common, "slices": [a, b]}) for a, b in deal_slices(n_rows)
    ]
    stage.map("keepers", find_keepers, dealt)
    found = {**common, "found": [task.name for task in dealt]}
    (merged,) = stage.map("merge", merge_keepers, [stage.task("all", arguments=found)])
    parts = [
        stage.task(f"spans-{n:05d}", arguments={**common, "first": a, "stop": b})
        for n, (a, b) in enumerate(pairwise(merged["facts"]["bounds"]))
    ]
    stage.map("spans", find_spans, parts)
    spanned = {**common, "spanned": [task.name for task in parts]}
    (settled,) = stage.map("passages", settle_passages, [stage.task("all", arguments=spanned)])
    facts: dict[str, Any] = settled["facts"]
    return facts
