"""What the cleaning stage refuses before any work."""

from __future__ import annotations

from pathlib import Path

import pytest

from clean.attributes import attribute_schema, decisive_names
from clean.config import CleanConfig, check
from clean.decide import Rule
from clean.decontaminate.benchmarks import Benchmark
from clean.stage import STAGE, sources
from corpus.errors import ConfigurationError
from corpus.stage import execute
from tests.clean.planted import config


def test_the_configuration_that_is_shipped_is_accepted(tmp_path: Path) -> None:
    given = config(tmp_path)
    check(given)
    assert given.extractor == "blocks"
    assert given.rules
    assert sources(given) == []


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("extractor=foo", "extractor: got 'foo'; expected one of blocks, trafilatura"),
        ("rules.0.score=page_to_large", "got 'page_to_large'"),
        ("rules.0.score=language", "rules[0].score: got 'language'"),
        ("rules.0.score=page_canonical_url", "got 'page_canonical_url'"),
        ("rules.0.score=personal", "got 'personal'"),
        ("rules.0.score=id", "got 'id'"),
        ("rules.0.below=3", "expected one of the two"),
        ("page_bytes=0", "page_bytes: got 0"),
        ("page_bytes=-5", "page_bytes: got -5"),
        ("page_bytes=99999999999999999999", "page_bytes: got 99999999999999999999"),
        ("page_seconds=-1", "page_seconds: got -1"),
        ("page_seconds=0", "page_seconds: got 0"),
        ("page_seconds=nan", "page_seconds: got nan"),
        ("page_seconds=inf", "page_seconds: got inf"),
        ("page_seconds=1e300", "page_seconds: got 1e+300"),
        ("page_seconds=86401", "page_seconds: got 86401"),
        ("page_memory=0", "page_memory: got 0"),
        ("page_memory=2199023255552", "page_memory: got 2199023255552"),
        ("text_bytes=0", "text_bytes: got 0"),
        ("text_bytes=1073741825", "text_bytes: got 1073741825"),
        ("benchmarks=[{path:nowhere/flores.jsonl}]", "benchmarks[0].path: got 'nowhere/flores.jsonl'"),
        ("benchmarks=[{path:flores.parquet}]", "expected a file ending in .jsonl"),
        ("perplexity_model=nowhere/model.safetensors", "nowhere/model.safetensors"),
        (f"perplexity_model={__file__}", "test_config.py"),
    ],
)
def test_impossible_configurations_are_refused_before_any_work(tmp_path: Path, word: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        execute(STAGE, config(tmp_path, word))
    assert said in str(error.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "word",
    [
        "rules.0.abov=3",
        "page_byte=3",
        "page_bytes=many",
        "coeng_da=perhaps",
        "benchmarks=[{path:a.txt,field:text}]",
    ],
)
def test_misspelt_words_and_wrong_types_are_refused(tmp_path: Path, word: str) -> None:
    with pytest.raises(ConfigurationError):
        config(tmp_path, word)


@pytest.mark.parametrize(
    ("content", "fields", "said"),
    [
        ("", ["text"], "expected at least one item"),
        ('{"text": "ភ្នំពេញ"}', ["sentence"], "no field 'sentence'"),
        ("ភ្នំពេញ", ["text"], "expected a JSON object"),
        ('{"text": "ភ្នំពេញ"}', [], "at least one item and one field"),
    ],
)
def test_benchmarks_without_items_are_refused(
    tmp_path: Path, content: str, fields: list[str], said: str
) -> None:
    path = tmp_path / "items.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError) as error:
        check(CleanConfig(benchmarks=[Benchmark(str(path), fields)]))
    assert said in str(error.value)


def test_files_that_decide_are_among_the_sources(tmp_path: Path) -> None:
    given = config(tmp_path, "benchmarks=[{path:a.txt},{path:b.txt}]", "perplexity_model=c.safetensors")
    assert sources(given) == ["a.txt", "b.txt", "c.safetensors"]


def test_rules_may_use_every_number_and_nothing_else() -> None:
    names = decisive_names()
    assert {
        "size_over_limit",
        "contamination_share",
        "masked_phone",
        "repaired_order",
        "page_host_lines",
    } <= set(names)
    assert {"id", "source", "language", "personal", "contamination_item", "page_licence"}.isdisjoint(names)
    assert set(names) < set(attribute_schema().names)
    for name in names:
        check(CleanConfig(rules=[Rule("size_over_limit", "too_large", above=0), Rule(name, "x", above=0)]))


def test_texts_too_long_to_clean_may_not_be_kept() -> None:
    with pytest.raises(ConfigurationError, match="size_over_limit"):
        check(CleanConfig(rules=[Rule("gopher_clusters", "too_short", below=20)]))
