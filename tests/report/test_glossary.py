from __future__ import annotations

import re

import pytest

from report.glossary import NO_SOURCE, _entries, label, plain_label


@pytest.mark.parametrize("kind", ["stages", "units", "reasons", "steps", "personal", "models"])
def test_names_are_in_both_languages(kind: str) -> None:
    for name in _entries()[kind]:
        found = label(kind, name)
        assert re.search("[ក-អ]", found.km) or found.km == found.en
        assert re.search("[A-Za-z]", found.en)


def test_a_name_that_is_not_known_is_shown_as_it_is() -> None:
    assert label("reasons", "very_new_reason") == ("very new reason", "very new reason")


def test_what_has_no_name() -> None:
    assert plain_label("") == NO_SOURCE
