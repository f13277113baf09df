"""The stage `audit`: draw documents → FineWeb2's decisions → compare with ours → sheets for judges."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa

from clean.audit import fineweb2
from clean.audit.sample import draw
from clean.audit.sheets import GUIDE, choose, sheet
from corpus.errors import ConfigurationError
from corpus.manifest import Manifest
from corpus.stage import Stage, StageConfig, StageRun, option
from corpus.task import Task

CASES: Final = "cases.json"
FACTS: Final = "audit.json"
PAIRS: Final = ("both_keep", "only_ours_keep", "only_theirs_keep", "both_drop")


@dataclass
class AuditConfig(StageConfig):
    """How many documents are compared, and how many people see."""

    documents: int = option(300, "documents of each source to compare")
    sheet_items: int = option(100, "documents on the sheet for judges; 0 writes none")
    sheet_chars: int = option(1200, "characters of each of them")
    peers: str = option(".venv-peers", "the environment that `make bench-peers` builds", volatile=True)


def check(config: AuditConfig) -> None:
    """Refuse numbers that make no audit."""
    for name, least in (("documents", 1), ("sheet_items", 0), ("sheet_chars", 1)):
        if getattr(config, name) < least:
            msg = f"{name}: got {getattr(config, name)}; expected {least} or more"
            raise ConfigurationError(msg)
    fineweb2.check(config.peers)


def run(stage: StageRun[AuditConfig]) -> None:
    """Compare, then write the sheet."""
    shards = {kind: stage.shards("clean", kind) for kind in ("documents", "dropped", "attributes")}
    stage.map("compare", compare, [stage.task("compare", arguments=shards)])
    stage.map("sheet", write_sheet, [stage.task("sheet")])
    stage.facts.update(stage.folder.read_json(FACTS))


def compare(task: Task[AuditConfig]) -> None:
    """Write every case, and the counts that sum them up."""
    given = task.arguments
    drawn = draw(given["documents"], given["dropped"], given["attributes"], task.config.documents)
    peer = fineweb2.judge(drawn, task.config.peers)
    found = cases(drawn, peer.reasons)
    _write(task, CASES, found)
    _write(task, FACTS, {"peer": peer.version, **summed(found)})


def write_sheet(task: Task[AuditConfig]) -> None:
    """Write the empty sheet for judges and its guide, if one is wanted."""
    if not task.config.sheet_items:
        return
    chosen = choose(task.folder.read_json(CASES), task.config.sheet_items)
    with task.create("sheet.csv") as file:
        file.write(sheet(chosen, task.config.sheet_chars))
    with task.create("sheet.txt") as file:
        file.write(GUIDE.encode())


def cases(drawn: pa.Table, theirs: Sequence[str | None]) -> list[dict[str, Any]]:
    """A row a document: what ours and theirs dropped it for, None where it is kept, and its text."""
    rows = drawn.to_pylist()
    return [
        {
            **{name: row[name] for name in ("id", "url", "source", "text", "evidence")},
            "ours": row["reason"],
            "theirs": reason,
        }
        for row, reason in zip(rows, theirs, strict=True)
    ]


def summed(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Documents by source and pair of decisions, and the reasons for which one side alone drops."""
    sources = {case["source"]: Counter[str]() for case in found}
    alone: dict[str, Counter[str]] = {"ours": Counter(), "theirs": Counter()}
    for case in found:
        sources[case["source"]][pair_of(case)] += 1
        for side, other in (("ours", "theirs"), ("theirs", "ours")):
            if case[side] is not None and case[other] is None:
                alone[side][case[side]] += 1
    return {
        "documents": len(found),
        "sources": [
            {"source": name, **{pair: counts[pair] for pair in PAIRS}}
            for name, counts in sorted(sources.items())
        ],
        "alone": {side: dict(counts.most_common()) for side, counts in alone.items()},
    }


def pair_of(case: dict[str, Any]) -> str:
    """Which of PAIRS a case is."""
    if case["ours"] is None:
        return "both_keep" if case["theirs"] is None else "only_ours_keep"
    return "only_theirs_keep" if case["theirs"] is None else "both_drop"


def told(manifest: Manifest) -> str:
    """The table for people."""
    facts = manifest.facts
    lines = [f"{'source':20s}" + "".join(f"{pair:>18s}" for pair in PAIRS)]
    lines += [
        f"{row['source']:20s}" + "".join(f"{row[pair]:>18,}" for pair in PAIRS) for row in facts["sources"]
    ]
    for side, name in (("theirs", f"{facts['peer']} alone drops"), ("ours", "ours alone drop")):
        counts = Counter(facts["alone"][side]).most_common()
        lines.append(f"{name}: " + (", ".join(f"{reason} {n:,}" for reason, n in counts) or "nothing"))
    return "\n".join(lines)


def _write(task: Task[AuditConfig], path: str, value: Any) -> None:
    with task.create(path) as file:
        file.write((json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode())


STAGE = Stage(
    name="audit",
    module="clean.audit",
    config=AuditConfig,
    run=run,
    upstream=lambda _config: ("clean",),
    check=check,
    told=told,
)
