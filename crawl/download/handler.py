"""Scrapy's download handler: the crawl's own exchanges in place of Scrapy's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.crawler import Crawler
from scrapy.http import Response

from crawl.download.exchange import EVIDENCE_CHARS, Asking, DownloadError
from crawl.download.wire import Head

if TYPE_CHECKING:
    from crawl.frontier.fetch import Fetch

NOT_TEXT: Final = (b"image/", b"audio/", b"video/", b"font/")
MAX_POLICY_BYTES: Final = 1 << 20  # of robots.txt, 500 KiB are read


class ExchangeHandler(BaseDownloadHandler):  # type: ignore[misc]
    """Fetches a request's URL and leaves the `Exchange` in its meta, the body undecoded."""

    lazy = False

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        crawl = crawler.spider.crawl
        self._config = crawl.config
        self._asking = Asking(
            crawl.client, crawl.names, crawl.config.deadline, only_resolved=crawl.config.only_resolved
        )

    async def download_request(self, request: Request) -> Response:
        fetch: Fetch = request.meta["fetch"]

        def limit_of(head: Head) -> int:
            return self._limit(fetch, head)

        questions = fetch.visit.questions() if fetch.visit else {}
        exchange = await self._asking.exchange(fetch.url, limit_of, questions)
        request.meta["exchange"] = exchange
        return Response(request.url, status=exchange.status, request=request)

    def _limit(self, fetch: Fetch, head: Head) -> int:
        """The bytes that the body may have; raises DownloadError where it is not wanted at all."""
        media_type = b",".join(head.values(b"content-type")).lower()
        if media_type.startswith(NOT_TEXT):
            raise DownloadError("not_text", media_type.decode("latin-1")[:EVIDENCE_CHARS])
        most: int = self._config.max_body_bytes
        if fetch.is_policy:
            return min(most, MAX_POLICY_BYTES)
        return max(most, self._config.max_pdf_bytes) if b"application/pdf" in media_type else most
