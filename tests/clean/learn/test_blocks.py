"""The fit of the content model."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
from selectolax.lexbor import LexborHTMLParser

from clean.extract.blocks import read_blocks
from clean.extract.content import FEATURES
from clean.learn.blocks import Example, fit, labels, rows


def example(html: str, article: str) -> Example:
    page = read_blocks(LexborHTMLParser(html))
    ignored = np.array([block.text == "សិស្សដាំដើមឈើ" for block in page.blocks])
    return Example(page, labels(page, article), ignored, 1.0)


def test_a_fit_learns_what_the_labels_say(page: Callable[..., str], article: str) -> None:
    x, y, w = rows([example(page(), article)])
    assert y.sum() == 3
    assert np.isclose(w.sum(), 1.0, atol=0.2)
    fitted = fit(x, y, w)
    assert fitted.weights.shape == (len(FEATURES),)
    assert np.array_equal(fitted.chances(x) > 0.5, y.astype(bool))


def test_an_example_survives_its_file(page: Callable[..., str], article: str) -> None:
    written = example(page(), article)
    read = Example.from_row(json.loads(written.to_json()))
    assert [np.array_equal(a, b) for a, b in zip(rows([written]), rows([read]), strict=True)] == [True] * 3
    assert "\n" not in written.to_json()


def test_long_blocks_belong_by_overlap_and_short_ones_as_paragraphs(article: str) -> None:
    first = article.split("\n", maxsplit=1)[0]
    page = read_blocks(
        LexborHTMLParser(
            f"<p>{first} បន្ថែម</p><p>ខ្លី</p><p>{first[:20]}</p><p>ការប្រកាសលក់ដីនៅជិតផ្លូវធំ តម្លៃសមរម្យ</p>"
        )
    )
    assert labels(page, article + "\nខ្លី").tolist() == [True, True, False, False]
