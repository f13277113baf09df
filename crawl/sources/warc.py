"""WARC files read record by record; a broken record costs itself, never the records after it.

Each gzip member is taken by itself: where one is broken, reading goes on at the next that begins with a record.
Plain iteration ends early there (warcio after 6 of 14 records of such a file, FastWARC after 3), and a length that
is too long swallows the records that follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from crawl.sources.compressed import DAMAGE, GZIP_MAGIC, PIECE_BYTES, READ_BYTES, Fault, Frame, gzip_member

HEAD_BYTES = 1 << 16
END = b"\r\n\r\n"
BEGIN = b"WARC/"
VERSION_BYTES = 16  # no version line is longer
JUNK_BYTES = 200
_VERSION = re.compile(rb"WARC/\d\.\d\r?\n")
_LENGTH = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class WarcRecord:
    """A record: where its gzip member begins, its headers by their names in lower case, its block.

    `fault` says what is wrong with it; of an unreadable one (`headers` empty), `block` holds the beginning.
    """

    position: int
    headers: Mapping[str, str]
    block: bytes
    fault: str = ""

    @property
    def kind(self) -> str:
        """The WARC-Type; empty if unreadable."""
        return self.headers.get("warc-type", "").lower()

    @property
    def url(self) -> str:
        """The WARC-Target-URI; WARC/1.0 wrote it in angle brackets."""
        return self.headers.get("warc-target-uri", "").strip("<>")


def read_records(file: BinaryIO, max_block_bytes: int, faults: list[Fault]) -> Iterator[WarcRecord]:
    """Every record, in order; of a block longer than the limit only its beginning.

    What is wrong with the file, not with one record, is added to `faults` with its offset.
    """
    start = file.read(len(GZIP_MAGIC))
    file.seek(0)
    if start != GZIP_MAGIC:
        yield from _member_records(0, _Window(iter(lambda: file.read(READ_BYTES), b"")), max_block_bytes)
        return
    position: int | None = 0
    while position is not None:
        file.seek(position)
        member = Frame(gzip_member(), file, b"")
        n_records = 0
        for record in _member_records(position, _Window(member.pieces()), max_block_bytes):
            n_records += 1
            yield record
        if not member.fault:
            position = _following(file, file.tell() - len(member.rest), faults)
            continue
        faults.append(Fault(position, member.fault))
        if not n_records:
            yield WarcRecord(position, {}, b"", member.fault)
        position = next_member(file, position + 1)


def parse_member(plain: bytes, max_block_bytes: int) -> Iterator[WarcRecord]:
    """The records that a member holds, unpacked; their positions are 0."""
    return _member_records(0, _Window(iter((plain,))), max_block_bytes)


def _following(file: BinaryIO, end: int, faults: list[Fault]) -> int | None:
    """Where the member after `end` begins; None at the end of the file."""
    file.seek(end)
    following = file.read(len(GZIP_MAGIC))
    if following == GZIP_MAGIC or not following:
        return end if following else None
    if following.strip(b"\0\r\n"):
        faults.append(Fault(end, "bytes that are no gzip member"))
    return next_member(file, end)


def next_member(file: BinaryIO, position: int) -> int | None:
    """The offset, at `position` or after it, of the next gzip member that begins with a WARC record."""
    overlap = len(GZIP_MAGIC) - 1
    while True:
        file.seek(position)
        data = file.read(PIECE_BYTES)
        at = data.find(GZIP_MAGIC)
        while at >= 0:
            if _begins_record(file, position + at):
                return position + at
            at = data.find(GZIP_MAGIC, at + 1)
        if len(data) < PIECE_BYTES:
            return None
        position += len(data) - overlap


def _begins_record(file: BinaryIO, position: int) -> bool:
    file.seek(position)
    try:
        return bool(gzip_member().decompress(file.read(READ_BYTES), len(BEGIN)) == BEGIN)
    except DAMAGE:
        return False


class _Window:
    """Bytes that come in pieces, taken off the front."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""

    def _grow(self) -> bool:
        piece = next(self._pieces, b"")
        self._held += piece
        return bool(piece)

    @property
    def next_byte(self) -> bytes:
        """The byte that comes next; empty at the end."""
        return self._held[:1] if self._held or self._grow() else b""

    def skip_newlines(self) -> bool:
        """Drop line ends; returns whether anything follows."""
        while self.next_byte in (b"\r", b"\n"):
            self._held = self._held.lstrip(b"\r\n")
        return bool(self._held)

    def through(self, mark: bytes, limit: int) -> bytes:
        """All up to and with `mark`, or, if it does not come within `limit` bytes, nothing."""
        while (at := self._held.find(mark)) < 0 and len(self._held) < limit and self._grow():
            pass
        return self.take(at + len(mark)) if at >= 0 else b""

    def take(self, n_bytes: int) -> bytes:
        """So many bytes; fewer only at the end."""
        while len(self._held) < n_bytes and self._grow():
            pass
        taken, self._held = self._held[:n_bytes], self._held[n_bytes:]
        return taken

    def skip(self, n_bytes: int) -> int:
        """Drop so many bytes; returns how many there were."""
        left = n_bytes
        while left and (taken := len(self.take(min(left, PIECE_BYTES)))):
            left -= taken
        return n_bytes - left

    def skip_to_record(self) -> bytes:
        """Drop what comes before the next version line; returns the beginning of that."""
        dropped = self.take(1)
        while not (found := _VERSION.search(self._held)):
            dropped += self._held[: JUNK_BYTES - len(dropped)]
            self._held = self._held[-VERSION_BYTES:]
            if not self._grow():
                self._held = b""
                return dropped
        return dropped + self.take(found.start())[: JUNK_BYTES - len(dropped)]


def _member_records(position: int, window: _Window, max_block_bytes: int) -> Iterator[WarcRecord]:
    while window.skip_newlines():
        head = window.through(END, HEAD_BYTES)
        headers = _headers(head)
        if headers:
            yield _record(position, headers, window, max_block_bytes)
        else:
            junk = head + window.skip_to_record()
            yield WarcRecord(position, {}, junk[:JUNK_BYTES], "no WARC record begins here")


def _headers(head: bytes) -> dict[str, str]:
    """A record's headers; none at all if they cannot be a record's."""
    version, *lines = head.decode("utf-8", "replace").split("\r\n")
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    is_record = version.startswith("WARC/") and _LENGTH.fullmatch(headers.get("content-length", ""))
    return headers if is_record else {}


def _record(position: int, headers: dict[str, str], window: _Window, max_block_bytes: int) -> WarcRecord:
    stated = int(headers["content-length"])
    block = window.take(min(stated, max_block_bytes))
    n_bytes = len(block) + window.skip(stated - len(block))
    fault = ""
    if n_bytes < stated:
        fault = f"cut: {n_bytes:,} of {stated:,} bytes are there"
        block = block.removesuffix(END)
    elif window.next_byte not in (b"", b"\r", b"\n"):
        fault = f"longer than its Content-Length of {stated:,}"
        window.skip_to_record()
    elif stated > max_block_bytes:
        fault = f"block of {stated:,} bytes, cut at {max_block_bytes:,}"
    return WarcRecord(position, headers, block, fault)
