"""Each shard's documents as shingles, sketches and band keys: all that later phases know of a text.

A sketch is a Fast Similarity Sketch (Dahlgaard, Knudsen and Thorup 2017): every slot of two documents agrees with
the probability of their Jaccard similarity, as in MinHash, at the cost of a few hashes a shingle.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from corpus.document import DOCUMENT
from corpus.engine import meter
from corpus.shards import read_batches
from corpus.stage import Task
from dedup.columns import write_array, write_table
from dedup.config import DedupConfig
from dedup.kernels import SLOTS, Hashes, Integers, Numbers, fill_band_keys, fill_shingles, fill_sketches
from dedup.traits import traits_of
from khmer.clusters import unit_hashes

_READ: Final = (
    "id", "text", "url", "source", "licence", "fetched_at", "published_at", "n_bytes", "n_clusters",
)  # fmt: skip
_INPUT: Final = pa.schema([DOCUMENT.field(name) for name in _READ])


def shingle(units: Numbers, offsets: Integers, width: int) -> tuple[Integers, Hashes]:
    """Hashes of each document's runs of `width` units, in order, with repeats: offsets `(n + 1,)` and hashes."""
    lengths = np.maximum(np.diff(offsets) - (width - 1), 0)
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    shingles = np.empty(starts[-1], np.uint64)
    fill_shingles(units, offsets, width, starts, shingles)
    return starts, shingles


def units_of(texts: pa.ChunkedArray) -> tuple[Integers, Numbers]:
    """The units of each text as 32-bit hashes: offsets `(n + 1,)` and units.

    Two different units look the same once in 4 billion, and change a similarity only where their neighbours agree.
    """
    offsets, hashes = unit_hashes(texts)
    return offsets, (hashes ^ hashes >> np.uint64(32)).astype(np.uint32)


def sketch_shard(task: Task[DedupConfig]) -> dict[str, int]:
    """Write a shard's traits (a row a document), units (uint32), sketches (uint32) and band keys (uint64)."""
    config = task.config
    traits, keys = [], [np.empty((config.bands, 0), np.uint64)]
    with (
        task.create(f"work/units/{task.name}") as units_file,
        task.create(f"work/sketches/{task.name}") as sketches_file,
    ):
        for table in read_batches(task.source, _INPUT):
            offsets, units = units_of(table["text"])
            starts, shingles = shingle(units, offsets, config.shingle_units)
            slots = np.empty((len(table), SLOTS), np.uint64)
            fill_sketches(starts, shingles, slots)
            keys.append(np.empty((config.bands, len(table)), np.uint64))
            fill_band_keys(slots, config.rows, keys[-1])
            traits.append(traits_of(table, units, offsets))
            units_file.write(units.data)
            sketches_file.write(slots.astype(np.uint32).data)
            meter().count(len(table), pc.sum(table["n_bytes"], min_count=0).as_py())
    write_array(task, f"work/bands/{task.name}", np.concatenate(keys, axis=1))
    none = traits_of(_INPUT.empty_table(), np.empty(0, np.uint32), np.zeros(1, np.int64))
    write_table(task, f"work/traits/{task.name}", pa.concat_tables([none, *traits]))
    return {"documents": sum(map(len, traits))}
