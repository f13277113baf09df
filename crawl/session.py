"""One crawl at work: what becomes of every answer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import aiohttp

from corpus.engine import meter
from crawl.body import TooLargeError, decoded, html_text
from crawl.download import TRANSIENT
from crawl.frontier import Link
from crawl.hosts import Fetch, Hosts
from crawl.journal import Journal
from crawl.links import page_links
from crawl.names import Names
from crawl.policy.optout import forbidden, page_signals
from crawl.policy.robots import MAX_REDIRECTS
from crawl.urls import clean_url, host_of, names_host, unwanted
from crawl.warc import Exchange

if TYPE_CHECKING:
    from crawl.stage import CrawlConfig

RETRY_STATUS = {429, 500, 502, 503, 504}
MAX_WAIT_SECONDS = 600.0
REDIRECT_STATUS = {301, 302, 303, 307, 308}


@dataclass
class Crawl:
    """Configuration, journal and queues of a running crawl."""

    config: CrawlConfig
    client: aiohttp.ClientSession
    names: Names
    scope: tuple[str, ...]
    journal: Journal
    hosts: Hosts
    failed: asyncio.Future[None]

    def answered(self, fetch: Fetch, exchange: Exchange) -> None:
        """Decide on an answer."""
        meter().count(1, len(exchange.body))
        if exchange.status in RETRY_STATUS and fetch.tries < self.config.retries:
            self._retry(fetch, _retry_after(exchange.header("retry-after")))
        elif fetch.kind == "page":
            self._page(fetch, exchange)
            self.hosts.release(fetch)
        else:
            self._policy_file(fetch, exchange)

    def unanswered(self, fetch: Fetch, reason: str, evidence: str) -> None:
        """Decide on a URL that gave no answer."""
        if reason in TRANSIENT and fetch.tries < self.config.retries:
            self._retry(fetch, 0.0)
            return
        self.journal.drop(fetch, reason, {**fetch.evidence(), "error": evidence})
        if fetch.kind != "page":
            self._learn(fetch, 0, b"")
        self.hosts.release(fetch)

    def _retry(self, fetch: Fetch, asked_for: float) -> None:
        wait = max(asked_for, self.config.retry_wait * 2**fetch.tries)
        self.hosts.again(replace(fetch, tries=fetch.tries + 1), min(wait, MAX_WAIT_SECONDS))

    def _policy_file(self, fetch: Fetch, exchange: Exchange) -> None:
        target = _redirect_target(exchange)
        if target and len(fetch.earlier) < MAX_REDIRECTS:
            self.hosts.again(replace(fetch, url=target, tries=0, earlier=(*fetch.earlier, exchange)))
            return
        self.journal.keep(fetch, exchange, {**fetch.evidence(), "status": exchange.status})
        self._learn(fetch, exchange.status, self._decoded(exchange) or b"")
        self.hosts.release(fetch)

    def _learn(self, fetch: Fetch, status: int, body: bytes) -> None:
        assert fetch.kind != "page"
        for redirect in fetch.earlier:
            self.journal.keep(fetch, redirect, {**fetch.evidence(), "status": redirect.status})
        fetch.site.learn(fetch.kind, status, body)
        self.journal.learnt(fetch.site)

    def _page(self, fetch: Fetch, exchange: Exchange) -> None:
        target = _redirect_target(exchange)
        if target:
            self._follow([target], fetch.depth, fetch.hops + 1)
        body = self._decoded(exchange)
        if body is None:
            self._drop(fetch, "too_large", fetch.evidence(), exchange)
            return
        is_html = "html" in exchange.header("content-type").lower() or body.lstrip()[:1] == b"<"
        of_site = fetch.verdict.signals
        signals = page_signals(exchange.text_headers(), body if is_html else b"", of_site)
        evidence = fetch.evidence(signals)
        if forbidden(signals, "training"):
            self._drop(fetch, "opt_out", evidence, exchange)
        else:
            self.journal.keep(fetch, exchange, {**evidence, "status": exchange.status})
        if is_html and exchange.status == 200:
            self._links(fetch, exchange, body, forbidden(signals, "following"))

    def _drop(self, fetch: Fetch, reason: str, evidence: Mapping[str, Any], exchange: Exchange) -> None:
        self.journal.drop(fetch, reason, {**evidence, "status": exchange.status}, len(exchange.body))

    def _decoded(self, exchange: Exchange) -> bytes | None:
        """The body with its content coding undone; None if it is larger than allowed."""
        try:
            coding = exchange.header("content-encoding")
            return decoded(exchange.body, coding, self.config.max_decoded_bytes).body
        except TooLargeError:
            return None

    def _links(self, fetch: Fetch, exchange: Exchange, html: bytes, nofollow: Any) -> None:
        text = html_text(html, exchange.header("content-type"))
        links = page_links(text, exchange.url, self.config.max_links)
        if nofollow:
            self.journal.unfollowed("nofollow", len(links.urls) + links.n_nofollow)
            return
        self.journal.unfollowed("nofollow", links.n_nofollow)
        self.journal.unfollowed("too_many_links", links.n_beyond_limit)
        self._follow(links.urls, fetch.depth + 1, 0)

    def _follow(self, urls: list[str], depth: int, hops: int) -> None:
        wanted = []
        for url in urls:
            reason = unwanted(url) or ("" if in_scope(self.scope, host_of(url)) else "out_of_scope")
            if reason:
                self.journal.unfollowed(reason)
            else:
                wanted.append(Link(url, depth, hops))
        self.journal.link(wanted)

    def commit(self) -> None:
        """Make what happened durable and look at the hosts that have new URLs; after a fault, nothing."""
        if not self.failed.done():
            self.hosts.wake(self.journal.commit())

    def fail(self, error: Exception) -> None:
        """End the crawl with an error that is not the web's."""
        if not self.failed.done():
            self.failed.set_exception(error)


@lru_cache(maxsize=1 << 14)
def in_scope(scope: tuple[str, ...], host: str) -> bool:
    """Whether a host is one of those to be crawled."""
    return any(names_host(pattern, host) for pattern in scope)


def _redirect_target(exchange: Exchange) -> str:
    location = exchange.header("location")
    if exchange.status not in REDIRECT_STATUS or not location:
        return ""
    return clean_url(exchange.url, location.encode("latin-1").decode("utf-8", "replace"))


def _retry_after(value: str) -> float:
    """Seconds that a Retry-After header asks for; 0 where it says nothing that can be understood."""
    if value.strip().isdecimal():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return 0.0
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
