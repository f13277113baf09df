"""A page of the embedded web: what the server answers, and what must become of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Literal

from demo.texts import Planted

Framing = Literal["length", "chunked", "cut"]
CHUNK_BYTES = 4096
MISSING_BYTES = 1000  # what a cut answer announces and does not send


@dataclass(frozen=True)
class Reply:
    """An HTTP answer, byte by byte; a cut one announces more than it sends, a slow one waits before its body."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    framing: Framing = "length"
    seconds: float = 0.0

    @property
    def head(self) -> bytes:
        """Status line and headers."""
        announced = len(self.body) + (MISSING_BYTES if self.framing == "cut" else 0)
        frame = ("Content-Length", str(announced))
        if self.framing == "chunked":
            frame = ("Transfer-Encoding", "chunked")
        lines = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}"]
        lines += [f"{name}: {value}" for name, value in (*self.headers, frame)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    @property
    def closes(self) -> bool:
        """Whether the connection ends with this answer."""
        return self.framing == "cut"

    @property
    def content(self) -> bytes:
        """What follows the headers on the wire."""
        if self.framing != "chunked":
            return self.body
        starts = range(0, len(self.body), CHUNK_BYTES)
        chunks = [self.body[start : start + CHUNK_BYTES] for start in starts]
        return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in [*chunks, b""])


@dataclass(frozen=True)
class Truth:
    """What must become of a URL.

    `expected` is `keep`, `drop:<reason>` or `unseen` (never fetched). Of a text and all that name it in
    `duplicate_of` exactly one is kept, whichever it is. `planted` must not stand in any text that is kept.
    """

    url: str
    kind: str
    expected: str
    variant: str = ""
    status: int = 200
    duplicate_of: str = ""
    jaccard5: float | None = None
    planted: tuple[Planted, ...] = ()

    def json(self) -> str:
        """One line of JSON, with the names of the truth files that the pipeline is scored by."""
        row = {
            "url": self.url,
            "class": self.kind,
            "expected": self.expected,
            "variant": self.variant,
            "status": self.status,
            "duplicate_of": self.duplicate_of or None,
            "jaccard5": self.jaccard5,
            "pii": [{"type": kind, "value": value} for kind, value in self.planted],
        }
        return json.dumps(row, ensure_ascii=False)


@dataclass(frozen=True)
class Page:
    """An answer with its truth; `text` is what a reader came for, where there is such a thing."""

    truth: Truth
    reply: Reply = field(repr=False)
    text: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        """Its address."""
        return self.truth.url
