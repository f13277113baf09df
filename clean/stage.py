"""The stage: records in; documents, dropped documents with reasons, and the attributes of both out."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from clean.attributes import MASKED, REMOVED, REPAIRED, attribute_schema
from clean.config import CleanConfig, check
from clean.decontaminate.index import index_of
from clean.documents import clean_pages
from clean.extract.hosts import KNOWN, OBSERVED, PARTS, host_hashes, merge, observe, part_of
from clean.extract.markup import unmarked
from clean.extract.page import Reading, extract, extract_page
from clean.extract.settle import settle
from clean.extract.tables import PAGES
from corpus.document import RECORD
from corpus.engine import meter
from corpus.paths import resolve
from corpus.shards import ShardWriter, read_batches
from corpus.stage import WORK, Stage, StageRun
from corpus.task import Task
from corpus.worker import kept_worker
from khmer.words import icu_version

COUNTED: Final = (*REPAIRED, *MASKED, *REMOVED)
HOSTS: Final = pa.schema([PAGES.field("host")])
ROWS_TOGETHER: Final = 1 << 16


def run(stage: StageRun[CleanConfig]) -> None:
    """Read the pages, learn what is common to each host, then clean what is the page's own."""
    tasks = stage.tasks(stage.shards("ingest"))
    stage.map("extract", extract_shard, tasks)
    names = [task.name for task in tasks]
    parts = [{"part": part, "shards": names} for part in range(PARTS)]
    stage.map("hosts", merge_hosts, [stage.task(f"{n:02d}", arguments=part) for n, part in enumerate(parts)])
    receipts = stage.map("clean", clean_shard, tasks)
    for kind in ("repaired", "masked", "page_host"):
        counts = {name.removeprefix(f"{kind}_"): name for name in COUNTED if name.startswith(f"{kind}_")}
        stage.facts[kind] = {
            short: sum(receipt["facts"][name] for receipt in receipts) for short, name in counts.items()
        }
    stage.facts["icu"] = icu_version()
    index = index_of(stage.config.benchmarks)
    stage.facts["benchmark_items"] = len(index.names)


def extract_shard(task: Task[CleanConfig]) -> None:
    """Read every page of a shard, and observe what may be common to its host."""
    config = task.config
    reading = Reading(config.extractor, config.page_bytes)
    worker = kept_worker(extract_page, config.page_seconds, config.page_memory)
    observed = [OBSERVED.empty_table()]
    with ShardWriter(task.create(_pages(task.name)), PAGES) as written:
        for records in read_batches(task.source, RECORD):
            pages = unmarked(extract(records, reading, worker.map))
            written.write(pages)
            is_cleaned = pc.less_equal(pc.binary_length(pages["text"]), config.text_bytes)
            observed.append(observe(pages.filter(is_cleaned)))
            meter().count(len(records), pc.sum(records["n_bytes"]).as_py() or 0)
    table = pa.concat_tables(observed)
    by_part = table.append_column("part", part_of(table["host"])).sort_by("part")
    with task.create(_observed(task.name)) as file:
        pq.write_table(by_part, file, row_group_size=ROWS_TOGETHER, compression="zstd")


def merge_hosts(task: Task[CleanConfig]) -> None:
    """Merge what all shards observed of one part of the hosts."""
    part, names = task.arguments["part"], task.arguments["shards"]
    files = [task.folder.at(_observed(name)) for name in names]
    found = [_filtered(uri, pc.field("part") == part, OBSERVED) for uri in files]
    with task.create(_known(part)) as file:
        pq.write_table(merge(found), file, row_group_size=ROWS_TOGETHER, compression="zstd")


def clean_shard(task: Task[CleanConfig]) -> dict[str, int]:
    """Clean the pages of one shard; the sums of what was repaired, masked and removed."""
    uri = task.folder.at(_pages(task.name))
    known = _known_of(task, uri)
    sums = dict.fromkeys(COUNTED, 0)
    attributes = task.create(f"attributes/{task.name}.parquet")
    with ShardWriter(attributes, attribute_schema()) as scored, task.outcome() as out:
        for pages in read_batches(uri, PAGES):
            rows = clean_pages(settle(pages, known), task.config, out)
            scored.write(rows)
            for name in COUNTED:
                sums[name] += pc.sum(rows[name]).as_py() or 0
    return sums


def _known_of(task: Task[CleanConfig], uri: str) -> pa.Table:
    """What is known of the hosts of one shard."""
    hosts = [pa.array(np.unique(host_hashes(batch["host"]))) for batch in read_batches(uri, HOSTS)]
    own = pc.field("host").isin(pa.concat_arrays([pa.array([], pa.uint64()), *hosts]))
    parts = [_filtered(task.folder.at(_known(part)), own, KNOWN) for part in range(PARTS)]
    return pa.concat_tables(parts)


def _filtered(uri: str, chosen: pc.Expression, schema: pa.Schema) -> pa.Table:
    filesystem, path = resolve(uri)
    return pq.read_table(path, columns=schema.names, filters=chosen, filesystem=filesystem, use_threads=False)


def _pages(name: str) -> str:
    return f"{WORK}/pages/{name}.parquet"


def _observed(name: str) -> str:
    return f"{WORK}/observed/{name}.parquet"


def _known(part: int) -> str:
    return f"{WORK}/hosts/{part:02d}.parquet"


def sources(config: CleanConfig) -> list[str]:
    """The files that decide what is kept, beside the configuration."""
    return [*(benchmark.path for benchmark in config.benchmarks), *filter(None, [config.perplexity_model])]


STAGE = Stage(
    name="clean",
    config=CleanConfig,
    run=run,
    upstream=lambda _config: ("ingest",),
    sources=sources,
    check=check,
)
