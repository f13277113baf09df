"""Requests one by one: a pause between two to the same host, whoever asks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from crawl.policy.politeness import least_delay
from crawl.urls import host_of
from crawl.warc import Exchange

Fetch = Callable[[str], Awaitable[Exchange]]


@dataclass
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    ready_at: float = 0.0
    crawl_delay: float = 0.0


class Asker:
    """Asks any number of hosts, each over one connection at a time and no sooner than it wishes."""

    def __init__(self, fetch: Fetch, delay: float, max_crawl_delay: float) -> None:
        self._fetch = fetch
        self._delay = delay
        self._max_crawl_delay = max_crawl_delay
        self._hosts: dict[str, _Host] = {}

    async def ask(self, url: str) -> Exchange:
        """The answer to one request, redirects not followed; raises DownloadError where there is none."""
        host = self._hosts.setdefault(host_of(url), _Host())
        async with host.lock:
            await asyncio.sleep(max(host.ready_at - time.monotonic(), 0.0))
            started = time.monotonic()
            try:
                return await self._fetch(url)
            finally:
                now = time.monotonic()
                wait = least_delay(self._delay, host.crawl_delay, self._max_crawl_delay, now - started)
                host.ready_at = now + wait

    def keep_distance(self, url: str, crawl_delay: float) -> None:
        """Leave a URL's host alone for its Crawl-delay, in seconds, between requests."""
        self._hosts.setdefault(host_of(url), _Host()).crawl_delay = crawl_delay
