"""One exchange as it goes over the wire, within limits of size and time; or the reason why there was none."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from crawl.download.body import ACCEPT_ENCODING
from crawl.download.client import Client
from crawl.download.names import Names, PrivateAddressError
from crawl.download.wire import Head, WireError
from crawl.urls import clean_url
from crawl.warc import Exchange

ACCEPT: Final = (
    "text/html,application/xhtml+xml,application/pdf;q=0.9,application/xml;q=0.9,text/plain;q=0.8,*/*;q=0.1"
)
REDIRECTS: Final = {301, 302, 303, 307, 308}
TRANSIENT: Final = {"timeout", "dns", "connection"}  # worth another try
EVIDENCE_CHARS: Final = 200
_TARGET: Final = re.compile(r"[!-~]+")
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


class Asking:
    """Exchanges with hosts that are found through `names`; with `only_resolved`, with none but those given there."""

    def __init__(self, client: Client, names: Names, deadline: float, *, only_resolved: bool) -> None:
        self._client = client
        self._names = names
        self._deadline = deadline
        self._only_resolved = only_resolved

    async def exchange(
        self, url: str, limit_of: Callable[[Head], int], questions: Mapping[str, str]
    ) -> Exchange:
        """The answer to a request, redirects not followed; DownloadError where there is none.

        `limit_of` tells from its head how many bytes of the body are wanted; `questions` are further headers.
        """
        try:
            return await self._exchange(url, limit_of, questions)
        except WireError as error:
            raise DownloadError(error.reason, error.evidence) from error
        except (OSError, ValueError) as error:
            evidence = f"{type(error).__name__}: {error}"[:EVIDENCE_CHARS]
            raise DownloadError(_reason(error), evidence) from error

    async def _exchange(
        self, url: str, limit_of: Callable[[Head], int], questions: Mapping[str, str]
    ) -> Exchange:
        started = datetime.now(UTC)
        until = asyncio.get_running_loop().time() + self._deadline
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if not _TARGET.fullmatch(parts.netloc + target):
            raise DownloadError("bad_url", "holds what no request line may")
        route = self._names.route(url)
        if self._only_resolved and not route.is_given:
            raise DownloadError("not_resolved", f"{route.name} is not among the names in resolve")
        request = self._client.request_head(parts.netloc, target, questions)
        received = await self._client.ask(route, request, limit_of, until)
        return Exchange(
            url=url,
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


def redirect_target(exchange: Exchange) -> str:
    """Where an answer sends its reader, a `Location` of raw UTF-8 included; empty where it sends nowhere."""
    location = exchange.header("location")
    if exchange.status not in REDIRECTS or not location:
        return ""
    return clean_url(exchange.url, location.encode("latin-1").decode("utf-8", "replace"))


def _reason(error: Exception) -> str:
    """The ledger's reason for a failure."""
    return next((reason for kind, reason in _REASONS if isinstance(error, kind)), "bad_response")
