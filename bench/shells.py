"""Pages to fit the block model to, and its cross-validation: `python -m bench.shells > pages.jsonl`.

Only texts with an open licence (folk tales, MIT; encyclopedia paragraphs, CC BY-SA) teach what main text is, in page
templates that have one (Readability's test pages, Apache-2.0), and the templates' own texts. In pages whose article
has no licence, licensed paragraphs take its place before anything is learnt.
"""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from selectolax.lexbor import LexborHTMLParser

from bench.goldpages import gold_pages
from bench.realdata import json_lines, real_data
from clean.extract.blocks import Block, Page, read_blocks
from clean.extract.content import Model
from clean.extract.decode import decode
from clean.extract.measures import Booleans
from clean.learn.blocks import Example, fit, labels, letters, rows

FOLDS: Final = 5
SEED: Final = 5
NATURAL_WEIGHT: Final = 2.0
SHORTENED: Final = (
    0.3  # of pages keep only their first or first two main blocks: short articles are the hard ones
)
QUOTES: Final = str.maketrans("“”„«»‘’", '"""""\'\'')
GRAM: Final = 8
NEAR: Final = 4  # blocks to either side


class Shell(NamedTuple):
    """A page to learn from or to judge: its blocks, and what of them is main text."""

    page: Page
    is_main: Booleans
    ignored: Booleans  # the title, which is neither right nor wrong
    family: str
    is_natural: bool
    has_licence: bool

    @property
    def fold(self) -> int:
        """Pages of one family of templates are in one fold."""
        return zlib.crc32(self.family.encode()) % FOLDS


@cache
def assembled(folder: Path) -> list[Shell]:
    """The gold pages, in their order."""
    return [_assembled(decode(page.payload, page.charset), page.gold) for page in gold_pages(folder)]


def _assembled(html: str, gold: dict[str, Any]) -> Shell:
    page = read_blocks(LexborHTMLParser(html))
    title = letters(gold["title"])
    ignored = np.array([letters(block.text) == title for block in page.blocks])
    licensed = not gold["doc_source"].startswith("news")
    return Shell(
        page, labels(page, gold["text"]), ignored, _family(gold), is_natural=False, has_licence=licensed
    )


@cache
def natural(folder: Path) -> list[Shell]:
    """The templates with their own texts, in their order."""
    return [_natural(row) for row in json_lines(folder / "web" / "natural_shells.jsonl.zst")]


def _natural(row: dict[str, Any]) -> Shell:
    page = read_blocks(LexborHTMLParser(row["html"]))
    gold = row["gold_letters"]
    grams = {gold[i : i + GRAM] for i in range(len(gold) - GRAM + 1)}
    texts = [letters(block.text).translate(QUOTES) for block in page.blocks]
    sure = [_mostly_in(text, gold, grams) for text in texts]
    is_main = np.array(
        [main if main is not None else _among(sure, i) and texts[i] in gold for i, main in enumerate(sure)]
    )
    return Shell(page, is_main, np.zeros(len(texts), bool), _family(row), is_natural=True, has_licence=True)


def _mostly_in(text: str, gold: str, grams: set[str]) -> bool | None:
    """Whether a text is in the gold; None for one too short to tell."""
    n_grams = len(text) - GRAM + 1
    if len(text) < 30:
        return None
    return text in gold or sum(text[i : i + GRAM] in grams for i in range(n_grams)) >= 0.7 * n_grams


def _among(sure: list[bool | None], i: int) -> bool:
    """Whether half of the longer blocks near one are main text, at least one."""
    near = [main for main in sure[max(i - NEAR, 0) : i + NEAR + 1] if main is not None]
    return any(near) and 2 * sum(near) >= len(near)


def _family(row: dict[str, Any]) -> str:
    """Nytimes for readability/nytimes-3: templates of one site."""
    return re.sub(r"-\d+$", "", row["template_id"])


def examples(folder: Path, without_fold: int | None = None) -> Iterator[Example]:
    """What the model is fitted to, for cross-validation without the families of one fold."""
    pages = assembled(folder)
    paragraphs = [
        block.text
        for shell in pages
        if shell.has_licence
        for block, main in zip(shell.page.blocks, shell.is_main & ~shell.ignored, strict=True)
        if main
    ]
    generator = random.Random(SEED)
    for shell in [*pages, *natural(folder)]:
        written = [] if shell.is_natural else [_rewritten(shell, paragraphs, generator)]
        if shell.fold == without_fold:
            continue
        if shell.has_licence:
            weight = NATURAL_WEIGHT if shell.is_natural else 1.0
            yield Example(shell.page, shell.is_main, shell.ignored, weight)
        yield from (Example(new.page, new.is_main, new.ignored, 1.0) for new in written if new.is_main.any())


def _rewritten(shell: Shell, paragraphs: list[str], generator: random.Random) -> Shell:
    """The page with licensed paragraphs for its main blocks, often with fewer of them."""
    most = generator.randint(1, 2) if generator.random() < SHORTENED else len(shell.page.blocks)
    kept, blocks, n_main = [], [], 0
    for i, block in enumerate(shell.page.blocks):
        n_main += bool(shell.is_main[i])
        if shell.is_main[i] and n_main > most:
            continue
        kept.append(i)
        blocks.append(Block(block.element, generator.choice(paragraphs)) if shell.is_main[i] else block)
    page = Page(shell.page.elements, blocks)
    return shell._replace(page=page, is_main=shell.is_main[kept], ignored=shell.ignored[kept])


@cache
def folds(folder: Path) -> list[Model]:
    """A model for each fold, fitted to the families of the other folds alone."""
    return [fit(*rows(examples(folder, without_fold=fold))) for fold in range(FOLDS)]


if __name__ == "__main__":
    data = real_data()
    if data is not None:
        for example in examples(data):
            print(example.to_json())
