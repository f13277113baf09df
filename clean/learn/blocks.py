"""Fits clean/extract/content_weights.py: `python -m clean.learn.blocks PAGES.jsonl`.

A page a line, as `Example.to_json` writes it: its elements and blocks, and which blocks are main text. `python -m
bench.shells` writes such a file from texts with an open licence.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from clean.extract.blocks import Block, Element, Kind, Page
from clean.extract.content import FEATURES, Model, features
from clean.extract.measures import Booleans, Floats, Measures
from clean.learn.command import answer, only_file
from clean.learn.logistic import DECIMALS, newton
from corpus.errors import ConfigurationError
from corpus.lines import rows_of

PENALTY: Final = (
    3e-4  # by five-fold cross-validation over template families: 1e-4 is as good, 1e-3 loses .003
)
NEWTON_STEPS: Final = 12
WEIGHTS_FILE: Final = Path(__file__).parents[1] / "extract" / "content_weights.py"
GRAM: Final = 8
LONG: Final = 30  # letters; shorter blocks must be whole paragraphs


@dataclass(frozen=True)
class Example:
    """A page whose main text is known; `ignored` blocks, such as its title, teach nothing; `weight` is its share."""

    page: Page
    is_main: Booleans
    ignored: Booleans
    weight: float

    def to_json(self) -> str:
        """The example as one line."""
        page = self.page
        return json.dumps(
            {
                "elements": [astuple(element) for element in page.elements],
                "blocks": [(b.element, b.text, b.link_chars, int(b.kind)) for b in page.blocks],
                "is_main": self.is_main.tolist(),
                "ignored": self.ignored.tolist(),
                "weight": self.weight,
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Self:
        """The example that `to_json` wrote, parsed."""
        blocks = [Block(element, text, links, Kind(kind)) for element, text, links, kind in row["blocks"]]
        page = Page([Element(*values) for values in row["elements"]], blocks)
        return cls(page, np.array(row["is_main"], bool), np.array(row["ignored"], bool), row["weight"])


def letters(text: str) -> str:
    """The text without white space and zero-width spaces, in lower case."""
    return "".join(text.replace("\u200b", "").split()).lower()


def labels(page: Page, main_text: str) -> Booleans:
    """Which blocks belong to the main text: whole paragraphs of it, and long runs that mostly occur in it."""
    whole = letters(main_text)
    paragraphs = set(map(letters, main_text.split("\n")))
    grams = {whole[i : i + GRAM] for i in range(len(whole) - GRAM + 1)}
    return np.array([_belongs(letters(block.text), whole, paragraphs, grams) for block in page.blocks], bool)


def _belongs(text: str, whole: str, paragraphs: set[str], grams: set[str]) -> bool:
    if len(text) < LONG:
        return text in paragraphs
    hits = sum(text[i : i + GRAM] in grams for i in range(len(text) - GRAM + 1))
    return text in whole or hits >= 0.7 * (len(text) - GRAM + 1)


def rows(examples: Iterable[Example]) -> tuple[Floats, Floats, Floats]:
    """Features, labels and weights of all blocks; a page's weights sum to about its own, long blocks count more."""
    found: list[tuple[Floats, Floats, Floats]] = []
    for example in examples:
        if not example.page.blocks:
            continue
        measured = Measures(example.page)
        weight = np.sqrt(measured.letters)
        weight *= example.weight / weight.sum()
        counted = ~example.ignored
        x, y = features(example.page, measured), example.is_main.astype(float)
        found.append((x[counted], y[counted], weight[counted]))
    xs, ys, weights = zip(*found, strict=True)
    return np.concatenate(xs), np.concatenate(ys), np.concatenate(weights)


def fit(x: Floats, y: Floats, w: Floats) -> Model:
    """A logistic regression with a ridge penalty, by Newton's method, with weights of four decimals."""
    x = np.column_stack([x, np.ones(len(x))])
    penalty = np.full(x.shape[1], PENALTY)
    penalty[-1] = 0.0
    beta = newton(x, y, w / w.sum(), penalty, NEWTON_STEPS).round(DECIMALS)
    return Model(beta[:-1], float(beta[-1]))


def examples_of(uri: str) -> Iterator[Example]:
    """The examples of a file; ConfigurationError naming the one that is none."""
    for number, row in enumerate(rows_of(uri), start=1):
        try:
            yield Example.from_row(row)
        except (KeyError, TypeError, ValueError) as error:
            what = "expected a page as `bench.shells` writes it. Try: python -m clean.learn.blocks --help"
            msg = f"{uri}: object {number}: {type(error).__name__} {error}; {what}"
            raise ConfigurationError(msg) from error


def source_of(model: Model) -> str:
    """The module of the weights."""
    stated = zip(FEATURES, model.weights.tolist(), strict=True)
    weights = "".join(f'    "{name}": {weight},\n' for name, weight in stated)
    head = '"""Written by `python -m clean.learn.blocks`."""\n\n'
    return f"{head}WEIGHTS = {{\n{weights}}}\nBIAS = {model.bias}\n"


def learn(words: Sequence[str]) -> str:
    """Fit to the pages of a file and write the weights."""
    uri = only_file(words, "clean.learn.blocks")
    examples = list(examples_of(uri))
    if not any(example.page.blocks for example in examples):
        msg = f"{uri}: no page with a block. Try: SASTRA_REAL_DATA=FOLDER python -m bench.shells > {uri}"
        raise ConfigurationError(msg)
    x, y, w = rows(examples)
    WEIGHTS_FILE.write_text(source_of(fit(x, y, w)), encoding="utf-8")
    return f"{len(y):,} blocks of {len(examples):,} pages, {int(y.sum()):,} of them main text"


def main(words: Sequence[str]) -> None:
    """Answer a command line."""
    answer(words, __doc__, learn)


if __name__ == "__main__":
    main(sys.argv[1:])
