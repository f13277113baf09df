"""Each shard's documents as shingles, sketches and band keys: all that later phases know of a text.

A sketch is a Fast Similarity Sketch (Dahlgaard, Knudsen and Thorup 2017): every slot of two documents agrees with
the probability of their Jaccard similarity, as in MinHash, at the cost of a few hashes a shingle.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash
from khmer.clusters import unit_hashes

from corpus.document import DOCUMENT
from corpus.engine import meter
from corpus.shards import read_batches
from corpus.stage import Task
from dedup.columns import write_array, write_table
from dedup.config import DedupConfig
from dedup.kernels import SLOTS, Hashes, Integers, Numbers, fill_band_keys, fill_shingles, fill_sketches
from dedup.preference import closedness

_READ: Final = (
    "id", "text", "url", "source", "licence", "fetched_at", "published_at", "n_bytes", "n_clusters",
)  # fmt: skip
_INPUT: Final = pa.schema([DOCUMENT.field(name) for name in _READ])
_TRAITS: Final = ("id", "source", "fetched_at", "published_at", "n_bytes", "n_clusters")


def shingle(units: Numbers, offsets: Integers, width: int) -> tuple[Integers, Hashes]:
    """Hashes of each document's runs of `width` units, in order, with repeats: offsets `(n + 1,)` and hashes."""
    lengths = np.maximum(np.diff(offsets) - (width - 1), 0)
    starts = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    shingles = np.empty(starts[-1], np.uint64)
    fill_shingles(units, offsets, width, starts, shingles)
    return starts, shingles


def digests(texts: pa.Array | pa.ChunkedArray) -> Hashes:
    """The 128-bit XXH3 hash of each text's bytes, `(n, 2) uint64`; a null hashes as empty."""
    rows = (xxhash.xxh3_128_digest(b"" if value is None else value) for value in _buffers(texts))
    return np.frombuffer(b"".join(rows), np.uint64).reshape(-1, 2)


def _buffers(texts: pa.Array | pa.ChunkedArray) -> list[Any]:
    chunks = texts.chunks if isinstance(texts, pa.ChunkedArray) else [texts]
    return [value.as_buffer() for chunk in chunks for value in chunk.cast(pa.large_binary())]


def url_keys(urls: pa.ChunkedArray) -> Hashes:
    """A hash that is equal for URLs differing in scheme, `www.`, fragment or final slash; 0 without a URL."""
    same = pc.replace_substring_regex(urls, r"^(?i:https?)://(?i:www\.)?", "")
    same = pc.replace_substring_regex(pc.replace_substring_regex(same, r"#(?:[^!].*)?$", ""), r"/+$", "")
    keys = digests(same)[:, 0].copy()
    keys[urls.is_null().to_numpy()] = 0
    return keys


def _unit_keys(units: Numbers, offsets: Integers) -> Hashes:
    """A hash of each document's whole sequence of units."""
    data = memoryview(units.view(np.uint8).data)
    bounds = (offsets * units.itemsize).tolist()
    digest = xxhash.xxh3_64_intdigest
    return np.array([digest(data[a:b]) for a, b in pairwise(bounds)], np.uint64)


def _traits(table: pa.Table, units: Numbers, offsets: Integers) -> pa.Table:
    """What the choice between documents needs of them."""
    text = digests(table["text"])
    closed = [closedness(licence) for licence in table["licence"].to_pylist()]
    added = {
        "closedness": pa.array(closed, pa.int8()),
        "n_units": pa.array(np.diff(offsets), pa.int64()),
        "text_key": pa.array(text[:, 0]),
        "text_check": pa.array(text[:, 1]),
        "unit_key": pa.array(_unit_keys(units, offsets)),
        "url_key": pa.array(url_keys(table["url"])),
    }
    chosen = {name: table[name] for name in _TRAITS}
    return pa.table({**chosen, **added})


def sketch_shard(task: Task[DedupConfig]) -> dict[str, int]:
    """Write a shard's traits (a row a document), units (uint32), sketches (uint32) and band keys (uint64)."""
    config = task.config
    traits, keys = [], [np.empty((config.bands, 0), np.uint64)]
    with (
        task.create(f"work/units/{task.name}") as units_file,
        task.create(f"work/sketches/{task.name}") as sketches_file,
    ):
        for table in read_batches(task.source, _INPUT):
            offsets, hashes = unit_hashes(table["text"])
            units = (hashes ^ hashes >> np.uint64(32)).astype(np.uint32)
            starts, shingles = shingle(units, offsets, config.shingle_units)
            slots = np.empty((len(table), SLOTS), np.uint64)
            fill_sketches(starts, shingles, slots)
            keys.append(np.empty((config.bands, len(table)), np.uint64))
            fill_band_keys(slots, config.rows, keys[-1])
            traits.append(_traits(table, units, offsets))
            units_file.write(units.data)
            sketches_file.write(slots.astype(np.uint32).data)
            meter().count(len(table), pc.sum(table["n_bytes"]).as_py())
    write_array(task, f"work/bands/{task.name}", np.concatenate(keys, axis=1))
    empty = _traits(_INPUT.empty_table(), np.empty(0, np.uint32), np.zeros(1, np.int64))
    write_table(task, f"work/traits/{task.name}", pa.concat_tables([empty, *traits]))
    return {"documents": sum(map(len, traits))}
