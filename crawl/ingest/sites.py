"""What must be known of all WARC files before a page can be judged: sites' policies, and later captures.

A site's robots.txt may stand in another file than its pages; a page may have been captured again later, perhaps
with a reservation that it had not made before. So the files are read twice: first for these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import xxhash

from corpus.paths import resolve
from corpus.task import Task
from crawl.ingest.config import IngestConfig
from crawl.ingest.notes import Notes, refuses_training
from crawl.ingest.posts import is_interface, posts_of
from crawl.policy.optout import SiteFiles, forbidden, page_signals, site_signals
from crawl.policy.site import PATHS, PolicyFile, Site, Verdict
from crawl.sources.compressed import Fault
from crawl.sources.http import Response, parse_response
from crawl.sources.warc import HEAD_BYTES, WarcRecord, read_records
from crawl.urls import DEFAULT_PORTS

POLICY_FILES: dict[str, PolicyFile] = {path: name for name, path in PATHS.items()}
POLICIES = pa.schema(
    [
        ("site", pa.string()),
        ("file", pa.string()),
        ("date", pa.string()),
        ("status", pa.int16()),
        ("body", pa.binary()),
    ]
)
CAPTURES = pa.schema([("key", pa.uint64()), ("date", pa.string()), ("ordinal", pa.int64())])
REFUSAL = -1  # in place of a capture's ordinal, where the page was found reserved and is not there
OVERTAKEN = {"superseded": "captured again later", "withdrawn": "its text was reserved later"}


def site_of(url: str) -> str:
    """Host and port: a site states its policy once for http and https."""
    parts = urlsplit(url)
    suffix = f":{DEFAULT_PORTS.get(parts.scheme)}"
    return parts.netloc.rpartition("@")[2].lower().removesuffix(suffix)


def is_web(url: str) -> bool:
    """Whether it is a well-formed http(s) URL with a host; crawlers also store answers of DNS."""
    try:
        parts = urlsplit(url)
        return parts.scheme in DEFAULT_PORTS and bool(parts.hostname)
    except ValueError:
        return False


def policy_file(url: str) -> PolicyFile | None:
    """Which policy file a URL is; None for any other."""
    return POLICY_FILES.get(urlsplit(url).path)


def warc_records(task: Task[IngestConfig], faults: list[Fault]) -> Iterator[WarcRecord]:
    """All records of a task's WARC file, with blocks long enough for the longest body."""
    filesystem, path = resolve(task.source)
    longest = max(task.config.max_body_bytes, task.config.max_pdf_bytes)
    with filesystem.open_input_file(path) as file:
        yield from read_records(file, longest + HEAD_BYTES, faults)


def answer_of(record: WarcRecord, config: IngestConfig) -> Response | None:
    """The HTTP answer in a record, its body within the limit for what it is; None if it is no answer."""
    found = parse_response(record.block, config.max_body_bytes)
    if found is not None and len(found.body) >= config.max_body_bytes and found.is_pdf:
        return parse_response(record.block, config.max_pdf_bytes)
    return found


def survey(task: Task[IngestConfig]) -> None:
    """Write a WARC file's policy files, and for each capture of a page its URL's key and date.

    Captures are numbered as they stand: each response, and after it the whole posts in it.
    """
    policies: list[dict[str, Any]] = []
    captures: list[dict[str, Any]] = []
    notes, n_captures = Notes(), 0
    for record in warc_records(task, []):
        date = record.headers.get("warc-date", "")
        if _is_refusal(record, notes):
            captures.append({"key": capture_key(record.url), "date": date, "ordinal": REFUSAL})
        if record.kind != "response":
            continue
        urls = _captured(record, notes.of(record.url), task.config.max_body_bytes, policies)
        captures += [
            {"key": capture_key(url), "date": date, "ordinal": n_captures + at}
            for at, url in enumerate(urls)
            if url
        ]
        n_captures += len(urls)
    for name, rows, schema in (("policies", policies, POLICIES), ("captures", captures, CAPTURES)):
        with task.create(f"work/{name}/{task.name}.parquet") as out:
            pq.write_table(pa.Table.from_pylist(rows, schema), out)


