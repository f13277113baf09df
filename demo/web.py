"""The embedded web: every page with its answer and its truth, the same on every machine and run."""

from __future__ import annotations

import codecs
import gzip
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from demo import doors, faults
from demo.pages import Framing, Page, Reply, Truth
from demo.plan import HALF, Entry, plan
from demo.render import LANGUAGES, Teaser, View, comments_for, khmer_date, render
from demo.sites import GENRES, Site, read_sites
from demo.texts import read_texts

SEEDS = ("http://news.khmer.test/", "http://commune.khmer.test/")  # all other hosts are found by links
LIST_LENGTH = 12
LEAST_LIST = 4  # a list of fewer is not made
UNLISTED = {"print_version", "robots_excluded"}
MORE = "មើលបន្ថែម"
CALENDAR = "ប្រតិទិន"


@dataclass(frozen=True)
class Web:
    """All pages, by URL, and what they repeat."""

    pages: dict[str, Page]
    notices: dict[str, str]  # by a host's first page, what stands under each of its articles
    doors: Mapping[str, doors.Door]  # by host, what answers for addresses without end

    def reply(self, host: str, target: str) -> Reply:
        """The answer to a request; 404 for what is not there."""
        page = self._by_address.get((host, target))
        made = page.reply if page else self.doors[host](target) if host in self.doors else None
        return made or Reply(404, (faults.HTML,), "<h1>រកមិនឃើញទំព័រ</h1>".encode())

    @cached_property
    def _by_address(self) -> dict[tuple[str, str], Page]:
        return {address(url): page for url, page in self.pages.items()}

    @cached_property
    def hosts(self) -> list[str]:
        """Every host name."""
        return sorted({urlsplit(url).netloc for url in self.pages})


def address(url: str) -> tuple[str, str]:
    """Host, and path with query, of a URL."""
    parts = urlsplit(url)
    return parts.netloc, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def build_web() -> Web:
    """The whole web, in about a second."""
    sites = read_sites()
    builder = _Builder(sites, plan(sites, read_texts()))
    return Web(
        pages={page.url: page for page in builder.pages()},
        notices={site.home: site.notice for site in sites.values() if site.notice},
        doors={site.host: doors.door(site, builder.listed[site.host]) for site in sites.values()},
    )


