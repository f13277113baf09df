"""A look at one seed: its policy files, its first page, and what else it offers to be read."""

from __future__ import annotations

from collections import Counter, deque
from datetime import UTC, datetime
from typing import Final

import pyarrow as pa
from selectolax.lexbor import LexborHTMLParser

from crawl.discovery.charset import page_text
from crawl.discovery.doors import doors, linked_interface
from crawl.discovery.kinds import Kind
from crawl.discovery.links import PageLinks, page_links
from crawl.discovery.reading import read_listing
from crawl.download.body import TooLargeError, decoded
from crawl.download.exchange import DownloadError, redirect_target
from crawl.policy.optout import forbidden, page_signals
from crawl.policy.politeness import pause_seconds
from crawl.policy.robots import MAX_REDIRECTS
from crawl.policy.site import PATHS, PolicyFile, Site
from crawl.seeds.asking import Asker
from crawl.seeds.finding import STATES, Finding
from crawl.seeds.table import Seed
from crawl.urls import host_of, origin_of
from crawl.warc import Exchange
from khmer.clusters import khmer_share

MOST_LISTINGS: Final = 6  # asked of a host, sitemaps and feeds and APIs together
MOST_NAMED: Final = 20  # of each, in a finding
MOST_LINKS: Final = 2000
MOST_LISTED: Final = 50_000
DECODED_BYTES: Final = 32 << 20
TEXT_CHARS: Final = 1 << 20  # of a page's text that are looked at
_REFUSALS: Final = (401, 403, 406, 451)


class _BusyError(Exception):
    """A host that asks to be left alone."""


