"""Main text found in real pages with exact gold, beside trafilatura; the byte prefilter.

F1 is of character 4-grams, white space and zero-width characters left out, lines equal to the title ignored, the mean
over pages. Rows of F1 and leaks judge every page by a model fitted without its family of templates, on licensed texts
alone (bench/shells.py); the list of features was chosen on the same pages. Rows with `hosts` add what the pages of a
host tell of each other; `shipped` is the model as it stands, which has seen the templates.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import pyarrow as pa

from bench.goldpages import GoldPage, gold_pages
from bench.realdata import json_lines, real_data
from bench.rows import ROUNDS, Row, against, cpu_seconds, measured
from bench.shells import QUOTES, Shell, assembled, folds, natural
from clean.extract import hosts
from clean.extract.blocks import Page
from clean.extract.candidates import candidates
from clean.extract.content import Model, model
from clean.extract.decode import may_hold_khmer
from clean.extract.page import Reading, extract_page
from clean.extract.settle import settle, settle_page
from clean.extract.tables import PAGES

INVISIBLE: Final = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
NO_ARTICLE: Final = 0.25  # the threshold of page_confidence in configs/clean.yaml
SHORT: Final = 300  # characters of gold text
READING: Final = Reading("blocks", 8 << 20)
TIMED_PAGES: Final = 120
PREFILTER_BYTES: Final = 1 << 28
F1s = list[float]


class Scored(NamedTuple):
    """The F1 of each gold page, and which boilerplate phrases leaked into its text."""

    f1: F1s
    n_leaked: int
    n_phrases: int


def rows() -> Iterator[Row]:
    """Every row of this room; without real data, none."""
    folder = real_data()
    if folder is None:
        return
    pages, shells = gold_pages(folder), assembled(folder)
    fitted = folds(folder)
    alone = [text_of(shell, fitted[shell.fold], page) for shell, page in zip(shells, pages, strict=True)]
    yield from _f1_rows("clean.extract", pages, alone)
    with_hosts = settled_texts(pages, shells, fitted)
    yield from _f1_rows("clean.extract_hosts", pages, with_hosts)
    shipped = [text_of(shell, model(), page) for shell, page in zip(shells, pages, strict=True)]
    yield from _f1_rows("clean.extract_shipped", pages, shipped)
    yield from no_article_rows(pages, shells, fitted)
    yield from natural_rows(folder, fitted)
    yield speed(pages)
    yield prefilter(folder)


def text_of(shell: Shell, fitted: Model, page: GoldPage) -> str:
    """The main text by a model."""
    parents = [element.parent for element in shell.page.elements]
    return settle_page(candidates(shell.page, fitted), parents, page.gold["title"]).text


def _f1_rows(name: str, pages: Sequence[GoldPage], texts: Sequence[str]) -> Iterator[Row]:
    scored = score(pages, texts)
    golds = [page.gold for page in pages]
    slices: dict[str, Callable[[int], bool]] = {
        "f1": lambda _: True,
        "f1_khmer_boilerplate": lambda i: golds[i]["boilerplate_lang"] == "km",
        "f1_short": lambda i: golds[i]["n_chars"] < SHORT,
    }
    for part, chosen in slices.items():
        values = [f1 for i, f1 in enumerate(scored.f1) if chosen(i)]
        yield measured(f"{name}_{part}", statistics.fmean(values), f"on {len(values)} pages")
    leaked = scored.n_leaked / scored.n_phrases
    yield measured(f"{name}_leak", leaked, f"of {scored.n_phrases} phrases")


def score(pages: Sequence[GoldPage], texts: Sequence[str]) -> Scored:
    """The texts held against the gold of their pages."""
    f1s, n_leaked, n_phrases = [], 0, 0
    for page, text in zip(pages, texts, strict=True):
        title, gold, found = page.gold["title"], page.gold["text"], letters(text)
        f1s.append(four_gram_f1(but(title, text), but(title, gold)))
        phrases = {letters(phrase) for phrase in page.gold["boilerplate_phrases"]}
        planted = [phrase for phrase in phrases if phrase not in letters(gold)]
        n_leaked += sum(phrase in found for phrase in planted)
        n_phrases += len(planted)
    return Scored(f1s, n_leaked, n_phrases)


def letters(text: str) -> str:
    """The text without white space and zero-width characters."""
    return "".join(text.translate(INVISIBLE).split())


def but(title: str, text: str) -> str:
    """The letters of a text's lines other than its title."""
    return "".join(line for line in map(letters, text.split("\n")) if line != letters(title))


def four_gram_f1(found: str, gold: str) -> float:
    """F1 of the character 4-grams of two texts."""
    ours, wanted = (Counter(text[i : i + 4] for i in range(len(text) - 3)) for text in (found, gold))
    return 2 * (ours & wanted).total() / max(ours.total() + wanted.total(), 1)


