from __future__ import annotations

import re

import pytest
import yaml

from clean.personal import Kind
from corpus.manifest import HOUSE
from khmer.rules import GROUPS
from report.glossary import NO_SOURCE, ZWSP, _entries, label, language, names, plain_label


@pytest.mark.parametrize("kind", list(_entries()))
def test_names_are_in_both_languages(kind: str) -> None:
    for name in _entries()[kind]:
        found = label(kind, name)
        assert re.search("[ក-អ]", found.km) or found.km == found.en
        assert re.search("[A-Za-z]", found.en)


def test_all_that_cleaning_writes_has_a_name() -> None:
    assert set(names("personal")) == set(Kind)
    assert set(names("repairs")) == set(GROUPS)
    rules = yaml.safe_load((HOUSE / "configs" / "clean.yaml").read_text(encoding="utf-8"))["rules"]
    assert {rule["reason"] for rule in rules} <= set(names("reasons"))
    assert {rule["score"] for rule in rules} <= set(names("scores"))
    assert {score.partition("_")[0] for score in names("scores")} <= set(names("families"))


@pytest.mark.parametrize(
    ("tag", "km", "en"),
    [
        ("km", "ខ្មែរ", "Khmer"),
        ("fr", "បារាំង", "French"),
        ("pi", "បាលី", "Pali"),
        ("cmo", "ព្នង", "Bunong"),
        ("und-Khmr", "អក្សរខ្មែរ មិនស្គាល់ភាសា", "Khmer script, unknown language"),
        ("arz", "Egyptian Arabic", "Egyptian Arabic"),
        ("eml", "eml", "eml"),
        ("no such tag", "no such tag", "no such tag"),
    ],
)
def test_languages_are_named_by_their_tags(tag: str, km: str, en: str) -> None:
    assert language(tag) == (km, en)


def test_names_of_languages_hold_nothing_invisible() -> None:
    assert all(ZWSP not in language(tag).km for tag in ("zxx", "ceb", "sr-Latn", "zh-Hant"))


def test_a_name_that_is_not_known_is_shown_as_it_is() -> None:
    assert label("reasons", "very_new_reason") == ("very new reason", "very new reason")


def test_what_has_no_name() -> None:
    assert plain_label("") == NO_SOURCE
