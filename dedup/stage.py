"""The stage: sketch every shard, find who resembles whom, keep the best of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from corpus.errors import StageError
from corpus.stage import Stage, StageRun, Task, run_folder
from dedup.apply import apply_shard
from dedup.bands import deal_bands, join_bands
from dedup.columns import Census
from dedup.components import find_components, gather_members
from dedup.config import DedupConfig, check
from dedup.index import INDEX, SURE_BANDS, Plan, commit, index_name, plan_run, settings, sweep
from dedup.passages.find import find_passages
from dedup.settle import settle, tally
from dedup.sketch import sketch_shard
from dedup.verify import verify_group


def run(stage: StageRun[DedupConfig]) -> None:
    """Decide, then write what was decided; texts are read in the first phase and the last."""
    shards = input_shards(stage)
    if not shards:
        stage.folder.delete(INDEX)
        return
    arguments = decide(stage, shards)
    tasks = [stage.task(s.name, s.uri, {**arguments, "shard": s.index_name}) for s in shards]
    stage.map("apply", apply_shard, tasks, sum(arguments["census"]["counts"]))
    sweep(stage.folder, [shard.name for shard in shards])


def decide(stage: StageRun[DedupConfig], shards: Sequence[Shard]) -> dict[str, Any]:
    """Plan → sketch → bands → components → gather → verify → settle → passages → commit; what `apply` is told."""
    ordered = {"shards": [shard.index_name for shard in shards]}
    (planned,) = stage.map("plan", plan_run, [stage.task("all", arguments=ordered)])
    plan = Plan(**planned["facts"])
    sketched = _sketched(stage, shards, plan)
    census = vars(Census(plan.shards, [sketched[name]["documents"] for name in plan.shards]))
    common = {"plan": vars(replace(plan, sketched=sketched)), "census": census}

    def once(phase: str, function: Callable[..., Any], **arguments: Any) -> dict[str, Any]:
        (receipt,) = stage.map(phase, function, [stage.task("all", arguments={**common, **arguments})])
        facts: dict[str, Any] = receipt["facts"]
        return facts

    dealt = deal_bands(stage.config.bands + SURE_BANDS, plan.n_sorted(Census(**census)))
    bands = [stage.task(f"bands-{b[0]:03d}", arguments={**common, "bands": b}) for b in dealt]
    joined = stage.map("bands", join_bands, bands)
    found = once("components", find_components, joined=[task.name for task in bands])
    parts = [
        stage.task(f"members-{first:010d}", arguments={**common, "members": (first, stop)})
        for first, stop in found["dealt"]
    ]
    gathered = stage.map("gather", gather_members, parts)
    groups = _groups(stage, gathered, found["groups"], common)
    verified = stage.map("verify", verify_group, groups)
    once("settle", settle, groups=[task.name for task in groups])
    cut = find_passages(stage, common)
    refuse_wipe_out(stage.config, once("tally", tally)["sources"])
    facts = {
        "pairs": sum(receipt["facts"]["pairs"] for receipt in joined),
        "components": found["components"],
        "largest_component": found["largest"],
        "exact_comparisons": sum(receipt["facts"]["checks"] for receipt in verified),
        "capped_documents": sum(receipt["facts"]["capped"] for receipt in verified),
        **cut,
    }
    stage.facts.update(once("commit", commit, facts=facts))
    return common


def _groups(
    stage: StageRun[DedupConfig], gathered: Sequence[dict[str, Any]], n_groups: int, common: dict[str, Any]
) -> list[Task[DedupConfig]]:
    """The tasks of verification, each told which members of which tasks of gathering are its own."""
    held: list[list[tuple[str, int, int]]] = [[] for _ in range(n_groups)]
    for receipt in gathered:
        facts, first = receipt["facts"], 0
        for group, count in zip(facts["groups"], facts["counts"], strict=True):
            held[group].append((receipt["task"], first, first + count))
            first += count
    arguments = [{**common, "members": parts} for parts in held]
    return [stage.task(f"group-{n:05d}", arguments=told) for n, told in enumerate(arguments)]


@dataclass(frozen=True)
class Shard:
    """An input shard."""

    name: str  # of the output shards
    uri: str
    index_name: str
    attributes: str  # URI of the scores of its documents, and of those dropped beside them


def input_shards(stage: StageRun[DedupConfig]) -> list[Shard]:
    """The documents that are to be deduplicated."""
    folder, outputs = run_folder(stage.config).child("clean"), stage.upstream["clean"].outputs
    scored = {file["path"]: file["sha256"] for file in outputs if file["path"].startswith("attributes/")}
    made_with, shards = settings(stage.config), []
    for file in outputs:
        kind, _, base = file["path"].partition("/")
        if kind == "documents":
            name, attributes = base.removesuffix(".parquet"), f"attributes/{base}"
            there = folder.at(attributes) if attributes in scored else ""
            known_as = index_name(name, made_with, file["sha256"], scored.get(attributes, ""))
            shards.append(Shard(name, folder.at(file["path"]), known_as, there))
    return shards


def _sketched(stage: StageRun[DedupConfig], shards: Sequence[Shard], plan: Plan) -> dict[str, dict[str, Any]]:
    """Documents of each shard of the plan, in all and by source; those that are not in the index yet are sketched."""
    there = {shard.index_name: shard for shard in shards}
    todo = [there[name] for name in plan.shards if name not in plan.sketched]
    tasks = [stage.task(s.index_name, s.uri, {"attributes": s.attributes}) for s in todo]
    receipts = stage.map("sketch", sketch_shard, tasks)
    return plan.sketched | {receipt["task"]: receipt["facts"] for receipt in receipts}


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


STAGE = Stage(
    name="dedup",
    config=DedupConfig,
    run=run,
    upstream=upstream,
    check=check,
    memory=INDEX,
    reused=("documents", "dropped", "clusters", "passages"),
)
