"""Khmer read in a wrong encoding, whole or in part, beside Vietnamese and Czech."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from clean.scores import encoding
from clean.scores.texts import Texts


@pytest.mark.parametrize("charset", ["latin-1", "cp1252"])
def test_misread(texts_of: Callable[..., Texts], article: str, charset: str) -> None:
    broken = article.encode().decode(charset, "replace")
    shares = encoding.misread_share(texts_of([broken, article + broken, article, ""]))
    assert shares.round(2).tolist() == [1, 0.5, 0, 0]


def test_other_languages(texts_of: Callable[..., Texts]) -> None:
    texts = texts_of(["Hà Nội là thủ đô của nước Việt Nam, cách đây ba tháng", "každý žák má svůj úkol"])
    assert encoding.misread_share(texts).tolist() == [0, 0]
