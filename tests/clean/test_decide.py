"""Decisions from scores alone."""

from __future__ import annotations

import pyarrow as pa
import pytest

from clean.decide import Rule, check_rules, decide
from corpus.errors import ConfigurationError

SCORES = pa.table({"share": [0.1, 0.5, 0.9, None], "length": [5, 50, 7, None]})


def test_the_first_failing_rule_names_reason_value_and_evidence() -> None:
    rules = [
        Rule("share", "foreign", below=0.2),
        Rule("length", "short", below=10),
        Rule("share", "odd", above=0.4),
    ]
    decisions = decide(SCORES, rules)
    assert decisions.reason.to_pylist() == ["foreign", "odd", "short", None]
    assert decisions.value.to_pylist() == [0.1, 0.5, 7.0, None]
    assert decisions.evidence.to_pylist() == ["share < 0.2", "share > 0.4", "length < 10", None]
    assert decisions.kept.to_pylist() == [False, False, False, True]


def test_a_threshold_itself_passes() -> None:
    assert (
        decide(SCORES, [Rule("share", "x", above=0.9), Rule("share", "x", below=0.1)]).kept.to_pylist()
        == [True] * 4
    )


def test_without_rules_or_documents() -> None:
    assert decide(SCORES, []).kept.to_pylist() == [True] * 4
    assert decide(SCORES.slice(0, 0), [Rule("share", "x", below=1)]).reason.to_pylist() == []


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (Rule("shore", "x", above=1), "rules[0].score: got 'shore'; expected one of length, share"),
        (Rule("share", "x"), "got above=None, below=None"),
        (Rule("share", "x", above=1, below=0), "expected one of the two"),
        (Rule("share", "x", above=float("nan")), "got above=nan, below=None"),
        (Rule("share", "x", above=float("-inf")), "got above=-inf, below=None"),
        (Rule("share", "x", below=float("inf")), "expected one of the two, a finite number"),
        (Rule("share", "", above=1), "rules[0].reason: got ''; expected a word"),
        (Rule("share", " ", above=1), "rules[0].reason: got ' '"),
        (Rule("share", "too\nshort", above=1), "rules[0].reason: got 'too\\nshort'"),
    ],
)
def test_impossible_rules_are_refused(rule: Rule, said: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        check_rules([rule], ["share", "length"])
    assert said in str(error.value)