def _is_refusal(record: WarcRecord, notes: Notes) -> bool:
    """Whether a record without text says that the text is reserved: our note, or a revisit's header."""
    if record.kind == "metadata":
        return refuses_training(notes.take(record))
    if record.kind != "revisit" or not (answer := parse_response(record.block, 0)):
        return False
    return forbidden(page_signals(answer.headers, b"", []), "training")


def _captured(
    record: WarcRecord, noted: Mapping[str, Any], max_body_bytes: int, policies: list[dict[str, Any]]
) -> list[str]:
    """The URLs of the response's page, empty for what is none, and of the posts in it; a policy file is set aside."""
    if not is_web(record.url):
        return [""]
    file = policy_file(record.url)
    if file and (response := parse_response(record.block, max_body_bytes)):
        row = {"site": site_of(record.url), "file": file, "date": record.headers.get("warc-date", "")}
        policies.append(row | {"status": response.status, "body": response.body})
        return [""]
    own = record.url if is_success(record.block) else ""
    if not is_interface(noted) or not (answer := parse_response(record.block, max_body_bytes)):
        return [own]
    return [own, *(post.url for post in posts_of(noted, record.url, answer))]


def is_success(block: bytes) -> bool:
    """Whether a response's status is 200."""
    return block[:16].split(b" ")[1:2] == [b"200"]


def capture_key(url: str) -> int:
    """A 64-bit hash of a URL exactly as it was captured."""
    return xxhash.xxh3_64_intdigest(url.encode("utf-8", "surrogatepass"))


def overtaken(captures: Sequence[str]) -> list[dict[str, list[int]]]:
    """For each file of captures, in order, those that something later overtook, in it or in another file.

    By the reason: `superseded` by a later capture, or `withdrawn`, because the page was found reserved since.
    """
    tables = [_read(uri, CAPTURES) for uri in captures]
    old: list[dict[str, list[int]]] = [{reason: [] for reason in OVERTAKEN} for _ in tables]
    numbered = [t.append_column("file", pa.array([i] * len(t), pa.int64())) for i, t in enumerate(tables)]
    if sum(map(len, tables)) > 1:
        order = [(name, "ascending") for name in ("key", "date", "file", "ordinal")]
        found = pa.concat_tables(numbered).sort_by(order).combine_chunks()
        has_later = pc.equal(found["key"][:-1], found["key"][1:])
        by = pc.if_else(pc.equal(found["ordinal"][1:], REFUSAL), "withdrawn", "superseded")
        earlier = found.slice(0, len(found) - 1).append_column("by", by)
        for row in earlier.filter(pc.and_(has_later, pc.not_equal(earlier["ordinal"], REFUSAL))).to_pylist():
            old[row["file"]][row["by"]].append(row["ordinal"])
    return [{reason: sorted(ordinals) for reason, ordinals in found.items()} for found in old]


def _read(uri: str, schema: pa.Schema) -> pa.Table:
    filesystem, path = resolve(uri)
    with filesystem.open_input_file(path) as file:
        return pq.read_table(file, schema=schema)


class Sites:
    """The policies of all sites whose files were captured."""

    def __init__(self, policies: Iterable[str]) -> None:
        """Read files of policies; of several answers the latest counts, a redirect only where there is no other."""
        rows = [row for uri in policies for row in _read(uri, POLICIES).to_pylist()]
        rows.sort(key=lambda row: (not 300 <= row["status"] < 400, row["date"]))
        self._sites: dict[str, Site] = {}
        for row in rows:
            site = self._sites.setdefault(row["site"], Site(row["site"], fetched_at=0.0))
            site.learn(row["file"], row["status"], row["body"])

    def verdict(self, url: str) -> Verdict:
        """What the site of `url` says about it; its robots.txt is `unknown` where none was captured."""
        site = self._sites.get(site_of(url))
        if site is None:
            return Verdict("unknown", [])
        if site.robots is None:
            return Verdict("unknown", site_signals(url, SiteFiles("", site.tdmrep or "", site.ai_txt or "")))
        return site.verdict(url)


@lru_cache(maxsize=1)
def load_sites(policies: tuple[str, ...]) -> Sites:
    """The sites of a stage's run, read once by each process."""
    return Sites(policies)
