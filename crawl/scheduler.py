"""Scrapy's SCHEDULER: hands out what the hosts' queues allow, and commits the journal."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.spiders import Spider

from crawl.progress import CrawlProgress

if TYPE_CHECKING:
    from crawl.session import Crawl

COMMIT_SECONDS = 0.25
SLOT = "crawl"  # one for all hosts, whose pauses are kept here; Scrapy would remember one of each
MAIL_SECONDS = 1.0


class FrontierScheduler:
    """Requests come from the frontier alone; none is built before its URL is taken."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._crawl: Crawl
        self._ticker: asyncio.Task[None]
        self._wake_up: asyncio.TimerHandle | None = None
        self._mail_at = 0.0

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> FrontierScheduler:
        return cls(crawler)

    def open(self, spider: Spider) -> None:
        self._crawl = spider.crawl
        self._ticker = asyncio.get_running_loop().create_task(self._tick())

    def close(self, reason: str) -> None:  # noqa: ARG002 (Scrapy's interface)
        self._ticker.cancel()
        if self._wake_up:
            self._wake_up.cancel()
        try:
            self._crawl.commit()
        except Exception as error:  # Scrapy would only log it
            self._crawl.fail(error)

    def has_pending_requests(self) -> bool:
        try:
            return self._may_go_on()
        except Exception as error:  # Scrapy would only log it
            self._crawl.fail(error)
            return False

    def _may_go_on(self) -> bool:
        hosts, journal, post = self._crawl.hosts, self._crawl.journal, self._crawl.post
        is_idle = hosts.ready_at is None and not hosts.n_active and not journal.has_links
        post.tell(is_idle)
        return not is_idle or post.may_come()

    def enqueue_request(self, request: Request) -> bool:
        msg = f"{request}: requests enter the crawl as links in the journal"
        raise NotImplementedError(msg)

    def next_request(self) -> Request | None:
        try:
            return self._next()
        except Exception as error:  # Scrapy would only log it
            self._crawl.fail(error)
            return None

    def _next(self) -> Request | None:
        hosts, journal = self._crawl.hosts, self._crawl.journal
        fetch = hosts.next()
        if journal.is_full or (fetch is None and not hosts.n_active and journal.has_links):
            self._crawl.commit()
            fetch = fetch or hosts.next()
        if fetch is None:
            self._wake_when_ready()
            return None
        spider = self._crawler.spider
        meta = {"fetch": fetch, "download_slot": SLOT}
        return Request(fetch.url, spider.answered, errback=spider.unanswered, meta=meta)

    def _wake_when_ready(self) -> None:
        """Have the engine ask again when the next host's pause is over; it does by itself after an answer."""
        hosts = self._crawl.hosts
        ready_at = None if hosts.n_active >= self._crawl.config.concurrency else hosts.ready_at
        if self._wake_up:
            self._wake_up.cancel()
        if ready_at is not None:
            wait = max(ready_at - time.monotonic(), 0.0)
            self._wake_up = asyncio.get_running_loop().call_later(wait, self._ask_again)

    def _ask_again(self) -> None:
        slot = self._crawler.engine._slot  # noqa: SLF001 (its heartbeat of 5 s is the only public way)
        if slot is not None:
            slot.nextcall.schedule()

    async def _tick(self) -> None:
        progress = CrawlProgress("crawl", 1, crawl=self._crawl)
        try:
            while True:
                await asyncio.sleep(COMMIT_SECONDS)
                self._read_mail()
                self._crawl.commit()
                if self._crawl.journal.part.of == 1:  # of several the stage shows what they do together
                    progress.tick_crawl()
                self._ask_again()
        except Exception as error:  # a task's error would wait for somebody to ask
            self._crawl.fail(error)

    def _read_mail(self) -> None:
        """Take in what other partitions have sent, now and then."""
        if time.monotonic() >= self._mail_at:
            more = self._crawl.post.fetch()
            self._mail_at = time.monotonic() + (0.0 if more else MAIL_SECONDS)
