"""Fits clean/extract/content_weights.py: `python -m clean.extract.fit PAGES.jsonl`.

A page a line: {"html": …, "text": …, "title": …, "weight": …}. `text` is the page's main text, one paragraph a line;
`title` is ignored in it; `weight` is the page's share in the fit.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from selectolax.lexbor import LexborHTMLParser

from clean.extract.blocks import Page, read_blocks
from clean.extract.content import FEATURES, Measures, features

Floats = NDArray[np.float64]

PENALTY: Final = 1e-4  # chosen by five-fold cross-validation over template families among 1e-3, 1e-4, 1e-5
NEWTON_STEPS: Final = 30
GRAM: Final = 8
LONG: Final = 30  # letters; shorter blocks must be whole paragraphs


def letters(text: str) -> str:
    """The text without white space and zero-width spaces, in lower case."""
    return "".join(text.replace("\u200b", "").split()).lower()


def labels(page: Page, main_text: str) -> NDArray[np.bool_]:
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


def rows(pages: Iterator[dict[str, Any]]) -> tuple[Floats, Floats, Floats]:
    """Features, labels and weights of all blocks; a page's weights sum to its own, long blocks count more."""
    found: list[tuple[Floats, Floats, Floats]] = []
    for page in pages:
        blocks = read_blocks(LexborHTMLParser(page["html"]))
        if not blocks.blocks:
            continue
        measured = Measures(blocks)
        counts = np.array([letters(b.text) != letters(page["title"]) for b in blocks.blocks], bool)
        weight = np.sqrt(measured.letters)
        weight *= page["weight"] / weight.sum()
        values = features(blocks, measured), labels(blocks, page["text"]).astype(float), weight
        found.append(tuple(column[counts] for column in values))
    x, y, w = (np.concatenate(columns) for columns in zip(*found, strict=True))
    return x, y, w


def fit(x: Floats, y: Floats, w: Floats) -> Floats:
    """The weights and, last, the bias of a logistic regression with a ridge penalty, by Newton's method."""
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
    return beta


def main(path: str) -> None:
    """Fit to the pages of a file and write the model."""
    with Path(path).open(encoding="utf-8") as file:
        beta = fit(*rows(map(json.loads, file))).round(4).tolist()
    weights = "".join(f'    "{name}": {weight},\n' for name, weight in zip(FEATURES, beta[:-1], strict=True))
    source = (
        f'"""Written by `python -m clean.extract.fit`."""\n\nWEIGHTS = {{\n{weights}}}\nBIAS = {beta[-1]}\n'
    )
    Path(__file__).with_name("content_weights.py").write_text(source, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
