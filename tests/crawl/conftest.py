"""A small web on loopback, and the crawl's command line run on it."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

HOUSE = Path(__file__).parents[2]
PAGE = "<html><head><title>{title}</title>{head}</head><body><p>ប្រទេសកម្ពុជា</p>{links}</body></html>"


def html(*links: str, head: str = "", title: str = "ទំព័រ") -> bytes:
    """A page in Khmer with links."""
    return PAGE.format(title=title, head=head, links="".join(f'<a href="{x}">តំណ</a>' for x in links)).encode()


@dataclass
class Reply:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"})
    declared: int | None = None  # Content-Length, where it lies


@dataclass
class Web:
    """What each `host/path` answers: bytes of HTML, a Reply, or a function of the handler that writes for itself."""

    pages: dict[str, Any] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    headers: list[dict[str, str]] = field(default_factory=list)
    port: int = 0

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        url = f"{handler.headers['Host']}{handler.path}"
        self.asked[url] += 1
        self.headers.append(dict(handler.headers))
        reply = self.pages.get(url, Reply(b"none", 404))
        if callable(reply):
            reply(handler)
            return
        reply = Reply(reply) if isinstance(reply, bytes) else reply
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(reply.declared or len(reply.body)))
        handler.end_headers()
        handler.wfile.write(reply.body)
        handler.close_connection = reply.declared is not None


@pytest.fixture
def web() -> Iterator[Web]:
    site = Web()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            try:
                site.answer(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield site
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass
class Run:
    """The command line of a crawl of a web, and what it wrote."""

    web: Web
    runs: Path

    def command(self, *words: str) -> list[str]:
        fast = [
            "delay=0",
            "retry_wait=0",
            "patience=0.5",
            "contact=mailto:team@example.org",
            "only_resolved=true",
        ]
        where = [f"runs={self.runs}", "run=t", f"resolve=['*.test=127.0.0.1:{self.web.port}']"]
        return [sys.executable, "-m", "crawl", *where, *fast, *words]

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(self.command(*words), cwd=HOUSE, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    @property
    def folder(self) -> Path:
        return self.runs / "t" / "crawl"

    def manifest(self) -> dict[str, Any]:
        return json.loads((self.folder / "manifest.json").read_text())

    def ledger(self) -> dict[tuple[str, str], int]:
        return {(row["fate"], row["reason"]): row["documents"] for row in self.manifest()["ledger"]}

    def records(self) -> list[Record]:
        return read_warcs(self.folder / "warc")

    def responses(self) -> dict[str, Record]:
        found = [record for record in self.records() if record.kind == "response"]
        assert len({record.url for record in found}) == len(found), "an answer is stored twice"
        return {record.url.removeprefix("http://"): record for record in found}

    def decisions(self) -> dict[str, dict[str, Any]]:
        metadata = [record for record in self.records() if record.kind == "metadata"]
        return {record.url.removeprefix("http://"): json.loads(record.content) for record in metadata}


@dataclass
class Record:
    kind: str
    url: str
    headers: dict[str, str]
    http: Any
    content: bytes


def read_warcs(folder: Path) -> list[Record]:
    """All records, every digest checked by warcio."""
    records = []
    for path in sorted(folder.glob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                content = record.raw_stream.read()
                headers = dict(record.rec_headers.headers)
                records.append(
                    Record(
                        record.rec_type,
                        headers.get("WARC-Target-URI", ""),
                        headers,
                        record.http_headers,
                        content,
                    )
                )
    return records


@pytest.fixture
def crawl(web: Web, tmp_path: Path) -> Callable[..., Any]:
    return Run(web, tmp_path)
