"""A web record's payload becomes candidate blocks, metadata, and facts about the page that scores are made of."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

import pyarrow as pa
from selectolax.lexbor import LexborHTMLParser

from clean.extract.blocks import Page, read_blocks, too_costly
from clean.extract.candidates import Candidate, candidates
from clean.extract.decode import decode, may_hold_khmer
from clean.extract.legacy import converted, inner_capital_share, legacy_fonts
from clean.extract.metadata import Metadata, read_metadata
from clean.extract.settle import settle_page
from clean.extract.tables import (
    FAILED,
    NO_KHMER,
    OUT_OF_MEMORY,
    PAGES,
    READ,
    TOO_COSTLY,
    TOO_LARGE,
    TOO_SLOW,
)
from clean.extract.trafilatura_text import trafilatura_text
from corpus.worker import Lost, Outcome

logger = logging.getLogger("sastra")

OTHER_SCRIPT: Final = re.compile("[\u0370-\u177f\u1800-\u1cff\u2e80-\ua7ff\uac00-\ud7ff]+")
KHMER_OR_LATIN: Final = re.compile("[A-Za-z\u00c0-\u024f\u1780-\u17d3\u17dd]+")
LAST_YEAR: Final = 9999  # of the calendar; a clock that is set to it tells nothing
CLOCKS_DIFFER: Final = timedelta(days=1)  # a page may bear tomorrow's date where it was written

LOST: Final = {
    Outcome.TOO_SLOW: TOO_SLOW,
    Outcome.TOO_LARGE: OUT_OF_MEMORY,
    Outcome.CRASHED: FAILED,
    Outcome.FAILED: FAILED,
}
LEGACY_CAPITALS: Final = 0.45  # share of Latin words with a capital inside; Limon text has .63 and more
STATED: Final = ("text", "title", "author", "published_at")  # columns that a page gives anew


@dataclass(frozen=True)
class Extracted:
    """One page, in the columns of PAGES that it gives."""

    text: str = ""
    title: str | None = None
    author: str | None = None
    published_at: datetime | None = None
    page_outcome: int = READ
    page_bytes: int = 0
    page_chars: int = 0
    page_legacy_fonts: int = 0
    page_inner_capital_share: float = 0.0
    page_legacy_chars: int = 0
    page_confidence: float = 0.0
    page_main_share: float = 0.0
    page_link_share: float = 0.0
    page_comment_chars: int = 0
    page_other_script_share: float = 0.0
    page_h1: str | None = None
    page_language: str | None = None
    page_canonical_url: str | None = None
    page_licence: str | None = None
    page_licence_place: str | None = None
    blocks: list[Candidate] | None = field(
        default_factory=list
    )  # None where another extractor chose the text
    parents: list[int] | None = field(default_factory=list)


@dataclass(frozen=True)
class Reading:
    """How a page is read: by `blocks` or by `trafilatura`, and the bytes beyond which it is not."""

    extractor: str
    page_bytes: int


Job = tuple[bytes, str | None, str, Reading, datetime | None]
"""The arguments of extract_page."""


def extract_page(
    payload: bytes, charset: str | None, url: str, reading: Reading, latest: datetime | None = None
) -> Extracted:
    """The main text of a page and what it says of itself; dates after `latest` are not believed.

    Whatever the payload is, this returns or runs out of memory; Worker ends it where it takes too long.
    """
    try:
        found = _extract(payload, charset, url, reading, latest)
    except MemoryError:
        raise
    except Exception:  # a page of the open web must not end the run; the ledger counts it
        logger.exception("%s: not extracted", url)
        found = Extracted(page_outcome=FAILED)
    return replace(found, page_bytes=len(payload))


def _extract(
    payload: bytes, charset: str | None, url: str, reading: Reading, latest: datetime | None
) -> Extracted:
    if len(payload) > reading.page_bytes:
        return Extracted(page_outcome=TOO_LARGE)
    if may_hold_khmer(payload):
        html = decode(payload, charset)
        if too_costly(html):
            return Extracted(page_outcome=TOO_COSTLY)
        read = _read_by_trafilatura if reading.extractor == "trafilatura" else _read
        return read(html, url, latest)
    fonts, capitals = legacy_fonts(payload), inner_capital_share(payload)
    if fonts or capitals >= LEGACY_CAPITALS:
        html = decode(payload, charset)
        found = None if too_costly(html) else _read_legacy(html, url, latest)
        if found is not None:
            return found
    return Extracted(page_outcome=NO_KHMER, page_legacy_fonts=fonts, page_inner_capital_share=capitals)


def _read(html: str, url: str, latest: datetime | None) -> Extracted:
    tree = LexborHTMLParser(html)
    stated = read_metadata(tree, url, latest)
    return _found(read_blocks(tree), stated)


def _read_by_trafilatura(html: str, url: str, latest: datetime | None) -> Extracted:
    """Facts as our own reading finds them, and trafilatura's text without a first line that repeats the title."""
    ours = _read(html, url, latest)
    lines = trafilatura_text(html).split("\n")
    text = "\n".join(lines[1:] if len(lines) > 1 and lines[0] in (ours.title, ours.page_h1) else lines)
    return replace(ours, text=text, blocks=None, parents=None)


