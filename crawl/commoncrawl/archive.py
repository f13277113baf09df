"""Common Crawl's files: ranges of them, asked for politely from a server, or read from a folder or bucket.

A server that says 429 or 503 is left alone by all workers together, for as long as it asks, over restarts too: the
time is that of the last change of a file named after the server, which lies in the future until then.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import urlsplit

import pyarrow as pa
import urllib3

from corpus.errors import StageError
from corpus.paths import resolve
from crawl.policy.politeness import pause_seconds

BLOCK_BYTES = 1 << 22  # read ahead of a file that is read in order
TAIL_BYTES = 1 << 16  # where a Parquet file tells what it holds
PIECE_BYTES = 1 << 16
SKIPPED_BYTES = 1 << 20  # of a whole file that comes where a range was asked for
ABSENT = (404, 410, 416)
FORBIDDEN = (401, 403)  # how Common Crawl answers whom it has blocked for a while


class NotGivenError(Exception):
    """A range that the server will not give, however often it is asked; `reason` is the ledger's."""

    def __init__(self, reason: str, evidence: str = "") -> None:
        super().__init__(reason, evidence)
        self.reason = reason
        self.evidence = evidence


class NotNowError(NotGivenError):
    """A range that all tries have failed to get, or that is forbidden or elsewhere; another day it may be given."""


class Archive(Protocol):
    """Where files are read by their paths."""

    def range(self, path: str, offset: int, length: int) -> bytes:
        """So many bytes of a file; raises NotGivenError."""

    def open(self, path: str) -> BinaryIO:
        """A file to be read and sought in; its reads raise NotGivenError."""


@dataclass(frozen=True)
class Patience:
    """How long and how often a server is asked."""

    deadline: float
    tries: int
    retry_wait: float
    patience: float


def open_archive(address: str, agent: str, patience: Patience, pause: Path) -> Archive:
    """The archive at an address: http and https are asked for ranges, all else is a folder."""
    if address.startswith(("http://", "https://")):
        return Server(address, agent, patience, pause)
    return Shelf(address)


class Shelf:
    """A folder or bucket."""

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")

    def range(self, path: str, offset: int, length: int) -> bytes:
        """So many bytes of a file."""
        try:
            with self.open(path) as file:
                file.seek(offset)
                data = file.read(length)
        except (OSError, pa.ArrowInvalid) as error:
            raise NotGivenError("not_there", f"{path}: {error}"[:300]) from error
        if len(data) < length:
            raise NotGivenError("not_there", f"{path} ends at byte {offset + len(data):,}")
        return data

    def open(self, path: str) -> BinaryIO:
        """A file to be read."""
        filesystem, full = resolve(path if "://" in path else f"{self._address}/{path}")
        try:
            return filesystem.open_input_file(full)  # type: ignore[no-any-return]
        except OSError as error:
            raise NotGivenError("not_there", str(error)) from error


