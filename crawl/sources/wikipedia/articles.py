"""A dump's pages as rows: articles with their text, all else with the reason why it is none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from corpus.worker import Lost, kept_worker
from crawl.sources.compressed import Fault
from crawl.sources.files import Row
from crawl.sources.wikipedia.dump import ARTICLES, Dump, Page, Site
from crawl.sources.wikipedia.wikitext import plain_text

LICENCE = "CC-BY-SA-4.0"  # of all text in Wikipedia since June 2023: Terms of Use, 7
BATCH_PAGES = 64
BATCH_CHARS = 1 << 20
MOST_CHARS = 4 << 20  # MediaWiki stores no more than 2 MiB ($wgMaxArticleSize)


def dump_rows(file: BinaryIO, seconds: float, memory_bytes: int, faults: list[Fault]) -> Iterator[Row]:
    """A row for each page, in order; its position is the revision's id, by which it is found for ever.

    Reasons: not_article (another namespace), redirect, not_wikitext, too_large, no_text, and wikitext_too_slow,
    wikitext_too_large, wikitext_crashed or wikitext_failed for what cost the parser its life.
    """
    worker = kept_worker(plain_text, seconds, memory_bytes)
    dump = Dump(file, MOST_CHARS, faults)
    for pages in _batches(dump.pages()):
        prefixes = tuple(dump.site.unread_prefixes())
        reasons = [_reason(page) for page in pages]
        articles = [page for page, (reason, _) in zip(pages, reasons, strict=True) if not reason]
        texts = iter(worker.map((page.text, prefixes) for page in articles))
        for page, why in zip(pages, reasons, strict=True):
            text = "" if why[0] else next(texts)
            if isinstance(text, Lost):
                yield _row(dump.site, page, "", (f"wikitext_{text.outcome}", text.detail))
            else:
                yield _row(dump.site, page, text, why)


def _batches(pages: Iterator[Page]) -> Iterator[list[Page]]:
    batch: list[Page] = []
    n_chars = 0
    for page in pages:
        batch.append(page)
        n_chars += len(page.text)
        if len(batch) == BATCH_PAGES or n_chars > BATCH_CHARS:
            yield batch
            batch, n_chars = [], 0
    if batch:
        yield batch


def _reason(page: Page) -> tuple[str, str]:
    """Why a page is no article, and the evidence."""
    if page.namespace != ARTICLES:
        return "not_article", f"namespace {page.namespace}"
    if page.redirect:
        return "redirect", page.redirect
    if page.model != "wikitext":
        return "not_wikitext", page.model[:100]
    if page.n_chars > MOST_CHARS:
        return "too_large", f"{page.n_chars:,} characters"
    return ("", "") if page.text.strip() else ("no_text", f"revision {page.revision}")


def _row(site: Site, page: Page, text: str, why: tuple[str, str]) -> Row:
    fields = {
        "text": text,
        "id": f"page {page.page_id}",
        "url": site.url(page.title),
        "title": page.title,
        "licence": LICENCE,
        "published_at": page.timestamp,
    }
    reason, evidence = why
    return Row(page.revision, fields, reason, page.text if reason else "", evidence)
