"""Distributions of the scores that cleaning stored, and the thresholds that decided by them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from numpy.typing import NDArray

from report.records import RunRecord, reading, rows

Table = list[dict[str, Any]]

BINS = 40
TAIL = 0.005  # share of documents at either end that share the outermost bin
MARGIN = 0.1  # of the range, shown beyond a threshold
MASKED = "masked_"


def histograms(record: RunRecord) -> Table:
    """One row for each score, deciding ones first: the edges of its bins, the counts that rules keep and drop."""
    data = record.dataset("clean", "attributes")
    if data is None:
        return []
    rules = record.manifests["clean"].config.get("rules", [])
    scores = [field.name for field in data.schema if _is_score(field)]
    deciding = list(dict.fromkeys(rule["score"] for rule in rules if rule["score"] in scores))
    ordered = [*deciding, *(name for name in scores if name not in deciding)]
    with reading(data.files):
        return [row for name in ordered if (row := _histogram(data, name, rules))]


def _is_score(field: pa.Field) -> bool:
    number = pa.types.is_floating(field.type) or pa.types.is_integer(field.type)
    return number and not field.name.startswith(MASKED)


def _histogram(data: ds.Dataset, name: str, rules: list[dict[str, Any]]) -> dict[str, Any] | None:
    column = data.to_table(columns=[name])[name]
    values = pc.cast(column.drop_null(), pa.float64()).to_numpy()
    own = [_rule(rule) for rule in rules if rule["score"] == name]
    if not len(values):
        return None
    edges = _edges(values, [rule["threshold"] for rule in own])
    shown, fails = np.clip(values, edges[0], edges[-1]), np.zeros(len(values), bool)
    for rule in own:
        fails |= _failing(values, rule)
    return {
        "score": name,
        "documents": len(values),
        "unknown": column.null_count,
        "least": float(values.min()),
        "median": float(np.median(values)),
        "most": float(values.max()),
        "edges": edges.tolist(),
        "kept": np.histogram(shown[~fails], edges)[0].tolist(),
        "dropped": np.histogram(shown[fails], edges)[0].tolist(),
        "rules": own,
    }


def _rule(rule: dict[str, Any]) -> dict[str, Any]:
    above, below = rule.get("above"), rule.get("below")
    return {
        "reason": rule["reason"],
        "above": above,
        "below": below,
        "threshold": below if above is None else above,
    }


def _failing(values: NDArray[np.float64], rule: dict[str, Any]) -> NDArray[np.bool_]:
    """Which scores the rule drops a document for; another rule may have dropped it already."""
    failing = values > rule["threshold"] if rule["above"] is not None else values < rule["threshold"]
    return np.asarray(failing)


def _edges(values: NDArray[np.float64], thresholds: list[float]) -> NDArray[np.float64]:
    """Even bins over all but the tails, and some way beyond every threshold; the nearest edge moves onto it."""
    low, high = np.quantile(values, [TAIL, 1 - TAIL])
    span = (max([high, *thresholds]) - min([low, *thresholds])) or 1.0
    low = max(values.min(), min([low, *(threshold - MARGIN * span for threshold in thresholds)]))
    high = max([high, low + span, *(threshold + MARGIN * span for threshold in thresholds)])
    edges: NDArray[np.float64] = np.linspace(min([low, *thresholds]), high, BINS + 1)
    for threshold in thresholds:
        edges[np.abs(edges - threshold).argmin()] = threshold
    return edges


def masked(record: RunRecord) -> Table:
    """Personal data masked, by kind: how many pieces, in how many documents."""
    data = record.dataset("clean", "attributes")
    if data is None:
        return []
    names = [name for name in data.schema.names if name.startswith(MASKED)]
    table = rows(data, names)
    return [
        {
            "name": name.removeprefix(MASKED),
            "count": pc.sum(table[name]).as_py() or 0,
            "documents": pc.sum(pc.greater(table[name], 0)).as_py() or 0,
        }
        for name in names
    ]