class _Builder:
    """Pages that know of each other: lists, teasers, links."""

    def __init__(self, sites: Mapping[str, Site], entries: list[Entry]) -> None:
        self.sites = sites
        self.entries = entries
        self.faults = [
            *faults.soft_404s(sites),
            *faults.hard_errors(sites["broken.khmer.test"]),
            *faults.redirects(sites, [entry for entry in entries if entry.kind == "article"]),
            *faults.other_media(sites["broken.khmer.test"]),
        ]
        self.printed = {entry.original: entry.url for entry in entries if entry.kind == "print_version"}
        self.listed: defaultdict[str, list[Entry]] = defaultdict(list)
        self.linked: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        self._link()

    def _link(self) -> None:
        """Settle what the hosts' lists name, and what stands in their margins."""
        for entry in self.entries:
            is_shared = entry.kind == "exact_duplicate" and entry.url.startswith(entry.original)
            if entry.kind in UNLISTED or is_shared:
                self.linked[entry.site.host].append((entry.text.title, entry.url))
            else:
                self.listed[entry.site.host].append(entry)
        for page in self.faults:
            self.linked[urlsplit(page.url).netloc].append((MORE, page.url))
        for site in self.sites.values():
            if site.calendar:
                self.linked[site.host].append((CALENDAR, site.url(doors.FIRST_MONTH)))
            for friend in (self.sites[host] for host in site.friends):
                self.linked[site.host].append((friend.name, friend.home))
                if friend.host in LIST_OUTCOMES:  # whose first page, with its links, is not to be fetched
                    self.linked[site.host] += [(e.text.title, e.url) for e in self.listed[friend.host]]

    def pages(self) -> Iterator[Page]:
        """Every page once."""
        made: dict[str, Page] = {}
        for entry in self.entries:
            same = made[entry.original].reply if entry.kind == "exact_duplicate" else None
            made[entry.url] = Page(_truth(entry), same or self._reply(entry), entry.text.plain)
        yield from made.values()
        yield from self.faults
        for site in self.sites.values():
            yield from self._lists(site)
        urls = {host: [entry.url for entry in entries] for host, entries in self.listed.items()}
        yield from faults.policy_files(self.sites, urls)
        yield from doors.pages(self.sites, self.listed)

    def _reply(self, entry: Entry) -> Reply:
        place, *reserved = entry.reservation or ("", "", "")
        reservation = (reserved[0], reserved[1])
        view = View(
            title=entry.text.title,
            canonical=entry.original or entry.url,
            text=entry.text,
            menu=self._menu(entry.site),
            latest=self._teasers(entry.site)[: None if entry.site.gateway else 5],
            related=self._teasers(entry.site, entry.number)[:3],
            friends=tuple(self.linked[entry.site.host]),
            metas=(*doors.metas(entry.site), *([reservation] if place == "meta" else [])),
            declared=doors.declared(entry.site),
            category=GENRES.get(entry.text.genre, ""),
            category_url=self._category_url(entry.site, entry.text.genre),
            print_url=self.printed.get(entry.url, "#print"),
            charset=CHARSETS.get(entry.variant, "utf-8"),
            number=entry.number,
            comments=comments_for(entry.url) if entry.text.genre not in LANGUAGES else (),
        )
        html = render(entry.layout or entry.site.layout, entry.site, view)
        return _sent(entry, html, (reservation,) if place == "header" else ())

    def _menu(self, site: Site) -> tuple[tuple[str, str], ...]:
        home = "TMB½redIm" if "legacy" in site.genres else "ទំព័រដើម"
        genres = [genre for genre in site.genres if self._has_category(site, genre)]
        return ((home, site.home), *((GENRES[genre], site.category(genre)) for genre in genres))

    def _has_category(self, site: Site, genre: str) -> bool:
        n_entries = sum(entry.text.genre == genre for entry in self.listed[site.host])
        return not site.gateway and n_entries >= LEAST_LIST

    def _category_url(self, site: Site, genre: str) -> str:
        return site.category(genre) if genre in site.genres and self._has_category(site, genre) else site.home

    def _teasers(self, site: Site, start: int = 0) -> tuple[Teaser, ...]:
        """Teasers of what the host lists, beginning anywhere in the list."""
        entries = self.listed[site.host]
        start %= max(1, len(entries))
        return tuple(map(_teaser, entries[start:] + entries[:start]))

    def _lists(self, site: Site) -> Iterator[Page]:
        """The host's first page and its lists."""
        listed = self.listed[site.host]
        if site.gateway:
            yield faults.redirect(site.home, listed[0].url)
            return
        parts = [listed[start : start + LIST_LENGTH] for start in range(0, len(listed), LIST_LENGTH)] or [[]]
        addresses = [site.home, *(site.url(f"/page/{number}/") for number in range(2, len(parts) + 1))]
        for url, part in zip(addresses, parts, strict=True):
            yield self._list(site, url, "អត្ថបទទាំងអស់", part, addresses)
        for genre in site.genres:
            if self._has_category(site, genre):
                chosen = sorted((e for e in listed if e.text.genre == genre), key=lambda e: e.text.date)
                yield self._list(site, site.category(genre), GENRES[genre], chosen, [])

    def _list(self, site: Site, url: str, title: str, entries: list[Entry], parts: list[str]) -> Page:
        numbers = tuple((f"ទំព័រទី {number}", part) for number, part in enumerate(parts, 1) if part != url)
        view = View(
            title=title,
            canonical=url,
            teasers=tuple(map(_teaser, entries)),
            lines=("មិនទាន់មានអត្ថបទនៅឡើយ។",),
            menu=self._menu(site),
            latest=self._teasers(site)[:5],
            metas=doors.metas(site),
            declared=doors.declared(site),
            friends=(*numbers, *self.linked[site.host]),
        )
        kind, expected = LIST_OUTCOMES.get(site.host, ("listing", "drop:listing"))
        body = render(site.layout, site, view).encode()
        return Page(Truth(url, kind, expected), Reply(headers=(faults.HTML,), body=body))


FOOTER_BYTES = 200  # of the footer that every layout ends with
CHARSETS = {"undeclared": "", "meta iso-8859-1": "iso-8859-1", "utf-16": ""}
# Hosts that reserve their rights, or are not to be crawled, as a whole.
LIST_OUTCOMES = {
    "reserved.khmer.test": ("opt_out", "drop:opt_out"),
    "tdm.khmer.test": ("opt_out", "drop:opt_out"),
    "closed.khmer.test": ("robots_unreachable", "unseen"),
}


def _teaser(entry: Entry) -> Teaser:
    return Teaser(entry.text.title, entry.url, entry.text.summary, khmer_date(entry.text.date))


def _truth(entry: Entry) -> Truth:
    return Truth(
        url=entry.url,
        kind=entry.kind,
        expected=entry.expected,
        variant=entry.variant,
        duplicate_of=entry.original,
        jaccard5=entry.jaccard5,
        planted=entry.text.planted,
    )


def _sent(entry: Entry, html: str, reserved: tuple[tuple[str, str], ...]) -> Reply:
    """The page as its variant sends it: with this charset, compressed, in chunks, cut."""
    declared = {
        "undeclared": "text/html",
        "utf-16": "text/html",
        "header iso-8859-1": "text/html; charset=ISO-8859-1",
    }
    headers = (("Content-Type", declared.get(entry.variant, "text/html; charset=utf-8")), *reserved)
    body = codecs.BOM_UTF16_LE + html.encode("utf-16-le") if entry.variant == "utf-16" else html.encode()
    if entry.variant == HALF:
        body = body[: len(body) // 2]
    elif "cut" in entry.variant:
        body = body[:-FOOTER_BYTES]
    if "gzip" in entry.variant:
        headers = (*headers, ("Content-Encoding", "gzip"))
        body = gzip.compress(body, mtime=0)
    framing: Framing = (
        "chunked" if "chunked" in entry.variant else "cut" if "cut" in entry.variant else "length"
    )
    return Reply(headers=headers, body=body, framing=framing, seconds=entry.seconds)
