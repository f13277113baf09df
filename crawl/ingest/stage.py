"""Ingest: WARC files, files of rows and datasets → one schema, with source, licence, rights and origin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from corpus.stage import Stage, StageRun
from corpus.task import Task
from crawl.ingest.config import IngestConfig, SourceConfig
from crawl.ingest.pages import ingest_warc
from crawl.ingest.plan import Input, all_sources, check, files, inputs, slug
from crawl.ingest.rows import ingest_rows
from crawl.ingest.sites import superseded, survey


def run(stage: StageRun[IngestConfig]) -> None:
    """Survey the WARC files, then read everything, a task for each file."""
    found = [*_crawled(stage), *inputs(stage.config)]
    rows = [_task(stage, found, item) for item in found if not item.is_one_of("warc", "crawl")]
    warcs = [_task(stage, found, item) for item in found if item.is_one_of("warc", "crawl")]
    surveyed = stage.map("survey", survey, warcs)
    policies, captures = ([stage.folder.at(r["files"][at]["path"]) for r in surveyed] for at in (0, 1))
    judged = [
        stage.task(task.name, task.source, {**task.arguments, "policies": policies, "superseded": old})
        for task, old in zip(warcs, superseded(captures), strict=True)
    ]
    receipts = [*stage.map("rows", ingest_rows, rows), *stage.map("pages", ingest_warc, judged)]
    stage.facts.update(_facts(found, [receipt["facts"] for receipt in receipts]))


def _crawled(stage: StageRun[IngestConfig]) -> list[Input]:
    """The WARC files of this run's crawl, under the name that it has in the ledger."""
    sources = [source for source in stage.config.sources if source.kind == "crawl"]
    if not sources:
        return []
    [name] = stage.upstream["crawl"].books().sources() or ["crawl"]
    source = SourceConfig(**{**asdict(sources[0]), "name": name})
    folder = stage.folder.uri.rpartition("/")[0]
    return [Input(source, uri, uri.removeprefix(f"{folder}/")) for uri in stage.shards("crawl", "warc")]


def _task(stage: StageRun[IngestConfig], found: Sequence[Input], item: Input) -> Task[IngestConfig]:
    siblings = [other for other in found if other.source.name == item.source.name]
    key_prefix = f"{item.label}#" if len(siblings) > 1 else ""  # rows' own ids may repeat from file to file
    arguments = {"source": asdict(item.source), "label": item.label, "key_prefix": key_prefix}
    name = f"part-{slug(item.source.name)}-{siblings.index(item):05d}"
    return stage.task(name, item.uri, arguments)


def _facts(found: Sequence[Input], facts: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What the manifest tells about sources, faults and licences that somebody must look at."""
    unregistered: Counter[str] = Counter()
    records: Counter[str] = Counter()
    stated: Counter[str] = Counter()
    for part in facts:
        unregistered.update(part.get("unregistered_licences", {}))
        records.update(part.get("records", {}))
        stated.update(part.get("stated_sources", {}))
    return {
        "sources": {
            source.name: asdict(source) | {"files": [i.label for i in found if i.source.name == source.name]}
            for source in [i.source for i in found]
        },
        "faults": [fault for part in facts for fault in part["faults"]],
        "unregistered_licences": dict(sorted(unregistered.items())),
        "stated_sources": dict(sorted(stated.items())),
        "warc_records": dict(sorted(records.items())),
    }


STAGE = Stage(
    name="ingest",
    module="crawl.ingest",
    config=IngestConfig,
    run=run,
    upstream=lambda config: ["crawl"] if any(s.kind == "crawl" for s in all_sources(config)) else [],
    sources=files,
    check=check,
)
