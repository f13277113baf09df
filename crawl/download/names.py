"""Where a host is reached: by a configured name on this machine, or by an address of the network's that is public."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from corpus.errors import ConfigurationError
from crawl.urls import DEFAULT_PORTS, names_host

LOOKUPS: Final = 32  # at a time; each is a thread that waits
MOST_NAMES: Final = 10_000  # whose addresses are remembered
MAX_AGE_SECONDS: Final = 600.0
TLS: Final = "tls://"


class Route(NamedTuple):
    """How a host is spoken to: its own name, the name or address connected to, port, TLS.

    `is_given` where the configuration says so; no name server is asked then.
    """

    name: str
    host: str
    port: int
    is_tls: bool
    is_given: bool


class PrivateAddressError(OSError):
    """A name that leads to this machine or to its own network; no page may send a crawler there."""


class Names:
    """Which hosts are reached where: entries such as `*.khmer.test=127.0.0.1:8080`, the first that matches.

    Such a host is spoken to in plain HTTP, https URLs too, but where the entry says `tls://127.0.0.1:8443`; requests,
    records and politeness go by its own name.
    """

    def __init__(self, entries: Sequence[str]) -> None:
        self._routes = dict(map(_parsed, entries))
        self._given = lru_cache(maxsize=1 << 14)(self._find)

    def route(self, url: str) -> Route:
        """How the host of a clean URL is spoken to."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        given = self._given(host)
        if given:
            return given
        return Route(
            host, host, parts.port or DEFAULT_PORTS[parts.scheme], parts.scheme == "https", is_given=False
        )

    def _find(self, host: str) -> Route | None:
        return next(
            (
                route._replace(name=host)
                for pattern, route in self._routes.items()
                if names_host(pattern, host)
            ),
            None,
        )


def _parsed(entry: str) -> tuple[str, Route]:
    pattern, _, address = entry.partition("=")
    host, _, port = address.removeprefix(TLS).rpartition(":")
    if not pattern or not host or not port.isdecimal() or not 0 < int(port) < 1 << 16:
        msg = f"resolve: got {entry!r}; expected NAME=ADDRESS:PORT. Try: resolve=['*.khmer.test=127.0.0.1:8080']"
        raise ConfigurationError(msg)
    return pattern, Route("", host, int(port), address.startswith(TLS), is_given=True)


class Addresses:
    """Looks names up, in threads, and remembers for ten minutes what it found."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="names")
        self._known: OrderedDict[str, tuple[float, list[str]]] = OrderedDict()

    async def of(self, route: Route) -> list[str]:
        """The public addresses of a host, in the resolver's order; raises socket.gaierror or PrivateAddressError."""
        if route.is_given:
            return [route.host]
        now = time.monotonic()
        until, addresses = self._known.get(route.host, (0.0, []))
        if until < now:
            found = await asyncio.get_running_loop().run_in_executor(self._threads, _looked_up, route.host)
            addresses = [address for address in found if is_public(address)]
            if not addresses:
                raise PrivateAddressError(f"{route.host} is {', '.join(found)}")
            self._known[route.host] = now + MAX_AGE_SECONDS, addresses
            while len(self._known) > MOST_NAMES:
                self._known.popitem(last=False)
        return addresses

    def close(self) -> None:
        """Wait for no look-up."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _looked_up(host: str) -> list[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public network's: not private, loopback, link-local, reserved or multicast.

    An IPv6 address that wraps an IPv4 address (mapped, 6to4, NAT64 of RFC 6052) is what it wraps.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        wrapped = ip.ipv4_mapped or ip.sixtofour
        if ip in _NAT64:
            wrapped = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if wrapped:
            return is_public(str(wrapped))
    return ip.is_global and not ip.is_multicast


_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
