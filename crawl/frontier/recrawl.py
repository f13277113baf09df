"""When a page is visited again, and with which question.

A page that was as before waits half as long again as it did, up to half a year; one that had changed waits half as
long, down to six hours. What a visit found is kept beside the URL.
"""

from __future__ import annotations

import re
import time
from typing import NamedTuple

from crawl.warc import Earlier, Exchange, timestamp

DAY = 24 * 3600.0
FIRST_SECONDS = 14 * DAY
FIRST_LISTING_SECONDS = DAY  # of a sitemap or a feed, which exist to tell what is new
LEAST_SECONDS = DAY / 4
MOST_SECONDS = 180 * DAY
MAX_VALIDATOR_CHARS = 1024
_PRINTABLE = re.compile(r"[\x20-\x7e\x80-\xff]+")


class Visit(NamedTuple):
    """The last visit to a URL: what was stored of it, and the seconds until the next."""

    interval: float
    date: str  # WARC-Date of the response that holds the body; empty where none does
    digest: str  # and its WARC-Payload-Digest
    etag: str
    modified: str

    def questions(self) -> dict[str, str]:
        """The request headers that ask for the page only if it changed (RFC 9110, 13.1)."""
        if not self.date:
            return {}
        pairs = (("If-None-Match", self.etag), ("If-Modified-Since", self.modified))
        return {name: value for name, value in pairs if value}

    def earlier(self, url: str) -> Earlier:
        """The response that a revisit refers to."""
        return Earlier(url, self.date, self.digest)

    @property
    def due(self) -> float:
        """When the next visit is due, in seconds since 1970, if this one is just over."""
        return time.time() + self.interval


def first_visit(exchange: Exchange, is_listing: bool) -> Visit:  # noqa: FBT001 (a fact of the URL)
    """What is kept of a response that was stored."""
    interval = FIRST_LISTING_SECONDS if is_listing else FIRST_SECONDS
    return _visit(exchange, interval)


def unchanged(before: Visit, exchange: Exchange) -> Visit:
    """The visit that found a page as it was; new validators take the place of those it had."""
    return before._replace(
        interval=min(before.interval * 1.5, MOST_SECONDS),
        etag=_validator(exchange, "etag") or before.etag,
        modified=_validator(exchange, "last-modified") or before.modified,
    )


def failed(before: Visit | None) -> Visit:
    """The visit that got no good answer, however often it asked: what was stored before stands."""
    return before._replace(interval=DAY) if before else Visit(DAY, "", "", "", "")


def changed(before: Visit, exchange: Exchange) -> Visit:
    """The visit that found and stored another page."""
    return _visit(exchange, max(before.interval / 2, LEAST_SECONDS))


def _visit(exchange: Exchange, interval: float) -> Visit:
    etag, modified = _validator(exchange, "etag"), _validator(exchange, "last-modified")
    return Visit(interval, timestamp(exchange.started), exchange.digest, etag, modified)


def _validator(exchange: Exchange, name: str) -> str:
    """A header that may be sent back as it came; empty where it is longer than any honest one or holds controls."""
    value = exchange.header(name).strip()
    return value if len(value) <= MAX_VALIDATOR_CHARS and _PRINTABLE.fullmatch(value) else ""
