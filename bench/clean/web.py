"""A mixed web with known truth, taken through ingest, clean and dedup."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow.parquet as pq

from bench.realdata import json_lines, real_data
from bench.rows import Row, measured

RUN: Final = "web"
STAGES: Final = ("crawl.ingest", "clean", "dedup")
UNSEEN: Final = "unseen"
# What need not become a document to be right.
NEVER_DOCUMENTS: Final = frozenset(
    [
        "robots_txt",
        "redirect",
        "http_404",
        "http_503",
        "not_html",
        "opt_out",
        "soft_404",
        "listing",
        "not_khmer",
    ]
)
SURE_COPY: Final = 0.85  # Jaccard; what is less alike may be kept or not


def rows() -> Iterator[Row]:
    """The share of URLs with the expected fate; without real data none."""
    data = real_data()
    if data is None or not (data / "web" / "dev_web.truth.jsonl.zst").exists():
        return
    truth = list(json_lines(data / "web" / "dev_web.truth.jsonl.zst"))
    unplanted = {
        row[side]
        for row in json_lines(data / "web" / "dev_web.natural_neardup.jsonl.zst")
        for side in ("url_a", "url_b")
    }
    with tempfile.TemporaryDirectory() as folder:
        for module in STAGES:
            words = [f"run={RUN}", f"runs={folder}", "recipe=web"]
            words += [f"data={data}"] if module == "crawl.ingest" else []
            subprocess.run([sys.executable, "-m", module, *words], check=True, stdout=subprocess.DEVNULL)
        fates = _fates(Path(folder) / RUN)
    copies = _copies(truth)
    judged = [right for row in truth if (right := _is_right(row, fates, copies, unplanted)) is not None]
    yield measured("clean.web_truth", sum(judged) / len(judged), f"share of {len(judged):,} URLs")


def _fates(run: Path) -> dict[str, str | None]:
    """What each URL was dropped for by clean or dedup; None where dedup keeps it."""
    fates: dict[str, str | None] = {}
    for stage in ("clean", "dedup"):
        for path in sorted((run / stage / "dropped").glob("*.parquet")):
            table = pq.read_table(path, columns=["url", "reason"])
            fates.update(zip(table["url"].to_pylist(), table["reason"].to_pylist(), strict=True))
    for path in sorted((run / "dedup" / "documents").glob("*.parquet")):
        fates.update(dict.fromkeys(pq.read_table(path, columns=["url"])["url"].to_pylist()))
    return fates


def _copies(truth: list[dict[str, Any]]) -> Mapping[str, list[str]]:
    """The planted copies of each URL that are surely copies."""
    copies: defaultdict[str, list[str]] = defaultdict(list)
    for row in truth:
        if row["duplicate_of"] and _likeness(row) >= SURE_COPY:
            copies[row["duplicate_of"]].append(row["url"])
    return copies


def _likeness(row: dict[str, Any]) -> float:
    return float(row.get("jaccard5") or 1.0)


def _is_right(
    row: dict[str, Any], fates: Mapping[str, str | None], copies: Mapping[str, list[str]], unplanted: set[str]
) -> bool | None:
    """Whether a URL has the fate it should; None where it may have either. Of copies exactly one is to be kept."""
    verdict, _, why = row["expected"].partition(":")
    url, original = row["url"], row["duplicate_of"]
    unsure = verdict == "either" or row["class"] == "legacy_font" or url in unplanted
    if unsure or (original and _likeness(row) < SURE_COPY):
        return None
    if original or url in copies:
        group = [original or url, *copies[original or url]]
        return sum(fates.get(member, UNSEEN) is None for member in group) == 1
    fate = fates.get(url, UNSEEN)
    if verdict == "keep":
        return fate is None
    return fate is not None and (fate != UNSEEN or why in NEVER_DOCUMENTS)
