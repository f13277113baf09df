"""Titles, authors and dates read from real pages, held against what was planted in them."""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Iterator

from selectolax.lexbor import LexborHTMLParser

from bench.goldpages import GoldPage, gold_pages
from bench.realdata import real_data
from bench.rows import Row, cpu_seconds, measured
from clean.extract.decode import decode
from clean.extract.metadata import Metadata, read_metadata

ZERO_WIDTH = re.compile("[\u200b-\u200d\u2060]")
ROUNDS = 3
Judged = list[tuple[GoldPage, Metadata]]


def rows() -> Iterator[Row]:
    """Shares of pages that are right; the rows of authors and dates ask only where one was planted, or none.

    Pages without a planted author or date keep what their templates name: an author left there counts against
    clean.metadata_no_author, though it may be the template's own.
    """
    folder = real_data()
    if folder is None:
        return
    trees = [(page, LexborHTMLParser(decode(page.payload, page.charset))) for page in gold_pages(folder)]
    judged = [(page, read_metadata(tree, page.url)) for page, tree in trees]
    dated = [item for item in judged if item[0].gold["date"]]
    undated = [item for item in judged if not item[0].gold["date"]]
    khmer = [item for item in dated if item[0].gold["date_forms"] == ["visible_km"]]
    named = [item for item in judged if item[0].gold["author"]]
    unnamed = [item for item in judged if not item[0].gold["author"]]
    for name, pages, right in (
        ("title", judged, _title_is_right),
        ("author", named, _author_is_right),
        ("no_author", unnamed, _author_is_right),
        ("date", dated, _date_is_right),
        ("khmer_date", khmer, _date_is_right),
    ):
        yield measured(f"clean.metadata_{name}", _share(pages, right), f"of {len(pages)} pages")
    invented = sum(found.published_at is not None for _, found in undated)
    yield measured("clean.metadata_invented_dates", invented, f"of {len(undated)} pages")

    def read_all() -> None:
        for page, tree in trees:
            read_metadata(tree, page.url)

    seconds = statistics.median(cpu_seconds(read_all) for _ in range(ROUNDS))
    yield measured("clean.metadata_time", 1e3 * seconds / len(trees), "ms a page, parsed")


def _share(pages: Judged, right: Callable[[GoldPage, Metadata], bool]) -> float:
    return sum(right(page, found) for page, found in pages) / max(len(pages), 1)


def _title_is_right(page: GoldPage, found: Metadata) -> bool:
    return _folded(found.title) == _folded(page.gold["title"])


def _author_is_right(page: GoldPage, found: Metadata) -> bool:
    return _folded(found.author) == _folded(page.gold["author"])


def _date_is_right(page: GoldPage, found: Metadata) -> bool:
    return found.published_at is not None and found.published_at.date().isoformat() == page.gold["date"]


def _folded(text: str | None) -> str | None:
    return None if text is None else " ".join(ZERO_WIDTH.sub("", text).split())
