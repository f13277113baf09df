"""One row a rule: what is typed, what is stored, and the rule."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from khmer.canonical import canonical, repaired
from khmer.codepoints import CLUSTER
from khmer.rules import STANDARD, Rule

ORDER = [
    ("ខែ្ម", "ខ្មែ", "coeng before the vowel, as in ខ្មែរ"),
    ("ច\u17b6\u17bb", "ច\u17bb\u17b6", "vowel below before the vowel after"),
    ("កំុ", "កុំ", "vowel before nikahit, as in កុំ"),
    ("ប៊្រ", "ប្រ៊", "coeng before the shifter"),
    ("បោ៉", "ប៉ោ", "shifter before the vowel"),
    ("ក\u17c6\u17b6", "កាំ", "vowel before nikahit, as in កាំ"),
    ("ម\u17b6\u17cc", "ម\u17cc\u17b6", "robat directly behind the base"),
    ("ត\u17c7\u17b7", "តិះ", "final last"),
]
FOLDS = [
    ("បេី", "បើ", "e and ii are oe"),
    ("លេា", "លោ", "e and aa are oo"),
    ("ស្រេុី", "ស្រ៊ើ", "e and ii around -u"),
    ("ប\u17be\u17b6", "ប\u17c4\u17b8", "oe and aa are oo and ii"),
    ("ក\u17d2\u17d2រ", "ក្រ", "one coeng of two"),
    ("ស្រ្ត", "ស្ត្រ", "coeng ro last, as in ស្ត្រី"),
    ("ន្រ្ទ", "ន្ទ្រ", "coeng ro last, as in ចន្ទ្រា"),
    ("ក\u17d2រ\u17d2រ", "ក\u17d2រ\u17d2រ", "coeng ro twice stays"),
    ("ស\u17d2ដ", "ស\u17d2ត", "coeng da looks like coeng ta"),
    ("ស៊\u200c\u200cី", "ស៊\u200cី", "one ZWNJ"),
]
SHIFTERS = [
    ("សុី", "ស៊ី", "-u before an above vowel on a first-series base is triisap"),
    ("មុី", "ម៉ី", "-u before an above vowel on a second-series base is muusikatoan"),
    ("បុី", "ប៉ី", "BA takes muusikatoan"),
    ("ប្សុី", "ប្ស៉ី", "BA with a strong subscript takes muusikatoan"),
    ("ម្សុី", "ម្ស៊ី", "a strong subscript takes triisap"),
    ("ហុា\u17c6", "ហ៊ាំ", "aa with nikahit counts as above"),
    ("ចាុំ", "ច៊ាំ", "in whatever order it was typed"),
    ("ហុា", "ហុា", "aa alone does not"),
    ("សុ", "សុ", "-u alone stays"),
    ("មុ\u17d0", "ម៉\u17d0", "samyok sannya pushes muusikatoan down"),
    ("សុ\u17d0", "សុ\u17d0", "but not triisap"),
    ("សុើ", "ស៊ើ", "oe is above"),
]
KEPT = [
    ("ក", "a base"),
    ("ឱ្យ", "ឱ្យ and ឲ្យ are spellings"),
    ("ឲ្យ", "ឱ្យ and ឲ្យ are spellings"),
    ("ឡ", "not ទ្ប"),
    ("ទ្ប", "not ឡ"),
    ("ក៍", "a killed letter"),
    ("ណ៎", "an exclamation"),
    ("ប\u17d3", "bathamasat is kept and counted elsewhere"),
    ("កាា", "a doubled vowel is no encoding of another"),
    ("ប្រ្រ្ក", "coeng ro twice is no syllable to put in order"),
    ("ក្", "a coeng without a base"),
]


@pytest.mark.parametrize(("typed", "stored", "rule"), [*ORDER, *FOLDS, *SHIFTERS])
def test_rule(typed: str, stored: str, rule: str) -> None:
    assert canonical(typed) == stored, rule


@pytest.mark.parametrize(("cluster", "reason"), KEPT)
def test_kept(cluster: str, reason: str) -> None:
    assert canonical(cluster) == cluster, reason


def test_every_typing_order_of_a_cluster_is_stored_alike() -> None:
    parts = ["\u17d2ត", "\u17d2រ", "\u17ca", "\u17b8"]
    typed = {"ស" + "".join(order) for order in itertools.permutations(parts)}
    assert {canonical(cluster) for cluster in typed} == {"ស្ត្រ៊ី"}


@given(st.from_regex(CLUSTER, fullmatch=True))
def test_canonical_is_a_fixed_point_and_no_longer(cluster: str) -> None:
    stored = canonical(cluster)
    assert canonical(stored) == stored
    assert len(stored) <= len(cluster)
    assert stored[0] == cluster[0]


@pytest.mark.parametrize(
    ("typed", "rules"),
    [
        ("ខែ្ម", {Rule.ORDER}),
        ("ស្រេុី", {Rule.E_II, Rule.OE_U, Rule.U_FOR_SHIFTER}),
        ("ប\u17be\u17b6", {Rule.OE_AA}),
        ("ស្រ្ត", {Rule.COENG_RO}),
        ("ស\u17d2ដ", {Rule.COENG_DA}),
        ("ខ្មែ", set()),
    ],
)
def test_rules_that_changed_a_cluster_are_named(typed: str, rules: set[Rule]) -> None:
    assert {rule for rule in Rule if repaired(typed, STANDARD).rules >> rule & 1} == rules
