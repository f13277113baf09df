"""Which documents are asked for, and which are near one."""

from __future__ import annotations

from typing import Final, NamedTuple
from urllib.parse import quote

import numpy as np
import pyarrow as pa

from corpus.errors import ConfigurationError
from dedup.columns import Integers
from dedup.sketch_kernels import SLOTS
from dedup.traits import url_keys
from report.near.difference import jaccard, run_set
from report.near.opened import OpenIndex
from report.question import Question

MOST_SHOWN: Final = 20
MOST_COMPARED: Final = 100_000  # by their sketches, of documents that share a bucket with the one asked for
LEAST_SHOWN: Final = 0.5  # similarity; less is common to any two texts of a kind
URL_SIGNS: Final = "%/:=&?~#+!$,;'@()*[]"


class Neighbour(NamedTuple):
    """A document near another one, by its number."""

    number: int
    similarity: float


def find(index: OpenIndex, question: Question) -> list[int]:
    """The numbers of the documents asked for; ConfigurationError if there are none."""
    if question.column == "id":
        found = index.numbers_of("id", question.value)
    else:
        written = [question.value, quote(question.value, URL_SIGNS)]  # a browser shows Khmer letters
        keys = url_keys(pa.chunked_array([written])).tolist()
        found = [number for key in dict.fromkeys(keys) if key for number in index.numbers_of("url_key", key)]
    if not found:
        asked = f"{question.column}={question.value}"
        msg = (
            f"{index.folder.uri}: no document with {asked} came to deduplication. "
            f"Try: make explain RUN={question.config.run} URL=… tells whether an earlier stage dropped it"
        )
        raise ConfigurationError(msg)
    return found


def neighbours(index: OpenIndex, number: int) -> tuple[list[Neighbour], int]:
    """The documents nearest to one, first that kept for it, then the most similar; and about how many there are.

    They are those that share a band's key with it or a kept document, up to MOST_SHOWN. From `threshold` on next to
    none is missing; of less similar ones those are found that happen to share a key.
    """
    others, kept = _candidates(index, number), int(index.ties[0][number])
    agreeing = index.agreeing(number, others)
    order = np.lexsort((others, -agreeing, others != kept))
    width = index.config["shingle_units"]
    own = run_set(index.units(number), width)
    nearest = [
        Neighbour(other, jaccard(own, run_set(index.units(other), width)))
        for other in others[order[: 2 * MOST_SHOWN]].tolist()
    ]
    shown = [near for near in nearest if near.similarity >= LEAST_SHOWN or near.number == kept]
    shown.sort(key=lambda near: (near.number != kept, -near.similarity, near.number))
    n_alike = int((agreeing >= LEAST_SHOWN * SLOTS).sum()) if others.size > len(nearest) else 0
    return shown[:MOST_SHOWN], max(n_alike, sum(near.similarity >= LEAST_SHOWN for near in shown))


def _candidates(index: OpenIndex, number: int) -> Integers:
    """Up to MOST_COMPARED documents in a bucket with this one, those of most buckets; the one kept for it; sorted."""
    keys, (kept, _) = index.keys(number), index.ties
    shared = [index.bucket(band, key) for band, key in enumerate(keys.tolist()) if key]
    shared += [np.flatnonzero(kept == kept[number]), np.full(len(keys) + 1, kept[number])]
    numbers, votes = np.unique(np.concatenate(shared).astype(np.int64), return_counts=True)
    votes = votes[numbers != number]
    numbers = numbers[numbers != number]
    return np.sort(numbers[np.lexsort((numbers, -votes))[:MOST_COMPARED]])
