"""Webs to crawl: the stored pages of a host; and one grown from a table of the kinds of hosts that a crawl meets.

The shares are assumptions, not counts of the real web: of some 6,000 pages a fifth hold an article in Khmer; the
others are its English twins and print versions, lists by page, tag and day, threads sorted anew, shops' filters, and
whole hosts in English that Khmer ones link to. Every page has a text of its own; lists show the beginnings of others'.
"""

from __future__ import annotations

import random
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Literal

import zstandard

from bench.hostile import WORDS
from demo.pages import Reply

Language = Literal["km", "en", "list"]
ENGLISH: Final = (
    "the",
    "report",
    "of",
    "ministry",
    "said",
    "farmers",
    "had",
    "rice",
    "water",
    "market",
    "road",
    "school",
)
HEADERS: Final = (("Content-Type", "text/html; charset=utf-8"),)
TEASERS: Final = 10
TEASER_WORDS: Final = 12
ARTICLE_WORDS: Final = (80, 700)
FRIENDS: Final = 3


@dataclass(frozen=True)
class Section:
    """Pages of one form on a host: their path by number, how many there are, and what they hold."""

    path: str
    n_pages: int
    language: Language


@dataclass(frozen=True)
class Kind:
    """A kind of host: how many there are, and its sections, the first of which its first page shows."""

    name: str
    n_hosts: int
    sections: tuple[Section, ...]
    has_sitemap: bool = False


KINDS: Final = (
    Kind(
        "news",
        8,
        (
            Section("/news/{}", 80, "km"),
            Section("/en/news/{}", 80, "en"),
            Section("/news/{}/print", 80, "km"),
            Section("/category/politics?page={}", 8, "list"),
            Section("/tag/{}", 40, "list"),
            Section("/archive/2025/04/{}", 30, "list"),
            Section("/video/{}", 20, "en"),
        ),
    ),
    Kind(
        "ministry",
        8,
        (
            Section("/km/page/{}", 40, "km"),
            Section("/en/page/{}", 40, "en"),
            Section("/km/documents?p={}", 10, "list"),
        ),
        has_sitemap=True,
    ),
    Kind(
        "blog",
        6,
        (
            Section("/2025/03/post-{}/", 30, "km"),
            Section("/2025/03/story-in-english-{}/", 30, "en"),
            Section("/tag/t{}/", 30, "list"),
            Section("/author/a{}/", 10, "list"),
        ),
        has_sitemap=True,
    ),
    Kind(
        "forum",
        3,
        (
            Section("/thread/{}", 60, "km"),
            Section("/board/en/thread/{}", 60, "en"),
            Section("/board?sort=new&start={}", 60, "list"),
            Section("/user/{}", 60, "en"),
        ),
    ),
    Kind(
        "shop",
        4,
        (Section("/product/{}", 60, "en"), Section("/shop?colour=red&size={}&sort=price", 120, "list")),
    ),
    Kind("abroad", 8, (Section("/story/{}", 120, "en"), Section("/topics/{}", 20, "list"))),
)


@dataclass(frozen=True)
class StoredWeb:
    """The pages of one host, by path."""

    host: str
    pages: Mapping[str, bytes]

    def reply(self, host: str, target: str) -> Reply:
        """The answer to a request."""
        body = self.pages.get(target) if host == self.host else None
        return Reply(404, HEADERS, b"none") if body is None else Reply(200, HEADERS, body)


def unpacked(archive: Path, folder: str) -> dict[str, bytes]:
    """The files of a tar.zst, each under a folder in place of the archive's own."""
    with zstandard.open(archive, "rb") as stream, tarfile.open(fileobj=stream, mode="r|") as members:
        return {
            f"{folder}/{member.name.partition('/')[2]}": file.read()
            for member in members
            if (file := members.extractfile(member)) is not None
        }


