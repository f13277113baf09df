"""Keep or drop, from stored scores alone."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.errors import ConfigurationError


@dataclass
class Rule:
    """Drop a document for `reason` where `score` is above (or below) a threshold; give one of the two."""

    score: str
    reason: str
    above: float | None = None
    below: float | None = None

    def fails(self, scores: pa.Table) -> NDArray[np.bool_]:
        """Which documents the rule drops; a score that a document does not have drops nothing."""
        column = scores[self.score]
        failing = pc.greater(column, self.above) if self.above is not None else pc.less(column, self.below)
        return np.asarray(pc.fill_null(failing, fill_value=False)).astype(bool)


class Decisions(NamedTuple):
    """Per document: the reason, value and wording of the first rule that drops it; null where it is kept."""

    reason: pa.Array
    value: pa.Array
    evidence: pa.Array

    @property
    def kept(self) -> pa.Array:
        return pc.is_null(self.reason)


def check_rules(rules: Sequence[Rule], known: Sequence[str]) -> None:
    """Raise ConfigurationError for a rule without a score, a reason of one word, or exactly one finite threshold."""
    for position, rule in enumerate(rules):
        if rule.score not in known:
            msg = f"rules[{position}].score: got {rule.score!r}; expected one of {', '.join(sorted(known))}"
            raise ConfigurationError(msg)
        if not re.fullmatch(r"\w+", rule.reason):
            msg = f"rules[{position}].reason: got {rule.reason!r}; expected a word such as too_short"
            raise ConfigurationError(msg)
        thresholds = [value for value in (rule.above, rule.below) if value is not None]
        if len(thresholds) != 1 or not math.isfinite(thresholds[0]):
            got = f"above={rule.above}, below={rule.below}"
            msg = f"rules[{position}] ({rule.score}): got {got}; expected one of the two, a finite number"
            raise ConfigurationError(msg)


def decide(scores: pa.Table, rules: Sequence[Rule]) -> Decisions:
    """What becomes of each document; the first rule in order that drops it names the reason."""
    first = np.full(len(scores), -1)
    for position, rule in enumerate(rules):
        first[rule.fails(scores) & (first < 0)] = position
    values = np.full(len(scores), np.nan)
    for position, rule in enumerate(rules):
        dropped = first == position
        values[dropped] = np.asarray(pc.cast(scores[rule.score], pa.float64()))[dropped]
    chosen = pa.array(first, mask=first < 0)
    reasons = pa.array([rule.reason for rule in rules], pa.string())
    wordings = pa.array([_wording(rule) for rule in rules], pa.string())
    return Decisions(reasons.take(chosen), pa.array(values, mask=first < 0), wordings.take(chosen))


def _wording(rule: Rule) -> str:
    """The rule as evidence: `khmer_khmer_share < 0.3`."""
    return f"{rule.score} > {rule.above:g}" if rule.above is not None else f"{rule.score} < {rule.below:g}"
