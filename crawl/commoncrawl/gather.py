"""The tasks: an index is asked, the records found are put in order, each is fetched once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus.engine import meter, worker_count
from corpus.errors import StageError
from corpus.ledger import Amount
from corpus.paths import resolve
from corpus.stage import run_folder
from corpus.task import Task
from crawl.commoncrawl import cdx, columnar
from crawl.commoncrawl.archive import Archive, NotGivenError, NotNowError, Patience, Server, open_archive
from crawl.commoncrawl.config import CommonCrawlConfig
from crawl.commoncrawl.members import Taken, refused, taken
from crawl.commoncrawl.output import MEMORY, Output
from crawl.commoncrawl.selection import SELECTED, Rule
from crawl.policy.identity import user_agent

ORDERED = "work/ordered.parquet"
WINDOW = 32  # records fetched before they are written: what a killed task fetches again, at most
SORT_MEMORY = "1GB"
ORDER = """
with found as (select distinct * from read_parquet($files)),
numbered as (
  select *, row_number() over same as n, first(file || '#' || "offset") over same as latest from found
  window same as (
    partition by url, case when digest = '' then file || "offset" else digest end
    order by fetched desc, file, "offset"
  )
)
select * from numbered order by n > 1, file, "offset"
"""


def archive_of(config: CommonCrawlConfig, address: str) -> Archive:
    """The archive at an address, asked as the configuration says."""
    patience = Patience(config.deadline, config.tries, config.retry_wait, config.patience)
    pause = run_folder(config).child("commoncrawl").local() / MEMORY / "left-alone"
    return open_archive(address, user_agent(config.contact), patience, pause)


def about(config: CommonCrawlConfig) -> dict[str, str]:
    """The fields of the WARC files' warcinfo records."""
    return {
        "software": user_agent(config.contact).partition(" ")[0],
        "format": "WARC File Format 1.1",
        "operator": config.contact,
        "isPartOf": ", ".join([*config.crawls, *config.warc_lists]),
        "description": "records of Common Crawl, as they stand there; the metadata before each tells where",
    }


def select_columnar(task: Task[CommonCrawlConfig]) -> None:
    """Write the records of one index file that the configuration takes; of robots.txt, those of the pages' hosts."""
    rule = Rule.of(task.config)
    mask = rule.mask
    if found := task.arguments.get("hosts"):
        hosts = _read(found)["host"].combine_chunks()

        def mask(columns: Mapping[str, pa.Array]) -> pa.Array:
            return pc.is_in(columns["host"], hosts)

    path = task.arguments["path"]
    with archive_of(task.config, task.config.data).open(path) as file:
        _write(task, columnar.select(file, path, rule, mask))


def select_cdx(task: Task[CommonCrawlConfig]) -> None:
    """Write the records of one host in one crawl."""
    server = archive_of(task.config, task.config.cdx)
    assert isinstance(server, Server)
    arguments = task.arguments
    _write(task, cdx.select(server, arguments["crawl"], arguments["host"], Rule.of(task.config)))


def _write(task: Task[CommonCrawlConfig], tables: Iterator[pa.Table]) -> None:
    path = f"work/selected/{task.name}.parquet"
    try:
        with task.create(path) as out, pq.ParquetWriter(out, SELECTED) as writer:
            for table in tables:
                writer.write_table(table)
                meter().count(len(table), 0)
    except NotGivenError as error:
        what = f"{task.arguments}: the index cannot be read ({error.reason}: {error.evidence})"
        msg = f"{what}. Try: the same command again"
        raise StageError(msg) from error


def gather_hosts(task: Task[CommonCrawlConfig]) -> None:
    """Write the names of all hosts whose pages were selected."""
    database = _connected(task)
    hosts = database.sql(
        r"select distinct regexp_extract(url, '^https?://(?:[^/@]*@)?([^/:?#]+)', 1) as host "
        "from read_parquet($files) where subset = 'warc' order by host",
        params={"files": task.arguments["files"]},
    ).to_arrow_table()
    with task.create("work/hosts.parquet") as out:
        pq.write_table(hosts, out)


