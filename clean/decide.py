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

EXAMPLE = "{score: khmer_digit_share, above: 0.3, reason: not_prose}"


@dataclass
class Rule:
    """Drop a document for `reason` where `score` is above (or below) a threshold; give one of the two."""

    score: str
    reason: str
    above: float | None = None
    below: float | None = None

    @property
    def threshold(self) -> float:
        """The one of the two that is given."""
        return next(value for value in (self.above, self.below) if value is not None)

    @property
    def wording(self) -> str:
        """The rule as evidence: `khmer_khmer_share < 0.3`."""
        return f"{self.score} {'>' if self.above is not None else '<'} {self.threshold:g}"

    def drops(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which documents the rule drops by their scores; one that has none, NaN, stays."""
        return np.asarray(values > self.threshold if self.above is not None else values < self.threshold)


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
            expected = f"expected one of {', '.join(sorted(known))}. Try: {EXAMPLE}"
            msg = f"rules[{position}].score: got {rule.score!r}; {expected}"
            raise ConfigurationError(msg)
        if not re.fullmatch(r"\w+", rule.reason):
            msg = f"rules[{position}].reason: got {rule.reason!r}; expected a word. Try: {EXAMPLE}"
            raise ConfigurationError(msg)
        thresholds = [value for value in (rule.above, rule.below) if value is not None]
        if len(thresholds) != 1 or not math.isfinite(thresholds[0]):
            got = f"above={rule.above}, below={rule.below}"
            expected = f"expected one of the two, a finite number. Try: {EXAMPLE}"
            msg = f"rules[{position}] ({rule.score}): got {got}; {expected}"
            raise ConfigurationError(msg)


def decide(scores: pa.Table, rules: Sequence[Rule]) -> Decisions:
    """What becomes of each document; the first rule in order that drops it names the reason."""
    first, values = np.full(len(scores), -1), np.full(len(scores), np.nan)
    for position, rule in enumerate(rules):
        found = numbers(scores[rule.score])
        dropped = rule.drops(found) & (first < 0)
        first[dropped], values[dropped] = position, found[dropped]
    chosen = pa.array(first, mask=first < 0)
    reasons = pa.array([rule.reason for rule in rules], pa.string())
    wordings = pa.array([rule.wording for rule in rules], pa.string())
    return Decisions(reasons.take(chosen), pa.array(values, mask=first < 0), wordings.take(chosen))


def numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    """A score as numbers, null as NaN, `(n,)`."""
    return np.asarray(pc.fill_null(pc.cast(column, pa.float64()), np.nan))
