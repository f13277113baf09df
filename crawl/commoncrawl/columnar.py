"""The columnar index: Parquet files of a crawl, of which only what decides is read before what is wanted.

Columns as in commoncrawl/cc-index-table; content_languages is there since CC-MAIN-2018-39.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from corpus.errors import StageError
from crawl.commoncrawl.archive import Archive
from crawl.commoncrawl.selection import SELECTED, Rule
from crawl.sources.compressed import Fault, inflate, split_lines

MAX_LIST_BYTES = 64 << 20  # unpacked
MAX_PATH_BYTES = 4096
DECISIVE = {
    "host": "url_host_name",
    "status": "fetch_status",
    "mime": "content_mime_detected",
    "languages": "content_languages",
}
WANTED = {
    "url": "url",
    "file": "warc_filename",
    "offset": "warc_record_offset",
    "length": "warc_record_length",
    "digest": "content_digest",
    "fetched": "fetch_time",
}
KEY = "url_surtkey"
_LINE_ENDS = re.compile(rb"[\r\n]+")
Mask = Callable[[Mapping[str, pa.Array]], pa.Array]


def index_files(archive: Archive, crawl: str, subset: str) -> list[str]:
    """The paths of a crawl's index files of one subset (warc, robotstxt), as the crawl lists them."""
    listed = read_list(archive, f"crawl-data/{crawl}/cc-index-table.paths.gz")
    return [path for path in listed if f"/subset={subset}/" in path]


def read_list(archive: Archive, path: str) -> list[str]:
    """The lines of a list of paths, packed or plain; raises StageError for one that is damaged or has no end."""
    faults: list[Fault] = []
    with archive.open(path) as file:
        lines = split_lines(_bounded(inflate(file, faults), path), MAX_PATH_BYTES)
        found = [line.data.strip().decode("utf-8", "replace") for line in lines if line.data.strip()]
    if faults:
        msg = f"{path}: not a list that can be read ({faults[0].what}). Try: the same command again"
        raise StageError(msg)
    return found


def _bounded(pieces: Iterator[bytes], path: str) -> Iterator[bytes]:
    n_bytes = 0
    for piece in pieces:
        n_bytes += len(piece)
        if n_bytes > MAX_LIST_BYTES:
            msg = f"{path}: a list of more than {MAX_LIST_BYTES:,} bytes. Try: another list"
            raise StageError(msg)
        yield _LINE_ENDS.sub(b"\n", piece)  # of a list that is nothing but empty lines, little is left


def select(file: BinaryIO, path: str, rule: Rule, mask: Mask) -> Iterator[pa.Table]:
    """The records of an index file that `mask` takes, as tables of SELECTED.

    Raises StageError for a file that is no such index.
    """
    try:
        index = pq.ParquetFile(file)
        names = set(index.schema_arrow.names)
        if missing := sorted({*DECISIVE.values(), *WANTED.values()} - names - {"content_languages"}):
            msg = f"{path}: no column {missing[0]!r}; expected an index of Common Crawl"
            raise StageError(msg)
        for group in range(index.num_row_groups):
            if _may_hold(index, group, rule):
                yield from _of_group(index, group, path, mask)
    except (pa.ArrowInvalid, OSError) as error:
        msg = f"{path}: not Parquet that can be read ({error}). Try: the same command again"
        raise StageError(msg) from error


def _may_hold(index: pq.ParquetFile, group: int, rule: Rule) -> bool:
    """Whether a row group may hold hosts of the rule, by the least and greatest key that it states."""
    columns = index.metadata.row_group(group)
    for at in range(columns.num_columns):
        column = columns.column(at)
        if column.path_in_schema == KEY and column.is_stats_set and column.statistics.has_min_max:
            return rule.may_hold(str(column.statistics.min), str(column.statistics.max))
    return True


def _of_group(index: pq.ParquetFile, group: int, path: str, mask: Mask) -> Iterator[pa.Table]:
    names = set(index.schema_arrow.names)
    present = [name for name in DECISIVE.values() if name in names]
    decisive = index.read_row_group(group, present, use_threads=False).combine_chunks()
    nothing = pa.nulls(len(decisive), pa.string())
    columns = {
        ours: _column(decisive, theirs) if theirs in names else nothing for ours, theirs in DECISIVE.items()
    }
    is_taken = mask(columns)
    if not pc.any(is_taken).as_py():
        return
    wanted = index.read_row_group(group, list(WANTED.values()), use_threads=False).filter(is_taken)
    known = {ours: _column(wanted, theirs) for ours, theirs in WANTED.items()}
    known["fetched"] = pc.cast(known["fetched"], pa.timestamp("s"))
    known["fetched"] = pc.binary_join_element_wise(pc.cast(known["fetched"], pa.string()), "Z", "")
    known["languages"] = pc.filter(columns["languages"], is_taken)
    for name in ("crawl", "subset"):
        known[name] = pa.array([partition(path, name)] * len(wanted), pa.string())
    yield pa.table([known[field.name].cast(field.type) for field in SELECTED], schema=SELECTED)


def _column(table: pa.Table, name: str) -> pa.Array:
    column = table[name].combine_chunks()
    return pc.cast(column, pa.string()) if pa.types.is_dictionary(column.type) else column


def partition(path: str, name: str) -> str:
    """What a path says of itself: `CC-MAIN-2026-05` of …/crawl=CC-MAIN-2026-05/….parquet."""
    return next((part.partition("=")[2] for part in path.split("/") if part.startswith(f"{name}=")), "")
