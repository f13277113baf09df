"""Linear models over standardised features, as those that are fitted to labels have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self

import numpy as np

from clean.scores.texts import Floats


class Standardised(NamedTuple):
    """What features are held within, their means and spreads then, and their weights: each `(features,)`."""

    least: Floats
    most: Floats
    means: Floats
    spreads: Floats
    weights: Floats

    @classmethod
    def of(cls, stated: Mapping[str, Sequence[float]], names: Sequence[str]) -> Self:
        """The five of each named feature, in the order of names."""
        return cls(*np.array([stated[name] for name in names]).T)

    def standard(self, x: Floats) -> Floats:
        """Features held within their ends and standardised, `(n, features)`; one that is missing weighs nothing."""
        return np.nan_to_num((np.clip(x, self.least, self.most) - self.means) / self.spreads)

    def evidence(self, x: Floats) -> Floats:
        """The weighted sum of standardised features, `(n,)`.

        Not as a matrix product: its last bits depend on how many documents are scored together.
        """
        return np.asarray((self.standard(x) * self.weights).sum(axis=1))


def probability(evidence: Floats) -> Floats:
    """The logistic function."""
    return np.asarray(1 / (1 + np.exp(-evidence)))
