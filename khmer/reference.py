"""Normalisation stated rule by rule: the reference, and the path of the few texts that the compiled scan leaves to it.

First characters go or are spelt out one by one; then the text takes form C; then each cluster its canonical form.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import Final, NamedTuple

from khmer.canonical import repaired
from khmer.codepoints import (
    BASE_CLASS,
    CLUSTER,
    COENG,
    FORMAT_CLASS,
    INHERENT_VOWEL_CLASS,
    MARK_CLASS,
    SHIFTER_CLASS,
    ZWJ,
    ZWNJ,
    ZWSP,
)
from khmer.rules import Options, Rule

# Characters that go or are spelt out wherever they stand.
SINGLE: Final = (
    (Rule.INVISIBLE, FORMAT_CLASS, ""),
    (Rule.ZWSP, ZWSP, ""),
    (Rule.INHERENT_VOWEL, INHERENT_VOWEL_CLASS, ""),
    (Rule.DEPRECATED_17A3, "\u17a3", "\u17a2"),
    (Rule.DEPRECATED_17A4, "\u17a4", "\u17a2\u17b6"),
    (Rule.DEPRECATED_17D8, "\u17d8", "\u17d4\u179b\u17d4"),
)
_JOINERS: Final = re.compile(f"[{ZWNJ}{ZWJ}]+")
_NON_JOINERS: Final = re.compile(f"{ZWNJ}+")
_SHIFTER: Final = re.compile(f"[{SHIFTER_CLASS}]")
_EMOJI: Final = re.compile("[\U0001f000-\U0001ffff\ufe0f]")
_BASE: Final = re.compile(f"[{BASE_CLASS}]")
# Both also find a ZWNJ that stands in no cluster: behind a shifter that has no base.
_CLUSTERS: Final = re.compile(f"{CLUSTER.pattern}|{ZWNJ}")
_CLUSTERS_WITH_ZWJ: Final = re.compile(
    f"(?<!{COENG})[{BASE_CLASS}](?:{COENG}[{BASE_CLASS}]?|[{MARK_CLASS}{ZWNJ}{ZWJ}])*|{ZWNJ}"
)


class RepairedText(NamedTuple):
    """A canonical text, how many clusters were changed, and how often each rule was applied."""

    text: str
    n_repaired: int
    n_by_rule: Counter[Rule]


def repair_text(text: str, options: Options) -> RepairedText:
    """The canonical form of one text."""
    n_by_rule: Counter[Rule] = Counter()
    for rule, characters, after in SINGLE:
        if options.zwsp or rule != Rule.ZWSP:
            text, n_by_rule[rule] = re.subn(f"[{characters}]", after, text)
    n_before = {ZWNJ: text.count(ZWNJ), ZWJ: text.count(ZWJ)}
    text = joiners(options).sub(lambda match: kept_joiner(match.string, match.start(), match[0]), text)
    if not unicodedata.is_normalized("NFC", text):
        n_by_rule[Rule.FORM_C] = 1
        text = unicodedata.normalize("NFC", text)
    fired: Counter[int] = Counter()

    def replacement(match: re.Match[str]) -> str:
        after, rules = repaired_in_place(match.string, match.start(), match.end(), options)
        if rules:
            fired[rules] += 1
        return after

    text = clusters(options).sub(replacement, text)
    for rules, n_clusters in fired.items():
        for rule in fired_rules(rules):
            n_by_rule[rule] += n_clusters
    n_by_rule[Rule.ZWNJ] += n_before[ZWNJ] - text.count(ZWNJ)
    n_by_rule[Rule.ZWJ] += n_before[ZWJ] - text.count(ZWJ)
    return RepairedText(text, fired.total(), n_by_rule)


def joiners(options: Options) -> re.Pattern[str]:
    """Runs of the joiners that are looked at."""
    return _JOINERS if options.joiners else _NON_JOINERS


def kept_joiner(text: str, start: int, run: str) -> str:
    """What stays of a run of joiners: a ZWNJ behind a shifter, a ZWJ in an emoji."""
    before = text[max(start - 1, 0) : start]
    if ZWNJ in run and _SHIFTER.match(before):
        return ZWNJ
    return ZWJ if ZWJ in run and _EMOJI.match(before) else ""


def clusters(options: Options) -> re.Pattern[str]:
    """Clusters, and ZWNJ outside them."""
    return _CLUSTERS if options.joiners else _CLUSTERS_WITH_ZWJ


def repaired_in_place(text: str, start: int, end: int, options: Options) -> tuple[str, int]:
    """What a match of `clusters` becomes where it stands, and the rules that change the cluster, a bit each."""
    cluster = text[start:end]
    if cluster == ZWNJ:
        return "", 0
    after, rules = repaired(cluster, options)
    return (cluster, 0) if _disturbs(after, text[end : end + 1]) else (after, rules)


def fired_rules(rules: int) -> list[Rule]:
    """The rules whose bits are set."""
    return [rule for rule in Rule if rules >> rule & 1]


def _disturbs(cluster: str, following: str) -> bool:
    """Whether a cluster would take the base that follows it, or change places with it under form C."""
    if cluster[-1] == COENG and _BASE.match(following):
        return True
    return 0 < (unicodedata.combining(following) if following else 0) < unicodedata.combining(cluster[-1])
