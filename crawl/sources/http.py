"""HTTP responses as WARC files hold them: head, body with its codings undone, what kind of thing it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from crawl.download.body import TooLargeError, decoded

_STATUS = re.compile(rb"HTTP/[\d.]+ +(\d{3})")
_BLANK = re.compile(rb"\r?\n\r?\n")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\s\"';,]+)", re.I)
HTML_TYPES = ("text/html", "application/xhtml+xml")
SNIFF_BYTES = 1024
_HTML = re.compile(rb"(?>\s|<!--.*?-->|<\?xml.*?\?>)*+<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
BINARY_MAGIC = (
    b"%PDF-",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"RIFF",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"\x28\xb5\x2f\xfd",
    b"\x00\x00\x01\x00",
    b"\xd0\xcf\x11\xe0",
    b"7z\xbc\xaf",
    b"wOFF",
    b"wOF2",
    b"ID3",
    b"OggS",
    b"\x7fELF",
)


PDF_TYPE = "application/pdf"
PDF_MAGIC = b"%PDF-"
PDF_MAGIC_WITHIN = 1024  # ISO 32000-1, Annex H: readers look for the mark so far


def is_pdf(body: bytes) -> bool:
    """Whether a body is a PDF, by its mark."""
    return PDF_MAGIC in body[:PDF_MAGIC_WITHIN]


@dataclass(frozen=True)
class Response:
    """Status, headers in order, and the body; `fault` says what could not be undone."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fault: str = ""

    def header(self, name: str) -> str:
        """The values of a header, joined; empty where there is none."""
        return ", ".join(value for key, value in self.headers if key.lower() == name)

    @property
    def media_type(self) -> str:
        """The declared media type, in lower case, without parameters."""
        return self.header("content-type").partition(";")[0].partition(",")[0].strip().lower()

    @property
    def charset(self) -> str:
        """The declared charset, in lower case; empty where none is."""
        found = _CHARSET.search(self.header("content-type"))
        return found[1].lower() if found else ""

    @property
    def is_pdf(self) -> bool:
        """Whether it is a PDF, or claims to be one and is no page."""
        return is_pdf(self.body) or (self.media_type == PDF_TYPE and not self.is_html)

    @property
    def is_html(self) -> bool:
        """Whether the body is a page: by its first bytes where they are plain, whatever its type claims."""
        if self.body.startswith(BINARY_MAGIC):
            return False
        return (
            self.media_type in HTML_TYPES
            or _HTML.match(self.body[:SNIFF_BYTES].lstrip(b"\xef\xbb\xbf")) is not None
        )


def parse_response(block: bytes, max_body_bytes: int) -> Response | None:
    """The response in a record's block, its transfer and content codings undone; None if it is not HTTP.

    A body is cut at the limit; a coding that cannot be undone leaves what can be read, and a fault.
    """
    head, raw = split_head(block)
    status = _STATUS.match(head)
    if status is None:
        return None
    headers = tuple(_headers(head))
    answer = Response(int(status[1]), headers, raw)
    body, faults = raw, []
    if "chunked" in answer.header("transfer-encoding").lower():
        body, whole = dechunked(raw)
        faults += [] if whole else ["chunked body cut short"]
    try:
        body, fault = decoded(body, answer.header("content-encoding"), max_body_bytes)
    except TooLargeError as error:
        body, fault = b"", str(error)
    faults += [fault] if fault else []
    if len(body) > max_body_bytes:
        faults.append(f"body cut at {max_body_bytes:,} bytes")
    return Response(answer.status, headers, body[:max_body_bytes], "; ".join(faults))


def split_head(block: bytes) -> tuple[bytes, bytes]:
    """The head of an HTTP message, and its body as it is stored."""
    blank = _BLANK.search(block)
    return (block[: blank.start()], block[blank.end() :]) if blank else (block, b"")


def _headers(head: bytes) -> Iterator[tuple[str, str]]:
    for line in head.splitlines()[1:]:
        name, colon, value = line.partition(b":")
        if colon:
            yield name.decode("latin-1").strip(), value.decode("utf-8", "replace").strip()


class Chunked(NamedTuple):
    """A body without its chunk marks, and whether its last chunk was there."""

    body: bytes
    whole: bool


def dechunked(raw: bytes) -> Chunked:
    """The body of a chunked message; one without chunk marks is taken as it is (some writers remove them)."""
    parts: list[bytes] = []
    at = 0
    while True:
        end = raw.find(b"\n", at, at + 1024)
        size = raw[at : max(end, at)].partition(b";")[0].strip()
        if not re.fullmatch(rb"[0-9a-fA-F]{1,8}", size):
            return Chunked(b"".join(parts), whole=False) if parts else Chunked(raw, whole=True)
        if int(size, 16) == 0:
            return Chunked(b"".join(parts), whole=True)
        parts.append(raw[end + 1 : end + 1 + int(size, 16)])
        at = end + 1 + int(size, 16)
        at += 2 if raw[at : at + 2] == b"\r\n" else 1