def no_article_rows(
    pages: Sequence[GoldPage], shells: Sequence[Shell], fitted: Sequence[Model]
) -> Iterator[Row]:
    """How many pages are told to hold no article after theirs is taken out, and how many are while it is there."""
    told, lost = 0, 0
    for page, shell in zip(pages, shells, strict=True):
        others = [
            block
            for block, out in zip(shell.page.blocks, shell.is_main | shell.ignored, strict=True)
            if not out
        ]
        empty = Page(shell.page.elements, others)
        told += _confidence(empty, fitted[shell.fold], page) < NO_ARTICLE
        lost += _confidence(shell.page, fitted[shell.fold], page) < NO_ARTICLE
    yield measured("clean.extract_no_article_told", told / len(pages), "of pages whose article was taken out")
    yield measured("clean.extract_no_article_lost", lost / len(pages), "of the same pages whole")


def _confidence(page: Page, fitted: Model, gold: GoldPage) -> float:
    parents = [element.parent for element in page.elements]
    return settle_page(candidates(page, fitted), parents, gold.gold["title"]).confidence


def settled_texts(pages: Sequence[GoldPage], shells: Sequence[Shell], fitted: Sequence[Model]) -> list[str]:
    """The texts after the pass over hosts, each page's blocks by the model of its fold."""
    found = []
    for page, shell in zip(pages, shells, strict=True):
        blocks = candidates(shell.page, fitted[shell.fold])
        parents = [element.parent for element in shell.page.elements]
        title = page.gold["title"]
        row = {"url": page.url, "host": page.url.split("/")[2], "title": title}
        text = settle_page(blocks, parents, title).text
        found.append({**row, "text": text, "blocks": [b._asdict() for b in blocks], "parents": parents})
    given = {"id": "", "source": "", "licence": "", "origin": {}, "n_chars": 0, "n_bytes": 0, "n_clusters": 0}
    table = pa.Table.from_pylist([{**given, **row} for row in found], PAGES)
    texts: list[str] = settle(table, hosts.merge([hosts.observe(table)]))["text"].to_pylist()
    return texts


def natural_rows(folder: Path, fitted: Sequence[Model]) -> Iterator[Row]:
    """F1 on the templates' own texts, ours by folds less that of trafilatura's fast mode."""
    import trafilatura

    ours, theirs = [], []
    given = list(json_lines(folder / "web" / "natural_shells.jsonl.zst"))
    for row, shell in zip(given, natural(folder), strict=True):
        parents = [element.parent for element in shell.page.elements]
        text = settle_page(candidates(shell.page, fitted[shell.fold]), parents, None).text
        ours.append(_natural_f1(text, row["gold_letters"]))
        other = trafilatura.extract(row["html"], include_comments=False, fast=True) or ""
        theirs.append(_natural_f1(other, row["gold_letters"]))
    yield measured("clean.extract_natural_f1", statistics.fmean(ours), f"on {len(ours)} pages")
    gain = statistics.fmean(ours) - statistics.fmean(theirs)
    yield measured(
        "clean.extract_natural_gain", gain, f"over trafilatura fast {statistics.fmean(theirs):.4f}"
    )


def _natural_f1(text: str, gold: str) -> float:
    return four_gram_f1(letters(text).translate(QUOTES).lower(), gold)


def speed(pages: Sequence[GoldPage]) -> Row:
    """Pages a CPU second, from bytes to text with metadata, beside trafilatura's text in its fast mode."""
    import trafilatura

    chosen = list(pages)[:: max(len(pages) // TIMED_PAGES, 1)]

    def ours() -> list[object]:
        return [extract_page(page.payload, page.charset, page.url, READING) for page in chosen]

    def theirs() -> list[object]:
        return [trafilatura.extract(page.payload, include_comments=False, fast=True) for page in chosen]

    ours(), theirs()
    n = len(chosen)
    pairs = [(n / cpu_seconds(ours), n / cpu_seconds(theirs)) for _ in range(ROUNDS)]
    return against("clean.extract_speed.vs_trafilatura", pairs, "pages/s", "trafilatura fast")


def prefilter(folder: Path) -> Row:
    """How fast pages without Khmer are told: the natural templates, with the accents and references they hold."""
    payloads = [row["html"].encode() for row in json_lines(folder / "web" / "natural_shells.jsonl.zst")]
    foreign = [payload for payload in payloads if not may_hold_khmer(payload)]
    n_bytes = sum(map(len, foreign))
    repeats = max(PREFILTER_BYTES // n_bytes, 1)

    def skip() -> None:
        for _ in range(repeats):
            for payload in foreign:
                may_hold_khmer(payload)

    seconds = statistics.median(cpu_seconds(skip) for _ in range(ROUNDS))
    return measured("clean.prefilter", repeats * n_bytes / seconds / 1e9, f"GB/s, {len(foreign)} pages")
