"""Patterns against the regular expressions that they stand for, and rules against looking at every one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawl.policy.patterns import Pattern, Rule, Rules, pattern_of, target_of

patterns = st.text("ab/*$", max_size=8)
paths = st.text("ab/", max_size=10).map(lambda path: f"/{path}")


def as_regex(pattern: str) -> re.Pattern[str]:
    body = "".join(".*" if c == "*" else re.escape(c) for c in pattern.removesuffix("$"))
    return re.compile(body + (r"\Z" if pattern.endswith("$") else ""), re.DOTALL)


@given(patterns, paths)
def test_a_pattern_matches_what_its_regular_expression_matches(text, path):
    pattern = pattern_of(text)
    assert Pattern.of(pattern).matches(path) is bool(as_regex(pattern).match(path))


@given(st.lists(st.tuples(patterns, st.integers(0, 1)), max_size=12), paths)
def test_the_longest_rule_that_matches_decides(stated, path):
    rules = [Rule(pattern_of(text), rank, (text, rank)) for text, rank in stated]
    matching = [rule for rule in rules if as_regex(rule.pattern).match(path)]
    expected = min(((-len(rule.pattern), rule.rank) for rule in matching), default=None)
    found = Rules(rules).deciding(path)
    assert (None if found is None else (-len(found.pattern), found.rank)) == expected


@given(st.text(max_size=40))
def test_a_spelling_is_final(text):
    target = target_of(f"http://a.kh/{text}")
    assert target_of(f"http://a.kh{target}") == target
    assert target.isascii()
    assert target.startswith("/")
    assert pattern_of(pattern_of(text)) == pattern_of(text)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://a.kh", "/"),
        ("http://a.kh?x", "/?x"),
        ("HTTPS://a.kh:8080/x#y", "/x"),
        ("http://u@a.kh/x?y#z", "/x?y"),
        ("http://a.kh/ក%e1%9e%81", "/%E1%9E%80%E1%9E%81"),
        ("http://a.kh/%41%2f%3f?%2f%3F", "/A%2F%3F?/?"),
        ("http://a.kh/a*b$", "/a%2Ab%24"),
        ("http://a.kh/100%", "/100%"),
        ("http://a.kh/a|b%7c", "/a%7Cb%7C"),
        ("/x//y", "/x//y"),
    ],
)
def test_targets(url, target):
    assert target_of(url) == target