class Server:
    """A server asked for ranges, over connections that are kept."""

    def __init__(self, address: str, agent: str, patience: Patience, pause: Path) -> None:
        self._address = address.rstrip("/")
        self._patience = patience
        self._pauses = pause
        self._most = patience.patience
        self._pool = urllib3.PoolManager(
            headers={"User-Agent": agent, "Accept-Encoding": "identity"}, retries=False, maxsize=64
        )

    def range(self, path: str, offset: int, length: int) -> bytes:
        """So many bytes of a file."""
        data, size = self._asked(path, f"bytes={offset}-{offset + length - 1}", offset, length)
        if len(data) < length:
            raise NotGivenError("not_there", f"{path} is said to end at byte {size:,}")
        return data

    def tail(self, path: str) -> tuple[bytes, int]:
        """The end of a file, and how long the file is."""
        return self._asked(path, f"bytes=-{TAIL_BYTES}", None, TAIL_BYTES)

    def whole(self, path: str, most: int) -> bytes:
        """A whole file; NotGivenError if it is longer than `most`."""
        data, size = self._asked(path, "", 0, most)
        if size > most:
            raise NotGivenError("too_large", f"more than {most:,} bytes")
        return data

    def open(self, path: str) -> BinaryIO:
        """A file to be read and sought in."""
        return RangeFile(self, path)  # type: ignore[return-value]

    def _asked(self, path: str, wanted: str, offset: int | None, length: int) -> tuple[bytes, int]:
        """The bytes of an answer, and the whole file's length, after as many tries as there may be."""
        url = path if "://" in path else f"{self._address}/{path}"
        pause = self._pause(url)
        reason, evidence = "", ""
        for n_before in range(self._patience.tries):
            pause.wait(url)
            try:
                return self._answer(url, wanted, offset, length)
            except _TransientError as failed:
                reason, evidence = failed.reason, failed.evidence
                seconds = self._patience.retry_wait * 2.0**n_before
                asked = pause_seconds(failed.status, failed.retry_after, n_before, self._patience.retry_wait)
                if asked:
                    pause.until(time.time() + asked)
                elif n_before + 1 < self._patience.tries:
                    time.sleep(seconds)
        raise NotNowError(reason, evidence)

    def _pause(self, url: str) -> Pause:
        """The pause of the URL's host."""
        return Pause(self._pauses.with_name(f"{self._pauses.name}-{urlsplit(url).hostname}"), self._most)

    def _answer(self, url: str, wanted: str, offset: int | None, length: int) -> tuple[bytes, int]:
        until = time.monotonic() + self._patience.deadline
        try:
            answer = self._pool.request(
                "GET",
                url,
                headers={**self._pool.headers, **({"Range": wanted} if wanted else {})},
                preload_content=False,
                redirect=False,
                timeout=urllib3.Timeout(
                    total=None, connect=self._patience.deadline, read=self._patience.deadline
                ),
            )
        except urllib3.exceptions.HTTPError as error:
            raise _TransientError("unreachable", f"{url}: {error}"[:300]) from error
        with _released(answer):
            _check_status(url, answer)
            start, size = _stated(answer, wanted)
            skipped = 0 if start == offset or offset is None else offset - start
            if not 0 <= skipped <= SKIPPED_BYTES:
                raise NotGivenError("range_ignored", f"{url}: {wanted} answered from byte {start:,}")
            data = _read(answer, skipped + length, until, url)[skipped:]
        expected = min(length, size - (start + skipped)) if size >= 0 else 0
        if len(data) < expected:
            raise _TransientError("short_answer", f"{url}: {len(data):,} of {expected:,} bytes")
        return data, size if size >= 0 else start + skipped + len(data)


class _TransientError(Exception):
    """An answer that another try may better."""

    def __init__(self, reason: str, evidence: str, status: int = 0, retry_after: str = "") -> None:
        super().__init__(reason, evidence)
        self.reason = reason
        self.evidence = evidence
        self.status = status
        self.retry_after = retry_after


def _check_status(url: str, answer: urllib3.BaseHTTPResponse) -> None:
    if answer.status in (200, 206):
        return
    evidence = f"{url}: HTTP {answer.status}"
    if answer.status in ABSENT:
        raise NotGivenError("not_there", evidence)
    if answer.status in FORBIDDEN or answer.status < 400:
        raise NotNowError(f"http_{answer.status}", evidence)
    if answer.status < 500 and answer.status != 429:
        raise NotGivenError(f"http_{answer.status}", evidence)
    raise _TransientError(
        f"http_{answer.status}", evidence, answer.status, answer.headers.get("Retry-After", "")
    )


def _stated(answer: urllib3.BaseHTTPResponse, wanted: str) -> tuple[int, int]:
    """Where an answer begins in the file, and how long the file is; -1 where that is not said."""
    stated = answer.headers.get("Content-Range", "")
    unit, _, rest = stated.partition(" ")
    first, _, size = rest.partition("/")
    if answer.status == 206 and unit == "bytes" and first.partition("-")[0].isdecimal():
        return int(first.partition("-")[0]), int(size) if size.isdecimal() else -1
    if answer.status == 206 and wanted:
        raise NotGivenError("bad_answer", f"206 with Content-Range {stated!r}"[:200])
    length = answer.headers.get("Content-Length", "")
    return 0, int(length) if length.isdecimal() else -1


