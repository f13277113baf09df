"""A small Common Crawl on loopback: WARC files, a columnar and a CDX index, and a server that answers as told."""

from __future__ import annotations

import gzip
import io
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from corpus.cli import main
from crawl.commoncrawl.selection import surt
from crawl.commoncrawl.stage import STAGE
from crawl.sources.warc import read_records
from tests.crawl.conftest import read_warcs
from tests.crawl.ingest.conftest import Capture, Ended, write_warc

CRAWL = "CC-MAIN-2026-05"
PAGE = "<html><head><title>{0}</title></head><body><p>ភូមិ{0} មានទន្លេហូរកាត់ ហើយអ្នកស្រុកនេសាទត្រីរៀងរាល់ព្រឹក។</p></body></html>"


def page(number: int | str) -> bytes:
    return PAGE.format(number).encode()


@dataclass
class Listed:
    """A capture, and what the index says about it beyond what it is."""

    capture: Capture
    languages: str | None = "khm"
    changes: dict[str, Any] = field(default_factory=dict)
    subset: str = "warc"


@dataclass
class Archive:
    """Files by path, the faults with which the server answers, and what it was asked."""

    folder: Path
    port: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)
    faults: dict[str, list[Callable[[BaseHTTPRequestHandler], bool]]] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)
    per_page: int = 2

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def ranges(self) -> Counter[str]:
        """How often each range of a WARC file was asked for."""
        return Counter(wanted for path, wanted in self.asked if path.endswith(".warc.gz"))

    def publish(self, listed: Sequence[Listed], n_files: int = 1) -> None:
        """Write WARC files with these captures, and the index of them."""
        for number in range(n_files):
            for subset in ("warc", "robotstxt"):
                some = [one for one in listed[number::n_files] if one.subset == subset]
                if some:
                    self._publish(f"crawl-data/{CRAWL}/segments/1/{subset}/CC-{number:05d}.warc.gz", some)
        paths = []
        for subset in ("warc", "robotstxt"):
            rows = sorted((r for r in self.rows if r["subset"] == subset), key=lambda row: row["url_surtkey"])
            path = f"cc-index/table/cc-main/warc/crawl={CRAWL}/subset={subset}/part-00000.parquet"
            paths.append(path)
            self.write(path, b"")
            pq.write_table(pa.Table.from_pylist(rows, INDEX), self.folder / path, row_group_size=3)
        self.write(f"crawl-data/{CRAWL}/cc-index-table.paths.gz", gzip.compress("\n".join(paths).encode()))

    def _publish(self, path: str, listed: Sequence[Listed]) -> None:
        file = write_warc(self.folder / path, [one.capture for one in listed])
        with file.open("rb") as data:
            records = [record for record in read_records(data, 1 << 30, []) if record.kind == "response"]
        ends = [*[record.position for record in records[1:]], file.stat().st_size]
        for one, record, end in zip(listed, records, ends, strict=True):
            host = urlsplit(one.capture.url).hostname or ""
            row = {
                "url_surtkey": f"{surt(host)}{urlsplit(one.capture.url).path}",
                "url": one.capture.url,
                "url_host_name": host,
                "fetch_time": datetime.fromisoformat(one.capture.date),
                "fetch_status": int(one.capture.status[:3]),
                "content_digest": record.headers["warc-payload-digest"].removeprefix("sha1:"),
                "content_mime_detected": "text/html",
                "content_languages": one.languages,
                "warc_filename": path,
                "warc_record_offset": record.position,
                "warc_record_length": end - record.position,
                "subset": one.subset,
            }
            self.rows.append(row | one.changes)

    def write(self, path: str, data: bytes) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        return file

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        path, wanted = parts.path.lstrip("/"), handler.headers.get("Range", "")
        self.asked.append((path, wanted))
        faults = self.faults.get(path) or self.faults.get(f"{path} {wanted}")
        if faults and faults.pop(0)(handler):
            return
        if path.endswith("-index"):
            self._cdx(handler, parse_qs(parts.query))
        elif not (self.folder / path).is_file():
            reply(handler, 404)
        else:
            self._range(handler, (self.folder / path).read_bytes(), wanted)

    def _range(self, handler: BaseHTTPRequestHandler, data: bytes, wanted: str) -> None:
        if not wanted:
            reply(handler, 200, data)
            return
        first, _, last = wanted.removeprefix("bytes=").partition("-")
        start = int(first) if first else max(len(data) - int(last), 0)
        end = int(last) + 1 if first and last else len(data)
        if start >= len(data):
            reply(handler, 416)
            return
        part = data[start:end]
        told = {"Content-Range": f"bytes {start}-{start + len(part) - 1}/{len(data)}"}
        reply(handler, 206, part, told)

    def _cdx(self, handler: BaseHTTPRequestHandler, query: dict[str, list[str]]) -> None:
        wanted = query["url"][0]
        key = surt(wanted.removesuffix("/*"))
        rows = [row for row in self.rows if row["url_surtkey"].startswith(key)]
        if not rows:
            reply(handler, 404, b'{"message": "No Captures found"}')
        elif "showNumPages" in query:
            reply(handler, 200, json.dumps({"pages": -(-len(rows) // self.per_page)}).encode())
        else:
            at = int(query["page"][0]) * self.per_page
            reply(handler, 200, "".join(map(cdx_line, rows[at : at + self.per_page])).encode())


def cdx_line(row: dict[str, Any]) -> str:
    fields = {
        "url": row["url"],
        "mime": "text/html",
        "mime-detected": row["content_mime_detected"],
        "status": str(row["fetch_status"]),
        "digest": row["content_digest"],
        "length": str(row["warc_record_length"]),
        "offset": str(row["warc_record_offset"]),
        "filename": row["warc_filename"],
    }
    if row["content_languages"]:
        fields["languages"] = row["content_languages"]
    return f"{row['url_surtkey']} {row['fetch_time']:%Y%m%d%H%M%S} {json.dumps(fields)}\n"


INDEX = pa.schema(
    [
        *((n, pa.string()) for n in ("url_surtkey", "url", "url_host_name")),
        ("fetch_time", pa.timestamp("ms", tz="UTC")),
        ("fetch_status", pa.int16()),
        *(
            (n, pa.string())
            for n in ("content_digest", "content_mime_detected", "content_languages", "warc_filename")
        ),
        ("warc_record_offset", pa.int64()),
        ("warc_record_length", pa.int64()),
    ]
)


def reply(
    handler: BaseHTTPRequestHandler, status: int, body: bytes = b"", headers: dict[str, str] | None = None
) -> bool:
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)
    return True


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    shelf = Archive(tmp_path / "archive")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # a head and its body are two writes

        def do_GET(self) -> None:
            try:
                shelf.answer(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients that are killed
    shelf.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield shelf
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Gathering:
    """The stage's command line on an archive, and what it wrote."""

    archive: Archive
    runs: Path

    @property
    def words(self) -> list[str]:
        where = [f"runs={self.runs}", "run=t", "workers=1", "contact=mailto:team@example.org"]
        return [*where, f"data={self.archive.address}", f"cdx={self.archive.address}", "retry_wait=0.01"]

    def __call__(self, *words: str) -> Ended:
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main(STAGE, [*self.words, *words])
        assert isinstance(ended.value.code, int)
        return Ended(ended.value.code, out.getvalue(), err.getvalue())

    def done(self, *words: str) -> None:
        ended = self(*words)
        assert ended.returncode == 0, ended.stderr

    @property
    def folder(self) -> Path:
        return self.runs / "t" / "commoncrawl"

    def ledger(self) -> dict[tuple[str, str], int]:
        rows = json.loads((self.folder / "manifest.json").read_text())["ledger"]
        return {(row["fate"], row["reason"]): row["documents"] for row in rows}

    def urls(self) -> list[str]:
        """The URLs of all responses, in order; every digest checked by warcio."""
        return [record.url for record in read_warcs(self.folder / "warc") if record.kind == "response"]

    def noted(self) -> dict[str, dict[str, Any]]:
        """What is told of each URL before its response."""
        records = read_warcs(self.folder / "warc")
        return {record.url: json.loads(record.content) for record in records if record.kind == "metadata"}

    def unchanged(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = (
            ds.dataset(self.folder / "aside" / "unchanged.parquet").to_table().to_pylist()
        )
        return rows


@pytest.fixture
def gather(archive: Archive, tmp_path: Path) -> Gathering:
    return Gathering(archive, tmp_path / "runs")
