"""What is known of each document without its text: keys that are equal for equal things, and what it is worth."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import numpy as np
import pyarrow as pa
import xxhash
from numpy.typing import NDArray

from corpus.errors import StageError
from corpus.paths import Folder
from dedup.columns import view_array
from dedup.index import entry
from dedup.sketch_kernels import Hashes, Numbers, fill_unit_keys, fill_url_keys
from khmer.buffers import Utf8, utf8
from khmer.clusters import FlaggedUnits

NUMBERS: Final = (  # url_key is 0 for none, first_unit counts the units of the shard's documents before
    "preference", "n_units", "n_bytes", "text_key", "text_check", "unit_key", "url_key", "first_unit",
)  # fmt: skip


def view_numbers(folder: Folder, shard: str) -> Hashes:
    """What is known of a shard's documents, `(n, len(NUMBERS)) uint64`."""
    return view_array(folder, f"{entry(shard)}/numbers", np.uint64).reshape(-1, len(NUMBERS))


def view_sources(folder: Folder, shard: str) -> Numbers:
    """The place of each document's source among the sorted ones of the shard."""
    return view_array(folder, f"{entry(shard)}/sources", np.uint32)


def view_ids(folder: Folder, shard: str, n_documents: int) -> NDArray[np.uint8]:
    """The ids of a shard's documents as `padded` gives them."""
    ids: NDArray[np.uint8] = view_array(folder, f"{entry(shard)}/ids", np.uint8)
    return ids.reshape(n_documents, -1) if n_documents else ids.reshape(0, 1)


def padded(strings: pa.ChunkedArray) -> NDArray[np.uint8]:
    """The bytes of strings, `(n, most)`, zeros after shorter ones: they sort as before.

    Raises StageError for one that ends in U+0000, which could not be told from these zeros.
    """
    column = utf8(strings)
    sizes = np.diff(column.offsets)
    data = column.data[column.offsets[0] : column.offsets[-1]]
    ends = column.offsets[1:][sizes > 0] - 1
    if not column.data[ends].all():
        first = int(np.flatnonzero(sizes)[column.data[ends] == 0][0])
        msg = f"id {strings[first].as_py()!r} ends in U+0000; expected another last character"
        raise StageError(msg)
    most = max(int(sizes.max(initial=0)), 1)
    if data.size == sizes.size * most:
        return data.reshape(sizes.size, most)
    rows = np.zeros((sizes.size, most), np.uint8)
    rows[np.arange(most) < sizes[:, None]] = data
    return rows


def unpadded(rows: NDArray[np.uint8]) -> pa.Array:
    """The strings of which `padded` gave these bytes."""
    rows = np.ascontiguousarray(rows)
    n, most = rows.shape
    sizes = np.char.str_len(rows.view(f"S{most}").reshape(-1))  # without the zeros at the end alone
    data = rows if sizes.sum() == rows.size else rows[np.arange(most) < sizes[:, None]]
    offsets = np.concatenate([np.zeros(1, np.int32), np.cumsum(sizes, dtype=np.int32)])
    return pa.StringArray.from_buffers(n, pa.py_buffer(offsets), pa.py_buffer(data))


def keys_of(texts: Utf8, units: FlaggedUnits, urls: pa.ChunkedArray) -> dict[str, NDArray[np.generic]]:
    """The columns of NUMBERS that follow from text and URL."""
    text = digests(texts)
    unit_keys = np.empty(texts.n_documents, np.uint64)
    fill_unit_keys(units.units, units.offsets, unit_keys)
    return {
        "n_units": np.diff(units.offsets).astype(np.uint32),
        "n_bytes": np.diff(texts.offsets),
        "text_key": text[:, 0],
        "text_check": text[:, 1],
        "unit_key": unit_keys,
        "url_key": url_keys(urls),
    }


def digests(texts: Utf8) -> Hashes:
    """The 128-bit XXH3 hash of each text's bytes, `(n, 2) uint64`."""
    data, digest = texts.data.data, xxhash.xxh3_128_digest
    rows = b"".join([digest(data[start:end]) for start, end in pairwise(texts.offsets.tolist())])
    return np.frombuffer(rows, np.uint64).reshape(-1, 2)


def url_keys(urls: pa.ChunkedArray) -> Hashes:
    """A hash that is equal for URLs differing in scheme, `www.`, host's case, fragment or final slash; 0 for none."""
    keys = np.zeros(len(urls), np.uint64)
    if urls.null_count < len(urls):
        fill_url_keys(utf8(urls), keys)
    return keys
