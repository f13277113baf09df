"""Texts to look at: kept and dropped ones, spread evenly over sources, stages and reasons."""

from __future__ import annotations

import base64
import gzip
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.dataset as ds

from clean.personal import mask_text
from report.queries import select
from report.records import STAGES, RunRecord, rows
from report.texts import cut, readable

Sample: TypeAlias = dict[str, Any]
Stratum: TypeAlias = tuple[str, str, str]  # source, stage, reason; the reason of kept documents is empty

COLUMNS = (
    "id",
    "source",
    "host",
    "url",
    "title",
    "licence",
    "text",
    "n_chars",
    "reason",
    "score",
    "evidence",
)
RESERVED = "opt_out"  # texts of owners who reserved them are counted, and not shown


def draw(record: RunRecord, n_samples: int, n_chars: int) -> list[Sample]:
    """At most `n_samples` texts, the beginning of each, in an order that depends on the documents alone.

    Personal data is masked in all of them, dropped ones too.
    """
    pools = list(_pools(record))
    sizes: dict[Stratum, int] = {}
    for stage, data in pools:
        sizes |= _strata(stage, data)
    most = even_quota(sizes, n_samples)
    return [sample for stage, data in pools for sample in _drawn(stage, data, most, n_chars)]


def _pools(record: RunRecord) -> Iterator[tuple[str, ds.Dataset]]:
    """Kept documents of the corpus (as stage ''), and what each stage dropped."""
    if record.corpus and (kept := record.dataset(record.corpus, "documents")):
        yield "", kept
    for stage in STAGES:
        if dropped := record.dataset(stage, "dropped"):
            yield stage, dropped


def _reason(stage: str) -> str:
    return "reason" if stage else "''"


def _strata(stage: str, data: ds.Dataset) -> dict[Stratum, int]:
    found = select(
        data,
        f"SELECT source, {_reason(stage)} AS reason, count(*) AS n FROM data GROUP BY ALL ORDER BY ALL",  # noqa: S608
    )
    return {(row["source"], stage, row["reason"]): row["n"] for row in found}


def even_quota(sizes: Mapping[Stratum, int], total: int) -> int:
    """The largest number that may be taken from every stratum (or all of it) without exceeding `total` in all."""
    low, high = 0, total
    while low < high:
        middle = (low + high + 1) // 2
        if sum(min(size, middle) for size in sizes.values()) <= total:
            low = middle
        else:
            high = middle - 1
    return low


def _drawn(stage: str, data: ds.Dataset, most: int, n_chars: int) -> list[Sample]:
    """The first `most` documents of each stratum by the end of their ids, which are hashes."""
    by = f"PARTITION BY source, {_reason(stage)} ORDER BY id[-16:], id"
    ids = select(data, f"SELECT id FROM data QUALIFY row_number() OVER ({by}) <= {most}")  # noqa: S608
    found = rows(data, COLUMNS, ds.field("id").isin(pa.array([row["id"] for row in ids], pa.string())))
    samples = [_sample(stage, row, n_chars) for row in found.to_pylist()]
    return sorted(samples, key=lambda s: (s["source"], s["reason"], s["id"]))


def _sample(stage: str, row: Mapping[str, Any], n_chars: int) -> Sample:
    shown = "" if row.get("reason") == RESERVED else mask_text(row["text"])
    title = row["title"] and mask_text(row["title"])
    return {
        "stage": stage,
        "reason": "",
        "score": None,
        "evidence": None,
        **row,
        "title": title,
        "url": row["url"] and readable(row["url"]),
        "text": cut(shown, n_chars),
    }


def spread(samples: list[Sample], n: int) -> list[Sample]:
    """`n` of the samples, one from each stratum in turn."""
    strata: dict[Stratum, list[Sample]] = defaultdict(list)
    for sample in samples:
        strata[sample["stage"], sample["reason"], sample["source"]].append(sample)
    chosen: list[Sample] = []
    turn = 0
    while len(chosen) < min(n, len(samples)):
        chosen += [stratum[turn] for stratum in strata.values() if turn < len(stratum)]
        turn += 1
    return chosen[:n]


def packed(samples: list[Sample]) -> str:
    """The samples as JSON, gzip and base64, the same bytes each time."""
    text = json.dumps(samples, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return base64.b64encode(gzip.compress(text.encode("utf-8", "replace"), 9, mtime=0)).decode()
