"""Stock Scrapy, the peer of the crawl: `python -m bench.stockscrapy URL …` follows every link from these URLs.

A CrawlSpider with its LinkExtractor and Scrapy's own settings, but for robots.txt, which it obeys, as many requests at
once as ours by default, and a log without a line for every page. It keeps its queue in memory and stores nothing.
"""

from __future__ import annotations

import socket
import sys
from typing import Any

from scrapy.crawler import CrawlerProcess
from scrapy.linkextractors import LinkExtractor
from scrapy.spiders import CrawlSpider, Rule

SETTINGS = {
    "ROBOTSTXT_OBEY": True,
    "CONCURRENT_REQUESTS": 64,
    "LOG_LEVEL": "WARNING",
    "TELNETCONSOLE_ENABLED": False,
    "USER_AGENT": "StockBot/1.0 (+mailto:bench@example.org)",
}


class Following(CrawlSpider):  # type: ignore[misc]
    """Fetches every page once and does nothing with it."""

    name = "following"
    rules = (Rule(LinkExtractor(), follow=True),)


def main(urls: list[str]) -> None:
    """Crawl from these URLs, whose hosts all are on this machine."""
    socket.gethostbyname = lambda _name: "127.0.0.1"  # what Twisted's resolver calls
    Following.start_urls = urls
    process: Any = CrawlerProcess(SETTINGS)
    process.crawl(Following)
    process.start()


if __name__ == "__main__":
    main(sys.argv[1:])
