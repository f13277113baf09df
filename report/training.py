"""What training left: the loss at each step, bits per byte beside the baselines, and continuations."""

from __future__ import annotations

import json
from typing import Any

from report.numbers import Value
from report.records import RunRecord

Table = list[dict[str, Any]]

POINTS = 400
MODELS = ("model", "unigram", "five_gram")
NAMES = (
    *("steps", "tokens", "epochs", "skipped_steps", "last_loss", "size", "parameters"),
    *("corpus_tokens", "epoch_tokens"),
    *("validation_tokens", "validation_bytes", *MODELS),
)


def training(record: RunRecord) -> tuple[dict[str, Value], dict[str, Table]]:
    """Figures of the training run by name, and its curves, sources and samples."""
    values: dict[str, Value] = dict.fromkeys(NAMES)
    metrics, samples = _lines(record, "metrics.jsonl"), _lines(record, "samples.jsonl")
    losses = [{"step": row["step"], "value": row["loss"]} for row in metrics if row.get("loss") is not None]
    bits = [
        {"step": row["step"], "value": row["validation_bits_per_byte"]}
        for row in metrics
        if row.get("validation_bits_per_byte") is not None
    ]
    if losses:
        values |= {"steps": losses[-1]["step"], "last_loss": losses[-1]["value"]}
        values["tokens"] = max((row.get("tokens") or 0 for row in metrics), default=None)
    facts = record.manifests["train"].facts if "train" in record.manifests else {}
    evaluation = facts.get("validation", {})
    values |= {name: facts.get("model", {}).get(name) for name in ("size", "parameters")}
    taken = ("epochs", "skipped_steps", "corpus_tokens", "epoch_tokens")
    values |= {name: facts.get("training", {}).get(name) for name in taken}
    values |= {"validation_tokens": evaluation.get("tokens"), "validation_bytes": evaluation.get("bytes")}
    values |= {name: evaluation.get("bits_per_byte", {}).get(name) for name in MODELS}
    by_source = [
        {"source": source, "bytes": row["bytes"], **row["bits_per_byte"]}
        for source, row in sorted(evaluation.get("sources", {}).items())
    ]
    curves = {"losses": thinned(losses), "validation": thinned(bits)}
    seen = facts.get("training", {}).get("times_seen") or []
    return values, {**curves, "bits_by_source": by_source, "continuations": samples, "times_seen": seen}


def thinned(points: Table) -> Table:
    """At most about `POINTS` points at even distances, the last one among them."""
    step = max(1, len(points) // POINTS)
    return points[::step] + (points[-1:] if (len(points) - 1) % step else [])


def _lines(record: RunRecord, name: str) -> Table:
    return [json.loads(line) for line in _file(record, name).splitlines() if line]


def _file(record: RunRecord, path: str) -> bytes:
    """A file among the outputs of training; empty where there is none."""
    manifest = record.manifests.get("train")
    if manifest is None or path not in (file["path"] for file in manifest.outputs):
        return b""
    record.check("train", path)
    return record.folder.child("train").read(path)
