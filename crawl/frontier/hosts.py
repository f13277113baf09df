"""Which URL is fetched next: one request per host at a time, its pauses kept, policy files first, then the best."""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from crawl.frontier.batch import Committed, HostRow
from crawl.frontier.fetch import Fetch
from crawl.frontier.focus import EXPECTED
from crawl.frontier.guests import LOOK_SECONDS, Guests
from crawl.frontier.lanes import Host, Lane
from crawl.frontier.sitebook import SiteBook
from crawl.policy.politeness import MAX_PAUSE_SECONDS, least_delay
from crawl.policy.site import PATHS
from crawl.urls import host_of, origin_of

if TYPE_CHECKING:
    from crawl.config import CrawlConfig
    from crawl.journal import Journal

URLS_IN_MEMORY = 40_000
LEAST_HEAD, MOST_HEAD = 4, 100  # of them, of one lane
HEAD_START_SECONDS = 24 * 3600.0  # of a host that yields Khmer text alone; a promise of .05 gives 72 minutes
REFUSALS = 100  # in a row, or as many as take REFUSAL_SECONDS, after which other hosts get their turn
REFUSAL_SECONDS = 0.05
REFUSAL_PAUSE_SECONDS = 0.01
MOST_DELAYS = 5  # of the crawl, that a host which was asked for another and did not answer is left alone
LEAST_PAUSE_SECONDS = 0.01  # of a host that does not answer, however small retry_wait is
FAILING_URLS = 5  # in a row, after which it is not the URLs that are at fault
RATED_EVERY = 8  # pages of a host, after which all its lanes get new scores


