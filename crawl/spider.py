"""Scrapy put together: the spider, its settings, and a run of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerRunner
from scrapy.http import Response
from scrapy.logformatter import LogFormatter
from twisted.python.failure import Failure

from crawl.download.exchange import DownloadError
from crawl.session import Crawl


class CrawlSpider(Spider):  # type: ignore[misc]
    """Hands what Scrapy fetched to the crawl; its own queues and middlewares have nothing to do."""

    name = "sastra"

    def __init__(self, crawl: Crawl) -> None:
        super().__init__()
        self.crawl = crawl

    async def start(self) -> AsyncIterator[Any]:
        """Nothing: URLs come from the frontier."""
        requests: tuple[Request, ...] = ()
        for request in requests:
            yield request

    def answered(self, response: Response) -> None:
        request = response.request
        try:
            self.crawl.answered(request.meta["fetch"], request.meta["exchange"])
        except Exception as error:  # Scrapy would only log it
            self.crawl.fail(error)

    def unanswered(self, failure: Failure) -> None:
        request: Request = failure.request
        try:
            if not isinstance(failure.value, DownloadError):
                raise failure.value
            self.crawl.unanswered(request.meta["fetch"], failure.value.reason, failure.value.evidence)
        except Exception as error:
            self.crawl.fail(error)


class NoLines(LogFormatter):  # type: ignore[misc]
    """Has no line for an answer: the journal has it, and to make one costs as much as to commit it."""

    def crawled(self, request: Request, response: Response, spider: Spider) -> None:
        """Nothing, so that Scrapy logs nothing."""


def settings(concurrency: int) -> dict[str, Any]:
    """Scrapy without the parts that this package replaces."""
    handler = "crawl.download.handler.ExchangeHandler"
    return {
        "TWISTED_REACTOR_ENABLED": False,
        "SCHEDULER": "crawl.scheduler.FrontierScheduler",
        "DOWNLOAD_HANDLERS_BASE": {},
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
        "DOWNLOADER_MIDDLEWARES_BASE": {},
        "SPIDER_MIDDLEWARES_BASE": {},
        "EXTENSIONS_BASE": {},
        "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",
        "LOG_FORMATTER": "crawl.spider.NoLines",
        "CONCURRENT_REQUESTS": concurrency,
        "CONCURRENT_REQUESTS_PER_DOMAIN": concurrency,
        "CONCURRENT_ITEMS": 1,  # Scrapy starts this many tasks for every response: 38 % of the CPU at 100
        "DOWNLOAD_DELAY": 0,  # the hosts' queues keep the pauses
    }


async def run_crawl(crawl: Crawl) -> None:
    """Crawl until nothing that may be fetched is left; raises what ended it before."""
    runner = AsyncCrawlerRunner(settings(crawl.config.concurrency))
    crawling = runner.crawl(CrawlSpider, crawl=crawl)
    await asyncio.wait({crawling, crawl.failed}, return_when=asyncio.FIRST_COMPLETED)
    if crawl.failed.done():
        crawl.failed.result()
    await crawling
