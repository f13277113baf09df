"""The tasks: an index is asked, the records found are put in order, each is fetched once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus.engine import meter, worker_count
from corpus.errors import StageError
from corpus.ledger import Amount, Ledger
from corpus.paths import resolve
from corpus.stage import run_folder
from corpus.task import Task
from crawl.commoncrawl import cdx, columnar
from crawl.commoncrawl.archive import Archive, NotGivenError, NotNowError, Patience, Server, open_archive
from crawl.commoncrawl.config import CommonCrawlConfig
from crawl.commoncrawl.crew import by_threads
from crawl.commoncrawl.members import Taken, refused, taken, withheld
from crawl.commoncrawl.output import MEMORY, Output
from crawl.commoncrawl.selection import SELECTED, Rule, fault_of, sound
from crawl.policy.identity import user_agent

ORDERED = "work/ordered.parquet"
WINDOW = 32  # records fetched before they are written: what a killed task fetches again, at most
LEAST_REFUSED = 8  # records in a row that are not given: more than an index errs
NOT_NOW = "not_now:"
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
                writer.write_table(sound(table))
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
    """Fetch the records of one row group into one WARC file, each once over all lives of the task.

    What a finished life was not given is asked for once more.
    """
    config = task.config
    with pq.ParquetFile(task.folder.local() / ORDERED) as ordered:
        rows = ordered.read_row_group(task.arguments["row_group"]).to_pylist()
    work = [(row["file"], row["offset"]) for row in rows], config.max_record_bytes
    key = hashlib.sha256(repr(work).encode()).hexdigest()
    archive = archive_of(config, config.data)
    with Output(task, key, about(config)) as output:
        for window in _windows([int(at) for at in output.not_now]):
            fetched = _fetch_window(archive, config, [rows[at] for at in window])
            _write_window(output, config.source, window, rows, fetched)
            if not any(found.is_given for found in fetched):
                break
        for window in _windows(range(output.done, len(rows))):
            fetched = _fetch_window(archive, config, [rows[at] for at in window])
            _check_any(fetched, output.counted)
            _write_window(output, config.source, window, rows, fetched)
        output.finish()


def _windows(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    return (numbers[at : at + WINDOW] for at in range(0, len(numbers), WINDOW))


def _fetch_window(
    archive: Archive, config: CommonCrawlConfig, rows: Sequence[Mapping[str, Any]]
) -> list[Taken]:
    n_threads = max(1, config.connections // worker_count(config.workers))
    return by_threads(lambda row: _fetched(archive, row, config.max_record_bytes), rows, n_threads)


def _write_window(
    output: Output,
    source: str,
    window: Sequence[int],
    rows: Sequence[Mapping[str, Any]],
    fetched: Sequence[Taken],
) -> None:
    """Write what was given of the rows of these numbers, and count it in place of what an earlier life counted."""
    for at, found in zip(window, fetched, strict=True):
        n_bytes = rows[at]["length"]
        if earlier := output.not_now.pop(str(at), ""):
            output.uncount(source, earlier, n_bytes)
        if found.reason.startswith(NOT_NOW):
            output.not_now[str(at)] = found.reason
        output.count(source, "dropped" if found.reason else "kept", found.reason, n_bytes)
    output.append(b"".join(found.members for found in fetched), max(output.done, window[-1] + 1))
    meter().count(len(window), sum(rows[at]["length"] for at in window))


def _fetched(archive: Archive, row: Mapping[str, Any], max_bytes: int) -> Taken:
    if fault := fault_of(row):
        return refused(row, "bad_index_row", fault)
    if row["length"] > max_bytes:
        return refused(row, "too_large", f"{row['length']:,} bytes")
    try:
        raw = archive.range(row["file"], row["offset"], row["length"])
    except NotNowError as error:
        return withheld(row, f"{NOT_NOW}{error.reason}", error.evidence)
    except NotGivenError as error:
        return withheld(row, error.reason, error.evidence)
    return taken(raw, row, max_bytes)


def _check_any(fetched: Sequence[Taken], counted: Ledger) -> None:
    """A server that gives nothing at all is no fault of the records."""
    if any(found.is_given for found in fetched):
        return
    is_later = any(found.reason.startswith(NOT_NOW) for found in fetched)
    if len(fetched) >= LEAST_REFUSED or (is_later and not counted.total("kept").documents):
        what = f"{len(fetched)} records in a row cannot be fetched ({fetched[-1].evidence})"
        msg = f"{what}. Try: the same command later"
        raise StageError(msg)
