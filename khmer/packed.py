"""Clusters packed into integers, and the table from packed cluster to packed canonical cluster."""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from khmer.canonical import repaired
from khmer.codepoints import FIRST, ZWJ, ZWNJ
from khmer.kernels import ZWJ_CODE, ZWNJ_CODE, Table, slot_of
from khmer.rules import Options
from khmer.tables import treatment_table

_JOINER_CODES: Final = {ZWNJ: ZWNJ_CODE, ZWJ: ZWJ_CODE}
_JOINERS: Final = {code: joiner for joiner, code in _JOINER_CODES.items()}
_INITIAL_SLOTS: Final = 1 << 14  # 5,331 clusters of 320 MB of Khmer are not canonical by shape


def pack(cluster: str) -> int:
    """A leading 1, then 7 bits for each code point; exact for up to nine."""
    packed = 1
    for character in cluster:
        packed = packed << 7 | _JOINER_CODES.get(character, ord(character) - FIRST)
    return packed


def unpack(packed: int) -> str:
    """The cluster that `pack` packed."""
    characters = []
    while packed > 1:
        code = packed & 0x7F
        characters.append(_JOINERS.get(code) or chr(FIRST + code))
        packed >>= 7
    return "".join(reversed(characters))


class CanonicalTable:
    """Packed clusters with their canonical forms under the given options, filled as they are met.

    Threads may share it: they take turns to add, and a kernel sees an entry whole or not at all, since its key is
    written last and a larger table is new arrays.
    """

    def __init__(self, options: Options) -> None:
        self._options = options
        self._lock = Lock()
        self.arrays = _empty(treatment_table(options), _INITIAL_SLOTS)
        self._n_entries = 0

    def add(self, packed: int) -> None:
        """Enter one cluster with its canonical form and the rules that lead to it."""
        with self._lock:
            if 2 * self._n_entries >= self.arrays.keys.size:
                self._grow()
            canonical = repaired(unpack(packed), self._options)
            self._n_entries += _enter(self.arrays, packed, pack(canonical.text), canonical.rules)

    def _grow(self) -> None:
        old = self.arrays
        wider = _empty(old.treatments, 2 * old.keys.size)
        for slot in np.flatnonzero(old.keys):
            _enter(wider, int(old.keys[slot]), int(old.values[slot]), int(old.rules[slot]))
        self.arrays = wider


def _empty(treatments: NDArray[np.uint8], n_slots: int) -> Table:
    zeros = [np.zeros(n_slots, np.uint64) for _ in range(3)]
    return Table(treatments, *zeros)


def _enter(arrays: Table, key: int, value: int, rules: int) -> bool:
    slot = slot_of(arrays.keys, np.uint64(key))
    is_new = bool(arrays.keys[slot] == 0)
    arrays.values[slot] = value
    arrays.rules[slot] = rules
    arrays.keys[slot] = key
    return is_new


@cache
def canonical_table(options: Options) -> CanonicalTable:
    """The table of this process for these options."""
    return CanonicalTable(options)
