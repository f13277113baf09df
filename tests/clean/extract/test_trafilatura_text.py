"""trafilatura as the alternative: what is invisible survives it."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

import pytest

from clean.extract.trafilatura_text import check_trafilatura, trafilatura_text
from corpus.errors import ConfigurationError

WRITTEN = (
    "នៅ|ព្រឹក|ថ្ងៃ|ច័ន្ទ សិស្ស|បាន|នាំ|គ្នា|ដាំ|ដើម|ឈើ|នៅ|ក្នុង|បរិវេណ|សាលា ដើម្បី|ឱ្យ|មាន|ម្លប់|ត្រជាក់។",
    "លោក|នាយក|មាន|ប្រសាសន៍|ថា ដើម|ឈើ|នីមួយៗ|នឹង|មាន|សិស្ស|ម្នាក់|មើល|ថែ ប្រ\u200cស៊ី\u200dន \u2060ថា។",
)
PARAGRAPHS = tuple(paragraph.replace("|", "\u200b") for paragraph in WRITTEN)
EXPECTED = "\n".join(("សិស្សដាំដើមឈើ", *PARAGRAPHS))


def test_zero_width_characters_are_kept(page: Callable[..., str]) -> None:
    assert trafilatura_text(page(PARAGRAPHS)) == EXPECTED


@pytest.mark.parametrize("reference", ["&#8203;", "&#x200B;", "&#x0200b;", "&ZeroWidthSpace;"])
def test_those_written_as_references_too(page: Callable[..., str], reference: str) -> None:
    written = [paragraph.replace("|", reference) for paragraph in WRITTEN]
    assert trafilatura_text(page(written)) == EXPECTED


def test_what_stands_in_for_them_does_not_come_back(page: Callable[..., str]) -> None:
    written = [paragraph + "\U000e0100" for paragraph in PARAGRAPHS]
    assert trafilatura_text(page(written)) == EXPECTED


@pytest.mark.parametrize("html", ["", "<", "<html></html>", "\0", "ឃ" * 10])
def test_no_page_no_text(html: str) -> None:
    assert trafilatura_text(html) in ("", html)


def test_a_missing_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    check_trafilatura()
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(ConfigurationError, match=r"Try: pip install -e '\.\[trafilatura\]'"):
        check_trafilatura()
