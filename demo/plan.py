"""Which text stands at which address: originals, copies of every kind, and pages that are not to be taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from demo.edits import EDITS, jaccard
from demo.sites import PRIVATE, Site
from demo.texts import Text

LEAST_JACCARD = 0.88  # clear of any sensible threshold for near-duplicates
ARTICLE_GENRES = {
    *("news", "economy", "law", "school", "health", "folktale", "recipe"),
    *("technology", "science", "sport", "travel", "culture", "letters"),
}
OUTCOMES = {
    "english": "drop:not_khmer",
    "thai": "drop:not_khmer",
    "pali": "drop:other_language",
}
ADVERTISING = {"spam": "drop:spam", "keywords": "drop:keywords", "links": "drop:links"}
BRANDS = ("មាសលាភ៨៨", "នាគសំណាង៩", "ពេជ្រហេង៧៧៧")
# How a body is sent or declared; most pages are plain.
TRANSPORTS = (
    *("", "", "gzip", "", "undeclared", "", "header iso-8859-1", "", "chunked", "", "utf-16", ""),
    *("meta iso-8859-1", "gzip chunked", "cut in the footer"),
)
HALF = "cut in the text"
SHARED = "share link"  # to the page itself, which a crawler may leave alone
# How a page reserves its rights: a header or a meta element.
RESERVATIONS: tuple[tuple[str, str, str], ...] = (
    ("header", "X-Robots-Tag", "noai"),
    ("header", "X-Robots-Tag", "noai, noimageai"),
    ("header", "TDM-Reservation", "1"),
    ("header", "Content-Usage", "train-ai=n"),
    ("meta", "robots", "noai"),
    ("meta", "robots", "index, follow, noai, noimageai"),
    ("meta", "tdm-reservation", "1"),
)


@dataclass(frozen=True)
class Entry:
    """A text at an address, in the layout of its host or another."""

    site: Site
    text: Text
    number: int
    url: str
    kind: str = "article"
    expected: str = "keep"
    variant: str = ""
    original: str = ""
    jaccard5: float | None = None
    layout: str = ""
    seconds: float = 0.0
    reservation: tuple[str, str, str] | None = None


def originals(sites: Mapping[str, Site], texts: Sequence[Text]) -> list[Entry]:
    """Every text where it first appears."""
    numbers, transports = count(1001), count()
    return [
        Entry(
            site=site,
            text=text,
            number=(number := next(numbers)),
            url=site.page_url(text, number),
            kind=_kind(text),
            expected=OUTCOMES.get(text.genre, "keep"),
            variant="" if text.genre == "legacy" else TRANSPORTS[next(transports) % len(TRANSPORTS)],
            seconds=1.0 if text.name == "folktale-04" else 0.0,
        )
        for site in sites.values()
        for text in texts
        if text.genre in site.genres
    ]


def _kind(text: Text) -> str:
    if text.genre in ARTICLE_GENRES:
        return "article"
    named = {"legacy": "legacy_font", "personal": "personal_data"} | {
        g: g for g in ("english", "thai", "pali")
    }
    return named.get(text.genre, "short_article")


def spam(site: Site, texts: Sequence[Text]) -> list[Entry]:
    """Every advertisement, of gambling, in keywords or in links, under every brand."""
    made = [
        replace(
            t, title=t.title.replace("{brand}", brand), author=brand, body=t.body.replace("{brand}", brand)
        )
        for t in texts
        if t.genre in ADVERTISING
        for brand in BRANDS
    ]
    return [
        Entry(site, text, number, site.page_url(text, number), text.genre, ADVERTISING[text.genre])
        for number, text in enumerate(made, 2001)
    ]


def copies(sites: Mapping[str, Site], articles: Sequence[Entry]) -> Iterator[Entry]:
    """The same articles at other addresses: byte for byte, for the printer, in other layouts, edited."""
    mirror, archive, daily = (sites[f"{name}.khmer.test"] for name in ("mirror", "archive", "daily"))
    for entry in articles[::4]:
        yield _copy(entry, mirror.page_url(entry.text, entry.number), "exact_duplicate", mirror)
    for entry in articles[1::11]:
        mark = "&" if "?" in entry.url else "?"
        url = f"{entry.url}{mark}share=telegram"
        yield replace(_copy(entry, url, "exact_duplicate", entry.site), variant=SHARED)
    for entry in articles[2::3]:
        url = entry.site.url(f"/print/{entry.number}")
        yield replace(_copy(entry, url, "print_version", entry.site), layout="print", variant="")
    for entry in articles[::2]:
        url = archive.page_url(entry.text, entry.number)
        yield replace(_copy(entry, url, "republished", archive), layout="table", variant="")
    for position, entry in enumerate(articles):
        if position % 5 in (1, 2, 4):
            yield _edited(entry, position, daily)


def _copy(entry: Entry, url: str, kind: str, site: Site) -> Entry:
    return replace(
        entry, site=site, url=url, kind=kind, expected="drop:exact_duplicate", original=entry.url, seconds=0.0
    )


def _edited(entry: Entry, position: int, site: Site) -> Entry:
    """The article as another site took it over: the first edit, in turn, that leaves it nearly the same."""
    for step in range(len(EDITS)):
        edit = EDITS[(position + step) % len(EDITS)]
        text = edit(entry.text)
        likeness = jaccard(entry.text.plain, text.plain)
        if text.body != entry.text.body and likeness >= LEAST_JACCARD:
            break
    number = entry.number + 5000
    return replace(
        _copy(entry, site.page_url(text, number), "near_duplicate", site),
        text=text,
        number=number,
        expected="drop:near_duplicate",
        variant=edit.__name__,
        jaccard5=round(likeness, 4),
    )


def refused(sites: Mapping[str, Site], articles: Sequence[Entry]) -> Iterator[Entry]:
    """Articles on hosts and paths that exclude crawlers or reserve their rights."""
    numbers = count(3001)
    supply = iter(articles)

    def entry(site: Site, kind: str, expected: str, variant: str = "") -> Entry:
        text, number = next(supply).text, next(numbers)
        return Entry(site, text, number, site.page_url(text, number), kind, expected, variant)

    for name in ("news", "market", "health"):
        for _ in range(3):
            private = entry(sites[f"{name}.khmer.test"], "robots_excluded", "unseen")
            yield replace(private, url=private.site.url(f"{PRIVATE}{private.number}.html"))
    for _ in range(4):
        yield entry(sites["closed.khmer.test"], "robots_unreachable", "unseen", "robots.txt 503")
    for name, variant in (("reserved", "content-signal"), ("tdm", "tdmrep.json")):
        for _ in range(4):
            yield entry(sites[f"{name}.khmer.test"], "opt_out", "drop:opt_out", variant)
    for reservation in RESERVATIONS:
        reserved = entry(sites["press.khmer.test"], "opt_out", "drop:opt_out", " ".join(reservation))
        yield replace(reserved, reservation=reservation)


def halves(site: Site, articles: Sequence[Entry]) -> list[Entry]:
    """Articles whose answers end in the middle of the text: to be kept or dropped, as the user wishes."""
    return [
        Entry(site, entry.text, number, site.page_url(entry.text, number), "half", "either:truncated", HALF)
        for number, entry in enumerate(articles[3::17], 4001)
    ]


def plan(sites: Mapping[str, Site], texts: Sequence[Text]) -> list[Entry]:
    """Every text at every address."""
    first = originals(sites, texts)
    articles = [entry for entry in first if entry.kind == "article"]
    return [
        *first,
        *spam(sites["lucky.khmer.test"], texts),
        *copies(sites, articles),
        *refused(sites, articles[7:] + articles[:7]),
        *halves(sites["broken.khmer.test"], articles),
    ]
