"""The crawl's own exchanges, without Scrapy."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from crawl.download.exchange import Asking, open_client
from crawl.download.names import Names
from crawl.policy.identity import user_agent
from crawl.seeds.asking import Fetch
from crawl.seeds.config import SeedsConfig
from crawl.warc import Exchange


@asynccontextmanager
async def open_fetch(config: SeedsConfig) -> AsyncIterator[Fetch]:
    """A function that fetches a URL as the crawl does: same name, same limits, redirects not followed."""
    async with open_client(user_agent(config.contact)) as client:
        asking = Asking(client, Names(config.resolve), config.deadline, only_resolved=config.only_resolved)

        async def fetch(url: str) -> Exchange:
            return await asking.exchange(url, lambda _head: config.max_body_bytes, {})

        yield fetch
