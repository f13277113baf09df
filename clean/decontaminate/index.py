"""Which benchmark item a text holds, and how much of it.

The usual rules drop a document for one n-gram of 13 words (GPT-3, Brown et al. 2020, C; Llama). Khmer has no words
to count by sight: 13 are some 30 clusters, and three edits in a sentence of 65 break half of all such n-grams. Counted
here is how much of an item stands in one place of a text, in n-grams of NGRAM units, which chance does not pile up: of
385,560 documents of web text older than FLORES-200 none holds more than .31 of any of its 1,012 sentences, nor do the
same documents joined to texts of 5 million characters; of sentences with three edits 94 % reach .4.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from clean.decontaminate.benchmarks import Benchmark, item_table
from clean.decontaminate.kernels import Found, Table, enter_items, find_items
from khmer.clusters import Units, unit_hashes
from khmer.normalize import normalize

NGRAM: Final = 8
MOST_BETWEEN: Final = 2 * NGRAM  # an edit breaks NGRAM n-grams, two beside each other at most twice as many
# An item counts as having so many n-grams at least: chance hits on a name or a set phrase stay below the threshold.
LEAST_NGRAMS: Final = 20


class Index(NamedTuple):
    """The items' n-grams and names."""

    table: Table
    names: pa.StringArray


class Contamination(NamedTuple):
    """Per text: the largest share of a benchmark item that it holds, `(n,)` in [0, 1], and which; null for none."""

    share: NDArray[np.float64]
    item: pa.StringArray


def index_of(benchmarks: Sequence[Benchmark]) -> Index:
    """The index of all items, in canonical form as documents are; read once for all batches of a process."""
    return _index(tuple((benchmark.path, *benchmark.fields) for benchmark in benchmarks))


@lru_cache(maxsize=1)
def _index(files: tuple[tuple[str, ...], ...]) -> Index:
    found = item_table([Benchmark(path, fields) for path, *fields in files])
    units = unit_hashes(normalize(found["text"]))
    n_slots = 16
    while n_slots < 2 * len(units.hashes):
        n_slots *= 2
    table = Table(
        keys=np.zeros(n_slots, np.uint64),
        items=np.zeros(n_slots, np.int32),
        n_grams=np.zeros(len(found), np.int64),
        n=NGRAM,
    )
    enter_items(units.offsets, units.hashes, table)
    return Index(table, found["name"].combine_chunks())


def contamination(units: Units, index: Index) -> Contamination:
    """What the texts of these units hold of the benchmarks."""
    n = len(units.offsets) - 1
    found = Found(np.zeros(n, np.int64), np.full(n, -1, np.int64), np.zeros(len(index.table.keys), np.int32))
    if len(index.names):
        find_items(units.offsets, units.hashes, index.table, MOST_BETWEEN, found)
    is_found = found.item >= 0
    share = np.zeros(n)
    whole = np.maximum(index.table.n_grams[found.item[is_found]], LEAST_NGRAMS)
    share[is_found] = found.n_grams[is_found] / whole
    return Contamination(share, index.names.take(pa.array(found.item, mask=~is_found)))
