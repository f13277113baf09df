"""WARC/1.1 files: one gzip member per record, with digests, and safe to cut at the end of any member.

What a reader may rely on:

- Every URL that the crawl took from its frontier has one `metadata` record (application/json): `decision`
  (`kept` or `dropped`), `reason`, `robots`, `opt_outs` (each `signal`, `evidence`, `forbids`), `kind` (`page`,
  a policy file, or a list of pages) and `depth`; where there was an answer, `status`; where it came over TLS, `tls`.
- A kept one has further records, a `request` and a `response`, that follow it at once and are concurrent to each
  other and to it. The page of a site that reserves its text is not stored.
- Every answer is a `response`: redirects, error pages and robots.txt too. The ledger counts them as kept; the
  reader of the WARC decides which of them become documents.
- Head and body are as received, but that lines of the head which are no headers are left out, and that a chunked
  body stands without its chunk marks: its header is renamed to `X-Crawler-Transfer-Encoding`. Content codings are
  left alone.
- A body cut short has `WARC-Truncated`: `length` (our limit), `time` (our deadline) or `disconnect`.
- A page visited again and found as it was is dropped, with the reason `unchanged`; its metadata record is followed by
  the `request` and, in place of a response, a `revisit`: the head of the new answer, and by target and date the
  `response` that holds the body (WARC/1.1, 6.7.2 and 6.7.3).
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple

from isal import isal_zlib

from corpus.errors import StageError
from corpus.paths import sync_folder

GZIP = 31  # zlib's window bits for a gzip member
COMPRESSION_LEVEL = 2  # of isal: 0.24 ms a page, where zlib's level 6 takes 0.70
TRANSFER_CODED = b"X-Crawler-Transfer-Encoding"
PROFILES = "http://netpreserve.org/warc/1.1/revisit/"

Profile = Literal["server-not-modified", "identical-payload-digest"]  # WARC/1.1, 6.7.3 and 6.7.2


@dataclass(frozen=True)
class Exchange:
    """A request and its answer, as they went over the wire; `seconds` passed before the answer began.

    `tls` is the version spoken, if any, and what is wrong with the certificate, if anything: it is taken all the same.
    """

    url: str
    started: datetime
    address: str
    request_head: bytes
    status: int
    status_line: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    truncated: str = ""
    seconds: float = 0.0
    tls: str = ""

    @cached_property
    def digest(self) -> str:
        """The body's WARC-Payload-Digest."""
        return payload_digest(self.body)

    def header(self, name: str) -> str:
        """The values of a header, joined; empty where there is none."""
        wanted = name.lower().encode()
        return ", ".join(value.decode("latin-1") for key, value in self.headers if key.lower() == wanted)

    def text_headers(self) -> list[tuple[str, str]]:
        """The headers as text."""
        return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in self.headers]

    def response_head(self) -> bytes:
        """Status line and headers as they are stored."""
        lines = [self.status_line]
        for name, value in self.headers:
            lines.append((TRANSFER_CODED if name.lower() == b"transfer-encoding" else name) + b": " + value)
        return b"\r\n".join([*lines, b"", b""])


@dataclass(frozen=True)
class Position:
    """A place between two records: the file's number and the bytes before it."""

    file: int = 0
    offset: int = 0


class Earlier(NamedTuple):
    """The response that a revisit refers to, as its record names it: URL, WARC-Date and WARC-Payload-Digest."""

    url: str
    date: str
    digest: str


def response_members(exchange: Exchange, evidence: Mapping[str, Any]) -> bytes:
    """The metadata, request and response records of a kept answer."""
    headers = {"WARC-Payload-Digest": exchange.digest}
    if exchange.truncated:
        headers["WARC-Truncated"] = exchange.truncated
    return _answer_members(exchange, evidence, ("response", headers, exchange.body))


def revisit_members(
    exchange: Exchange, profile: Profile, earlier: Earlier, evidence: Mapping[str, Any]
) -> bytes:
    """The metadata, request and revisit records of an answer that brought nothing new; its body is not stored."""
    headers = {
        "WARC-Profile": PROFILES + profile,
        "WARC-Refers-To-Target-URI": earlier.url,
        "WARC-Refers-To-Date": earlier.date,
        "WARC-Payload-Digest": earlier.digest,
    }
    return _answer_members(exchange, evidence, ("revisit", headers, b""))


def _answer_members(
    exchange: Exchange, evidence: Mapping[str, Any], answer: tuple[str, dict[str, str], bytes]
) -> bytes:
    """The records of an answer, itself given by its WARC-Type, the headers that this type has, and the body."""
    kind, headers, body = answer
    answer_id, request_id = _new_id(), _new_id()
    about = {"WARC-Target-URI": exchange.url, "WARC-Date": timestamp(exchange.started)}
    wire = about | ({"WARC-IP-Address": exchange.address} if exchange.address else {})
    concurrent = {"WARC-Concurrent-To": answer_id}
    tls = {"tls": exchange.tls} if exchange.tls else {}
    return (
        _metadata(about | concurrent, {**evidence, **tls})
        + _member("request", request_id, wire | concurrent | HTTP_REQUEST, exchange.request_head)
        + _member(kind, answer_id, wire | headers | HTTP_RESPONSE, exchange.response_head(), body)
    )