def order(task: Task[CommonCrawlConfig]) -> dict[str, Any]:
    """Write the selected records by file and offset, a row group for each WARC file of ours.

    Of captures of one URL with one digest only the latest is fetched; the others go to aside/unchanged.parquet.
    """
    config = task.config
    database = _connected(task)
    rows = database.sql(ORDER, params={"files": task.arguments["files"]}).to_arrow_reader(100_000)
    n_files = 0
    ordered = SELECTED.empty_table()
    unchanged = pa.schema([*SELECTED, pa.field("latest", pa.string())])
    with task.create(ORDERED) as out, pq.ParquetWriter(out, SELECTED) as writer:
        with task.create("aside/unchanged.parquet") as other, pq.ParquetWriter(other, unchanged) as aside:
            for batch in rows:
                table = pa.Table.from_batches([batch])
                is_first = pc.equal(table["n"], 1)
                later = table.filter(pc.invert(is_first))
                aside.write_table(later.select(unchanged.names).cast(unchanged))
                _count(task, later, "dropped", "unchanged")
                _count(task, table, "in", "")
                first = table.filter(is_first).select(SELECTED.names).cast(SELECTED)
                ordered = pa.concat_tables([ordered, first])
                while len(ordered) >= config.records_per_file:
                    writer.write_table(ordered.slice(0, config.records_per_file))
                    ordered, n_files = ordered.slice(config.records_per_file), n_files + 1
        if len(ordered):
            writer.write_table(ordered)
            n_files += 1
    return {"n_files": n_files}


def _count(task: Task[CommonCrawlConfig], table: pa.Table, fate: Any, reason: str) -> None:
    if not len(table):
        return
    amount = Amount(len(table), bytes=pc.sum(table["length"]).as_py())
    task.ledger.add(task.config.source, fate, reason, amount)


def _connected(task: Task[CommonCrawlConfig]) -> Any:
    """A database whose sorts are bounded in memory and spill to the stage's folder."""
    import duckdb

    connection = duckdb.connect()
    spill = task.folder.local() / "work" / "sorting"
    connection.execute(f"set memory_limit='{SORT_MEMORY}'; set threads=1; set temp_directory='{spill}'")
    return connection


def _read(uri: str) -> pa.Table:
    filesystem, path = resolve(uri)
    with filesystem.open_input_file(path) as file:
        return pq.read_table(file)


def fetch(task: Task[CommonCrawlConfig]) -> None:
    """Fetch the records of one row group, each once over all lives of the task, into one WARC file."""
    config = task.config
    with pq.ParquetFile(task.folder.local() / ORDERED) as ordered:
        rows = ordered.read_row_group(task.arguments["row_group"]).to_pylist()
    key = hashlib.sha256(repr([(row["file"], row["offset"]) for row in rows]).encode()).hexdigest()
    archive = archive_of(config, config.data)
    n_threads = max(1, config.connections // worker_count(config.workers))
    with Output(task, key, about(config)) as output, ThreadPoolExecutor(n_threads) as threads:
        while window := rows[output.done : output.done + WINDOW]:
            fetched = list(threads.map(lambda row: _fetched(archive, row, config.max_record_bytes), window))
            _check_any(fetched)
            for row, found in zip(window, fetched, strict=True):
                fate: Any = "dropped" if found.reason else "kept"
                output.count(config.source, fate, found.reason, row["length"])
            output.append(b"".join(found.members for found in fetched), output.done + len(window))
            meter().count(len(window), sum(row["length"] for row in window))
        output.finish()


def _fetched(archive: Archive, row: Mapping[str, Any], max_bytes: int) -> Taken:
    if not 0 < row["length"] <= max_bytes:
        return refused(row, "too_large", f"{row['length']:,} bytes")
    try:
        raw = archive.range(row["file"], row["offset"], row["length"])
    except NotNowError as error:
        return refused(row, f"not_now:{error.reason}", error.evidence)
    except NotGivenError as error:
        return refused(row, error.reason, error.evidence)
    return taken(raw, row, max_bytes)


def _check_any(fetched: Sequence[Taken]) -> None:
    """A server that answers nothing at all is no fault of the records."""
    failed = [found for found in fetched if found.reason.startswith("not_now:")]
    if len(failed) == len(fetched):
        what = f"{len(fetched)} records in a row cannot be fetched ({failed[-1].evidence})"
        msg = f"{what}. Try: the same command later"
        raise StageError(msg)
