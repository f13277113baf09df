"""HTTP/1.x answers taken from the wire as browsers take them: within limits, and of a broken one what can be had.

Where RFC 9112 leaves a client the choice between an error and going on, this one goes on as browsers do: bare
newlines, headers without a colon (dropped), folded headers, NULs, lengths that are no numbers (the body then ends with
the connection), a missing reason phrase. What does not begin with `HTTP/` is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal

MAX_HEAD_BYTES: Final = (
    1 << 18
)  # status line, headers and answers with 1xx before them; browsers stop there too
MAX_CHUNK_LINE_BYTES: Final = 1 << 12
MAX_DIGITS: Final = 15  # of a length; a longer one is longer than any limit
START: Final = b"HTTP/"

_BLANK = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"HTTP/(\d)(?:\.(\d))? +(\d{3})(?:[ \t][^\n]*)?", re.I)
_NAME = re.compile(rb"[^\x00-\x20\x7f:]+")
_CHUNK = re.compile(rb"[ \t]*([0-9a-fA-F]+)[ \t]*(?:;[^\n]*)?\r?\n")

Truncated = Literal["", "length", "time", "disconnect"]  # WARC/1.1, 5.13
Framing = Literal["none", "length", "chunked", "close"]


class WireError(Exception):
    """What came is no answer; `reason` is the ledger's."""

    def __init__(self, reason: str, evidence: str) -> None:
        super().__init__(reason, evidence)
        self.reason = reason
        self.evidence = evidence


@dataclass(frozen=True)
class Head:
    """Status line and headers, these in order and as received but for spaces around them."""

    status_line: bytes
    version: tuple[int, int]
    status: int
    headers: tuple[tuple[bytes, bytes], ...]

    def values(self, name: bytes) -> list[bytes]:
        """The values of a header, given in lower case."""
        return [value for key, value in self.headers if key.lower() == name]

    @property
    def closes(self) -> bool:
        """Whether the server will close the connection (RFC 9112, 9.3)."""
        options = b",".join(self.values(b"connection")).lower()
        return b"close" in options or (self.version < (1, 1) and b"keep-alive" not in options)


