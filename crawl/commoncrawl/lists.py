"""WARC files that no index covers, such as those of CC-NEWS: read through, and only Khmer pages kept."""

from __future__ import annotations

from typing import Any, BinaryIO
from urllib.parse import urlsplit

import pyarrow as pa

from corpus.engine import meter
from corpus.errors import StageError
from corpus.task import Task
from crawl.commoncrawl.archive import NotGivenError, NotNowError
from crawl.commoncrawl.config import CommonCrawlConfig
from crawl.commoncrawl.gather import about, archive_of
from crawl.commoncrawl.members import TOO_LARGE, Member, kept, members
from crawl.commoncrawl.output import Output
from crawl.commoncrawl.selection import Rule
from crawl.sources.compressed import Fault
from crawl.sources.faults import fault_facts
from crawl.sources.http import parse_response
from crawl.sources.warc import WarcRecord, parse_member

COMMIT_BYTES = 64 << 20  # read of a file between two commits
KHMER = (b"\xe1\x9e", b"\xe1\x9f")  # how every Khmer letter begins in UTF-8


def read_through(task: Task[CommonCrawlConfig]) -> dict[str, Any]:
    """Write the Khmer pages of one WARC file, from where an earlier life of the task has come to.

    A file that will never be given is a fault; raises StageError for one that may be given another day.
    """
    config, path = task.config, task.arguments["path"]
    faults: list[Fault] = []
    try:
        with Output(task, _key(config, path), about(config)) as output:
            try:
                with archive_of(config, config.data).open(path) as file:
                    _read(config, path, file, output, faults)
            except NotNowError:
                raise
            except NotGivenError as error:
                faults.append(Fault(output.done, f"{error.reason}: {error.evidence}"))
            output.finish()
    except NotNowError as error:
        msg = f"{path}: cannot be read ({error.reason}: {error.evidence}). Try: the same command later"
        raise StageError(msg) from error
    return {"faults": fault_facts(path, faults)}


def _key(config: CommonCrawlConfig, path: str) -> str:
    """What names the work: the file, and all that decides what is kept of it."""
    return f"{path} {config.least_khmer} {list(config.hosts)} {config.max_record_bytes}"


def _read(config: CommonCrawlConfig, path: str, file: BinaryIO, output: Output, faults: list[Fault]) -> None:
    """Write what is chosen of a file's members; one that cannot be read is counted as dropped."""
    choice = _Choice(config)
    found: list[bytes] = []
    n_faults = 0
    for member in members(file, output.done, config.max_record_bytes, faults):
        n_faults = _count_faults(config.source, output, faults, n_faults)
        records = list(parse_member(member.plain, config.max_record_bytes))
        for record in records:
            if record.kind == "response":
                reason = choice.reason(record) if len(records) == 1 else "not_alone"
                output.count(config.source, "in", "", len(member.raw))
                output.count(config.source, "dropped" if reason else "kept", reason, len(member.raw))
                found += [] if reason else [kept(member.raw, _row(record, member, path)).members]
                meter().count(1, len(member.raw))
        if member.end - output.done >= COMMIT_BYTES:
            output.append(b"".join(found), member.end)
            found = []
    _count_faults(config.source, output, faults, n_faults)
    output.append(b"".join(found), file.tell())


def _count_faults(source: str, output: Output, faults: list[Fault], n_counted: int) -> int:
    """Count the faults beyond those that are counted; returns how many there are."""
    for fault in faults[n_counted:]:
        output.count(source, "in", "", 0)
        output.count(source, "dropped", "too_large" if fault.what.startswith(TOO_LARGE) else "damaged", 0)
    return len(faults)


class _Choice:
    """Which pages of a WARC list are kept."""

    def __init__(self, config: CommonCrawlConfig) -> None:
        self._rule = Rule.of(config)
        self._least_khmer = config.least_khmer
        self._max_bytes = config.max_record_bytes
        self._hosts: dict[str, bool] = {}

    def reason(self, record: WarcRecord) -> str:
        """Why a response is not kept; empty for one that is."""
        response = parse_response(record.block, self._max_bytes)
        if response is None or response.status != 200:
            return "no_page"
        if self._is_listed(record.url):
            return ""
        if not response.body and response.fault:
            return "too_large"
        if response.is_pdf:
            return "pdf"  # whose text is packed
        n_khmer = sum(map(response.body.count, KHMER))
        return "" if n_khmer >= self._least_khmer else "no_khmer"

    def _is_listed(self, url: str) -> bool:
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            return False
        if host not in self._hosts:
            self._hosts[host] = bool(self._rule.hosts) and self._rule.of_hosts(pa.array([host]))[0].as_py()
        return self._hosts[host]


def _row(record: WarcRecord, member: Member, path: str) -> dict[str, Any]:
    return {
        "url": record.url,
        "file": path,
        "offset": member.position,
        "length": len(member.raw),
        "digest": record.headers.get("warc-payload-digest", "").removeprefix("sha1:"),
    }
