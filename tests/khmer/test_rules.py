"""Every rule is stated, and applied where it is said to be."""

from __future__ import annotations

import pytest

from khmer.kernels import Treatment
from khmer.rules import GROUPS, RULES, Rule


def test_every_rule_is_stated_with_its_source() -> None:
    assert list(RULES) == list(Rule)
    assert all(stated.effect and stated.source for stated in RULES.values())


def test_identifiers_are_distinct_and_plain() -> None:
    identifiers = [rule.identifier for rule in Rule]
    assert len(set(identifiers)) == len(identifiers)
    assert {"order", "coeng-da", "u-for-shifter", "deprecated-17a3", "zwsp"} <= set(identifiers)


def test_dropped_characters_are_counted_in_the_column_of_their_rule() -> None:
    for name in ("INVISIBLE", "ZWSP", "INHERENT_VOWEL", "ZWNJ", "ZWJ"):
        assert Treatment[name] - Treatment.INVISIBLE == Rule[name]


@pytest.mark.parametrize("rule", [rule for rule in Rule if rule >= Rule.ORDER])
def test_rules_of_clusters_have_a_column(rule: Rule) -> None:
    assert Treatment.REFERENCE - Treatment.INVISIBLE <= rule < 64


def test_every_rule_is_in_one_group() -> None:
    assert sorted(rule for rules in GROUPS.values() for rule in rules) == list(Rule)
