"""An n-gram model with interpolated Kneser–Ney smoothing, counted by sorting: the baseline to beat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True)
class Level:
    """The n-grams of one length; an n-gram is named by its place in `keys`.

    A key is `(name of the first n - 1 tokens) × vocabulary + last token`.
    """

    keys: Array
    counts: Array  # of each n-gram: occurrences at the highest level, different left neighbours below it
    totals: Array  # of each context: the sum of its n-grams' counts
    kinds: Array  # of each context: its n-grams with a count
    discount: float

    @classmethod
    def of(cls, keys: Array, counts: Array, vocabulary: int, n_contexts: int) -> Level:
        """The level of some counts, with the discount n1 / (n1 + 2 n2) (Ney et al. 1994), one added to each count."""
        contexts = keys // vocabulary
        totals = np.bincount(contexts, counts, n_contexts).astype(np.int32)
        kinds = np.bincount(contexts[counts > 0], minlength=n_contexts).astype(np.int32)
        ones, twos = (int((counts == n).sum()) for n in (1, 2))
        return cls(keys, counts.astype(np.int32), totals, kinds, (ones + 1) / (ones + 2 * twos + 2))

    def find(self, keys: Array) -> Array:
        """The names of n-grams, -1 for those never seen."""
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[places] == keys, places, -1)

    def interpolate(self, names: Array, contexts: Array, lower: Array) -> Array:
        """Probabilities at this level, from those of the level below; these where the context is unknown."""
        totals = np.where(contexts >= 0, self.totals[contexts], 0)
        counts = np.where(names >= 0, self.counts[names], 0)
        left_over = self.discount * self.kinds[contexts] * lower
        share = (np.maximum(counts - self.discount, 0) + left_over) / np.maximum(totals, 1)
        return np.where(totals > 0, share, lower)


class NgramModel:
    """P(token | the `order` - 1 tokens before it), a proper distribution over the vocabulary."""

    def __init__(self, tokens: Array, vocabulary: int, order: int) -> None:
        self.vocabulary = vocabulary
        self.levels: list[Level] = []
        names = np.zeros(len(tokens) + 1, np.int32)  # the empty n-gram, before each token and after the last
        keys, names, counts, _ = _count(self._keys(names, tokens))
        n_contexts = 1
        for n in range(1, order):
            longer_keys, longer, longer_counts, places = _count(self._keys(names, tokens[n:]))
            neighbours = np.bincount(names[places + 1], minlength=len(keys))
            self.levels.append(Level.of(keys, neighbours, vocabulary, n_contexts))
            n_contexts = len(keys)
            keys, names, counts = longer_keys, longer, longer_counts
        self.levels.append(Level.of(keys, counts, vocabulary, n_contexts))

    def probabilities(self, tokens: Array) -> Array:
        """Of each token after those before it in `tokens`: (len(tokens),) float64."""
        result = np.full(len(tokens), 1 / self.vocabulary)
        names = np.zeros(len(tokens) + 1, np.int64)
        for n, level in enumerate(self.levels):
            contexts = names[:-1]
            names = level.find(self._keys(names, tokens[n:]))
            result[n:] = level.interpolate(names, contexts, result[n:])
        return result

    def _keys(self, names: Array, last: Array) -> Array:
        keys = names[:-1].astype(np.int64)
        keys *= self.vocabulary
        keys += last
        return keys


def _count(keys: Array) -> tuple[Array, Array, Array, Array]:
    """The different keys in order, each key's place among them, their counts, and a place where each occurs."""
    order = np.argsort(keys)
    n, keys = (
        len(keys),
        keys[order],
    )  # at 20 M tokens each array of int64 takes 160 MB: none stays longer than needed
    first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])).astype(np.int32)
    different, places = keys[first], order[first].astype(np.int32)
    del keys
    counts = np.diff(first, append=np.int32(n))
    names = np.empty(n, np.int32)
    names[order] = np.repeat(np.arange(len(first), dtype=np.int32), counts)
    return different, names, counts, places
