"""The seed checker: hosts of a table → how each stands today, in a table and on a page."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pyarrow.parquet as pq

from corpus.engine import meter
from corpus.manifest import Manifest
from corpus.stage import Stage, StageRun
from corpus.task import Task
from crawl.logs import libraries_logged
from crawl.seeds.asking import Asker
from crawl.seeds.config import SeedsConfig, check, seeds_of, tables
from crawl.seeds.fetching import open_fetch
from crawl.seeds.finding import HEADER, STATES, Finding, findings_table
from crawl.seeds.record import Record
from crawl.seeds.report import page, told
from crawl.seeds.table import Seed
from crawl.seeds.visit import Visit


def run(stage: StageRun[SeedsConfig]) -> None:
    """One task, for hosts may lead to each other; it goes on where it was cut off."""
    [receipt] = stage.map("look", look, [stage.task("look")])
    stage.facts.update(receipt["facts"])


def look(task: Task[SeedsConfig]) -> dict[str, Any]:
    """Look at every seed that was not looked at yet, and write what was found."""
    seeds = seeds_of(task.config)
    with Record(task.folder.local() / "work") as record, libraries_logged():
        left = [seed for seed in seeds if seed.url not in record.findings]
        asyncio.run(_look(task.config, left, record))
        found = [record.findings[seed.url] for seed in seeds]
    order = list(STATES)
    found.sort(key=lambda one: (order.index(one.state), one.category, one.host))
    _write(task, found)
    return {
        "states": dict(Counter(one.state for one in found)),
        "seeds": len(found),
        "requests": sum(one.n_requests for one in found),
        "listing": {kind: sum(one.n_listed.get(kind, 0) for one in found) for kind in _kinds(found)},
        "khmer": sum(one.khmer_share >= 0.5 for one in found),
    }


def _kinds(found: Sequence[Finding]) -> list[str]:
    return sorted({kind for one in found for kind in one.n_listed})


async def _look(config: SeedsConfig, seeds: Sequence[Seed], record: Record) -> None:
    """Look at the seeds, many at a time."""
    async with open_fetch(config) as fetch:
        asker = Asker(fetch, config.delay, config.max_crawl_delay)
        places = asyncio.Semaphore(config.concurrency)

        async def one(seed: Seed) -> None:
            async with places:
                record.add(await _within(config.seed_deadline, Visit(seed, asker)))
                meter().count(1, 0)

        async with asyncio.TaskGroup() as group:
            for seed in seeds:
                group.create_task(one(seed))


async def _within(seconds: float, visit: Visit) -> Finding:
    """What was found by the deadline."""
    try:
        async with asyncio.timeout(seconds):
            return await visit.look()
    except TimeoutError:
        finding = visit.finding
        if finding.state == "other":
            finding.state, finding.evidence = "timeout", f"{seconds:g} s for the host"
        return finding


def _write(task: Task[SeedsConfig], found: Sequence[Finding]) -> None:
    with task.create("findings.parquet") as file:
        pq.write_table(findings_table(list(found)), file)
    with task.create("findings.tsv") as file:
        rows = ["\t".join(cells) for cells in [HEADER, *(one.cells() for one in found)]]
        file.write(("\n".join(rows) + "\n").encode())
    with task.create("findings.html") as file:
        file.write(page(found).encode())


def _told(manifest: Manifest) -> str:
    return told(manifest.facts)


STAGE = Stage(
    name="seeds",
    module="crawl.seeds",
    config=SeedsConfig,
    run=run,
    sources=tables,
    check=check,
    told=_told,
)
