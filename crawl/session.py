"""One crawl at work: what becomes of every answer."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from corpus.engine import meter
from crawl.discovery.charset import page_text
from crawl.discovery.doors import doors, linked_interface
from crawl.discovery.kinds import Kind
from crawl.discovery.links import PageLink, PageLinks, page_links
from crawl.discovery.reading import read_listing
from crawl.discovery.scope import Scope
from crawl.discovery.traps import trap
from crawl.download.body import TooLargeError, decoded
from crawl.download.client import Client
from crawl.download.exchange import TRANSIENT, redirect_target
from crawl.download.names import Names
from crawl.frontier.batch import Link
from crawl.frontier.fetch import Fetch
from crawl.frontier.focus import NewText, hides_text
from crawl.frontier.hosts import LEAST_PAUSE_SECONDS, Hosts
from crawl.frontier.lanes import TEXTS
from crawl.frontier.mail import Post
from crawl.frontier.recrawl import Visit, changed, failed, first_visit, unchanged
from crawl.journal import Journal
from crawl.policy.optout import forbidden, page_signals
from crawl.policy.politeness import MAX_PAUSE_SECONDS, pause_seconds
from crawl.policy.robots import MAX_REDIRECTS
from crawl.policy.signals import Signal
from crawl.sources.http import is_pdf
from crawl.urls import host_of, origin_of, unwanted
from crawl.warc import Exchange

if TYPE_CHECKING:
    from crawl.config import CrawlConfig

RETRY_STATUS = {429, 500, 502, 503, 504}
NEVER = {"not_resolved", "private_address"}  # reasons that hold for all of a host
CUT = {"time", "disconnect"}  # marks of a body that says less than it should


@dataclass
class Crawl:
    """Configuration, journal and queues of a running crawl."""

    config: CrawlConfig
    client: Client
    names: Names
    scope: Scope
    journal: Journal
    hosts: Hosts
    failed: asyncio.Future[None]
    post: Post
    new_text: NewText = field(default_factory=NewText)
    opened: set[str] = field(default_factory=set)  # origins whose doors were tried
    n_khmer: int = 0  # bytes of Khmer text so far

    def __post_init__(self) -> None:
        self._why_not = lru_cache(maxsize=1 << 13)(self._find_why_not)

    def answered(self, fetch: Fetch, exchange: Exchange) -> None:
        """Decide on an answer."""
        meter().count(1, len(exchange.body))
        n_failures = self.hosts.n_failures(fetch)
        asked = exchange.header("retry-after")
        pause = pause_seconds(exchange.status, asked, n_failures, self.config.retry_wait)
        if exchange.status in RETRY_STATUS:
            self._failed(fetch, f"http_{exchange.status}", pause, exchange)
        elif fetch.kind == "robots" and exchange.truncated in CUT:
            self._failed(fetch, f"cut by {exchange.truncated}", pause, None)
        elif fetch.is_policy:
            self._policy_file(fetch, exchange)
        else:
            self._resource(fetch, exchange)
            self.hosts.release(fetch, exchange.seconds, pause)
            if self.journal.is_full:
                self.commit()

    def unanswered(self, fetch: Fetch, reason: str, evidence: str) -> None:
        """Decide on a URL that gave no answer."""
        is_never = (
            reason in NEVER and not fetch.earlier
        )  # a redirect says nothing of the host that it came from
        if reason in TRANSIENT or (fetch.kind == "robots" and not is_never):
            self._failed(fetch, reason, 0.0, None, evidence)
            return
        self.journal.drop(fetch, reason, {**fetch.evidence(), "error": evidence})
        if is_never:
            self.hosts.refuse(fetch, reason)
            return
        if fetch.is_policy:
            self._learn(fetch, 0, b"")
        else:
            self.hosts.gain(fetch, 0, 0)
        self.hosts.release(fetch)

    def _failed(
        self, fetch: Fetch, why: str, asked: float, exchange: Exchange | None, error: str = ""
    ) -> None:
        """Leave the host alone, and decide whether the URL is to be tried again.

        It is, `retries` times; and more often where the host answers nothing else, for then it is not the URL's fault.
        """
        n_failures = self.hosts.n_failures(fetch)
        tries = fetch.tries + (why != "http_429")
        is_final = tries > self.config.retries and not self.hosts.is_failing(fetch)
        evidence = {**fetch.evidence(), "error": error or why}
        base = self.config.retry_wait
        if self.hosts.is_failing(fetch):  # however small it is, the crawl comes to an end
            base = max(base, LEAST_PAUSE_SECONDS)
        wait = max(asked, base * 2.0 ** min(n_failures, 32))
        if fetch.kind == "robots":
            wait = self._without_robots(fetch, wait, evidence)
        elif not is_final:
            self.hosts.put_back(replace(fetch, tries=tries))
        elif fetch.is_policy:
            self._learn(fetch, 0, b"")
        elif exchange is not None:
            evidence["status"] = exchange.status
            self.journal.keep(fetch, exchange, evidence, failed(fetch.visit))
        else:
            self.journal.drop(fetch, why, evidence, visit=failed(fetch.visit))
        if is_final and not fetch.is_policy:
            self.hosts.gain(fetch, 0, 0)
        self.hosts.fail(fetch, wait, why)

    def _without_robots(self, fetch: Fetch, wait: float, evidence: Mapping[str, Any]) -> float:
        """How long to leave a host alone that did not give its robots.txt: a day, once it was tried often enough.

        Nothing is fetched without it, but that rules read earlier may serve on (RFC 9309, 2.3.1.4 and 2.4).
        """
        self.journal.drop(fetch, "robots_unreachable", evidence)
        if self.hosts.n_failures(fetch) < self.config.retries:
            return wait
        fetch.site.learn("robots", 0, b"")
        if fetch.site.robots is not None and fetch.site.robots.state != "unreachable":
            self.journal.learnt(fetch.site)
            return wait
        fetch.site.robots = None
        return MAX_PAUSE_SECONDS

    def _policy_file(self, fetch: Fetch, exchange: Exchange) -> None:
        target = redirect_target(exchange)
        if target and len(fetch.earlier) < MAX_REDIRECTS:
            self.hosts.again(replace(fetch, url=target, tries=0, earlier=(*fetch.earlier, exchange)))
            return
        self.journal.keep(fetch, exchange, {**fetch.evidence(), "status": exchange.status}, None)
        self._learn(fetch, exchange.status, self._decoded(fetch, exchange) or b"")
        self.hosts.release(fetch, exchange.seconds)

    def _learn(self, fetch: Fetch, status: int, body: bytes) -> None:
        assert fetch.kind in ("robots", "tdmrep", "ai_txt")
        for redirect in fetch.earlier:
            self.journal.keep(fetch, redirect, {**fetch.evidence(), "status": redirect.status}, None)
        fetch.site.learn(fetch.kind, status, body)
        self.journal.learnt(fetch.site)

    def _resource(self, fetch: Fetch, exchange: Exchange) -> None:
        """A page or a listing that was answered for good."""
        if exchange.status == 304 and fetch.visit is not None and fetch.visit.date:
            self.journal.revisit(
                fetch, exchange, {**fetch.evidence(), "status": 304}, unchanged(fetch.visit, exchange)
            )
            self.hosts.gain(fetch, len(exchange.body), 0)
            return
        target = redirect_target(exchange)
        if target:
            self._follow(fetch, [PageLink(target)], fetch.kind, fetch.depth, fetch.hops + 1)
        body = self._decoded(fetch, exchange)
        if body is None:
            self._drop(fetch, "too_large", fetch.evidence(), exchange)
            self.hosts.gain(fetch, len(exchange.body), 0)
            return
        is_html = "html" in exchange.header("content-type").lower() or body.lstrip()[:1] == b"<"
        is_html = is_html and not fetch.is_listing
        says = is_html or is_pdf(body)
        signals = page_signals(exchange.text_headers(), body if says else b"", fetch.verdict.signals)
        self._store(fetch, exchange, body, signals)
        if exchange.status != 200:
            return
        kind = _listing_kind(fetch, exchange)
        if kind:
            self._listing(fetch, kind, body, signals)
        elif is_html:
            self._links(fetch, exchange, body, forbidden(signals, "following"))

    def _store(self, fetch: Fetch, exchange: Exchange, body: bytes, signals: list[Signal]) -> None:
        """Store an answer, or why it is not stored, and count what it brought."""
        evidence = fetch.evidence(signals)
        is_page = exchange.status == 200
        n_khmer, n_new = self._count(fetch, body) if is_page else (0, 0)
        if forbidden(signals, "training"):
            self._drop(fetch, "opt_out", evidence, exchange)
            self.hosts.gain(fetch, len(exchange.body), 0)
            return
        visit = _visit(fetch, exchange)
        before = fetch.visit
        evidence = {**evidence, "status": exchange.status}
        if before is not None and is_page and before.digest == exchange.digest:
            self.journal.revisit(fetch, exchange, evidence, visit)
        else:
            self.journal.keep(fetch, exchange, evidence, visit)
        self.n_khmer += n_khmer
        self.journal.count_khmer(fetch, n_khmer, n_new)
        self.hosts.gain(fetch, 0 if hides_text(body) else len(exchange.body), n_new)

    def _count(self, fetch: Fetch, body: bytes) -> tuple[int, int]:
        """Bytes of Khmer text in an answer, and those that were new; in JSON letters may stand as their numbers."""
        n_khmer, n_new = self.new_text.count(body)
        n_escaped = 3 * body.count(b"\\u17") if fetch.kind in TEXTS else 0
        return n_khmer + n_escaped, n_new + n_escaped

    def _drop(self, fetch: Fetch, reason: str, evidence: Mapping[str, Any], exchange: Exchange) -> None:
        self.journal.drop(fetch, reason, {**evidence, "status": exchange.status}, len(exchange.body))

    def _decoded(self, fetch: Fetch, exchange: Exchange) -> bytes | None:
        """The body with its content coding undone; None if it is larger than allowed."""
        config = self.config
        limit = config.max_listing_bytes if fetch.is_listing else config.max_decoded_bytes
        try:
            return decoded(exchange.body, exchange.header("content-encoding"), limit).body
        except TooLargeError:
            return None

    def _listing(self, fetch: Fetch, kind: Kind, body: bytes, signals: list[Signal]) -> None:
        """Take from a sitemap, a feed or an answer of an API what it leads to."""
        listing = read_listing(kind, fetch.url, body, self.config.max_listed)
        self.journal.unfollowed(fetch, "too_many_links", listing.n_beyond_limit)
        if listing.fault:
            self.journal.unfollowed(fetch, "faulty_listing")
        if not forbidden(signals, "training"):
            host = host_of(fetch.url)
            covered = [url for url in listing.covered if host_of(url) == host]
            self.journal.cover(fetch, (Link(url, fetch.depth + 1) for url in covered))
        self._follow(fetch, [PageLink(url) for url in listing.urls], "page", fetch.depth + 1)
        for following, url in listing.following:
            self._follow(fetch, [PageLink(url)], following, fetch.depth)

    def _links(self, fetch: Fetch, exchange: Exchange, html: bytes, is_closed: bool) -> None:  # noqa: FBT001 (what the page says)
        text = page_text(html, exchange.header("content-type"))
        links = page_links(text, exchange.url, self.config.max_links)
        links.wordpress = links.wordpress or linked_interface(exchange.header("link"), exchange.url)
        self._try_doors(fetch, links)
        if is_closed:
            self.journal.unfollowed(fetch, "nofollow", len(links.links) + links.n_nofollow)
            return
        self.journal.unfollowed(fetch, "nofollow", links.n_nofollow)
        self.journal.unfollowed(fetch, "too_many_links", links.n_beyond_limit)
        canonical = [PageLink(links.canonical)] if links.canonical else []
        self._follow(fetch, [*links.links, *canonical], "page", fetch.depth + 1)

    def _try_doors(self, fetch: Fetch, links: PageLinks) -> None:
        """Once for each origin, ask for its sitemaps, its feeds, and the open interfaces of its software."""
        origin = origin_of(fetch.url)
        if origin in self.opened:
            return
        self.opened.add(origin)
        sitemaps = fetch.site.robots.sitemaps if fetch.site.robots else []
        for kind, url in [*doors(origin, sitemaps, None), *doors(origin, sitemaps, links)]:
            self._follow(fetch, [PageLink(url)], kind, fetch.depth)

    def _follow(self, fetch: Fetch, links: Sequence[PageLink], kind: Kind, depth: int, hops: int = 0) -> None:
        self.journal.link(self._wanted(fetch, links, kind, depth, hops))

    def _wanted(
        self, fetch: Fetch, links: Iterable[PageLink], kind: Kind, depth: int, hops: int
    ) -> Iterable[Link]:
        via = fetch.lane.row.id if fetch.lane else 0
        for url, is_khmer in links:
            reason = self._why_not(url) if kind == "page" else self.scope.refusal(url)
            if reason:
                self.journal.unfollowed(fetch, reason)
            else:
                yield Link(url, depth, hops, kind, is_khmer, via)

    def _find_why_not(self, url: str) -> str:
        return unwanted(url) or self.scope.refusal(url) or trap(url)

    def commit(self) -> None:
        """Make what happened durable and take in the new URLs; after a fault, nothing."""
        if not self.failed.done() and (committed := self.journal.commit()):
            self.hosts.grow(committed)

    def fail(self, error: Exception) -> None:
        """End the crawl with an error that is not the web's."""
        if not self.failed.done():
            self.failed.set_exception(error)


def _visit(fetch: Fetch, exchange: Exchange) -> Visit:
    """What is kept of this visit, for the next."""
    if fetch.visit is None:
        return first_visit(exchange, fetch.is_listing)
    if fetch.visit.digest == exchange.digest:
        return unchanged(fetch.visit, exchange)
    return changed(fetch.visit, exchange)


def _listing_kind(fetch: Fetch, exchange: Exchange) -> Kind | None:
    """As what the answer is to be read: feeds and sitemaps are linked to like pages."""
    if fetch.is_listing:
        return fetch.kind
    media_type = exchange.header("content-type").lower().partition(";")[0].strip()
    is_feed = media_type.endswith(("/rss+xml", "/atom+xml", "/rdf+xml", "/feed+json", "/xml"))
    return "feed" if is_feed else None
