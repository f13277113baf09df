"""What WARC files say of a URL: the answer at a place in one, or the crawler's note that it took none."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from corpus.paths import resolve
from report.records import RunRecord, reading

HEAD_BYTES = 4096


@dataclass(frozen=True)
class Visit:
    """A fetch, or a refusal to fetch, with its place."""

    file: str
    position: int
    outcome: str
    notes: tuple[str, ...] = ()


def visit_at(record: RunRecord, row: dict[str, Any]) -> Visit | None:
    """The answer that a document was made of; None if it came from no WARC file, or the file is gone or another."""
    origin = row["origin"]
    uri = next((uri for uri in _warc_files(record) if f"/{uri}".endswith(f"/{origin['file']}")), None)
    if uri is None:
        return None
    filesystem, path = resolve(uri)
    try:
        with filesystem.open_input_file(path) as file:
            file.seek(origin["position"])
            found = next(iter(ArchiveIterator(file, parse_http=False)), None)
            return Visit(uri, origin["position"], _answer(found)) if found is not None else None
    except OSError:
        return None


def visits_of(record: RunRecord, urls: Sequence[str]) -> Iterator[Visit]:
    """The crawler's notes on a URL, in any of these forms; reads the crawl's WARC files through, at some 100 MB/s."""
    for uri in record.files("crawl", "warc"):
        filesystem, path = resolve(uri)
        with reading([uri]), filesystem.open_input_file(path) as file:
            for found in ArchiveIterator(file, record_types=WarcRecordType.metadata):
                if found.headers.get("WARC-Target-URI") in urls:
                    yield _note(uri, found)


def _warc_files(record: RunRecord) -> list[str]:
    """WARC files that the run crawled or read."""
    inputs = record.manifests["ingest"].inputs if "ingest" in record.manifests else {}
    return [*record.files("crawl", "warc"), *(uri for uri in inputs if ".warc" in uri)]


def _answer(found: WarcRecord) -> str:
    """The date and the status line of a response."""
    try:
        status = found.reader.read(HEAD_BYTES).partition(b"\r\n")[0].decode("latin-1")
    except (OSError, pa.ArrowException):
        status = "unreadable"
    return f"fetched {found.headers.get('WARC-Date', 'at an unknown time')}: {status}"


def _note(uri: str, found: WarcRecord) -> Visit:
    note = json.loads(found.reader.read())
    reason = note.get("reason") or "answered"
    details = tuple(
        f"{key}: {_plain(value)}" for key, value in sorted(note.items()) if key not in KNOWN and value
    )
    return Visit(uri, found.stream_pos, f"{note.get('decision', 'noted')}: {reason}", details)


KNOWN = ("decision", "reason")


def _plain(value: Any) -> str:
    """A value in words; of a list of signals, what each says and forbids."""
    if isinstance(value, list):
        return "; ".join(map(_plain, value))
    if isinstance(value, dict) and {"signal", "forbids", "evidence"} <= value.keys():
        return f"{value['signal']} forbids {value['forbids']} ({value['evidence']})"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