class Visit:
    """One seed being looked at; `look` gives what was found."""

    def __init__(self, seed: Seed, asker: Asker) -> None:
        self._seed = seed
        self._asker = asker
        self._sites: dict[str, Site] = {}
        self._robots_status = 0
        self.finding = Finding(
            seed.host, seed.url, seed.category, checked_at=datetime.now(UTC).isoformat(timespec="seconds")
        )

    async def look(self) -> Finding:
        """Ask as much as the host's rules allow; nothing of one whose owner refused, or who offers dumps."""
        if not self._seed.is_crawled:
            state = "refused" if self._seed.permission == "refused" else "dump"
            return self._end(state, self._seed.permission_evidence or self._seed.notes)
        try:
            page = await self._page(self._seed.url)
            if page is not None:
                await self._listings(origin_of(page.url), self._read(page))
        except DownloadError as error:
            self._end(error.reason if error.reason in STATES else "other", f"{error.reason} {error.evidence}")
        except _BusyError as error:
            self._end("busy", str(error))
        return self.finding

    def _end(self, state: str, evidence: str = "") -> Finding:
        """Name the state, if none is named yet."""
        if self.finding.state == "other":
            self.finding.state, self.finding.evidence = state, evidence.strip()[:300]
        return self.finding

    async def _ask(self, url: str) -> Exchange:
        """The answer to a request; raises _BusyError where it asks for a pause."""
        exchange = await self._ask_anyway(url)
        retry_after = exchange.header("retry-after")
        if pause_seconds(exchange.status, retry_after, 0):
            told = f", Retry-After: {retry_after}" if retry_after else ""
            raise _BusyError(f"{exchange.status}{told}")
        return exchange

    async def _ask_anyway(self, url: str) -> Exchange:
        try:
            exchange = await self._asker.ask(url)
        except DownloadError as error:
            self.finding.n_requests += error.reason != "not_resolved"
            raise
        self.finding.n_requests += 1
        return exchange

    async def _page(self, url: str) -> Exchange | None:
        """The first page, over its redirects, each host's rules read before it is asked; None if there is none."""
        for _ in range(MAX_REDIRECTS + 1):
            if not await self._allowed(url):
                return None
            exchange = await self._answer(url)
            self.finding.reached, self.finding.status = url, exchange.status
            self.finding.address, self.finding.tls = exchange.address, exchange.tls
            url = redirect_target(exchange)
            if not url:
                return exchange if self._is_page(exchange) else None
        self._end("other", f"more than {MAX_REDIRECTS} redirects")
        return None

    async def _answer(self, url: str) -> Exchange:
        exchange = await self._ask(url)
        self.finding.seconds = round(exchange.seconds, 3)
        return exchange

    async def _allowed(self, url: str) -> bool:
        """Whether the site's files let us ask for `url`, with all that they say put down."""
        site = await self._site(url)
        verdict = site.verdict(url)
        self.finding.robots, self.finding.rule = verdict.robots, verdict.rule
        self.finding.crawl_delay = site.robots.crawl_delay if site.robots else 0.0
        self.finding.opt_outs = [f"{signal.name} ({signal.evidence})" for signal in verdict.signals]
        if verdict.refusal:
            status = f"{self._robots_status}" if verdict.robots == "unreachable" else ""
            evidence = status or verdict.rule or "; ".join(self.finding.opt_outs)
            self._end(verdict.refusal, evidence)
        return not verdict.refusal

    async def _site(self, url: str) -> Site:
        """The policy files of the URL's origin."""
        origin = origin_of(url)
        site = self._sites.setdefault(origin, Site(origin))
        while (file := site.missing()) is not None:
            await self._learn(site, file)
            if site.robots:
                self._asker.keep_distance(origin, site.robots.crawl_delay)
        return site

    async def _learn(self, site: Site, file: PolicyFile) -> None:
        """Take in a policy file; a robots.txt that asks for a pause is one out of reach."""
        url = site.origin + PATHS[file]
        ask = self._ask_anyway if file == "robots" else self._ask
        for _ in range(MAX_REDIRECTS + 1):
            exchange = await ask(url)
            url = redirect_target(exchange)
            if not url:
                break
        is_whole = exchange.truncated in ("", "length")
        status = exchange.status if is_whole else 0
        site.learn(file, status, _body(exchange))
        if file == "robots":
            self._robots_status = status

    def _is_page(self, exchange: Exchange) -> bool:
        """Whether the answer is a page, with its state named."""
        is_html = "html" in exchange.header("content-type").lower()
        if exchange.status in _REFUSALS or exchange.header("cf-mitigated"):
            self._end("blocked", f"{exchange.status} {exchange.header('server')}")
        elif exchange.status != 200:
            self._end("http", f"{exchange.status} {exchange.header('location')}")
        elif not is_html:
            self._end("not_html", exchange.header("content-type"))
        return exchange.status == 200 and is_html

    def _read(self, exchange: Exchange) -> PageLinks:
        """What the first page says, and the state that follows."""
        finding, body = self.finding, _body(exchange)
        signals = page_signals(
            exchange.text_headers(), body, self._sites[origin_of(exchange.url)].verdict(exchange.url).signals
        )
        finding.opt_outs = [f"{signal.name} ({signal.evidence})" for signal in signals]
        html = page_text(body, exchange.header("content-type"))
        links = page_links(html, exchange.url, MOST_LINKS)
        links.wordpress = links.wordpress or linked_interface(exchange.header("link"), exchange.url)
        finding.n_bytes = len(body)
        finding.khmer_share = round(_khmer_share(html), 4)
        finding.n_links = len(links.links)
        finding.n_khmer_links = sum(link.is_khmer for link in links.links)
        finding.wordpress, finding.is_blogger = links.wordpress, links.is_blogger
        finding.feeds = links.feeds[:MOST_NAMED]
        if forbidden(signals, "training"):
            self._end("opt_out", "; ".join(finding.opt_outs))
        is_same = host_of(exchange.url).removeprefix("www.") == self._seed.host.removeprefix("www.")
        self._end("open" if is_same else "moved", "" if is_same else host_of(exchange.url))
        return links

    async def _listings(self, origin: str, links: PageLinks) -> None:
        """Ask for some of the listings that the site offers, and count what they list."""
        site = self._sites[origin]
        named = site.robots.sitemaps if site.robots else []
        offered = [*doors(origin, named, None), *doors(origin, named, links)]
        left = deque(dict.fromkeys(offered))
        listed: Counter[str] = Counter()
        n_asked = 0
        while left and n_asked < MOST_LISTINGS:
            kind, url = left.popleft()
            if origin_of(url) == origin and not site.verdict(url).refusal:
                n_asked += 1
                left.extendleft((await self._listing(kind, url, listed))[:1])
        self.finding.n_listed = dict(sorted(listed.items()))

    async def _listing(self, kind: Kind, url: str, listed: Counter[str]) -> list[tuple[Kind, str]]:
        """Count what a listing lists; returns those that it leads to, if it is no more than a list of them."""
        try:
            exchange = await self._ask(url)
        except DownloadError:
            return []
        if exchange.status != 200:
            return []
        listing = read_listing(kind, url, _body(exchange), MOST_LISTED)
        n_listed = len(listing.urls) + len(listing.covered)
        if kind == "sitemap" and (n_listed or listing.following) and len(self.finding.sitemaps) < MOST_NAMED:
            self.finding.sitemaps.append(url)
        if n_listed:
            listed[kind] += n_listed
        return [] if n_listed else listing.following


def _body(exchange: Exchange) -> bytes:
    """The answer's body with its content coding undone; nothing of one that unpacks to too much."""
    try:
        return decoded(exchange.body, exchange.header("content-encoding"), DECODED_BYTES).body
    except TooLargeError:
        return b""


def _khmer_share(html: str) -> float:
    """Khmer letters among the letters of a page's text."""
    tree = LexborHTMLParser(html[: 4 * TEXT_CHARS])
    for node in tree.css("script, style, noscript, template"):
        node.decompose()
    text = tree.body.text(separator=" ") if tree.body else ""
    return float(khmer_share(pa.array([text[:TEXT_CHARS]], pa.large_string()))[0])
