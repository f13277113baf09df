"""Fits clean/extract/content_weights.py: `python -m clean.extract.fit PAGES.jsonl`.

A page a line, as `Example.to_json` writes it: its elements and blocks, and which blocks are main text. `python -m
bench.shells` writes such a file from texts with an open licence.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np

from clean.extract.blocks import Block, Element, Kind, Page
from clean.extract.content import FEATURES, Model, features
from clean.extract.measures import Booleans, Floats, Measures

PENALTY: Final = (
    3e-4  # by five-fold cross-validation over template families: 1e-4 is as good, 1e-3 loses .003
)
NEWTON_STEPS: Final = 12
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
    def from_json(cls, line: str) -> Self:
        """The example that `to_json` wrote."""
        row = json.loads(line)
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
    w = w / w.sum()
    penalty = np.full(x.shape[1], PENALTY)
    penalty[-1] = 0.0
    beta = np.zeros(x.shape[1])
    for _ in range(NEWTON_STEPS):
        p = 1 / (1 + np.exp(-(x @ beta)))
        gradient = x.T @ (w * (p - y)) + penalty * beta
        curvature = (x.T * (w * p * (1 - p))) @ x + np.diag(penalty + 1e-9)
        beta -= np.linalg.solve(curvature, gradient)
    beta = beta.round(4)
    return Model(beta[:-1], float(beta[-1]))


def main(path: str) -> None:
    """Fit to the pages of a file and write the model."""
    with Path(path).open(encoding="utf-8") as file:
        fitted = fit(*rows(map(Example.from_json, file)))
    weights = "".join(
        f'    "{name}": {weight},\n' for name, weight in zip(FEATURES, fitted.weights.tolist(), strict=True)
    )
    source = f'"""Written by `python -m clean.extract.fit`."""\n\nWEIGHTS = {{\n{weights}}}\nBIAS = {fitted.bias}\n'
    Path(__file__).with_name("content_weights.py").write_text(source, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
