"""Compiled loops from units to shingles, sketches and keys.

All that a loop calls stands in this module, as numba's cache does not notice a change elsewhere.
A shingle is a run of units without their flag LINE, which tells of the layout.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from khmer.clusters import UNIT

SLOTS: Final = 128  # of a sketch
ROUNDS: Final = 4  # in which shingles are thrown into slots, before slots still empty become copies of others

_BASE: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX: Final = np.uint64(0xBF58476D1CE4E5B9)
_STEP: Final = np.uint64(0x94D049BB133111EB)
_LARGEST: Final = np.uint64(0xFFFFFFFFFFFFFFFF)
_ONE: Final = np.uint64(1)
_HALF: Final = np.uint64(32)
_SLOT: Final = np.uint64(57)  # 64 - log2(SLOTS)
_SMALL: Final = np.uint8(0x20)  # set in small Latin letters
_HTTPS: Final = np.frombuffer(b"https:", np.uint8)
_HTTP: Final = np.frombuffer(b"http:", np.uint8)
_SLASHES: Final = np.frombuffer(b"//", np.uint8)
_WWW: Final = np.frombuffer(b"www.", np.uint8)
_SLASH: Final = np.uint8(0x2F)
_QUESTION: Final = np.uint8(0x3F)
_NUMBER_SIGN: Final = np.uint8(0x23)
_EXCLAMATION: Final = np.uint8(0x21)
_A: Final = np.uint8(0x41)
_Z: Final = np.uint8(0x5A)
_CAPITAL: Final = np.uint64(33)  # to a small letter, and 1
_BLOCK: Final = 1024  # shingles whose hashes stay in the nearest cache

Bytes = NDArray[np.uint8]
Integers = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Numbers = NDArray[np.uint32]


@njit(cache=True, nogil=True)
def _stirred(h: Any) -> Any:
    x = h * _MIX  # the low bits of a polynomial alone are weak
    return (x ^ x >> _HALF) * _STEP


@njit(cache=True, nogil=True)
def _fill_polynomials(units: Numbers, first: int, width: int, polynomials: Hashes, size: int) -> None:
    """Write a polynomial of each of `size` runs of `width` units; term by term, which becomes vector instructions."""
    start = np.uint64(first)
    for i in range(size):
        polynomials[i] = np.uint64(units[start + np.uint64(i)] & UNIT)
    for _ in range(1, width):
        start += _ONE
        for i in range(size):
            polynomials[i] = polynomials[i] * _BASE + np.uint64(units[start + np.uint64(i)] & UNIT)


@njit(cache=True, nogil=True)
def _throw(polynomials: Hashes, size: int, number: int, hashes: Hashes, thrown: Hashes) -> None:
    """Throw shingles into the slots of `thrown`, where the smallest hash wins; each round has hashes of its own."""
    salt = np.uint64(number) * _BASE
    for i in range(size):
        x = _stirred(polynomials[i] + salt)
        hashes[i] = x ^ x >> _HALF
    for i in range(size):
        slot = hashes[i] >> _SLOT
        thrown[slot] = min(thrown[slot], hashes[i])


@njit(cache=True, nogil=True)
def _fill_empty(row: Hashes, thrown: Hashes) -> int:
    """Take into slots still empty what a round threw into them; how many are left empty."""
    n_empty = 0
    for slot in range(SLOTS):
        row[slot] = thrown[slot] if row[slot] == _LARGEST else row[slot]
        n_empty += row[slot] == _LARGEST
    return n_empty


@njit(cache=True, nogil=True)
def _copy_into_empty(row: Hashes, filled: Hashes, empty: Bytes) -> None:
    """Make each empty slot a copy of the first filled one on a way through all slots that is its own."""
    n = np.uint64(0)
    for slot in range(SLOTS):
        filled[slot], empty[n] = row[slot], slot
        n += np.uint64(row[slot] == _LARGEST)
    for k in range(n):
        h, value = (np.uint64(empty[k]) + _ONE) * _BASE, _LARGEST
        while value == _LARGEST:
            h = _stirred(h + _ONE)
            value = filled[h >> _SLOT]
        row[empty[k]] = value


@njit(cache=True, nogil=True)
def fill_sketches(units: Numbers, offsets: Integers, width: int, slots: Numbers) -> None:
    """Write each document's sketch to `slots`, `(n, SLOTS)`; without a run of `width` units it is all ones.

    In each round every shingle is thrown into one slot; what a slot holds is what came first, by round and hash.
    """
    polynomials, hashes = np.empty(_BLOCK, np.uint64), np.empty(_BLOCK, np.uint64)
    row, thrown = np.empty(SLOTS, np.uint64), np.empty(SLOTS, np.uint64)
    empty = np.empty(SLOTS + 1, np.uint8)
    for document in range(offsets.size - 1):
        first = offsets[document]
        n = offsets[document + 1] - first - (width - 1)
        row[:] = _LARGEST
        n_empty = number = 0
        while n > 0 and number < ROUNDS and (number == 0 or n_empty):
            thrown[:] = _LARGEST
            for begin in range(0, n, _BLOCK):
                size = min(_BLOCK, n - begin)
                if number == 0 or n > _BLOCK:
                    _fill_polynomials(units, first + begin, width, polynomials, size)
                _throw(polynomials, size, number, hashes, thrown)
            n_empty = _fill_empty(row, thrown)
            number += 1
        if n_empty:
            _copy_into_empty(row, thrown, empty)
        for slot in range(SLOTS):
            slots[document, slot] = np.uint32(row[slot])


@njit(cache=True, nogil=True)
def fill_band_keys(slots: Numbers, rows: int, keys: Numbers) -> None:
    """Write a hash of each band of `rows` slots to `keys`, `(bands, n)`; none is 0."""
    hashes = np.empty(keys.shape[0], np.uint64)
    for document in range(keys.shape[1]):
        for band in range(hashes.size):
            hashes[band] = np.uint64(band + 1) * _BASE
        for row in range(rows):
            for band in range(hashes.size):
                h = (hashes[band] ^ np.uint64(slots[document, band * rows + row])) * _MIX
                hashes[band] = h ^ h >> _HALF
        for band in range(hashes.size):
            keys[band, document] = max(np.uint32(hashes[band]), np.uint32(1))


@njit(cache=True, nogil=True)
def fill_unit_keys(units: Numbers, offsets: Integers, keys: Hashes) -> None:
    """Write a hash of each document's whole sequence of units to `keys`: a sum, which becomes vector instructions."""
    for document in range(offsets.size - 1):
        first, total = np.uint64(offsets[document]), np.uint64(0)
        n = offsets[document + 1] - offsets[document]
        for i in range(n):
            place = np.uint64(i)
            total += _stirred(np.uint64(units[first + place] & UNIT) + (place + _ONE) * _BASE)
        keys[document] = _stirred(total + np.uint64(n))


