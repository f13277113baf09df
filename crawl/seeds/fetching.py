"""The crawl's own client, for one exchange at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit

from crawl.download.client import Client
from crawl.download.handler import EVIDENCE_CHARS, DownloadError, _reason, open_client
from crawl.download.names import Names
from crawl.download.wire import WireError
from crawl.policy.identity import user_agent
from crawl.seeds.asking import Fetch
from crawl.seeds.config import SeedsConfig
from crawl.warc import Exchange


@asynccontextmanager
async def open_fetch(config: SeedsConfig) -> AsyncIterator[Fetch]:
    """A function that fetches a URL as the crawl does: same name, same limits, redirects not followed."""
    names = Names(config.resolve)
    async with open_client(user_agent(config.contact)) as client:

        async def fetch(url: str) -> Exchange:
            route = names.route(url)
            if config.only_resolved and not route.is_given:
                raise DownloadError("not_resolved", f"{route.name} is not among the names in resolve")
            return await _exchange(client, names, url, config)

        yield fetch


async def _exchange(client: Client, names: Names, url: str, config: SeedsConfig) -> Exchange:
    started = datetime.now(UTC)
    until = asyncio.get_running_loop().time() + config.deadline
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    request = client.request_head(parts.netloc, target, {})
    try:
        received = await client.ask(names.route(url), request, lambda _head: config.max_body_bytes, until)
    except WireError as error:
        raise DownloadError(error.reason, error.evidence) from error
    except (OSError, ValueError) as error:
        evidence = f"{type(error).__name__}: {error}"[:EVIDENCE_CHARS]
        raise DownloadError(_reason(error), evidence) from error
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
