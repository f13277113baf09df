"""MediaWiki's XML export, streamed: the site, then its pages in order, bounded whatever stands there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from urllib.parse import quote, urljoin
from xml.parsers import expat

from crawl.sources.compressed import Fault, inflate

MOST_CHARS = 4096  # of a title, a time, a number
ARTICLES = 0  # the namespace
FILES_AND_CATEGORIES = (-2, 6, 14)
LONGEST_TAG = 8 << 20  # what the parser holds of one that does not end
NUMBERS = ("namespace", "page_id", "revision")


@dataclass
class Site:
    """What a dump says of its wiki: its main page's address, and its namespaces' names by number."""

    base: str = ""
    namespaces: dict[int, str] = field(default_factory=dict)

    def url(self, title: str) -> str:
        """A page's address, which stays the same over its revisions."""
        return (
            urljoin(self.base, "/wiki/" + quote(title.replace(" ", "_"), safe="/:@!$*(),;'"))
            if self.base
            else ""
        )

    def unread_prefixes(self) -> list[str]:
        """How links begin that show a picture or name a category."""
        own = [self.namespaces.get(number, "") for number in FILES_AND_CATEGORIES]
        return sorted({name.lower() for name in (*own, "media", "file", "image", "category") if name})


@dataclass
class Page:
    """A page in its latest revision; `text` is wikitext, and of a longer one than allowed only the beginning."""

    title: str = ""
    namespace: int = 0
    page_id: int = 0
    revision: int = 0
    timestamp: str = ""
    redirect: str = ""
    model: str = "wikitext"
    text: str = ""
    n_chars: int = 0


class _DumpError(Exception):
    """What no dump holds."""


class Dump:
    """A dump being read: `site` is known with the first page."""

    def __init__(self, file: BinaryIO, max_chars: int, faults: list[Fault]) -> None:
        self.site = Site()
        self._file = file
        self._faults = faults
        self._reading = _Reading(self.site, max_chars)

    def pages(self) -> Iterator[Page]:
        """Every page, in order; reading stops where the file is damaged."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._reading.start
        parser.EndElementHandler = self._reading.end
        parser.CharacterDataHandler = self._reading.characters
        parser.StartDoctypeDeclHandler = _refuse  # no entities, so none that grow
        try:
            n_bytes = 0
            for piece in inflate(self._file, self._faults):
                parser.Parse(piece, False)  # noqa: FBT003 (whether this is the last piece)
                yield from self._reading.taken()
                n_bytes += len(piece)
                if n_bytes - parser.CurrentByteIndex > LONGEST_TAG:
                    _refuse_tag()
            if not self._faults:
                parser.Parse(b"", True)  # noqa: FBT003
        except (expat.ExpatError, _DumpError) as error:
            yield from self._reading.taken()
            self._faults.append(Fault(parser.CurrentByteIndex, f"damaged: {error}"))


def _refuse(*_: Any) -> None:
    msg = "a document type, which no dump has"
    raise _DumpError(msg)


def _refuse_tag() -> None:
    msg = f"a tag or comment of more than {LONGEST_TAG:,} bytes"
    raise _DumpError(msg)


class _Reading:
    """Takes the parser's events: only elements at the depths where a dump has them count."""

    def __init__(self, site: Site, max_chars: int) -> None:
        self._site = site
        self._max_chars = max_chars
        self._path: list[str] = []
        self._depth = 0
        self._page: Page | None = None
        self._number = 0
        self._pieces: list[str] = []
        self._n_chars = 0
        self._done: list[Page] = []

    def taken(self) -> list[Page]:
        """The pages that have come to their end since the last call."""
        done, self._done = self._done, []
        return done

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            return
        self._path.append(name.rpartition(":")[2])
        self._pieces, self._n_chars = [], 0
        match self._path[1:]:
            case ["page"]:
                self._page = Page()
            case ["page", "redirect"] if self._page:
                self._page.redirect = attributes.get("title", "")[:MOST_CHARS] or "?"
            case ["siteinfo", "namespaces", "namespace"]:
                self._number = _number(attributes.get("key", ""))

    def characters(self, text: str) -> None:
        if self._depth > DEEPEST:
            return
        limit = self._max_chars if self._path[-1] == "text" else MOST_CHARS
        if self._n_chars < limit:
            self._pieces.append(text[: limit - self._n_chars])
        self._n_chars += len(text)

    def end(self, _name: str) -> None:
        self._depth -= 1
        if self._depth >= DEEPEST:
            return
        path, text = self._path[1:], "".join(self._pieces)
        self._path.pop()
        if self._page is None:
            if path == ["siteinfo", "base"]:
                self._site.base = text
            elif (
                path == ["siteinfo", "namespaces", "namespace"]
                and len(self._site.namespaces) < MOST_NAMESPACES
            ):
                self._site.namespaces[self._number] = text
        elif path == ["page"]:
            self._done.append(self._page)
            self._page = None
        elif name := FIELDS.get("/".join(path[1:])):
            setattr(self._page, name, _number(text) if name in NUMBERS else text)
            if name == "text":
                self._page.n_chars = self._n_chars


DEEPEST = 4  # mediawiki, page, revision, text
MOST_NAMESPACES = 1000
FIELDS = {
    "title": "title",
    "ns": "namespace",
    "id": "page_id",
    "revision/id": "revision",
    "revision/timestamp": "timestamp",
    "revision/model": "model",
    "revision/text": "text",
}


def _number(text: str) -> int:
    text = text.strip()
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 19 else -1
