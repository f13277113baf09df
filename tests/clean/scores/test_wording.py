"""Fixed phrases."""

from __future__ import annotations

from clean.scores import wording
from khmer.normalize import normalize_text


def test_phrases_are_in_canonical_spelling_and_each_has_its_column() -> None:
    phrases = [phrase for group in wording.PHRASES for phrase in group]
    assert [normalize_text(phrase) for phrase in phrases] == phrases
    assert wording.PHRASES[wording.PLACEHOLDER_COLUMN] is wording.PLACEHOLDER
    assert wording.PHRASES[wording.NOTICE_COLUMN] is wording.NOTICES
