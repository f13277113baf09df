"""What tries the filter itself: the audit beside FineWeb2's rules, and the ablation by training."""

from __future__ import annotations

import json
from typing import Any

from report.numbers import Value
from report.records import RunRecord
from report.texts import cut

Table = list[dict[str, Any]]

AUDITED = ("both_keep", "only_ours_keep", "only_theirs_keep", "both_drop")
CASES = 8  # of each disagreement
CASE_CHARS = 400


def audit(record: RunRecord) -> tuple[dict[str, Value], dict[str, Table]]:
    """Who judged and how many documents; decisions by source, the reasons of one side alone, and cases to read."""
    manifest = record.trials.get("audit")
    facts = manifest.facts if manifest else {}
    tables = {"audit": facts.get("sources", []), "audit_alone": [], "audit_cases": []}
    for side, counts in facts.get("alone", {}).items():
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        tables["audit_alone"] += [{"side": side, "reason": reason, "count": n} for reason, n in ordered]
    if manifest:
        cases = json.loads(record.folder.child("audit").read("cases.json"))
        for side, other in (("theirs", "ours"), ("ours", "theirs")):
            alone = [case for case in cases if case[side] is not None and case[other] is None]
            tables["audit_cases"] += [_case(case, side) for case in alone[:CASES]]
    return {"peer": facts.get("peer"), "documents": facts.get("documents")}, tables


def _case(case: dict[str, Any], side: str) -> dict[str, Any]:
    text = cut(case["text"], CASE_CHARS)
    return {"side": side, "reason": case[side], "source": case["source"], "text": text}


def ablation(record: RunRecord) -> tuple[dict[str, Value], dict[str, Table]]:
    """The tokens that each model saw; a row for each kind of model and held-out source, with every arm's figures."""
    manifest = record.trials.get("ablation")
    facts = manifest.facts if manifest else {}
    models, arms = facts.get("models", {}), facts.get("arms", {})
    rows: Table = []
    first: dict[str, Any] = next(iter(models.values()), {})
    for kind, sources in first.items():
        for source in sources:
            figures = {arm: found[kind][source] for arm, found in models.items()}
            best = min(figures, key=lambda arm: figures[arm]["mean"])
            rows.append({"kind": kind, "source": source, "best": best, **figures})
    sizes = [{"arm": arm, **arms[arm]} for arm in models]
    return {"tokens": facts.get("tokens")}, {"ablation": rows, "ablation_arms": sizes}
