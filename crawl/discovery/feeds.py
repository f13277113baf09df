"""Feeds: RSS 0.9x, 1.0 and 2.0, Atom (RFC 4287), JSON Feed 1.1."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from crawl.discovery.listing import Listing
from crawl.discovery.xml import attribute, flattened, in_utf8, plain, tags
from crawl.urls import clean_url, link_url

MOST_BYTES = 16 << 20
MOST_PARTS = 500_000
NAMES = (
    "item",
    "entry",
    "link",
    "guid",
    "origlink",
    "pubdate",
    "published",
    "updated",
    "date",
    "feed",
    "channel",
)
DATES = ("pubdate", "published", "updated", "date")


def read_feed(url: str, body: bytes, limit: int) -> Listing:
    """The pages of a feed at `url`, the newest first."""
    body = in_utf8(body[:MOST_BYTES]).lstrip(b"\xef\xbb\xbf \r\n\t")
    entries = _json_entries(body) if body[:1] == b"{" else _entries(url, body)
    pages: dict[str, str] = {}
    n_beyond = 0
    for link, date in entries:
        if not link or link in pages:
            continue
        if len(pages) < limit:
            pages[link] = date
        else:
            n_beyond += 1
    urls = sorted(pages, key=pages.__getitem__, reverse=True)
    return Listing(urls, n_beyond_limit=n_beyond, fault="" if urls else "no entries")


def _entries(url: str, body: bytes) -> Iterator[tuple[str, str]]:
    base, link, date, in_item = url, "", "", False
    for tag in tags(flattened(body), *NAMES):
        if own := attribute(tag.attributes, "xml:base"):
            base = clean_url(base, own) or base
        if tag.name in ("item", "entry"):
            if in_item and link:
                yield link, date
            link, date, in_item = "", "", not tag.is_end
        elif not in_item or tag.is_end:
            continue
        elif tag.name == "link" and not link:
            is_page = attribute(tag.attributes, "rel") in ("", "alternate")
            link = link_url(base, attribute(tag.attributes, "href") or plain(tag.text)) if is_page else ""
        elif tag.name == "origlink" or (tag.name == "guid" and not link):
            text = plain(tag.text)
            link = link_url(base, text) if text.startswith("http") else link
        elif tag.name in DATES and not date:
            date = sortable(plain(tag.text))
    if in_item and link:
        yield link, date


def sortable(date: str) -> str:
    """A date in the form of RFC 822 or ISO 8601 as text that sorts by time; empty where it is neither."""
    try:
        moment = datetime.fromisoformat(date)
    except ValueError:
        try:
            moment = parsedate_to_datetime(date)
        except (ValueError, OverflowError):
            return ""
    try:
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC).isoformat(timespec="seconds")
    except OverflowError:
        return ""


def _json_entries(body: bytes) -> Iterator[tuple[str, str]]:
    found = parsed_json(body)
    items = found.get("items") if isinstance(found, dict) else None
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict):
            link = item.get("url") or item.get("id")
            date = item.get("date_published")
            yield (
                link_url("", link) if isinstance(link, str) else "",
                sortable(date) if isinstance(date, str) else "",
            )


def parsed_json(body: bytes) -> object:
    """JSON of a bounded number of parts; None for what is none, or might fill the memory."""
    if len(body) > MOST_BYTES or body.count(b"[") + body.count(b"{") + body.count(b",") > MOST_PARTS:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