def _read(answer: urllib3.BaseHTTPResponse, most: int, until: float, url: str) -> bytes:
    """Up to `most` bytes of a body, as they come before the deadline."""
    data = bytearray()
    try:
        while len(data) < most:
            piece = answer.read1(min(PIECE_BYTES, most - len(data)))  # what has come, however little
            if not piece:
                break
            data += piece
            if time.monotonic() > until:
                raise _TransientError("timeout", f"{url}: {len(data):,} bytes when the time was up")
    except urllib3.exceptions.IncompleteRead:
        return bytes(data)
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise _TransientError("unreachable", f"{url}: {error}"[:300]) from error
    return bytes(data)


@contextmanager
def _released(answer: urllib3.BaseHTTPResponse) -> Iterator[None]:
    """Give the connection back if the answer was read to its end, else close it."""
    try:
        yield
    finally:
        if answer.length_remaining == 0:
            answer.drain_conn()  # of nothing: until it is read to its end, http.client takes no other answer
            answer.release_conn()
        else:
            answer.close()


class Pause:
    """Until when a server asked to be left alone: one file's time, for all processes."""

    def __init__(self, path: Path, most: float) -> None:
        self._path = path
        self._most = most

    def until(self, moment: float) -> None:
        """Leave the server alone until then, at least."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.touch(exist_ok=True)
        if moment > self._path.stat().st_mtime:
            os.utime(self._path, (moment, moment))

    def wait(self, url: str) -> None:
        """Wait as long as is asked for; StageError if that is longer than the patience."""
        while (left := self._left()) > 0:
            if left > self._most:
                msg = f"{url}: the server asks to be left alone for {left:.0f} s. Try: the same command after that"
                raise StageError(msg)
            time.sleep(min(left, 1.0))

    def _left(self) -> float:
        try:
            return self._path.stat().st_mtime - time.time()
        except OSError:
            return 0.0


class RangeFile(RawIOBase):
    """A file on a server, read in blocks; its end is asked for once, which also tells its length."""

    def __init__(self, server: Server, path: str) -> None:
        self._server = server
        self._path = path
        self._at = 0
        self._block = (0, b"")

    @cached_property
    def _tail(self) -> tuple[bytes, int]:
        return self._server.tail(self._path)

    @property
    def n_bytes(self) -> int:
        """How long it is."""
        return self._tail[1]

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset + (0, self._at, self.n_bytes if whence == 2 else 0)[whence]
        return self._at

    def read(self, n_bytes: int = -1) -> bytes:
        left = max(self.n_bytes - self._at, 0)
        wanted = left if n_bytes is None or n_bytes < 0 else min(n_bytes, left)
        data = self._read_at(self._at, wanted)
        self._at += len(data)
        return data

    def readall(self) -> bytes:
        return self.read()

    def _read_at(self, offset: int, length: int) -> bytes:
        tail, size = self._tail
        if offset >= size - len(tail):
            at = offset - (size - len(tail))
            return tail[at : at + length]
        start, block = self._block
        if not start <= offset < start + len(block):
            self._block = start, block = offset, self._fetched(offset, length)
        found = block[offset - start : offset - start + length]
        return (
            found if len(found) == length else found + self._read_at(offset + len(found), length - len(found))
        )

    def _fetched(self, offset: int, length: int) -> bytes:
        """What is asked for, or a whole block where little is asked for at a time in order."""
        is_next = offset == self._block[0] + len(self._block[1])
        wanted = max(length, BLOCK_BYTES) if is_next else length
        return self._server.range(self._path, offset, min(wanted, self.n_bytes - offset))