HTTP_REQUEST = {"Content-Type": "application/http; msgtype=request"}
HTTP_RESPONSE = {"Content-Type": "application/http; msgtype=response"}


def metadata_member(url: str, evidence: Mapping[str, Any]) -> bytes:
    """A metadata record that stands alone: of a URL of which nothing is kept, or before what others stored."""
    return _metadata({"WARC-Target-URI": url, "WARC-Date": timestamp(datetime.now(UTC))}, evidence)


def _metadata(headers: dict[str, str], evidence: Mapping[str, Any]) -> bytes:
    block = json.dumps(evidence, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return _member("metadata", _new_id(), headers | {"Content-Type": "application/json"}, block)


def _warcinfo(filename: str, fields: Mapping[str, str]) -> bytes:
    block = "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode()
    headers = {
        "WARC-Date": timestamp(datetime.now(UTC)),
        "WARC-Filename": filename,
        "Content-Type": "application/warc-fields",
    }
    return _member("warcinfo", _new_id(), headers, block)


def _member(kind: str, record_id: str, headers: Mapping[str, str], *block: bytes) -> bytes:
    """A record of which the block is given in parts; they are not joined, for a body may be of 64 MB."""
    digest = hashlib.sha1(usedforsecurity=False)
    for part in block:
        digest.update(part)
    lines = ["WARC/1.1", f"WARC-Type: {kind}", f"WARC-Record-ID: {record_id}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [
        f"WARC-Block-Digest: {_written(digest.digest())}",
        f"Content-Length: {sum(map(len, block))}",
        "",
        "",
    ]
    packer = isal_zlib.compressobj(COMPRESSION_LEVEL, isal_zlib.DEFLATED, GZIP)
    packed = [packer.compress(part) for part in ("\r\n".join(lines).encode(), *block, b"\r\n\r\n")]
    return b"".join([*packed, packer.flush()])


def _new_id() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"


def payload_digest(data: bytes) -> str:
    """WARC's customary digest; it finds damage, it protects against nobody."""
    return _written(hashlib.sha1(data, usedforsecurity=False).digest())


def _written(digest: bytes) -> str:
    return f"sha1:{base64.b32encode(digest).decode()}"


def timestamp(moment: datetime) -> str:
    """A WARC-Date."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class WarcFiles:
    """The files of one writer, `crawl-00-00000.warc.gz` and on, appended to from a position that was made durable.

    Of a folder that several write to, each has the files with its own prefix.
    """

    def __init__(
        self, folder: Path, start: Position, roll_bytes: int, about: Mapping[str, str], prefix: str
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._prefix = prefix
        self._roll_bytes = roll_bytes
        self._about = about
        self.position = start
        for path in self.paths():
            if path > self._path(start.file):
                path.unlink()
        for number in range(start.file):
            if not self._path(number).exists():
                msg = f"{self._path(number)}: it is lost, though it was committed. Try: another run="
                raise StageError(msg)
        self._descriptor = self._opened(start)
        if (size := os.fstat(self._descriptor).st_size) < start.offset:
            msg = f"{self._path(start.file)}: {size:,} bytes, but {start.offset:,} were committed. Try: another run="
            raise StageError(msg)
        os.ftruncate(self._descriptor, start.offset)

    def append(self, members: bytes) -> Position:
        """Write whole records and have them on disk; returns the position after them."""
        if self.position.offset >= self._roll_bytes:
            following = Position(self.position.file + 1, 0)
            descriptor = self._opened(following)
            self.close()
            self._descriptor, self.position = descriptor, following
        path = self._path(self.position.file)
        if self.position.offset == 0:
            members = _warcinfo(path.name, self._about) + members
        written = 0
        while written < len(members):
            at = self.position.offset + written
            written += os.pwrite(self._descriptor, memoryview(members)[written:], at)
        os.fdatasync(self._descriptor)
        self.position = Position(self.position.file, self.position.offset + written)
        return self.position

    def paths(self) -> list[Path]:
        """The files that there are, in order."""
        return sorted(self._folder.glob(f"{self._prefix}-*.warc.gz"))

    def close(self) -> None:
        """Close the file being written."""
        os.close(self._descriptor)

    def _path(self, number: int) -> Path:
        return self._folder / f"{self._prefix}-{number:05d}.warc.gz"

    def _opened(self, position: Position) -> int:
        descriptor = os.open(self._path(position.file), os.O_RDWR | os.O_CREAT, 0o644)
        sync_folder(self._folder)
        return descriptor
