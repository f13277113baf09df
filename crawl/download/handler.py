"""Scrapy's download handler: one exchange as it goes over the wire, within limits of size and time."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawl.download.body import ACCEPT_ENCODING
from crawl.download.client import Client
from crawl.download.names import PrivateAddressError, Route
from crawl.download.wire import Head, WireError
from crawl.warc import Exchange

if TYPE_CHECKING:
    from crawl.frontier.fetch import Fetch

ACCEPT = (
    "text/html,application/xhtml+xml,application/pdf;q=0.9,application/xml;q=0.9,text/plain;q=0.8,*/*;q=0.1"
)
NOT_TEXT = (b"image/", b"audio/", b"video/", b"font/")
TRANSIENT = {"timeout", "dns", "connection"}  # worth another try
MAX_POLICY_BYTES: Final = 1 << 20  # of robots.txt, 500 KiB are read
EVIDENCE_CHARS: Final = 200
_TARGET = re.compile(r"[!-~]+")

_REASONS: Final[tuple[tuple[type[OSError], str], ...]] = (
    (TimeoutError, "timeout"),
    (socket.gaierror, "dns"),
    (PrivateAddressError, "private_address"),
    (ssl.SSLError, "tls"),
    (OSError, "connection"),
)


class DownloadError(Exception):
    """No answer worth keeping; `reason` is the ledger's."""

    def __init__(self, reason: str, evidence: str = "") -> None:
        super().__init__(reason, evidence)
        self.reason = reason
        self.evidence = evidence


def open_client(user_agent: str) -> Client:
    """An HTTP client that identifies itself, asks for Khmer first, and leaves cookies alone and bodies packed."""
    return Client(
        {
            "User-Agent": user_agent,
            "Accept": ACCEPT,
            "Accept-Encoding": ACCEPT_ENCODING,
            "Accept-Language": "km,*;q=0.5",
        }
    )


class ExchangeHandler(BaseDownloadHandler):  # type: ignore[misc]
    """Fetches a request's URL and leaves the `Exchange` in its meta, the body undecoded."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._crawl = crawler.spider.crawl
        self._config = self._crawl.config

    async def download_request(self, request: Request) -> Response:
        try:
            exchange = await self._exchange(request.meta["fetch"])
        except WireError as error:
            raise DownloadError(error.reason, error.evidence) from error
        except (OSError, ValueError) as error:
            raise DownloadError(
                _reason(error), f"{type(error).__name__}: {error}"[:EVIDENCE_CHARS]
            ) from error
        request.meta["exchange"] = exchange
        return Response(request.url, status=exchange.status, request=request)

    async def _exchange(self, fetch: Fetch) -> Exchange:
        started = datetime.now(UTC)
        until = asyncio.get_running_loop().time() + self._config.deadline
        parts = urlsplit(fetch.url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if not _TARGET.fullmatch(parts.netloc + target):
            raise DownloadError("bad_url", "holds what no request line may")
        questions = fetch.visit.questions() if fetch.visit else {}
        request = self._crawl.client.request_head(parts.netloc, target, questions)

        def limit_of(head: Head) -> int:
            return self._limit(fetch, head)

        received = await self._crawl.client.ask(self._route(fetch.url), request, limit_of, until)
        return Exchange(
            url=fetch.url,
            started=started,
            address=received.address,
            request_head=request,
            status=received.head.status,
            status_line=received.head.status_line,
            headers=received.head.headers,
            body=received.body,
            truncated=received.truncated,
            seconds=received.seconds,
            tls=received.tls,
        )

    def _route(self, url: str) -> Route:
        route: Route = self._crawl.names.route(url)
        if self._config.only_resolved and not route.is_given:
            raise DownloadError("not_resolved", f"{route.name} is not among the names in resolve")
        return route

    def _limit(self, fetch: Fetch, head: Head) -> int:
        """The bytes that the body may have; raises DownloadError where it is not wanted at all."""
        media_type = b",".join(head.values(b"content-type")).lower()
        if media_type.startswith(NOT_TEXT):
            raise DownloadError("not_text", media_type.decode("latin-1")[:EVIDENCE_CHARS])
        most: int = self._config.max_body_bytes
        if fetch.is_policy:
            return min(most, MAX_POLICY_BYTES)
        return max(most, self._config.max_pdf_bytes) if b"application/pdf" in media_type else most


def _reason(error: Exception) -> str:
    """The ledger's reason for a failure."""
    return next((reason for kind, reason in _REASONS if isinstance(error, kind)), "bad_response")
