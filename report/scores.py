"""Distributions of the scores that cleaning stored, and the thresholds that decided by them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
from numpy.typing import NDArray

from report.records import RunRecord, reading, rows

Table = list[dict[str, Any]]
Floats = NDArray[np.float64]

BINS = 40
VALUES_TOGETHER = 1 << 24  # 128 MB
TAIL = 0.005  # share of documents at either end that share the outermost bin
MARGIN = 0.1  # of the range, shown beyond a threshold
MASKED = "masked_"
COUNTED: Final = (MASKED, "repaired_", "page_host_lines", "page_host_chars")
"""How attributes begin that count what was done to a text; they are shown as sums."""


def histograms(record: RunRecord) -> Table:
    """One row for each score, deciding ones first: the edges of its bins, the counts that rules keep and drop."""
    data = record.dataset("clean", "attributes")
    if data is None:
        return []
    rules = record.manifests["clean"].config.get("rules", [])
    numbers = [field.name for field in data.schema if _is_number(field)]
    deciding = list(dict.fromkeys(rule["score"] for rule in rules if rule["score"] in numbers))
    others = [name for name in numbers if name not in deciding and not name.startswith(COUNTED)]
    found = (_histogram(name, column, rules) for name, column in _columns(data, [*deciding, *others]))
    return [row for row in found if row]


def _columns(data: ds.Dataset, names: list[str]) -> Iterator[tuple[str, pa.ChunkedArray]]:
    """The columns in turn, read as many at a time as memory allows: each reading opens every file."""
    with reading(data.files):
        together = max(1, VALUES_TOGETHER // max(1, data.count_rows()))
        for first in range(0, len(names), together):
            table = data.to_table(columns=names[first : first + together])
            yield from zip(table.column_names, table.columns, strict=True)


def _is_number(field: pa.Field) -> bool:
    return bool(pa.types.is_floating(field.type) or pa.types.is_integer(field.type))


def _histogram(name: str, column: pa.ChunkedArray, rules: list[dict[str, Any]]) -> dict[str, Any] | None:
    values = np.sort(pc.cast(column.drop_null(), pa.float64()).to_numpy())
    own = [_rule(rule) for rule in rules if rule["score"] == name]
    if not len(values):
        return None
    edges = _edges(values, [rule["threshold"] for rule in own])
    first, last = _passing(values, own)
    too_low, kept, too_high = (_counts(part, edges) for part in np.split(values, [first, last]))
    return {
        "score": name,
        "family": name.partition("_")[0],
        "documents": len(values),
        "unknown": column.null_count,
        "least": float(values[0]),
        "median": _quantile(values, 0.5),
        "most": float(values[-1]),
        "edges": edges.tolist(),
        "kept": kept.tolist(),
        "dropped": (too_low + too_high).tolist(),
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


def _passing(values: Floats, rules: list[dict[str, Any]]) -> tuple[int, int]:
    """Where the sorted scores begin and end that no rule drops a document for; another score's rule may have."""
    above = [rule["above"] for rule in rules if rule["above"] is not None]
    below = [rule["below"] for rule in rules if rule["below"] is not None]
    first = int(np.searchsorted(values, max(below), "left")) if below else 0
    last = int(np.searchsorted(values, min(above), "right")) if above else len(values)
    return min(first, last), last


def _quantile(values: Floats, share: float) -> float:
    """A quantile of sorted scores, with the mean of two neighbours where it falls between them."""
    place = share * (len(values) - 1)
    low, high = values[int(np.floor(place))], values[int(np.ceil(place))]
    return float(low + (high - low) * (place - np.floor(place)))


def _counts(values: Floats, edges: Floats) -> NDArray[np.int64]:
    """How many of the sorted scores are in each bin; the outermost bins hold what is beyond them."""
    inner = np.searchsorted(values, edges[1:-1], "left")
    return np.diff(inner, prepend=0, append=len(values))


def _edges(values: Floats, thresholds: list[float]) -> Floats:
    """Even bins over all but the tails, and some way beyond every threshold; the nearest inner edge moves onto it."""
    low, high = _quantile(values, TAIL), _quantile(values, 1 - TAIL)
    span = (max([high, *thresholds]) - min([low, *thresholds])) or 1.0
    low = max(values[0], min([low, *(threshold - MARGIN * span for threshold in thresholds)]))
    high = max([high, low + span, *(threshold + MARGIN * span for threshold in thresholds)])
    edges: Floats = np.linspace(min([low, *thresholds]), high, BINS + 1)
    for threshold in thresholds:
        if threshold not in edges:
            edges[1 + np.abs(edges[1:-1] - threshold).argmin()] = threshold
    return edges


def masked(record: RunRecord) -> Table:
    """Personal data masked, by kind, most pieces first: how many, and in how many documents."""
    data = record.dataset("clean", "attributes")
    if data is None:
        return []
    names = [name for name in data.schema.names if name.startswith(MASKED)]
    table = rows(data, names)
    found = [
        {
            "name": name.removeprefix(MASKED),
            "count": pc.sum(table[name]).as_py() or 0,
            "documents": pc.sum(pc.greater(table[name], 0)).as_py() or 0,
        }
        for name in names
    ]
    return sorted(found, key=lambda row: -row["count"])
