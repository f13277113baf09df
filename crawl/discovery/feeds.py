"""Feeds: RSS 0.9x, 1.0 and 2.0, Atom (RFC 4287), JSON Feed 1.1."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from crawl.discovery.listing import Listing
from crawl.discovery.xml import Tag, attribute, flattened, pieces_of, plain, tags
from crawl.urls import clean_url, link_url

FEED_ROOTS: Final = ("rss", "feed", "rdf")
MOST_BYTES: Final = 8 << 20
MOST_JSON_BYTES: Final = 32 << 20  # a hundred long posts in Khmer, each letter written as its number
MOST_JSON_PARTS: Final = 500_000  # the smallest take 64 bytes each in memory, for two or three in the file
DATES: Final = ("pubdate", "published", "updated", "date")
NAMES: Final = ("item", "entry", "link", "guid", "origlink", "feed", "channel", *DATES)


def read_feed(url: str, body: bytes, limit: int) -> Listing:
    """The pages of a feed at `url`, the newest first."""
    faults: list[str] = []
    text = b"".join(pieces_of(body, MOST_BYTES, faults)).lstrip()
    pages: dict[str, str] = {}
    for link, date in _json_entries(text) if text[:1] == b"{" else _entries(url, text):
        if link:
            pages.setdefault(link, date)
    urls = sorted(pages, key=pages.__getitem__, reverse=True)
    if not urls:
        faults.append("no entries")
    return Listing(urls[:limit], n_beyond_limit=max(0, len(urls) - limit), fault="; ".join(faults))


def _entries(url: str, body: bytes) -> Iterator[tuple[str, str]]:
    """Link and date of each item; what stands before the first speaks of the feed itself."""
    base, link, date, in_item = url, "", "", False
    for tag in tags([flattened(body)], *NAMES):
        if own := attribute(tag.attributes, "xml:base"):
            base = clean_url(base, own) or base
        if tag.name in ("item", "entry"):
            if in_item:
                yield link, date
            link, date, in_item = "", "", True
        elif tag.name in DATES:
            date = date or sortable(plain(tag.text))
        elif in_item:
            link = _link(base, tag, link)
    if in_item:
        yield link, date


def _link(base: str, tag: Tag, before: str) -> str:
    """The item's page after one more of its elements: its first link counts, but for a forwarding service's."""
    if tag.name == "link":
        is_page = attribute(tag.attributes, "rel") in ("", "alternate")
        written = attribute(tag.attributes, "href") or plain(tag.text)
        return before or (link_url(base, written) if is_page and written else "")
    written = plain(tag.text)
    if not written.startswith("http"):
        return before
    return link_url(base, written) if tag.name == "origlink" else before or link_url(base, written)


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
    if len(body) > MOST_JSON_BYTES or sum(map(body.count, (b"[", b"{", b","))) > MOST_JSON_PARTS:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