class GrownWeb:
    """The hosts of all kinds; a page is made when it is asked for, always the same."""

    seeds: Final = ("http://news0.test/", "http://ministry0.test/")

    @cached_property
    def hosts(self) -> dict[str, Kind]:
        """Every host with its kind."""
        return {f"{kind.name}{number}.test": kind for kind in KINDS for number in range(kind.n_hosts)}

    @cached_property
    def _pages(self) -> dict[tuple[str, str], tuple[Section, int]]:
        return {
            (host, section.path.format(number)): (section, number)
            for host, kind in self.hosts.items()
            for section in kind.sections
            for number in range(section.n_pages)
        }

    def reply(self, host: str, target: str) -> Reply:
        """The answer to a request."""
        kind = self.hosts.get(host)
        if kind and target == "/sitemap.xml" and kind.has_sitemap:
            return self._sitemap(host, kind)
        if kind and target == "/":
            return self._page(host, kind, Section("/", 1, "list"), 0)
        if kind and (found := self._pages.get((host, target))):
            return self._page(host, kind, *found)
        return Reply(404, HEADERS, b"none")

    @staticmethod
    def _sitemap(host: str, kind: Kind) -> Reply:
        paths = (s.path.format(n) for s in kind.sections if s.language != "list" for n in range(s.n_pages))
        urls = "".join(f"<url><loc>http://{host}{path}</loc></url>" for path in paths)
        text = f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
        return Reply(200, (("Content-Type", "application/xml"),), text.encode())

    def _page(self, host: str, kind: Kind, section: Section, number: int) -> Reply:
        chance = random.Random(f"{host} {section.path} {number}")
        links = [
            *self._menu(host, kind),
            *self._own(kind, section, number, chance),
            *self._friends(host, chance),
        ]
        anchors = "".join(f'<li><a href="{url}">{text}</a></li>' for url, text in links)
        body = (
            f"<!doctype html><title>{host}</title><ul>{anchors}</ul>{self._text(host, kind, section, number)}"
        )
        return Reply(200, HEADERS, body.encode())

    def _text(self, host: str, kind: Kind, section: Section, number: int) -> str:
        """A page's text: a list shows how others begin, a print version what the page itself says."""
        if section.language == "list":
            chosen = random.Random(f"{host} {section.path} {number}").sample(
                range(kind.sections[0].n_pages), TEASERS
            )
            return "".join(f"<p>{self._words(host, kind.sections[0], n, TEASER_WORDS)}</p>" for n in chosen)
        own = Section(section.path.removesuffix("/print"), section.n_pages, section.language)
        n_words = random.Random(f"{host} {own.path} {number} length").randint(*ARTICLE_WORDS)
        words = self._words(host, own, number, n_words).split("\n")
        return "".join(f"<p>{paragraph}</p>" for paragraph in words)

    @staticmethod
    def _words(host: str, section: Section, number: int, n_words: int) -> str:
        """The beginning of a page's text, in paragraphs of 40 words."""
        chance = random.Random(f"{host} {section.path} {number} text")
        is_khmer = section.language == "km"
        words = chance.choices(WORDS if is_khmer else ENGLISH, k=n_words)
        between = "" if is_khmer else " "
        return "\n".join(between.join(words[at : at + 40]) for at in range(0, n_words, 40))

    def _menu(self, host: str, kind: Kind) -> Iterator[tuple[str, str]]:
        yield f"http://{host}/", "ទំព័រដើម" if kind.sections[0].language == "km" else "Home"
        for section in kind.sections:
            yield section.path.format(0), "English" if section.language == "en" else "មើលទាំងអស់"

    @staticmethod
    def _own(kind: Kind, section: Section, number: int, chance: random.Random) -> Iterator[tuple[str, str]]:
        """Links within the host: the next page, the same page of other sections, and some at random."""
        if section.path != "/":
            yield section.path.format((number + 1) % section.n_pages), "បន្ទាប់"
        for other in kind.sections:
            if number < other.n_pages:
                yield other.path.format(number), "English" if other.language == "en" else "ខ្មែរ"
            text = "Read more" if other.language == "en" else "អានបន្ត"
            for at in chance.sample(range(other.n_pages), min(4, other.n_pages)):
                yield other.path.format(at), text

    def _friends(self, host: str, chance: random.Random) -> Iterator[tuple[str, str]]:
        """Links to the first pages of other hosts; those abroad link to each other alone."""
        own = self.hosts[host].name
        known = [other for other, kind in self.hosts.items() if own != "abroad" or kind.name == "abroad"]
        for friend in chance.sample(known, FRIENDS):
            yield f"http://{friend}/", friend