@njit(cache=True, nogil=True)
def _after(data: Bytes, i: int, end: int, word: Bytes) -> int:
    """The byte after `word`, in capitals or small letters, if it stands at byte i; else i."""
    if end - i < word.size:
        return i
    for k in range(word.size):
        if data[i + k] | _SMALL != word[k] | _SMALL:
            return i
    return i + word.size


@njit(cache=True, nogil=True)
def _first_of_host(data: Bytes, i: int, end: int) -> int:
    scheme = _after(data, i, end, _HTTPS)
    scheme = _after(data, i, end, _HTTP) if scheme == i else scheme
    slashes = _after(data, scheme, end, _SLASHES)
    return _after(data, slashes, end, _WWW) if slashes > scheme else i


@njit(cache=True, nogil=True)
def fill_url_keys(text: tuple[Bytes, Integers], keys: Hashes) -> None:
    """Write a hash of each URL to `keys`, 0 where nothing is left of it.

    Scheme, `www.`, the host's capitals, the fragment unless it begins with `#!`, and slashes at the end do not count.
    """
    data, offsets = text
    for url in range(offsets.size - 1):
        i, end = np.uint64(_first_of_host(data, offsets[url], offsets[url + 1])), np.uint64(offsets[url + 1])
        h, kept, is_host = np.uint64(0), np.uint64(0), True
        while i < end:
            byte = data[i]
            i += _ONE
            if byte == _NUMBER_SIGN and (i == end or data[i] != _EXCLAMATION):
                break
            is_host &= byte != _SLASH and byte != _QUESTION and byte != _NUMBER_SIGN  # noqa: PLR1714 (no loop)
            capital = is_host and _A <= byte <= _Z
            h = (h ^ np.uint64(byte) + (_CAPITAL if capital else _ONE)) * _MIX
            h ^= h >> _HALF
            kept = h if is_host or byte != _SLASH else kept
        keys[url] = kept