class AnswerReader:
    """Takes one answer from the bytes of a connection, however they are cut.

    `limit_of` gives the bytes that a body may have, by its head; what it raises, `feed` raises.
    """

    def __init__(self, limit_of: Callable[[Head], int]) -> None:
        self.head: Head | None = None
        self.body = bytearray()
        self.truncated: Truncated = ""
        self.is_done = False
        self.is_reusable = False  # whether the connection may be asked again
        self._limit_of = limit_of
        self._limit = 0
        self._held = bytearray()
        self._n_head = 0
        self._n_searched = 0  # bytes of an unfinished head that hold no blank line
        self._framing: Framing = "none"
        self._left = 0  # bytes of the body, or of a chunk, that are still to come

    @property
    def has_begun(self) -> bool:
        """Whether anything has come."""
        return self.head is not None or bool(self._held or self._n_head)

    def feed(self, data: bytes) -> bool:
        """Take in what came; returns whether the answer has ended. Raises WireError where it is none."""
        if self.head is None:
            self._held += data
            if not self._take_head():
                return False
            data, self._held = bytes(self._held), bytearray()
        if self._framing == "chunked":
            self._take_chunks(data)
        elif not self.is_done:
            self._take(data)
        return self.is_done

    def end(self) -> None:
        """The connection is closed; raises WireError where that leaves no answer."""
        if self.head is None:
            n_bytes = self._n_head + len(self._held)
            raise WireError("connection", f"closed after {n_bytes:,} bytes of an answer's head")
        self.cut("" if self._framing == "close" else "disconnect")

    def cut(self, why: Truncated) -> None:
        """End the body here, if it has not ended."""
        if not self.is_done:
            self.is_done, self.truncated = True, why

    def _take_head(self) -> bool:
        """Whether the head is there; answers with 1xx before it are dropped."""
        while True:
            self._drop_newlines()
            held = self._held
            if held[: len(START)].upper() != START[: len(held)]:
                raise WireError("bad_response", f"no status line: {bytes(held[:60])!r}")
            blank = _BLANK.search(held, max(self._n_searched - 3, 0))
            if self._n_head + (blank.end() if blank else len(held)) > MAX_HEAD_BYTES:
                raise WireError("head_too_large", f"an answer's head of more than {MAX_HEAD_BYTES:,} bytes")
            self._n_searched = 0 if blank else len(held)
            if blank is None:
                return False
            head = parse_head(bytes(held[: blank.start()]))
            del held[: blank.end()]
            self._n_head += blank.end()
            if head.status >= 200:
                self._begin(head)
                return True
            if head.status == 101:
                raise WireError("bad_response", "101: another protocol, which was not asked for")

    def _drop_newlines(self) -> None:
        """Those that stand before a status line."""
        if self._held.startswith((b"\r", b"\n")):
            n_before = len(self._held)
            self._held = self._held.lstrip(b"\r\n")
            self._n_head += n_before - len(self._held)

    def _begin(self, head: Head) -> None:
        self.head = head
        self._limit = self._limit_of(head)
        self._framing, self._left = _framing(head)
        if self._framing == "none" or (self._framing == "length" and not self._left):
            self._finish(bytes(self._held))

    def _finish(self, rest: bytes, end: bytes = b"") -> None:
        """The body is whole; what follows it, if it is not its end mark, belongs to no request."""
        assert self.head is not None
        self.is_done, self.is_reusable = True, rest == end and not self.head.closes

    def _take(self, data: bytes) -> None:
        """A body with a length or with none."""
        wanted = data[: self._left] if self._framing == "length" else data
        if not self._add(wanted) or self._framing == "close":
            return
        self._left -= len(wanted)
        if not self._left:
            self._finish(data[len(wanted) :])

    def _add(self, data: bytes | bytearray | memoryview) -> bool:
        """Add to the body; returns whether it is within its limit."""
        room = self._limit - len(self.body)
        self.body += data[:room]
        if len(data) > room:
            self.cut("length")
        return len(data) <= room

    def _take_chunks(self, data: bytes) -> None:
        held = bytes(self._held) + data if self._held else data
        view, at = memoryview(held), 0
        while not self.is_done and at < len(held):
            if self._left > 0:
                piece = view[at : at + self._left]
                self._left -= len(piece)
                at += len(piece)
                self._add(piece)
                continue
            line = _CHUNK.match(held, at + _line_end(held, at))
            if line is None:
                if len(held) - at > MAX_CHUNK_LINE_BYTES or b"\n" in held[at + 2 :]:
                    self.cut("disconnect")
                break
            at, self._left = line.end(), int(line[1], 16)
            if not self._left:
                self._finish(held[at:], b"\r\n")
        self._held = bytearray() if self.is_done else bytearray(held[at:])


def _line_end(held: bytes, at: int) -> int:
    """The length of the line end after a chunk, if it is there."""
    return 2 if held[at : at + 2] == b"\r\n" else 1 if held[at : at + 1] == b"\n" else 0


def parse_head(block: bytes) -> Head:
    """Status line and headers; raises WireError without a status line."""
    first, *lines = block.split(b"\n")
    first = first.rstrip(b"\r").replace(b"\0", b"")
    status = _STATUS.fullmatch(first)
    if status is None:
        raise WireError("bad_response", f"no status line: {first[:60]!r}")
    version = (int(status[1]), int(status[2] or 0))
    return Head(first, version, int(status[3]), tuple(_headers(lines)))


def _headers(lines: Iterable[bytes]) -> list[tuple[bytes, bytes]]:
    found: list[tuple[bytes, bytes]] = []
    for line in lines:
        text = line.rstrip(b"\r").replace(b"\0", b"").replace(b"\r", b" ")
        if text[:1] in (b" ", b"\t"):
            if found:
                found[-1] = (found[-1][0], found[-1][1] + b" " + text.strip())
            continue
        name, colon, value = text.partition(b":")
        if colon and _NAME.fullmatch(name.rstrip()):
            found.append((name.rstrip(), value.strip()))
    return found


def _framing(head: Head) -> tuple[Framing, int]:
    """How the body's end is told, and its length if by that (RFC 9112, 6.3)."""
    if head.status in (204, 304):
        return "none", 0
    if head.values(b"transfer-encoding"):
        is_chunked = b"chunked" in head.values(b"transfer-encoding")[-1].lower()
        return ("chunked", 0) if is_chunked else ("close", 0)
    stated = {length.strip() for value in head.values(b"content-length") for length in value.split(b",")}
    if len(stated) != 1 or not (only := stated.pop()).isdigit():
        return "close", 0
    return "length", int(only) if len(only) <= MAX_DIGITS else 10**MAX_DIGITS
