"""What is known of each document without its text: keys that are equal for equal things, and what it is worth."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash

from dedup.kernels import Hashes, Integers, Numbers
from dedup.preference import closedness

_TAKEN: Final = ("id", "source", "fetched_at", "published_at", "n_bytes", "n_clusters")


def traits_of(table: pa.Table, units: Numbers, offsets: Integers) -> pa.Table:
    """A row a document; `units` are those of all documents, one after another."""
    text = digests(table["text"])
    closed = [closedness(licence) for licence in table["licence"].to_pylist()]
    found = {
        "closedness": pa.array(closed, pa.int8()),
        "n_units": pa.array(np.diff(offsets), pa.int64()),
        "text_key": pa.array(text[:, 0]),
        "text_check": pa.array(text[:, 1]),
        "unit_key": pa.array(_unit_keys(units, offsets)),
        "url_key": pa.array(url_keys(table["url"])),
    }
    taken = {name: table[name] for name in _TAKEN}
    return pa.table({**taken, **found})


def digests(texts: pa.ChunkedArray) -> Hashes:
    """The 128-bit XXH3 hash of each text's bytes, `(n, 2) uint64`; a null hashes as empty."""
    rows = b"".join(xxhash.xxh3_128_digest(value) for value in _buffers(texts))
    return np.frombuffer(rows, np.uint64).reshape(-1, 2)


def _buffers(texts: pa.ChunkedArray) -> list[Any]:
    return [value.as_buffer() or b"" for chunk in texts.chunks for value in chunk.cast(pa.large_binary())]


def url_keys(urls: pa.ChunkedArray) -> Hashes:
    """A hash that is equal for URLs differing in scheme, `www.`, host's case, fragment or final slash; 0 for none."""
    parts = pc.extract_regex(urls, r"^(?i:(?:https?:)?//(?:www\.)?)?(?P<host>[^/?#]*)(?P<rest>(?s:.*))$")
    rest = pc.replace_substring_regex(pc.struct_field(parts, "rest"), r"#(?:[^!].*)?$", "")
    rest = pc.replace_substring_regex(rest, r"/+$", "")
    keys = digests(pc.binary_join_element_wise(pc.utf8_lower(pc.struct_field(parts, "host")), rest, ""))[
        :, 0
    ].copy()
    keys[urls.is_null().to_numpy()] = 0
    return keys


def _unit_keys(units: Numbers, offsets: Integers) -> Hashes:
    """A hash of each document's whole sequence of units."""
    data = memoryview(units.view(np.uint8).data)
    bounds = (offsets * units.itemsize).tolist()
    digest = xxhash.xxh3_64_intdigest
    return np.array([digest(data[a:b]) for a, b in pairwise(bounds)], np.uint64)
