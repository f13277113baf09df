"""The HTTP client: a connection to each host, kept open for the next request, and what is learnt of its TLS.

The crawl looks names up itself and connects to the address that it has looked at, so that no page, and no name server,
leads it to what only this machine can reach.
"""

from __future__ import annotations

import asyncio
import ssl
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal, Self

from crawl.download.connection import Connection
from crawl.download.names import Addresses, Route
from crawl.download.wire import AnswerReader, Head, Truncated, WireError

MOST_IDLE: Final = 64  # connections kept open
MOST_ADDRESSES: Final = 3  # of a name that are tried, one after the other
CONNECT_SECONDS: Final = 10.0  # for each but the last
MOST_LARGE: Final = 4  # large bodies received at a time
MOST_FAULTS: Final = 10_000  # hosts of which it is remembered that their certificate is not in order
SSL_OP_LEGACY_SERVER_CONNECT: Final = 4  # OpenSSL's; Python names it from 3.12 on

LimitOf = Callable[[Head], int]


@dataclass(frozen=True)
class Received:
    """An answer and how it came: the peer's address, TLS version and fault, seconds until it began."""

    head: Head
    body: bytes
    truncated: Truncated
    address: str
    tls: str
    seconds: float


class Client:
    """Asks for URLs, and in every request says `headers`."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = _lines(headers)
        self._addresses = Addresses()
        self._idle: OrderedDict[Route, Connection] = OrderedDict()
        self._faults: OrderedDict[str, str] = OrderedDict()
        self._places = asyncio.Semaphore(MOST_LARGE)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        for connection in self._idle.values():
            connection.abort()
        self._addresses.close()

    def request_head(self, authority: str, target: str, further: Mapping[str, str]) -> bytes:
        """A GET request as it is sent."""
        return f"GET {target} HTTP/1.1\r\nHost: {authority}\r\n{self._headers}{_lines(further)}\r\n".encode(
            "latin-1"
        )

    async def ask(self, route: Route, request: bytes, limit_of: LimitOf, until: float) -> Received:
        """The answer to a request, the body as it was sent, but for chunk marks.

        Raises WireError, TimeoutError, OSError (socket.gaierror, ssl.SSLError) or what `limit_of` raises. Once there
        is a head, neither the deadline nor a lost connection is an error: the body is cut.
        """
        kept = self._idle.pop(route, None)
        if kept is not None and kept.is_fresh:
            reader = AnswerReader(limit_of)
            try:
                return await self._asked(kept, request, reader, until)
            except (WireError, OSError) as error:
                if isinstance(error, TimeoutError) or reader.has_begun:
                    raise  # else the server had closed it, as it may at any time
        elif kept is not None:
            kept.abort()
        async with asyncio.timeout_at(until):
            connection = await self._connected(route)
        return await self._asked(connection, request, AnswerReader(limit_of), until)

    async def _asked(
        self, connection: Connection, request: bytes, reader: AnswerReader, until: float
    ) -> Received:
        seconds = await connection.ask(request, reader, until)
        if reader.is_reusable:
            self._idle[connection.route] = connection
            while len(self._idle) > MOST_IDLE:
                self._idle.popitem(last=False)[1].abort()
        else:
            connection.abort()
        assert reader.head is not None
        body = bytes(reader.body)
        return Received(reader.head, body, reader.truncated, connection.address, connection.tls, seconds)

    async def _connected(self, route: Route) -> Connection:
        """A new connection; over TLS also where the certificate is not in order, which is noted."""
        if not route.is_tls:
            return await self._connected_by(route, None)
        fault = self._faults.get(route.name)
        if fault is None:
            try:
                return await self._connected_by(route, _context("strict"))
            except ssl.SSLError as error:
                fault = str(getattr(error, "verify_message", "") or error.reason or error)
        connection = await self._connected_by(route, _context("lenient"))
        connection.tls += f"; {fault}"
        self._faults[route.name] = fault
        while len(self._faults) > MOST_FAULTS:
            self._faults.popitem(last=False)
        return connection

    async def _connected_by(self, route: Route, context: ssl.SSLContext | None) -> Connection:
        """Connect to the first address that answers."""
        *others, last = (await self._addresses.of(route))[:MOST_ADDRESSES]
        for address in others:
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    return await self._connected_to(address, route, context)
            except ssl.SSLError:
                raise
            except OSError:
                continue
        return await self._connected_to(last, route, context)

    async def _connected_to(self, address: str, route: Route, context: ssl.SSLContext | None) -> Connection:
        made = asyncio.get_running_loop().create_connection(
            lambda: Connection(route, self._places),
            address,
            route.port,
            ssl=context,
            server_hostname=route.name if context else None,
        )
        return (await made)[1]


def _lines(headers: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())


@cache
def _context(manner: Literal["strict", "lenient"]) -> ssl.SSLContext:
    """How TLS is spoken: as browsers do, or as with a server of another age, whoever it is."""
    context = ssl.create_default_context()
    if manner == "lenient":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.options |= SSL_OP_LEGACY_SERVER_CONNECT
    return context
