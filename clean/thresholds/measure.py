"""What rules make of stored scores, a column at a time: millions of documents need no more memory than that."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from clean.decide import Rule

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

PERCENTILES: Final = (1, 5, 50, 95, 99)
EVERY: Final = "all"  # the row for all sources together
SIGNIFICANT_DIGITS: Final = 4  # of a proposed threshold


@dataclass(frozen=True)
class Rules:
    """Rules and the scores that they look at; `values` gives a score of all documents, null as NaN."""

    rules: Sequence[Rule]
    values: Callable[[str], Floats]
    sources: Sequence[str]  # of every document

    def fails(self, rule: Rule) -> Booleans:
        """Which documents a rule would drop."""
        return rule.drops(self.values(rule.score))

    @cached_property
    def n_failed(self) -> NDArray[np.uint8]:
        """How many rules would drop each document."""
        failed = np.zeros(len(self.sources), np.uint8)
        for rule in self.rules:
            failed += self.fails(rule)
        return failed

    @cached_property
    def by_source(self) -> Mapping[str, Integers]:
        """The places of each source's documents, all together first."""
        names, codes = np.unique(np.asarray(self.sources, str), return_inverse=True)
        return {EVERY: np.arange(len(codes))} | {
            str(name): np.flatnonzero(codes == code) for code, name in enumerate(names)
        }

    def passed_others(self, rule: Rule) -> Booleans:
        """Which documents no other rule would drop."""
        return np.asarray(self.n_failed - self.fails(rule) == 0)


def measured(rules: Rules, reference: Sequence[str], given_up: float) -> Iterator[dict[str, Any]]:
    """A row for each rule and source, all sources first.

    Shares are of documents: dropped by the rule, dropped by it alone, having no such score. `proposed` is where the
    rule would drop the share `given_up` of the reference sources' documents that no other rule drops.
    """
    chosen = np.zeros(len(rules.sources), bool)
    for name in reference or [EVERY]:
        chosen[rules.by_source[name]] = True
    for position, rule in enumerate(rules.rules):
        values, fails, others = rules.values(rule.score), rules.fails(rule), rules.passed_others(rule)
        proposed = _proposed(rule, values[chosen & others], given_up)
        for source, places in rules.by_source.items():
            yield {
                "rule": position,
                "score": rule.score,
                "reason": rule.reason,
                "above": rule.above,
                "below": rule.below,
                "proposed": proposed,
                "source": source,
                **_figures(values[places], fails[places], others[places]),
            }


def _figures(values: Floats, fails: Booleans, others: Booleans) -> dict[str, Any]:
    known = values[~np.isnan(values)]
    marks = np.percentile(known, PERCENTILES) if len(known) else [None] * len(PERCENTILES)
    n = max(len(values), 1)
    return {
        "documents": len(values),
        "without": (len(values) - len(known)) / n,
        "dropped": int(fails.sum()) / n,
        "alone": int((fails & others).sum()) / n,
        **{
            f"p{percent}": None if mark is None else float(mark)
            for percent, mark in zip(PERCENTILES, marks, strict=True)
        },
    }


def _proposed(rule: Rule, values: Floats, given_up: float) -> float | None:
    known = values[~np.isnan(values)]
    if not len(known):
        return None
    quantile = np.quantile(known, 1 - given_up if rule.above is not None else given_up)
    return float(f"{quantile:.{SIGNIFICANT_DIGITS}g}")


def nearest(rules: Rules, rule: Rule, count: int) -> tuple[Integers, Integers]:
    """Places of the documents next to a threshold that no other rule drops: beyond it and within it, nearest first."""
    values, others = rules.values(rule.score), rules.passed_others(rule)
    distance = np.abs(values - rule.threshold)
    fails = rules.fails(rule)
    beyond, within = (np.flatnonzero(side & others & ~np.isnan(values)) for side in (fails, ~fails))
    return _first(beyond, distance, count), _first(within, distance, count)


def _first(places: Integers, distance: Floats, count: int) -> Integers:
    return places[np.argsort(distance[places], kind="stable")[:count]]