def _read_legacy(html: str, url: str, latest: datetime | None) -> Extracted | None:
    """The page with its blocks and titles in Khmer, or None if they do not become Khmer."""
    tree = LexborHTMLParser(html)
    stated = read_metadata(tree, url, latest)
    page = read_blocks(tree)
    titles = (stated.title or "", stated.heading or "")
    new = converted([*(block.text for block in page.blocks), *titles])
    if new is None:
        return None
    for block, text in zip(page.blocks, new.blocks, strict=False):
        block.text = text
    title, heading = (text or None for text in new.blocks[-2:])
    return replace(
        _found(page, replace(stated, title=title, heading=heading)), page_legacy_chars=new.n_converted
    )


def _found(page: Page, stated: Metadata) -> Extracted:
    """A page's main text by itself alone, with its candidate blocks."""
    blocks, parents = candidates(page), [element.parent for element in page.elements]
    n_chars = sum(len(block.text) for block in page.blocks)
    alone = settle_page(blocks, parents, stated.title)
    return Extracted(
        text=alone.text,
        title=stated.title,
        author=stated.author,
        published_at=stated.published_at,
        page_chars=n_chars,
        page_confidence=alone.confidence,
        page_main_share=alone.main_chars / max(n_chars, 1),
        page_link_share=alone.link_share,
        page_comment_chars=len(alone.comments),
        page_other_script_share=_other_script_share(page),
        page_h1=stated.heading,
        page_language=stated.language,
        page_canonical_url=stated.canonical_url,
        page_licence=stated.licence.spdx if stated.licence else None,
        page_licence_place=stated.licence.place if stated.licence else None,
        blocks=blocks,
        parents=parents,
    )


def _other_script_share(page: Page) -> float:
    """Share of a page's letters that are neither Khmer nor Latin."""
    text = "".join(block.text for block in page.blocks)
    n_other = sum(map(len, OTHER_SCRIPT.findall(text)))
    return n_other / max(n_other + sum(map(len, KHMER_OR_LATIN.findall(text))), 1)


def here(jobs: Iterable[Job]) -> list[Extracted | Lost]:
    """Pages read in this process; `Worker(extract_page, …).map` reads them in one that can be killed."""
    return [extract_page(*job) for job in jobs]


def extract(
    records: pa.Table, reading: Reading, read: Callable[[Iterable[Job]], Sequence[Extracted | Lost]] = here
) -> pa.Table:
    """PAGES: what is read from every record that has a payload; the others as they came, facts and blocks null."""
    payloads = records["payload"].to_pylist()
    too_large = {i for i, payload in enumerate(payloads) if payload and len(payload) > reading.page_bytes}
    given = [None if i in too_large else payload for i, payload in enumerate(payloads)]
    found = iter(read(_jobs(records, given, reading)))
    pages = [None if payload is None else _kept(next(found), len(payload)) for payload in given]
    for i in too_large:
        pages[i] = Extracted(page_outcome=TOO_LARGE, page_bytes=len(payloads[i] or b""))
    return _table(records, pages)


def _table(records: pa.Table, pages: Sequence[Extracted | None]) -> pa.Table:
    columns = {name: records[name] for name in PAGES.names if name in records.column_names}
    given = {name: columns[name].to_pylist() for name in STATED} if any(pages) else {}
    for name in PAGES.names:
        if name in columns and not (name in STATED and any(pages)):
            continue
        column = given.get(name, [None] * len(pages))
        values = [
            value if page is None else getattr(page, name, None)
            for page, value in zip(pages, column, strict=True)
        ]
        columns[name] = pa.array(values, PAGES.field(name).type)
    return pa.table(columns, PAGES)


def _jobs(records: pa.Table, payloads: Sequence[bytes | None], reading: Reading) -> Iterable[Job]:
    given = (records[name].to_pylist() for name in ("charset", "url", "fetched_at"))
    for payload, charset, url, fetched_at in zip(payloads, *given, strict=True):
        if payload is not None:
            yield payload, charset, url or "", reading, _latest(fetched_at)


def _latest(fetched_at: datetime | None) -> datetime | None:
    """The latest date that a page fetched then may bear; None for any."""
    if fetched_at is None or fetched_at.year >= LAST_YEAR:
        return None
    return fetched_at + CLOCKS_DIFFER


def _kept(found: Extracted | Lost, n_bytes: int) -> Extracted:
    """The page, or what stands for one that was lost on the way."""
    if isinstance(found, Lost):
        logger.warning("a page of %d bytes was not read: %s (%s)", n_bytes, found.outcome, found.detail)
        return Extracted(page_outcome=LOST[found.outcome], page_bytes=n_bytes)
    return found