class Hosts:
    """All hosts, by the time at which each may be asked again; times are those of `time.monotonic`.

    A host is in one of three heaps: `ready`, by the time since which it is, with a head start for what it promises;
    `waiting`, by the time at which it will be; or `paused`, for longer than the crawl's patience.
    """

    def __init__(self, config: CrawlConfig, journal: Journal) -> None:
        self._config = config
        self._journal = journal
        self._sites = SiteBook(journal)
        self._guests = Guests()
        self._is_breadth = config.order == "breadth"
        self._hosts = {row.id: self._host(row) for row in journal.frontier.hosts()}
        self._lanes: dict[int, Lane] = {}
        self._last_lane = 0
        self._ready: list[tuple[float, int]] = []
        self._waiting: list[tuple[float, int]] = []
        self._paused: list[tuple[float, int]] = []
        self.n_active = 0
        self._meet_lanes()
        self.wake(self._hosts)

    def __len__(self) -> int:
        return len(self._hosts)

    @property
    def n_paused(self) -> int:
        """Hosts that want to be left alone for longer than the crawl's patience."""
        return len(self._paused)

    @property
    def n_parked(self) -> int:
        """Hosts that are not worth asking."""
        return sum(host.is_parked for host in self._hosts.values())

    @property
    def ready_at(self) -> float | None:
        """When the next host may be asked; None if all are busy, paused for long, or have nothing."""
        self._sort_out(time.monotonic())
        if self._ready:
            return 0.0
        return self._waiting[0][0] if self._waiting else None

    @property
    def _head_urls(self) -> int:
        return min(max(URLS_IN_MEMORY // max(2 * len(self._hosts), 1), LEAST_HEAD), MOST_HEAD)

    def _host(self, row: HostRow) -> Host:
        host = Host.of(row, self._config.trial_pages)
        left = host.paused_until - time.time()  # more than a day only if the clock was set back
        host.ready_at = time.monotonic() + min(max(0.0, left), MAX_PAUSE_SECONDS)
        return host

    def _meet_lanes(self) -> None:
        """Take in the lanes that the frontier has and the queues do not."""
        n_waiting = self._journal.frontier.n_waiting() if not self._lanes else {}
        for row in self._journal.frontier.lanes(self._last_lane + 1):
            self._last_lane = row.id
            lane = self._lanes[row.id] = Lane.of(row, n_waiting.get(row.id, 0), self._config.lane_pages)
            host = self._hosts.get(row.host)
            if host is None:
                host = self._hosts[row.host] = self._host(HostRow(row.host))
            host.lanes.append(lane)

    def grow(self, committed: Committed) -> None:
        """Take in what a commit brought, and look again at the hosts that have new URLs."""
        if any(lane not in self._lanes for lane in committed.grown):
            self._meet_lanes()
        for number, n_new in committed.grown.items():
            self._lanes[number].n_waiting += n_new
        for number, seqs in committed.covered.items():
            lane = self._lanes.get(number)
            if lane is not None:
                lane.n_waiting -= len(seqs)
                lane.head = [p for p in lane.head if p.seq not in seqs]
        self.wake({self._lanes[number].row.host for number in committed.grown})

    def wake(self, hosts: Iterable[int]) -> None:
        """Look at these hosts' queues again."""
        for number in sorted(hosts):
            host = self._hosts[number]
            host.rate_lanes(EXPECTED)
            if host.is_busy or host.is_parked:
                continue
            if host.is_queued and host.rank and self._rank(host) < host.rank:
                self._make_ready(host)
            self._push(host)

    def _push(self, host: Host) -> None:
        if not host.is_queued:
            host.is_queued = True
            is_long = host.ready_at - time.monotonic() > self._config.patience
            is_paused = is_long and host.paused_until > time.time()
            heapq.heappush(self._paused if is_paused else self._waiting, (host.ready_at, host.id))

    def _sort_out(self, now: float) -> None:
        """Move hosts whose time has come from heap to heap."""
        while self._paused and self._paused[0][0] - now <= self._config.patience:
            heapq.heappush(self._waiting, heapq.heappop(self._paused))
        while self._waiting and self._waiting[0][0] <= now:
            self._make_ready(self._hosts[heapq.heappop(self._waiting)[1]])

    def _make_ready(self, host: Host) -> None:
        host.rank = self._rank(host)
        heapq.heappush(self._ready, (host.rank, host.id))

    def _rank(self, host: Host) -> float:
        return host.ready_at - (0.0 if self._is_breadth else HEAD_START_SECONDS * host.promise)

    def next(self) -> Fetch | None:
        """What to fetch now, if anything; its host is busy until `release`, `again` or `fail`."""
        self._sort_out(time.monotonic())
        while self._ready and self.n_active < self._config.concurrency:
            rank, number = heapq.heappop(self._ready)
            host = self._hosts[number]
            if rank != host.rank:
                continue  # it was ranked anew
            if self._rank(host) > rank:
                self._make_ready(host)
                continue
            host.is_queued, host.rank = False, 0.0
            fetch = None if self._is_visited(host) else self._choose(host)
            if fetch is not None:
                host.is_busy = True
                self.n_active += 1
                return fetch
        return None

    def _choose(self, host: Host) -> Fetch | None:
        if host.urgent is not None:
            return self._redirected(host, host.urgent)
        until = time.monotonic() + REFUSAL_SECONDS
        for _ in range(REFUSALS):
            lane = self._lane(host)
            if lane is None:
                return None
            fetch = self._fetch(host, lane)
            if (file := fetch.site.missing()) is not None and not host.refusal:
                return Fetch(fetch.site.origin + PATHS[file], host.id, fetch.site, file)
            lane.head.pop()
            lane.n_waiting -= 1
            refusal = self._refusal(host, fetch)
            if not refusal:
                return fetch
            self._journal.drop(fetch, refusal, fetch.evidence())
            if time.monotonic() > until:
                break
        host.ready_at = time.monotonic() + REFUSAL_PAUSE_SECONDS
        self._push(host)
        return None

    def _is_visited(self, host: Host) -> bool:
        """Whether a host is asked for another now, or was just: then its own turn comes later."""
        wait = self._guests.wait(host.id, time.monotonic())
        if wait > 0:
            host.ready_at = time.monotonic() + wait
            self._push(host)
        return wait > 0

    def _redirected(self, host: Host, fetch: Fetch) -> Fetch | None:
        """A policy file that may be on another host, which has one request at a time and its pauses like any."""
        name = host_of(fetch.url)
        if name == host_of(fetch.site.origin):
            host.urgent = None
            return fetch
        now, number = time.monotonic(), self._journal.frontier.number_of(name)
        key = name if number is None else number
        other = self._hosts.get(number) if number is not None else None
        wait = self._guests.wait(key, now)
        if other is not None:
            wait = max(wait, LOOK_SECONDS if other.is_busy else other.ready_at - now)
        if wait <= 0:
            self._guests.enter(key, now)
            host.urgent, host.guest_of = None, key
            return fetch
        if wait > self._config.patience:
            host.paused_until, host.why = time.time() + wait, "redirect"
            self._journal.note_host(host.kept())
        host.ready_at = now + wait
        self._push(host)
        return None

    def _lane(self, host: Host) -> Lane | None:
        """The lane whose turn it is, its next URL in its head; None if nothing may be asked of the host."""
        while not self._is_spent(host):
            lane = host.oldest_lane(self._fill) if self._is_breadth else host.best_lane()
            if lane is None:
                return None
            self._fill(lane)
            if not lane.head:
                continue
            if not self._is_breadth:
                host.uses(lane)
            if not self._is_out_of_budget(host, lane):
                return lane
        return None

    def _fill(self, lane: Lane) -> None:
        """Bring the next URLs of a lane into memory; those that were put back come after all the others."""
        if lane.head:
            return
        for start in (lane.last_seq, 0):
            lane.last_seq = start
            while found := self._journal.frontier.pending(lane.row.id, lane.last_seq, self._head_urls):
                lane.last_seq = found[-1].seq
                lane.head = [
                    self._journal.known(p) for p in reversed(found) if not self._journal.is_done(p.seq)
                ]
                if lane.head:
                    return
        lane.n_waiting = 0

    def _is_spent(self, host: Host) -> bool:
        """Whether a host has had its pages, or has had its trial and was not worth it: then it is parked."""
        if host.n_fetched >= self._config.max_pages_per_host:
            host.paused_until, host.why = 0.0, ""
            return True
        if host.n_fetched >= host.budget and not self._is_breadth:
            if host.gain.measured < self._config.min_yield:
                host.is_parked = True
                self._journal.note_host(host.kept())
                return True
            host.budget = 2 * host.n_fetched
        return False

    def _is_out_of_budget(self, host: Host, lane: Lane) -> bool:
        """Whether a lane has had its pages and brought nothing new: then it is parked.

        Sitemaps and feeds have brought nothing if there are more of them than the host has pages.
        """
        if lane.n_fetched < lane.budget:
            return False
        n_pages = host.n_fetched - lane.n_fetched + host.n_pages_waiting
        if lane.worth < self._config.min_yield if lane.is_text else lane.n_fetched > n_pages:
            lane.is_parked = True
            self._journal.note_lane(lane.kept())
            return True
        lane.budget = 2 * lane.n_fetched
        return False

    def _fetch(self, host: Host, lane: Lane) -> Fetch:
        seq, url, depth, hops, kind, tries, via, visit = lane.head[-1]
        site = self._sites[origin_of(url)]
        return Fetch(url, host.id, site, kind, seq, depth, hops, tries, lane, via, visit)

    def _refusal(self, host: Host, fetch: Fetch) -> str:
        """Why a URL is not asked for; its verdict and its host's delay are set on the way."""
        if host.refusal:
            return host.refusal
        fetch.verdict = fetch.site.verdict(fetch.url)
        if fetch.verdict.refusal:
            return fetch.verdict.refusal
        return "too_many_redirects" if fetch.hops > self._config.max_redirects else ""

    def gain(self, fetch: Fetch, n_bytes: int, n_khmer: int) -> None:
        """Count what an answer brought, for its lane and its host; a visit that is not the first uses up no budget."""
        host, lane = self._hosts[fetch.host], fetch.lane
        assert lane is not None
        if lane.is_text:
            lane.gained(n_bytes, n_khmer)
            host.gain.add(n_bytes, n_khmer)
        if fetch.visit is None:
            host.n_fetched += 1
            lane.n_fetched += 1
        self._journal.note_lane(lane.kept())
        via = self._lanes.get(fetch.via)
        if via is not None and n_khmer:
            via.credit += n_khmer
            self._journal.note_lane(via.kept())
        if host.n_fetched % RATED_EVERY < 2 or lane.n_fetched < RATED_EVERY:
            host.rate_lanes(EXPECTED)

    def release(self, fetch: Fetch, seconds: float = 0.0, wait: float = 0.0) -> None:
        """The host has answered, after `seconds`; it is asked again after its delay, and `wait` seconds at least."""
        host = self._hosts[fetch.host]
        host.n_failures, host.n_failed_urls, host.paused_until, host.why = 0, 0, 0.0, ""
        crawl_delay = fetch.site.robots.crawl_delay if fetch.site.robots else 0.0
        config = self._config
        host.delay = least_delay(config.delay, crawl_delay, config.max_crawl_delay, seconds)
        self._leave(host, max(host.delay, wait))

    def again(self, fetch: Fetch) -> None:
        """Release the host, and let `fetch` be the first thing asked of it next."""
        self.put_back(fetch)
        self.release(fetch)

    def put_back(self, fetch: Fetch) -> None:
        """Let a URL wait again; one of the frontier is taken when its lane has no other."""
        if fetch.lane is None:
            self._hosts[fetch.host].urgent = fetch
        else:
            fetch.lane.n_waiting += 1
            self._journal.tried(fetch.seq, fetch.tries)

    def fail(self, fetch: Fetch, seconds: float, why: str) -> None:
        """Leave the host, which gave no good answer, alone for some time."""
        host = self._hosts[fetch.host]
        host.n_failures += 1
        host.n_failed_urls += fetch.tries == 0
        host.why = why
        seconds = min(max(seconds, LEAST_PAUSE_SECONDS, self._config.delay), MAX_PAUSE_SECONDS)
        host.paused_until = time.time() + seconds
        self._leave(host, seconds)

    def n_failures(self, fetch: Fetch) -> int:
        """How often the host has failed since it last answered."""
        return self._hosts[fetch.host].n_failures

    def is_failing(self, fetch: Fetch) -> bool:
        """Whether the host answers nothing any more, whatever it is asked for."""
        return self._hosts[fetch.host].n_failed_urls >= FAILING_URLS

    def refuse(self, fetch: Fetch, reason: str) -> None:
        """Ask nothing more of a host: its URLs are dropped with the reason."""
        self._hosts[fetch.host].refusal = reason
        self._leave(self._hosts[fetch.host], 0.0)

    def _leave(self, host: Host, seconds: float) -> None:
        self.n_active -= 1
        host.is_busy = False
        host.ready_at = time.monotonic() + seconds
        if host.guest_of:
            pause = min(seconds, MOST_DELAYS * self._config.delay)
            self._guests.leave(host.guest_of, time.monotonic() + pause)
            host.guest_of = ""
        self._journal.note_host(host.kept())
        self._push(host)
