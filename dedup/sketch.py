"""Each shard's documents as numbers, ids, sources, units, sketches, keys and windows: all that later phases know of it.

A sketch is a Fast Similarity Sketch (Dahlgaard, Knudsen and Thorup 2017), made full by copies after ROUNDS rounds
(Shrivastava 2017): every slot of two documents agrees with the probability of their Jaccard similarity, as in MinHash,
at the cost of a few hashes a shingle.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus.document import DOCUMENT
from corpus.engine import meter
from corpus.shards import BATCH_BYTES, read_batches
from corpus.stage import Task
from dedup.columns import write_array
from dedup.config import DedupConfig
from dedup.index import SURE_BANDS, entry
from dedup.passages.windows import windows_of, write_windows
from dedup.preference import WORTH, preferences, qualities
from dedup.sketch_kernels import (
    SLOTS,
    Hashes,
    Integers,
    Numbers,
    fill_band_keys,
    fill_sketches,
)
from dedup.traits import NUMBERS, keys_of, padded
from dedup.trees import PROBE_WORDS, Sketches, fill_probes
from khmer.buffers import Utf8
from khmer.clusters import FlaggedUnits, checked_utf8, flagged_units

_KNOWN: Final = ("id", "source", *WORTH)
_INPUT: Final = pa.schema([DOCUMENT.field(name) for name in (*_KNOWN, "text", "url")])


def sketch(units: Numbers, offsets: Integers, width: int) -> Numbers:
    """Each document's sketch over its runs of `width` units, `(n, SLOTS) uint32`; all ones where there are none."""
    slots = np.empty((offsets.size - 1, SLOTS), np.uint32)
    fill_sketches(units, offsets, width, slots)
    return slots


def sketch_shard(task: Task[DedupConfig]) -> dict[str, Any]:
    """Write a shard's entry in the index; its documents, in all and by source, and the bytes of its longest id.

    `task.arguments["attributes"]` names its attributes, where there are any.
    """
    config, folder = task.config, entry(task.name)
    known, found, keys, windows = [_INPUT.empty_table().select(_KNOWN)], [], [], []
    n = 0
    with ExitStack() as files:
        units_file = files.enter_context(task.create(f"{folder}/units"))
        sketches_file = files.enter_context(task.create(f"{folder}/sketches"))
        probes_file = files.enter_context(task.create(f"{folder}/probes"))
        for table, texts, units in _read(task.source):
            slots = sketch(units.units, units.offsets, config.shingle_units)
            known.append(table.select(_KNOWN))
            found.append(keys_of(texts, units, table["url"]))
            keys.append(_bucket_keys(slots, found[-1], config))
            windows.append(windows_of(units.units, units.offsets, config, n))
            units_file.write(units.units.data)
            low = slots.astype(np.uint8)
            sketches_file.write(low.data)
            probes_file.write(_probes(low).data)
            n += len(table)
            meter().count(len(table), texts.n_bytes)
    write_array(task, f"{folder}/keys", np.concatenate([_no_keys(config, 0), *keys], axis=1))
    write_windows(task, folder, windows)
    documents = pa.concat_tables(known)
    sources = documents["source"].combine_chunks().dictionary_encode()
    names = sorted(sources.dictionary.to_pylist())
    place_of = {name: place for place, name in enumerate(names)}
    places = np.array([*map(place_of.get, sources.dictionary.to_pylist())], np.uint32)[
        sources.indices.to_numpy()
    ]
    counts = np.bincount(places, minlength=len(names)).tolist()
    ids = padded(documents["id"])
    for name, array in {"numbers": _numbers(task, documents, found), "sources": places, "ids": ids}.items():
        write_array(task, f"{folder}/{name}", array)
    return {
        "documents": n,
        "sources": dict(zip(names, counts, strict=True)),
        "id_bytes": ids.shape[1],
    }


def _read(uri: str) -> Iterator[tuple[pa.Table, Utf8, FlaggedUnits]]:
    """The documents in batches, with their texts and units; the units stand in memory that the next batch takes."""
    room = np.empty(BATCH_BYTES, np.uint32)  # of which what is written to takes memory
    for table in read_batches(uri, _INPUT):
        texts = checked_utf8(table["text"])
        if texts.n_bytes > room.size:
            room = np.empty(texts.n_bytes, np.uint32)
        yield table, texts, flagged_units(texts, room)


def _probes(sketches: Sketches) -> Hashes:
    """What of sketches, `(n, SLOTS)`, is looked at before documents are compared."""
    probes = np.empty((len(sketches), PROBE_WORDS), np.uint64)
    fill_probes(sketches, probes)
    return probes


def _no_keys(config: DedupConfig, n: int) -> Numbers:
    return np.zeros((config.bands + SURE_BANDS, n), np.uint32)


def _bucket_keys(slots: Numbers, traits: dict[str, NDArray[Any]], config: DedupConfig) -> Numbers:
    """The keys under which documents meet, `(bands + SURE_BANDS, n)`; 0 for none."""
    keys = _no_keys(config, len(slots))
    bands, (text, unit, url) = keys[: config.bands], keys[config.bands :]
    fill_band_keys(slots, config.rows, bands)
    short = traits["n_units"] < config.least_units
    bands *= ~short  # 0 for the short ones
    text[:] = _folded(traits["text_key"])
    unit[:] = np.where(short & (traits["n_units"] > 0), _folded(traits["unit_key"]), 0)
    url[:] = np.where(traits["url_key"] != 0, _folded(traits["url_key"]), 0)
    return keys


def _folded(keys: Hashes) -> Numbers:
    return np.maximum((keys ^ keys >> np.uint64(32)).astype(np.uint32), np.uint32(1))


def _numbers(task: Task[Any], known: pa.Table, found: list[dict[str, NDArray[Any]]]) -> Hashes:
    """The rows of NUMBERS."""
    uri = task.arguments.get("attributes")
    quality = qualities(uri, known["id"]) if uri else np.full(len(known), np.nan)
    rows = np.empty((len(known), len(NUMBERS)), np.uint64)
    rows[:, 0] = preferences(known, quality)
    for place, name in enumerate(NUMBERS[1:-1], 1):
        values = [batch[name].astype(np.uint64) for batch in found]
        rows[:, place] = np.concatenate([np.empty(0, np.uint64), *values])
    n_units = rows[:, NUMBERS.index("n_units")]
    rows[:, -1] = np.cumsum(n_units) - n_units
    return rows
