"""The main text among menus, footers and teasers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from selectolax.lexbor import LexborHTMLParser

from clean.extract.blocks import read_blocks
from clean.extract.content import FEATURES, Measures, features, main_blocks, model
from clean.extract.content_weights import WEIGHTS


def main_text(html: str) -> list[str]:
    page = read_blocks(LexborHTMLParser(html))
    return [block.text for block, keep in zip(page.blocks, main_blocks(page), strict=True) if keep]


def test_menu_related_and_footer_stay_out(page: Callable[..., str], article: str) -> None:
    assert "\n".join(main_text(page())) == article


def test_a_short_line_between_paragraphs_stays(page: Callable[..., str], article: str) -> None:
    first, *rest = article.split("\n")
    assert main_text(page([first, "ការដាំដើមឈើ", *rest])) == [first, "ការដាំដើមឈើ", *rest]


def test_a_page_of_one_sentence_keeps_it(page: Callable[..., str], article: str) -> None:
    (sentence, *_) = article.split("\n")
    assert main_text(page([sentence])) == [sentence]


@pytest.mark.parametrize("html", ["", "<body></body>", "<body><p> </p><img src=x></body>"])
def test_a_page_without_text_has_no_blocks(html: str) -> None:
    assert main_text(html) == []


def test_features_have_names_and_are_finite(page: Callable[..., str]) -> None:
    blocks = read_blocks(LexborHTMLParser(page()))
    values = features(blocks, Measures(blocks))
    assert values.shape == (len(blocks.blocks), len(FEATURES))
    assert np.isfinite(values).all()
    assert tuple(WEIGHTS) == FEATURES
    assert len(model().weights) == len(FEATURES)
