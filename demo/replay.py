"""WARC files served as a web: every host that they hold, with the stored answers."""

from __future__ import annotations

import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from urllib.parse import quote, urlsplit

from fastwarc.warc import ArchiveIterator, WarcRecordType

from demo.pages import Reply

logger = logging.getLogger("sastra")

INDEX = "/replay-index.html"
LINKS_ON_A_PAGE = 1000
SAFE = "/%:@!$&'()*+,;=~-._?[]|"
HTML = ("Content-Type", "text/html; charset=utf-8")
VERSION = re.compile(rb"HTTP/[\d.]+")
FRAMING = re.compile(rb"\r\n(?:content-length|transfer-encoding):[^\r\n]*", re.IGNORECASE)
CHUNK = re.compile(rb"[0-9A-Fa-f]+[^\r\n]{0,100}\r\n")


@dataclass(frozen=True)
class StoredReply:
    """An answer as it was stored."""

    head: bytes
    content: bytes
    closes: bool
    seconds: float = 0.0


@dataclass(frozen=True)
class Position:
    """Where a record begins."""

    path: Path
    offset: int


class Replay:
    """The responses of WARC files, by host and path; of several for one URL, the first.

    A host without a stored first page has one that links all of its URLs; for every host these links stand at INDEX.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._positions: dict[tuple[str, str], Position] = {}
        self._urls: defaultdict[str, list[str]] = defaultdict(list)
        for path in paths:
            self._read(path)

    def _read(self, path: Path) -> None:
        """Note where each response is; of a damaged file, those before the damage."""
        with path.open("rb") as stream:
            responses = ArchiveIterator(stream, record_types=WarcRecordType.response, parse_http=False)
            try:
                for record in responses:
                    self._note(record.headers.get("WARC-Target-URI") or "", Position(path, record.stream_pos))
            except OSError as error:
                logger.warning("%s: only the records before the damage are served: %s", path, error)

    def _note(self, uri: str, position: Position) -> None:
        url = uri.strip("<>")
        key = _key(*_host_and_target(url))
        if url.startswith("http") and key not in self._positions:
            self._positions[key] = position
            self._urls[key[0]].append(url)

    @property
    def hosts(self) -> list[str]:
        """Every host name."""
        return sorted(self._urls)

    @property
    def seeds(self) -> list[str]:
        """The pages of links of each host: every stored URL is one step from them."""
        return [
            f"{urlsplit(urls[0]).scheme}://{host}{INDEX}{f'?{page}' if page else ''}"
            for host, urls in sorted(self._urls.items())
            for page in range(-(-len(urls) // LINKS_ON_A_PAGE))
        ]

    def reply(self, host: str, target: str) -> Reply | StoredReply:
        """The stored answer, whichever the scheme of the stored URL."""
        position = self._positions.get(_key(host, target))
        if position:
            return _stored(position)
        path, _, page = target.partition("?")
        if host in self._urls and path in ("/", INDEX) and (not page or page.isdecimal()):
            return _index(host, self._urls[host], int(page or 0))
        return Reply(404, (HTML,), b"<h1>404</h1>not stored")


def _host_and_target(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return (parts.hostname or "", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def _key(host: str, target: str) -> tuple[str, str]:
    """Host and path in the one form in which both stored and requested ones are looked up."""
    escaped = quote(target, safe=SAFE)
    return host, re.sub("%[0-9a-fA-F]{2}", lambda found: found[0].upper(), escaped)


def _stored(position: Position) -> StoredReply:
    with position.path.open("rb") as stream:
        stream.seek(position.offset)
        record = next(iter(ArchiveIterator(stream, parse_http=False)))
        message: bytes = record.reader.read()
    head, _, content = message.partition(b"\r\n\r\n")
    head = VERSION.sub(b"HTTP/1.1", head, count=1)
    if b"transfer-encoding:" in head.lower() and CHUNK.match(content):
        return StoredReply(head + b"\r\n\r\n", content, closes=not content.endswith(b"0\r\n\r\n"))
    head = FRAMING.sub(b"", head) + b"\r\nContent-Length: %d" % len(content)
    return StoredReply(head + b"\r\n\r\n", content, closes=False)


def _index(host: str, urls: Sequence[str], page: int) -> Reply:
    """A page of links to the host's stored URLs, and to the next such page."""
    start = page * LINKS_ON_A_PAGE
    links: Iterable[str] = urls[start : start + LINKS_ON_A_PAGE]
    rows = [f'<li><a href="{escape(url)}">{escape(url)}</a></li>' for url in links]
    if start + LINKS_ON_A_PAGE < len(urls):
        rows.append(f'<li><a href="{INDEX}?{page + 1}">next</a></li>')
    title = f"<title>{escape(host)}</title>"
    return Reply(headers=(HTML,), body=f"<!doctype html>{title}<ul>{''.join(rows)}</ul>".encode())
