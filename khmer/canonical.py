"""The canonical order and spelling of one orthographic cluster, and the rules that lead to it.

Only encodings that look alike are merged, never spellings that a reader can tell apart. `khmer.rules` says where each
rule is stated.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Final, NamedTuple

from khmer.codepoints import BA, BASE_CLASS, COENG, DA, MUUSIKATOAN, RO, STRONG_CLASS, TA, TRIISAP, ZWJ, ZWNJ
from khmer.rules import STANDARD, Options, Rule

_MODIFIERS: Final = "\u17c6\u17cb\u17cd\u17ce\u17cf\u17d0\u17d1\u17d3\u17dd"
_FINALS: Final = "\u17c7\u17c8"
# The slots of a cluster after its base, in order. A coeng and what it subjoins move as one unit, and so do a ZWJ and
# what follows it.
_SLOTS: Final = (
    "\u17cc",  # robat
    COENG,
    MUUSIKATOAN + TRIISAP,
    ZWNJ,
    "\u17be\u17bf\u17c0\u17c1\u17c2\u17c3\u17c4\u17c5",  # vowels written before the base, wholly or in part
    "\u17bb\u17bc\u17bd",  # below
    "\u17b7\u17b8\u17b9\u17ba",  # above
    "\u17b6",  # after
    _MODIFIERS,
    _FINALS,
    ZWJ,  # before nothing
)
_SLOT: Final = {mark: slot for slot, marks in enumerate(_SLOTS, start=1) for mark in marks}
_SLOT_OF_ENDS: Final = _SLOT | dict.fromkeys(_MODIFIERS + _FINALS, _SLOT[_MODIFIERS[0]])
_UNIT: Final = re.compile(f"{ZWJ}*(?:{COENG}+[{BASE_CLASS}]?|[^{ZWJ}])|{ZWJ}+", re.DOTALL)

# Replacements inside a cluster in canonical order; the result may need ordering again.
_FOLDS: Final = (
    (Rule.COENG_TWICE, re.compile(f"{COENG}{COENG}+"), COENG),
    (Rule.ZWNJ, re.compile(f"{ZWNJ}{ZWNJ}+"), ZWNJ),
    (Rule.OE_AA, re.compile("\u17be\u17b6"), "\u17c4\u17b8"),
    (Rule.E_II, re.compile("\u17c1([\u17bb-\u17bd]?)\u17b8"), "\u17be\\1"),
    (Rule.E_AA, re.compile("\u17c1([\u17bb-\u17bd]?)\u17b6"), "\u17c4\\1"),
    (Rule.OE_U, re.compile("\u17be\u17bb"), "\u17bb\u17be"),
)

# A -u typed for the look-alike register shifter that an above vowel pushes below the base.
_ABOVE: Final = "[\u17b7-\u17ba\u17be\u17dd]|\u17b6\u17c6"
_U_FOR_SHIFTER: Final = re.compile(
    f"(?P<consonants>[{BASE_CLASS}]\u17cc?(?:{COENG}[{BASE_CLASS}])*)"
    f"(?P<vowel>[\u17c1-\u17c5]?)\u17bb(?:(?P<above>{_ABOVE})|(?P<samyok>(?<![\u17c4\u17c5]\u17bb)\u17d0))"
)
_STRONG: Final = re.compile(f"[{STRONG_CLASS}]")
_COENG_RO_BEFORE: Final = re.compile(f"({COENG}{RO})({COENG}[{BASE_CLASS}])")

_LONGEST: Final = (
    64  # code points; words have up to nine, and what is longer stays as typed: rules may take n^2 steps
)

Step = tuple[Rule, Callable[[str], str]]


class Canonical(NamedTuple):
    """The canonical form of a cluster, and the rules that changed it: bit r is set for rule r."""

    text: str
    rules: int


def canonical(cluster: str, options: Options = STANDARD) -> str:
    """The canonical form of one cluster; never longer than the cluster, and a fixed point."""
    return repaired(cluster, options).text


def repaired(cluster: str, options: Options) -> Canonical:
    """The canonical form of one cluster with the rules that changed it."""
    return _repaired(cluster, options) if len(cluster) <= _LONGEST else Canonical(cluster, 0)


@lru_cache(maxsize=1 << 16)
def _repaired(cluster: str, options: Options) -> Canonical:
    steps, rules = _steps(options), 0
    before = ""
    while before != cluster:
        before = cluster
        for rule, step in steps:
            after = step(cluster)
            if after != cluster:
                rules |= 1 << rule
                cluster = after
    return Canonical(cluster, rules)


@cache
def _steps(options: Options) -> tuple[Step, ...]:
    steps: list[Step] = [(Rule.ORDER, _ordered if options.finals_last else _ordered_but_ends)]
    steps += [
        (rule, _substitution(pattern, replacement))
        for rule, pattern, replacement in _FOLDS
        if options.u_for_shifter or rule != Rule.OE_U
    ]
    if options.u_for_shifter:
        steps.append((Rule.U_FOR_SHIFTER, _with_shifter))
    if options.coeng_ro:
        steps.append((Rule.COENG_RO, _with_coeng_ro_last))
    if options.coeng_da:
        steps.append((Rule.COENG_DA, _with_coeng_ta))
    return tuple(steps)


def _substitution(pattern: re.Pattern[str], replacement: str) -> Callable[[str], str]:
    return lambda cluster: pattern.sub(replacement, cluster)


def _ordered(cluster: str) -> str:
    return _sorted(cluster, _SLOT)


def _ordered_but_ends(cluster: str) -> str:
    """Modifiers and finals among each other as typed."""
    return _sorted(cluster, _SLOT_OF_ENDS)


def _sorted(cluster: str, slots: dict[str, int]) -> str:
    units: list[str] = _UNIT.findall(cluster)
    return "".join(sorted(units, key=lambda unit: slots.get(unit.lstrip(ZWJ)[:1] or ZWJ, 0)))


def _with_shifter(cluster: str) -> str:
    """-u before an above vowel becomes triisap on a first-series cluster without BA, else muusikatoan.

    Samyok sannya pushes muusikatoan down, not triisap.
    """
    match = _U_FOR_SHIFTER.match(cluster)
    if match is None:
        return cluster
    consonants, vowel = match["consonants"], match["vowel"]
    strong = BA not in consonants and _STRONG.search(consonants) is not None
    if strong and match["samyok"]:
        return cluster
    rest = cluster[match.end("vowel") + 1 :]
    return consonants + (TRIISAP if strong else MUUSIKATOAN) + vowel + rest


def _with_coeng_ro_last(cluster: str) -> str:
    while (swapped := _COENG_RO_BEFORE.sub(r"\2\1", cluster)) != cluster:
        cluster = swapped
    return cluster


def _with_coeng_ta(cluster: str) -> str:
    return cluster.replace(COENG + DA, COENG + TA)
