"""Licences: SPDX or registered, whatever the words in which they are stated."""

from __future__ import annotations

import pytest

from corpus.cli import configure
from corpus.errors import ConfigurationError
from crawl.ingest.config import IngestConfig
from crawl.ingest.licences import Licences
from crawl.ingest.stage import STAGE

CONFIG = IngestConfig(
    licences={"free for schools": "LicenseRef-schools AND CC-BY-4.0"},
    licence_refs={"LicenseRef-schools": "…"},
)


@pytest.mark.parametrize(
    ("stated", "of_source", "licence"),
    [
        ("CC-BY-4.0", "", "CC-BY-4.0"),
        ("mit or apache-2.0", "", "MIT OR Apache-2.0"),
        ("free for schools", "MIT", "LicenseRef-schools AND CC-BY-4.0"),
        ("", "MIT", "MIT"),
        ("", "", "LicenseRef-unstated"),
        ("© 2020", "", "LicenseRef-unregistered"),
        ("© 2020", "MIT", "MIT"),
        ("()", "", "LicenseRef-unregistered"),
        ("LicenseRef-unheard-of", "", "LicenseRef-unregistered"),
    ],
)
def test_what_rows_state(stated: str, of_source: str, licence: str) -> None:
    assert Licences(CONFIG).of(stated, of_source) == licence


@pytest.mark.parametrize("expression", ["", "Free", "MIT AND", "MIT AND LicenseRef-unheard-of", "MIT/BSD"])
def test_an_invalid_expression_is_refused(expression: str) -> None:
    with pytest.raises(ConfigurationError, match="expected an SPDX expression"):
        Licences(CONFIG).check("a", expression)


def test_the_registry_that_we_ship_is_valid() -> None:
    config = configure(STAGE, ["run=x"])
    Licences(config)
    named = " ".join(config.licences.values())
    assert [ref for ref in config.licence_refs if ref not in named] == []
