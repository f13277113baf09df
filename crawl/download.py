"""Scrapy's download handler: one exchange as it goes over the wire, within limits of size and time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import aiohttp
from aiohttp.connector import Connection
from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response
from yarl import URL

from crawl.body import ACCEPT_ENCODING
from crawl.urls import host_of
from crawl.warc import Exchange

ACCEPT = (
    "text/html,application/xhtml+xml,application/pdf;q=0.9,application/xml;q=0.9,text/plain;q=0.8,*/*;q=0.1"
)
NOT_TEXT = ("image/", "audio/", "video/", "font/")
TRANSIENT = {"timeout", "dns", "connection"}  # worth another try


class DownloadError(Exception):
    """No answer worth keeping; `reason` is the ledger's."""

    def __init__(self, reason: str, evidence: str = "") -> None:
        super().__init__(reason, evidence)
        self.reason = reason
        self.evidence = evidence


class _Response(aiohttp.ClientResponse):
    """Remembers the peer's address, which a response read to its end has lost."""

    address = ""

    async def start(self, connection: Connection) -> aiohttp.ClientResponse:
        if connection.transport is not None:
            self.address = str((connection.transport.get_extra_info("peername") or ("",))[0])
        return await super().start(connection)


def open_client(user_agent: str) -> aiohttp.ClientSession:
    """An HTTP client that identifies itself, and leaves cookies alone and bodies packed."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, limit_per_host=0),  # Hosts limits them
        headers={
            "User-Agent": user_agent,
            "Accept": ACCEPT,
            "Accept-Encoding": ACCEPT_ENCODING,
            "Accept-Language": "km,*;q=0.5",
        },
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        response_class=_Response,
        timeout=aiohttp.ClientTimeout(total=None),  # each request has its deadline
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
            exchange = await self._exchange(request.meta["fetch"].url)
        except DownloadError:
            raise
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise DownloadError(_reason(error), f"{type(error).__name__}: {error}"[:200]) from error
        request.meta["exchange"] = exchange
        return Response(request.url, status=exchange.status, body=exchange.body, request=request)

    async def _exchange(self, url: str) -> Exchange:
        started = datetime.now(UTC)
        until = asyncio.get_running_loop().time() + self._config.deadline
        target, headers = self._target(url)
        async with asyncio.timeout_at(until):
            answer = await self._crawl.client.get(target, headers=headers, allow_redirects=False)
        assert isinstance(answer, _Response)
        async with answer:
            if answer.headers.get("Content-Type", "").lower().startswith(NOT_TEXT):
                answer.close()
                raise DownloadError("not_text", answer.headers["Content-Type"][:200])
            body, truncated = await self._read(answer, until)
        version = answer.version or aiohttp.HttpVersion11
        status_line = f"HTTP/{version.major}.{version.minor} {answer.status} {answer.reason or ''}"
        return Exchange(
            url=url,
            started=started,
            address=answer.address,
            request_head=_request_head(answer.request_info),
            status=answer.status,
            status_line=status_line.encode("latin-1", "replace"),
            headers=tuple(answer.raw_headers),
            body=body,
            truncated=truncated,
        )

    def _target(self, url: str) -> tuple[URL, Mapping[str, str]]:
        """Where the request goes; a host that is answered for on this machine keeps its name in `Host`."""
        target = URL(url, encoded=True)
        address = self._crawl.names.address(host_of(url))
        if address is None:
            if self._config.only_resolved:
                raise DownloadError("not_resolved", f"{host_of(url)} is not among the names in resolve")
            return target, {}
        host, port = address
        return target.with_scheme("http").with_host(host).with_port(port), {"Host": target.raw_authority}

    async def _read(self, answer: aiohttp.ClientResponse, until: float) -> tuple[bytes, str]:
        """The body, and what cut it short, if anything did."""
        body = bytearray()
        try:
            async with asyncio.timeout_at(until):
                async for chunk in answer.content.iter_any():
                    body += chunk
                    if len(body) > self._config.max_body_bytes:
                        answer.close()
                        return bytes(body[: self._config.max_body_bytes]), "length"
        except TimeoutError:
            answer.close()
            return bytes(body), "time"
        except (aiohttp.ClientError, OSError):
            answer.close()
            return bytes(body), "disconnect"
        return bytes(body), ""


def _request_head(info: aiohttp.RequestInfo) -> bytes:
    lines = [
        f"{info.method} {info.url.raw_path_qs} HTTP/1.1",
        *(f"{k}: {v}" for k, v in info.headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")


def _reason(error: Exception) -> str:
    """The ledger's reason for a failure."""
    kinds: list[tuple[Any, str]] = [
        (TimeoutError, "timeout"),
        (aiohttp.ClientConnectorDNSError, "dns"),
        (aiohttp.ClientSSLError, "tls"),
        ((aiohttp.ClientConnectionError, OSError), "connection"),
    ]
    return next((reason for kind, reason in kinds if isinstance(error, kind)), "bad_response")
