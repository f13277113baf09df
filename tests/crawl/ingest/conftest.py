"""Inputs for ingest, written by other software than ours (warcio, pyarrow), and its command line run on them."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.dataset as ds
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from corpus.cli import main
from crawl.ingest.stage import STAGE

HTML = {"Content-Type": "text/html; charset=utf-8"}


@dataclass
class Capture:
    """A response in a WARC file."""

    url: str
    body: bytes = "<html><body>អត្ថបទខ្មែរ</body></html>".encode()
    status: str = "200 OK"
    headers: Mapping[str, str] = field(default_factory=lambda: HTML)
    date: str = "2026-03-01T00:00:00Z"


def write_warc(path: Path, captures: Sequence[Capture]) -> Path:
    """A WARC file with a request-less response for each capture."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True, warc_version="1.1")
        for capture in captures:
            head = StatusAndHeaders(capture.status, list(capture.headers.items()), protocol="HTTP/1.1")
            record = writer.create_warc_record(
                capture.url,
                "response",
                payload=io.BytesIO(capture.body),
                http_headers=head,
                warc_headers_dict={"WARC-Date": capture.date},
            )
            writer.write_record(record)
            record.raw_stream.close()
    return path


def write_jsonl(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """A jsonl file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


class Ended(NamedTuple):
    """How a command line ended."""

    returncode: int
    stdout: str
    stderr: str


@dataclass
class Ingest:
    """Runs the stage below a folder."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def output(self) -> Path:
        return self.folder / "runs" / "t" / "ingest"

    def run(self, *words: str) -> Ended:
        """The command line, as it is typed, in this process."""
        out, err = io.StringIO(), io.StringIO()
        common = ["run=t", f"runs={self.folder / 'runs'}", "workers=1"]
        with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
            main(STAGE, [*common, *words])
        assert isinstance(ended.value.code, int)
        return Ended(ended.value.code, out.getvalue(), err.getvalue())

    def of_data(self, *words: str) -> None:
        """Ingest the folder of data, which must succeed."""
        done = self.run(f"data={self.data}", *words)
        assert done.returncode == 0, done.stderr

    def refused(self, *words: str) -> str:
        """The one line with which the configuration is refused, before anything is written."""
        done = self.run(*words)
        assert (done.returncode, done.stdout) == (2, ""), done.stderr
        assert done.stderr.count("\n") == 1
        assert not list((self.folder / "runs").rglob("*.parquet"))
        return done.stderr.strip()

    def rows(self, kind: str = "documents") -> list[dict[str, Any]]:
        """All rows of the kept or dropped shards, in order."""
        found: list[dict[str, Any]] = (
            ds.dataset(sorted(map(str, (self.output / kind).iterdir()))).to_table().to_pylist()
        )
        return found

    def reasons(self) -> dict[str, str]:
        """Why each dropped row was, by its URL or else by its place."""
        return {r["url"] or str(r["origin"]["position"]): r["reason"] for r in self.rows("dropped")}

    def manifest(self) -> dict[str, Any]:
        """The stage's manifest."""
        return json.loads((self.output / "manifest.json").read_bytes())  # type: ignore[no-any-return]


@pytest.fixture
def ingest(tmp_path: Path) -> Ingest:
    return Ingest(tmp_path)
