"""Fixed phrases."""

from __future__ import annotations

from collections.abc import Callable

from clean.scores import wording
from clean.scores.texts import Texts
from khmer.normalize import normalize_text


def test_phrases_are_in_canonical_spelling_and_each_has_its_column() -> None:
    phrases = [phrase.strip("*") for group in wording.PHRASES for phrase in group]
    assert [normalize_text(phrase) for phrase in phrases] == phrases
    assert wording.PHRASES[wording.PLACEHOLDER_COLUMN] is wording.PLACEHOLDER
    assert wording.PHRASES[wording.NOTICE_COLUMN] is wording.NOTICES
    assert wording.PHRASES[wording.MARKUP_COLUMN] is wording.MARKUP
    assert wording.PHRASES[wording.ADDRESS_COLUMN] is wording.ADDRESSES
    assert wording.PHRASES[wording.ADVERTISED_COLUMN] is wording.ADVERTISED


def test_texts_that_name_nothing_advertised_are_passed_over(texts_of: Callable[..., Texts]) -> None:
    texts = texts_of(["ជំរាបសួរ", "លេង Casino", "បាការ៉ាត់", "Casinova ទៅ", "អូកាស៊ី"])
    assert texts.names_advertised.tolist() == [False, True, True, True, False]
