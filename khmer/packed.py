"""Clusters packed into integers, and the table from packed cluster to packed canonical cluster."""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import Final

import numpy as np

from khmer.canonical import canonical
from khmer.codepoints import FIRST, ZWNJ
from khmer.kernels import ZWNJ_CODE, Table, slot_of
from khmer.tables import treatment_table

_INITIAL_SLOTS: Final = 1 << 14  # 5,331 clusters of 320 MB of Khmer are not canonical by shape


def pack(cluster: str) -> int:
    """A leading 1, then 7 bits for each code point; exact for up to nine."""
    packed = 1
    for character in cluster:
        packed = packed << 7 | (ZWNJ_CODE if character == ZWNJ else ord(character) - FIRST)
    return packed


def unpack(packed: int) -> str:
    """The cluster that `pack` packed."""
    characters = []
    while packed > 1:
        code = packed & 0x7F
        characters.append(ZWNJ if code == ZWNJ_CODE else chr(FIRST + code))
        packed >>= 7
    return "".join(reversed(characters))


class CanonicalTable:
    """Packed clusters with their canonical forms, filled as they are met.

    Threads may share it: they take turns to add, and a kernel sees an entry whole or not at all, since its key is
    written last and a larger table is a new pair of arrays.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self.arrays = Table(
            treatment_table(), np.zeros(_INITIAL_SLOTS, np.uint64), np.zeros(_INITIAL_SLOTS, np.uint64)
        )
        self._n_entries = 0

    def add(self, packed: int) -> None:
        """Enter one cluster with its canonical form."""
        with self._lock:
            if 2 * self._n_entries >= self.arrays.keys.size:
                self._grow()
            self._n_entries += self._enter(self.arrays, packed, pack(canonical(unpack(packed))))

    @staticmethod
    def _enter(arrays: Table, key: int, value: int) -> bool:
        slot = slot_of(arrays.keys, np.uint64(key))
        is_new = bool(arrays.keys[slot] == 0)
        arrays.values[slot] = value
        arrays.keys[slot] = key
        return is_new

    def _grow(self) -> None:
        old = self.arrays
        wider = Table(
            old.treatments, np.zeros(2 * old.keys.size, np.uint64), np.zeros(2 * old.keys.size, np.uint64)
        )
        for slot in np.flatnonzero(old.keys):
            self._enter(wider, int(old.keys[slot]), int(old.values[slot]))
        self.arrays = wider


@cache
def canonical_table() -> CanonicalTable:
    """The table of this process."""
    return CanonicalTable()
