"""The n-gram model as it is stored and used."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from clean.ngram.kneser_ney import Level
from corpus.errors import ConfigurationError
from khmer.clusters import Units

SHIPPED: Final = Path(__file__).with_name("khmer.safetensors")
MOST_LOADED: Final = 0.7  # share of a table's slots that are taken
SLOTS_PER_SEED: Final = 4
NOTE: Final = "note"


class Bits(NamedTuple):
    """What the model makes of each text, `(n,)`."""

    bits: NDArray[np.float64]
    n_known: NDArray[np.int64]  # units that are in the vocabulary; the others cost nothing here


class NgramModel(NamedTuple):
    """A packed model; see clean.ngram.kernels for its tables."""

    vocabulary: NDArray[np.uint64]
    unigrams: NDArray[np.uint32]
    seeds: NDArray[np.uint8]
    slots: NDArray[np.uint32]
    note: Mapping[str, Any]  # what it was estimated from

    @classmethod
    def pack(cls, unit_hashes: NDArray[np.uint64], levels: Sequence[Level], note: Mapping[str, Any]) -> Self:
        """The model of `levels`, whose unit k is `unit_hashes[k - 1]`."""
        from clean.ngram.kernels import Ngrams, add_ngrams, add_units

        vocabulary = np.zeros(_size_for(len(unit_hashes), 0.5), np.uint64)
        add_units(vocabulary, unit_hashes)
        unigrams = np.zeros(len(unit_hashes) + 1, np.uint32)
        unigrams[levels[0].keys.astype(np.int64)] = _costs(levels[0])
        n_slots = _size_for(sum(len(level.keys) for level in levels[1:]), MOST_LOADED)
        keys = np.concatenate([level.keys for level in levels[1:]])
        costs = np.concatenate([_costs(level) for level in levels[1:]])
        seeds, slots = _no_ngrams(n_slots)
        while not add_ngrams(Ngrams(seeds, slots), keys, costs):
            n_slots *= 2
            seeds, slots = _no_ngrams(n_slots)
        return cls(vocabulary, unigrams, seeds, slots, note)

    @classmethod
    def load(cls, path: Path) -> Self:
        """The model in a file; raises ConfigurationError where it is none."""
        try:
            with safe_open(path, "np") as file:
                vocabulary, unigrams, seeds, slots = (file.get_tensor(name) for name in cls._fields[:-1])
                return cls(vocabulary, unigrams, seeds, slots, json.loads(file.metadata()[NOTE]))
        except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
            what = "expected an n-gram model. Try: python -m clean.learn.perplexity --help"
            msg = f"{path}: not an n-gram model ({error}); {what}"
            raise ConfigurationError(msg) from error

    def to_bytes(self) -> bytes:
        """The file of the model, the same bytes for the same model."""
        tables = dict(zip(self._fields[:-1], self[:-1], strict=True))
        return bytes(save(tables, {NOTE: json.dumps(dict(self.note), ensure_ascii=False, sort_keys=True)}))

    def bits(self, units: Units) -> Bits:
        """How many bits the known units of each text cost."""
        from clean.ngram.kernels import STEP, Ngrams, cost_texts

        totals = np.zeros((len(units.offsets) - 1, 2), np.int64)
        ngrams = Ngrams(self.seeds, self.slots)
        cost_texts(units, self.vocabulary, self.unigrams, ngrams, totals)
        return Bits(totals[:, 0] * np.float64(STEP), totals[:, 1].copy())


@cache
def loaded(path: Path) -> NgramModel:
    """The model in a file, read once in a process."""
    return NgramModel.load(path)


def _size_for(count: int, most_loaded: float) -> int:
    return 1 << max(int(np.ceil(np.log2(max(count, 1) / most_loaded))), 4)


def _no_ngrams(n_slots: int) -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
    return np.zeros(n_slots // SLOTS_PER_SEED, np.uint8), np.zeros(n_slots, np.uint32)


def _costs(level: Level) -> NDArray[np.uint32]:
    """Cost and back-off cost of the n-grams of a level, `cost << 8 | back-off cost`; no cost is 0."""
    costs = np.maximum(_steps(level.probabilities), 1) << np.uint32(8)
    return np.asarray(costs | _steps(level.backoffs), np.uint32)


def _steps(probabilities: NDArray[np.float64]) -> NDArray[np.uint32]:
    from clean.ngram.kernels import MOST_STEPS, STEP

    return np.minimum(np.rint(-np.log2(probabilities) / STEP), MOST_STEPS).astype(np.uint32)
