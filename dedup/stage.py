"""The stage: sketch every shard, find who resembles whom, keep the best of each."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from corpus.errors import StageError
from corpus.stage import Stage, StageRun
from dedup.bands import deal_bands, find_components, pair_bands
from dedup.config import DedupConfig, check
from dedup.decide import apply_shard, decide
from dedup.exact import match_exactly
from dedup.sketch import sketch_shard
from dedup.verify import verify_group


def run(stage: StageRun[DedupConfig]) -> None:
    """Sketch → exact → bands → components → verify → decide → apply; texts are read in the first and the last."""
    shards = stage.tasks(stage.shards("clean"))
    if not shards:
        return
    sketched = stage.map("sketch", sketch_shard, shards)
    census = {"names": [task.name for task in shards], "counts": [r["facts"]["documents"] for r in sketched]}

    def task(name: str, **arguments: Any) -> Any:
        return stage.task(name, arguments={"census": census, **arguments})

    stage.map("exact", match_exactly, [task("all")])
    dealt = deal_bands(stage.config.bands, sum(census["counts"]))
    paired = stage.map("bands", pair_bands, [task(f"bands-{b[0]:03d}", bands=b) for b in dealt])
    (found,) = stage.map("components", find_components, [task("all")])
    bounds = found["facts"]["bounds"]
    groups = [(f"group-{i:05d}", a, b) for i, (a, b) in enumerate(pairwise(bounds))]
    verified = stage.map("verify", verify_group, [task(name, start=a, stop=b) for name, a, b in groups])
    (decided,) = stage.map("decide", decide, [task("all", groups=groups)])
    refuse_wipe_out(stage.config, decided["facts"]["sources"])
    stage.map("apply", apply_shard, shards, sum(census["counts"]))
    stage.facts.update(
        pairs=sum(receipt["facts"]["pairs"] for receipt in paired),
        components=found["facts"]["components"],
        largest_component=found["facts"]["largest"],
        exact_comparisons=sum(receipt["facts"]["checks"] for receipt in verified),
        capped_documents=sum(receipt["facts"]["capped"] for receipt in verified),
    )


def refuse_wipe_out(config: DedupConfig, losses: dict[str, list[int]]) -> None:
    """Raise StageError if a source loses more than it may; nothing has been dropped yet."""
    for source, (n_documents, n_lost) in losses.items():
        too_many = n_lost > config.most_lost_documents and n_lost > config.most_lost * n_documents
        if too_many and source not in config.allow_loss:
            msg = (
                f"dedup: source {source!r} would lose {n_lost:,} of its {n_documents:,} documents to other copies; "
                f"expected at most {config.most_lost:.0%} (most_lost). "
                f"Try: if that is right, \"allow_loss=['{source}']\""
            )
            raise StageError(msg)


def upstream(_config: DedupConfig) -> list[str]:
    """The stage whose documents these are."""
    return ["clean"]


STAGE = Stage(name="dedup", config=DedupConfig, run=run, upstream=upstream, check=check)
