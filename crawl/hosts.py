"""Which URL is fetched next: one request per host at a time, its pauses kept, its policy files first."""

from __future__ import annotations

import heapq
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from crawl.policy.optout import Signal
from crawl.policy.site import PATHS, PolicyFile, Site, Verdict
from crawl.urls import origin_of
from crawl.warc import Exchange

if TYPE_CHECKING:
    from crawl.journal import Journal
    from crawl.stage import CrawlConfig

HEAD_URLS = 100  # in memory per host; the rest of its queue stays in the frontier
REFUSAL_PAUSE_SECONDS = 0.01  # after a head full of refusals, so that other hosts get their turn


@dataclass
class Fetch:
    """One URL on its way: a page of the frontier (`seq` > 0) or a policy file."""

    url: str
    host: int
    site: Site
    kind: Literal["page"] | PolicyFile = "page"
    seq: int = 0
    depth: int = 0
    hops: int = 0
    tries: int = 0
    is_sent: bool = False
    verdict: Verdict = field(default_factory=lambda: Verdict("exempt", []))
    earlier: tuple[Exchange, ...] = ()  # redirects on the way to a policy file

    def evidence(self, signals: Iterable[Signal] | None = None) -> dict[str, Any]:
        """What the WARC says about the decision on this URL; `signals` are its site's unless given."""
        return {
            "kind": self.kind,
            "depth": self.depth,
            "robots": self.verdict.robots,
            "opt_outs": [
                {"signal": s.name, "evidence": s.evidence, "forbids": s.forbids}
                for s in (self.verdict.signals if signals is None else signals)
            ],
        }


@dataclass(slots=True)
class Host:
    """A host's queue; it stands in the heap when it may have something to fetch and is not busy."""

    id: int
    n_fetched: int = 0
    head: deque[Fetch] = field(default_factory=deque)
    urgent: deque[Fetch] = field(default_factory=deque)
    last_seq: int = 0
    delay: float = 0.0
    ready_at: float = 0.0
    is_busy: bool = False
    is_queued: bool = False


class Hosts:
    """All hosts, by the time at which each may be asked again; times are those of `time.monotonic`."""

    def __init__(self, config: CrawlConfig, journal: Journal) -> None:
        self._config = config
        self._journal = journal
        self._sites = {site.origin: site for site in journal.frontier.sites()}
        self._hosts = {host: Host(host, n_fetched) for host, _, n_fetched in journal.frontier.hosts()}
        self._heap: list[tuple[float, int]] = []
        self.n_active = 0
        self.wake(self._hosts)

    def __len__(self) -> int:
        return len(self._hosts)

    @property
    def ready_at(self) -> float | None:
        """When the next host may be asked; None if all are busy or have nothing."""
        return self._heap[0][0] if self._heap else None

    def wake(self, hosts: Iterable[int]) -> None:
        """Look at these hosts' queues again."""
        for number in sorted(hosts):
            host = self._hosts.setdefault(number, Host(number))
            if not host.is_busy:
                self._push(host)

    def _push(self, host: Host) -> None:
        if not host.is_queued:
            host.is_queued = True
            heapq.heappush(self._heap, (host.ready_at, host.id))

    def next(self) -> Fetch | None:
        """What to fetch now, if anything; its host is busy until `release` or `again`."""
        while self._heap and self._heap[0][0] <= time.monotonic():
            _, number = heapq.heappop(self._heap)
            host = self._hosts[number]
            host.is_queued = False
            fetch = self._choose(host)
            if fetch is not None:
                fetch.is_sent = host.is_busy = True
                self.n_active += 1
                return fetch
        return None

    def _choose(self, host: Host) -> Fetch | None:
        if host.urgent:
            return host.urgent.popleft()
        for _ in range(HEAD_URLS):
            fetch = self._first(host)
            if fetch is None or host.n_fetched >= self._config.max_pages_per_host:
                return None
            if (file := fetch.site.missing()) is not None:
                return Fetch(fetch.site.origin + PATHS[file], host.id, fetch.site, file)
            host.head.popleft()
            fetch.verdict = fetch.site.verdict(fetch.url)
            refusal = fetch.verdict.refusal
            if not refusal and fetch.hops > self._config.max_redirects:
                refusal = "too_many_redirects"
            if not refusal:
                host.n_fetched += 1
                host.delay = max(
                    self._config.delay, min(self._crawl_delay(fetch.site), self._config.max_crawl_delay)
                )
                return fetch
            self._journal.drop(fetch, refusal, fetch.evidence())
        host.ready_at = time.monotonic() + REFUSAL_PAUSE_SECONDS
        self._push(host)
        return None

    @staticmethod
    def _crawl_delay(site: Site) -> float:
        return site.robots.crawl_delay if site.robots else 0.0

    def _first(self, host: Host) -> Fetch | None:
        """The first URL of the host's queue, with what is known of its site."""
        if not host.head:
            pending = self._journal.frontier.pending(
                host.id, host.last_seq, self._config.max_depth, HEAD_URLS
            )
            for seq, url, depth, hops in pending:
                host.head.append(Fetch(url, host.id, self._site(url), "page", seq, depth, hops))
                host.last_seq = seq
        if not host.head:
            return None
        if host.head[0].site.is_old:
            host.head[0].site = self._site(host.head[0].url)
        return host.head[0]

    def _site(self, url: str) -> Site:
        origin = origin_of(url)
        site = self._sites.get(origin)
        if site is None or site.is_old:
            site = self._sites[origin] = Site(origin)
        return site

    def release(self, fetch: Fetch, wait: float = 0.0) -> None:
        """The host's request is over; it is asked again after its delay, and `wait` seconds at least."""
        host = self._hosts[fetch.host]
        self.n_active -= 1
        host.is_busy = False
        host.ready_at = time.monotonic() + max(wait, host.delay or self._config.delay)
        self._push(host)

    def again(self, fetch: Fetch, wait: float = 0.0) -> None:
        """Release the host, and let `fetch` be the first thing asked of it next."""
        self._hosts[fetch.host].urgent.append(fetch)
        self.release(fetch, wait)
