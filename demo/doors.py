"""Ways into a site besides its links: interfaces of content systems, a feed, sitemaps in parts; an endless calendar."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from demo.faults import HTML, sitemap
from demo.pages import Page, Reply, Truth
from demo.plan import Entry
from demo.render import MONTHS, Declared, View, blocks, render
from demo.sites import Site

Door = Callable[[str], Reply | None]
JSON = ("Content-Type", "application/json; charset=UTF-8")
HIDDEN = ("X-Robots-Tag", "noindex")  # what WordPress sends with every answer of its interface
WORDPRESS, POSTS, PAGES = "/wp-json/", "/wp-json/wp/v2/posts", "/wp-json/wp/v2/pages"
BLOGGER = "/feeds/posts/default"
FEED = "/feed.xml"
MONTH = re.compile(r"/calendar/(\d{4})/(\d{2})/(?:(\d{2})/)?")
FIRST_MONTH = "/calendar/2026/01/"
PART_URLS = 3


def declared(site: Site) -> tuple[Declared, ...]:
    """What the head of every page of the site says about its doors."""
    match site.door:
        case "wordpress":
            return (Declared("https://api.w.org/", "", site.url(WORDPRESS)),)
        case "feed":
            return (Declared("alternate", "application/rss+xml", site.url(FEED)),)
        case _:
            return ()


def metas(site: Site) -> tuple[tuple[str, str], ...]:
    """What the site's system says of itself in every page."""
    return (("generator", "blogger"),) if site.door == "blogger" else ()


def door(site: Site, entries: Sequence[Entry]) -> Door:
    """What answers for the addresses of a site that are made when they are asked for; None for all others."""
    newest = sorted(entries, key=lambda entry: (entry.text.date, entry.number), reverse=True)

    def answer(target: str) -> Reply | None:
        path, query = urlsplit(target).path, parse_qs(urlsplit(target).query)
        if site.door == "wordpress" and path in (POSTS, PAGES):
            return _wordpress(newest if path == POSTS else [], query)
        if site.door == "blogger" and path == BLOGGER:
            return _blogger(newest, query)
        found = MONTH.fullmatch(path) if site.calendar else None
        return _calendar(site, *(int(part or 0) for part in found.groups())) if found else None

    return answer


def pages(sites: Mapping[str, Site], listed: Mapping[str, Sequence[Entry]]) -> Iterator[Page]:
    """The pages of doors that have one address each."""
    for site in sites.values():
        if site.door == "wordpress":
            yield _listing(site.url(WORDPRESS), JSON, b'{"namespaces":["wp/v2"]}')
        elif site.door == "feed":
            yield _listing(
                site.url(FEED), ("Content-Type", "application/rss+xml"), _rss(site, listed[site.host])
            )
        if site.sitemap_parts:
            yield from _sitemap_parts(site, [entry.url for entry in listed[site.host]])
        if site.calendar:
            reply = _calendar(site, 2026, 1, 0)
            yield Page(Truth(site.url(FIRST_MONTH), "calendar", "either:listing"), reply)


def _sitemap_parts(site: Site, urls: Sequence[str]) -> Iterator[Page]:
    """An index of sitemaps, and its parts, packed."""
    parts = [urls[at : at + PART_URLS] for at in range(0, len(urls), PART_URLS)]
    named = [site.url(f"/sitemap-{number}.xml.gz") for number in range(1, len(parts) + 1)]
    rows = "".join(f"<sitemap><loc>{url}</loc></sitemap>" for url in named)
    index = f'<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>'
    yield _listing(
        site.url("/sitemap.xml"), ("Content-Type", "application/xml"), index.encode(), kind="sitemap"
    )
    for url, part in zip(named, parts, strict=True):
        body = gzip.compress(sitemap(list(part)).encode(), mtime=0)
        yield _listing(url, ("Content-Type", "application/x-gzip"), body, kind="sitemap")


def _listing(url: str, media_type: tuple[str, str], body: bytes, kind: str = "interface") -> Page:
    return Page(Truth(url, kind, "drop:listing"), Reply(headers=(media_type,), body=body))


def _number(query: Mapping[str, Sequence[str]], name: str, default: int) -> int:
    value = query.get(name, [""])[-1]
    return max(int(value), 1) if value.isdecimal() else default


def _json(found: Any, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
    return Reply(status, (JSON, *headers), json.dumps(found, ensure_ascii=False).encode())


def _wordpress(entries: Sequence[Entry], query: Mapping[str, Sequence[str]]) -> Reply:
    """A page of posts as WordPress gives them; beyond the last, its error."""
    size, number = min(_number(query, "per_page", 10), 100), _number(query, "page", 1)
    part = entries[(number - 1) * size : number * size]
    if number > 1 and not part:
        return _json({"code": "rest_post_invalid_page_number", "data": {"status": 400}}, 400, (HIDDEN,))
    posts = [
        {
            "id": entry.number,
            "date_gmt": f"{entry.text.date}T09:00:00",
            "modified_gmt": f"{entry.text.date}T09:00:00",
            "link": entry.url,
            "title": {"rendered": escape(entry.text.title)},
            "content": {"rendered": blocks(entry.text), "protected": False},
            "_embedded": {"author": [{"name": entry.text.author}]},
        }
        for entry in part
    ]
    return _json(posts, headers=(HIDDEN, ("X-WP-Total", str(len(entries)))))


def _blogger(entries: Sequence[Entry], query: Mapping[str, Sequence[str]]) -> Reply:
    """A part of a feed of whole posts as Blogger gives it."""
    first, size = _number(query, "start-index", 1), _number(query, "max-results", 25)
    posts = [
        {
            "title": {"$t": entry.text.title},
            "content": {"type": "html", "$t": blocks(entry.text)},
            "link": [{"rel": "alternate", "type": "text/html", "href": entry.url}],
            "published": {"$t": f"{entry.text.date}T09:00:00.000+07:00"},
            "updated": {"$t": f"{entry.text.date}T09:00:00.000+07:00"},
            "author": [{"name": {"$t": entry.text.author}}],
        }
        for entry in entries[first - 1 : first - 1 + size]
    ]
    return _json({"version": "1.0", "feed": {"entry": posts}})


def _rss(site: Site, entries: Sequence[Entry]) -> bytes:
    items = "".join(
        f"<item><title>{escape(entry.text.title)}</title><link>{escape(entry.url)}</link></item>"
        for entry in entries
    )
    head = f"<title>{escape(site.name)}</title><link>{site.home}</link>"
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


def _calendar(site: Site, year: int, month: int, day: int) -> Reply:
    """A month, or a day of one, on which nothing happens; each leads to the next."""
    name = MONTHS[(month - 1) % 12]
    title = f"ប្រតិទិន {day or ''} {name} {year}"
    months = [(year + (month + step - 1) // 12, (month + step - 1) % 12 + 1) for step in (-1, 1)]
    links = [(f"{MONTHS[m - 1]} {y}", site.url(f"/calendar/{y:04}/{m:02}/")) for y, m in months]
    if not day:
        links += [(str(d), site.url(f"/calendar/{year:04}/{month:02}/{d:02}/")) for d in range(1, 29)]
    url = site.url(f"/calendar/{year:04}/{month:02}/")
    view = View(title=title, canonical=url, lines=("គ្មានព្រឹត្តិការណ៍ទេ។",), friends=tuple(links))
    return Reply(headers=(HTML,), body=render(site.layout, site, view).encode())
