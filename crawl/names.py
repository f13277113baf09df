"""Names that a server on this machine answers for, so that a web can be crawled that is not on the network."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from corpus.errors import ConfigurationError
from crawl.urls import names_host


class Names:
    """Which hosts are reached where: entries such as `*.khmer.test=127.0.0.1:8080`.

    Such a host is spoken to in plain HTTP, https URLs too; requests, records and politeness go by its own name.
    """

    def __init__(self, entries: Sequence[str]) -> None:
        self._addresses = dict(map(_parsed, entries))
        self.address = lru_cache(maxsize=1 << 14)(self._find)

    def _find(self, host: str) -> tuple[str, int] | None:
        """Where the host is reached; None for one that the network's names decide."""
        return next((to for pattern, to in self._addresses.items() if names_host(pattern, host)), None)


def _parsed(entry: str) -> tuple[str, tuple[str, int]]:
    pattern, _, address = entry.partition("=")
    host, _, port = address.rpartition(":")
    if not pattern or not host or not port.isdecimal() or not 0 < int(port) < 1 << 16:
        msg = f"resolve: got {entry!r}; expected NAME=ADDRESS:PORT. Try: resolve=['*.khmer.test=127.0.0.1:8080']"
        raise ConfigurationError(msg)
    return pattern, (host, int(port))
