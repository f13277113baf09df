"""Which URLs belong to a crawl: the first rule that matches decides, then the hosts."""

from __future__ import annotations

import pytest

from corpus.errors import ConfigurationError
from crawl.discovery.scope import Scope

RULES = [
    "accept moeys.gov.kh/archive/laws/*",
    "reject *.gov.kh/archive/*",
    "reject www.rfa.org/english/*",
    "accept www.rfa.org/khmer/*",
    "reject www.rfa.org",
    "reject *.kh/*?print=*",
    "accept *.Blogspot.com",
    "  reject   a.kh/exact  ",
]


@pytest.mark.parametrize(
    ("url", "refusal"),
    [
        ("https://moeys.gov.kh/", ""),
        ("https://moeys.gov.kh/archive/laws/1", ""),
        ("https://moeys.gov.kh/archive/news/1", "rejected"),
        ("https://moeys.gov.kh/archive", ""),
        ("https://moeys.gov.kh:8080/archive/1", "rejected"),
        ("https://gov.kh/archive/1", "out_of_scope"),
        ("https://www.rfa.org/khmer/news/1", ""),
        ("https://www.rfa.org/english/news/1", "rejected"),
        ("https://www.rfa.org/about", "rejected"),
        ("https://moeys.gov.kh/x?print=1", "rejected"),
        ("https://moeys.gov.kh/x?id=1", ""),
        ("https://x.blogspot.com/2020/", ""),
        ("https://blogspot.com/", "out_of_scope"),
        ("https://a.kh/exact", "rejected"),
        ("https://a.kh/exactly", ""),
        ("https://elsewhere.test/", "out_of_scope"),
    ],
)
def test_rules(url, refusal):
    assert Scope.of(RULES, ["*.gov.kh", "a.kh"]).refusal(url) == refusal


def test_without_rules_the_hosts_decide():
    scope = Scope.of([], ["a.kh", "*.b.kh"])
    urls = ["https://a.kh/x", "https://x.b.kh/", "https://b.kh/", "https://c.kh/"]
    assert [scope.refusal(url) for url in urls] == ["", "", "out_of_scope", "out_of_scope"]


@pytest.mark.parametrize(
    "rule", ["", "accept", "accept ", "allow a.kh", "a.kh", "accept a.kh b.kh", "reject /x"]
)
def test_a_rule_that_is_none_is_refused(rule):
    with pytest.raises(
        ConfigurationError, match="expected accept or reject, and HOST or HOST/PATH"
    ) as refused:
        Scope.of([rule], [])
    assert "\n" not in str(refused.value)
    assert "Try: " in str(refused.value)
