"""Ingest: WARC files, files of rows and datasets → one schema, with source, licence, rights and origin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from corpus.manifest import Manifest
from corpus.stage import Stage, StageRun
from corpus.task import Task
from crawl.ingest.config import OF_RUN, IngestConfig
from crawl.ingest.pages import ingest_warc
from crawl.ingest.plan import Input, all_sources, check, files, inputs, slug
from crawl.ingest.rows import ingest_rows
from crawl.ingest.sites import overtaken, survey
from crawl.registry.entries import chosen


def run(stage: StageRun[IngestConfig]) -> None:
    """Survey the WARC files, then read everything, a task for each file."""
    found = [*_of_run(stage), *inputs(stage.config)]
    rows = [_task(stage, found, item) for item in found if not item.is_one_of("warc", *OF_RUN)]
    warcs = [_task(stage, found, item) for item in found if item.is_one_of("warc", *OF_RUN)]
    surveyed = stage.map("survey", survey, warcs)
    policies, captures = ([stage.folder.at(r["files"][at]["path"]) for r in surveyed] for at in (0, 1))
    judged = [
        stage.task(task.name, task.source, {**task.arguments, "policies": policies, "overtaken": old})
        for task, old in zip(warcs, overtaken(captures), strict=True)
    ]
    receipts = [*stage.map("rows", ingest_rows, rows), *stage.map("pages", ingest_warc, judged)]
    stage.facts.update(_facts(found, [receipt["facts"] for receipt in receipts]))


def _of_run(stage: StageRun[IngestConfig]) -> list[Input]:
    """The WARC files that other stages of this run gathered, under the names that they have in the ledger."""
    folder = stage.folder.uri.rpartition("/")[0]
    found = []
    for source in all_sources(stage.config):
        if source.kind in OF_RUN:
            [name] = stage.upstream[source.kind].books().sources() or [source.kind]
            named = replace(source, name=name)
            uris = stage.shards(source.kind, "warc")
            found += [Input(named, uri, uri.removeprefix(f"{folder}/")) for uri in uris]
    return found


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
        "registry": {
            i.source.name: asdict(chosen([i.source.entry])[i.source.entry]) for i in found if i.source.entry
        },
        "revisions": {name: commit for part in facts for name, commit in part.get("revisions", {}).items()},
        "faults": [fault for part in facts for fault in part["faults"]],
        "unregistered_licences": dict(sorted(unregistered.items())),
        "stated_sources": dict(sorted(stated.items())),
        "warc_records": dict(sorted(records.items())),
    }


def _told(manifest: Manifest) -> str:
    """What the records are not whole without knowing."""
    n_faults = len(manifest.facts["faults"])
    lines = [
        f"{n_faults:,} faults in what was read: see facts in the manifest" if n_faults else "",
        "" if manifest.ledger else "nothing was found in what was read",
    ]
    return "\n".join(filter(None, lines))


STAGE = Stage(
    name="ingest",
    module="crawl.ingest",
    config=IngestConfig,
    run=run,
    upstream=lambda config: [kind for kind in OF_RUN if any(s.kind == kind for s in all_sources(config))],
    sources=files,
    check=check,
    told=_told,
)
