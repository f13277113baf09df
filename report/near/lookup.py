"""datasketch over our index: MinHash objects from our sketches, and its LSH answering from our files.

Sketches and keys are those of deduplication, so what it finds is what deduplication would hold a document against.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, NoReturn

import numpy as np
import pyarrow as pa
from datasketch import LeanMinHash, MinHashLSH
from datasketch.storage import OrderedStorage, UnorderedStorage

from dedup.sketch import sketch
from dedup.sketch_kernels import SLOTS, Numbers, fill_band_keys
from khmer.clusters import flagged_units
from report.near.opened import OpenIndex

SEED: Final = 0  # datasketch refuses to compare sketches of two seeds; that of its own is 1
SCHEME: Final = "affine32"  # slots of 32 bits


def minhash(units: Numbers, width: int) -> LeanMinHash:
    """The sketch of a document by its units, as an object whose `jaccard` with another estimates their similarity."""
    (slots,) = sketch(units, np.array([0, units.size]), width)
    return LeanMinHash(seed=SEED, hashvalues=slots, scheme=SCHEME)


def minhash_of_text(index: OpenIndex, text: str) -> LeanMinHash:
    """The sketch of a text, of a document of the index or not, to be looked up there."""
    units = flagged_units(pa.array([text], pa.large_string())).units
    return minhash(units, index.config["shingle_units"])


def minhash_of(index: OpenIndex, number: int) -> LeanMinHash:
    """The sketch of a document of the index, made again from its units: the index keeps a byte of each slot."""
    return minhash(np.array(index.units(number)), index.config["shingle_units"])


def open_lsh(index: OpenIndex) -> MinHashLSH:
    """An LSH whose `query` gives the numbers of documents that share a band, found on disk; it cannot be changed."""
    params = (index.config["bands"], index.config["rows"])
    lsh = MinHashLSH(num_perm=SLOTS, params=params)
    lsh.hashtables = [BandTable(index, band) for band in range(lsh.b)]
    lsh.keys = DocumentTable(index, lsh)
    return lsh


class _ReadOnly:
    def insert(self, *_values: Any, **_options: Any) -> NoReturn:
        """Not possible: TypeError, as for `remove` and `remove_val`."""
        msg = "the index of a finished run is read only. Try: run deduplication with the new documents"
        raise TypeError(msg)

    remove = insert
    remove_val = insert


class BandTable(_ReadOnly, UnorderedStorage):  # type: ignore[misc]
    """A band's hash table: the band's slots, as bytes from the highest on, → numbers of documents."""

    def __init__(self, index: OpenIndex, band: int) -> None:
        self._index, self._band = index, band

    def get(self, key: bytes) -> list[int]:
        """Numbers of the documents with these slots in the band."""
        rows = np.frombuffer(key, ">u4").astype(np.uint32)
        slots = np.zeros((1, (self._band + 1) * rows.size), np.uint32)
        slots[0, -rows.size :] = rows
        keys = np.empty((self._band + 1, 1), np.uint32)
        fill_band_keys(slots, rows.size, keys)
        numbers: list[int] = self._index.bucket(self._band, int(keys[-1, 0])).tolist()
        return numbers

    def has_key(self, key: bytes) -> bool:
        """Whether a document has these slots in the band."""
        return bool(self.get(key))

    def keys(self) -> Iterable[bytes]:
        """Not possible: of the slots the index keeps a hash."""
        msg = "the index keeps hashes of bands, which do not tell the slots. Try: get(key)"
        raise TypeError(msg)

    def itemcounts(self, **_options: Any) -> dict[bytes, int]:
        """Not possible, as `keys`."""
        return dict.fromkeys(self.keys(), 0)

    def size(self) -> int:
        """Buckets of the band; reads all of it."""
        return self._index.count_buckets(self._band)


class DocumentTable(_ReadOnly, OrderedStorage):  # type: ignore[misc]
    """The documents by number → the slots of each of their bands, as the LSH asks its hash tables for them."""

    def __init__(self, index: OpenIndex, lsh: MinHashLSH) -> None:
        self._index, self._lsh = index, lsh

    def get(self, key: int) -> list[bytes]:
        """The document's slots, band by band; none of a number that no document has."""
        if not self.has_key(key):
            return []
        slots = minhash_of(self._index, key).hashvalues
        return [slots[start:end].byteswap().tobytes() for start, end in self._lsh.hashranges]

    def has_key(self, key: int) -> bool:
        """Whether there is a document of this number."""
        return 0 <= key < self._index.census.total

    def keys(self) -> Iterator[int]:
        """All numbers."""
        return iter(range(self._index.census.total))

    def itemcounts(self, **_options: Any) -> dict[int, int]:
        """How many bands each document has."""
        return dict.fromkeys(self.keys(), self._lsh.b)

    def size(self) -> int:
        """Documents in the index."""
        return self._index.census.total
