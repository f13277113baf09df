"""What a column of texts holds, counted in one compiled scan, and its orthographic clusters.

The scans take text as it stands: normalise first where invisible characters should not count. A null counts as an
empty text.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from khmer.buffers import Utf8, utf8
from khmer.codepoints import CLUSTER, FIRST

NUMBER: Final = 1  # flags of a unit in 32 bits: it is a run of digits
LINE: Final = 2  # it is the first of its line
UNIT: Final = np.uint32(0xFFFFFFFF ^ LINE)  # all of a unit but LINE: what is the same wherever it stands

if TYPE_CHECKING:
    from khmer.reading import Reading


class Counts(NamedTuple):
    """Counts per text, each `(n,) int64`."""

    n_chars: NDArray[np.int64]  # code points
    n_clusters: NDArray[np.int64]  # Khmer orthographic clusters
    n_khmer: NDArray[np.int64]  # Khmer letters and marks
    n_marks: NDArray[np.int64]  # of these, marks and coengs
    n_coengs: NDArray[np.int64]
    n_invalid: NDArray[np.int64]  # marks and coengs outside every well-formed syllable (UTN #61, p. 16)
    n_latin: NDArray[np.int64]  # letters
    n_other_letters: NDArray[np.int64]  # letters and marks of other scripts
    n_digits: NDArray[np.int64]  # ASCII and Khmer
    n_spaces: NDArray[np.int64]  # within lines
    n_newlines: NDArray[np.int64]
    n_punctuation: NDArray[np.int64]  # ASCII symbols with it
    n_invisible: NDArray[np.int64]  # control and format characters


def counts(texts: pa.Array | pa.ChunkedArray) -> Counts:
    """The counts of each text."""
    from khmer.reading import N_COUNTS, count_documents
    from khmer.tables import class_table, transition_table

    documents = utf8(texts)
    table = np.zeros((documents.n_documents, N_COUNTS), np.int64)
    count_documents(documents, class_table(), transition_table(), table)
    return counts_of(table)


def counts_of(table: NDArray[np.int64]) -> Counts:
    """The counts by name, from the columns that a scan writes, `(n, N_COUNTS)`."""
    from khmer.kernels import Class
    from khmer.reading import CLUSTERS, INVALID_MARKS

    n_letters = table[:, Class.BASE] + table[:, Class.RO]
    n_marks = table[:, Class.ROBAT : Class.FINAL + 1].sum(axis=1) - table[:, Class.ZWNJ]
    return Counts(
        n_chars=table[:, :CLUSTERS].sum(axis=1),
        n_clusters=table[:, CLUSTERS].copy(),
        n_khmer=n_letters + n_marks,
        n_marks=n_marks,
        n_coengs=table[:, Class.COENG].copy(),
        n_invalid=table[:, INVALID_MARKS].copy(),
        n_latin=table[:, Class.LATIN].copy(),
        n_other_letters=table[:, Class.LETTER].copy(),
        n_digits=table[:, Class.DIGIT].copy(),
        n_spaces=table[:, Class.SPACE].copy(),
        n_newlines=table[:, Class.NEWLINE].copy(),
        n_punctuation=table[:, Class.PUNCTUATION].copy(),
        n_invisible=table[:, Class.INVISIBLE] + table[:, Class.ZWNJ],
    )


def khmer_share(texts: pa.Array | pa.ChunkedArray) -> NDArray[np.float64]:
    """Khmer letters and marks among all letters and marks, `(n,)` in [0, 1]; 0 where there are none."""
    return khmer_share_of(counts(texts))


def khmer_share_of(counted: Counts) -> NDArray[np.float64]:
    """`khmer_share` from counts already taken."""
    n_letters = counted.n_khmer + counted.n_latin + counted.n_other_letters
    return _ratio(counted.n_khmer, n_letters)


def invalid_rate_of(counted: Counts) -> NDArray[np.float64]:
    """Marks and coengs outside well-formed syllables, per Khmer letter and mark, `(n,)` in [0, 1]; 0 without Khmer.

    Normalised Khmer of the web has 0.00001 to 0.00006; each per cent of misread characters adds about 0.003.
    """
    return _ratio(counted.n_invalid, counted.n_khmer)


def _ratio(part: NDArray[np.int64], whole: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.divide(part, np.maximum(whole, 1), dtype=np.float64)


class Units(NamedTuple):
    """Units of text i are `hashes[offsets[i]:offsets[i + 1]]`."""

    offsets: NDArray[np.int64]  # (n + 1,)
    hashes: NDArray[np.uint64]


def unit_hashes(texts: pa.Array | pa.ChunkedArray) -> Units:
    """The units that shingles are made of, each as a 64-bit hash that is the same everywhere.

    A unit is a Khmer cluster, a run of digits (Khmer digits as ASCII), a run of Latin letters in lower case, or any
    other single letter, mark or symbol. Blanks, punctuation and invisible characters separate units.
    """
    from khmer.reading import hash_units
    from khmer.tables import class_table, lower_case_table

    documents = utf8(texts)
    hashes = np.empty(documents.n_bytes, np.uint64)
    offsets = np.zeros(documents.n_documents + 1, np.int64)
    hash_units(documents, class_table(), lower_case_table(), hashes, offsets[1:])
    return Units(offsets, hashes[: offsets[-1]].copy())


class FlaggedUnits(NamedTuple):
    """Units of text i are `units[offsets[i]:offsets[i + 1]]`."""

    offsets: NDArray[np.int64]  # (n + 1,)
    units: NDArray[np.uint32]  # 30 bits of a hash above the flags LINE and NUMBER


def flagged_units(
    texts: pa.Array | pa.ChunkedArray | Utf8, room: NDArray[np.uint32] | None = None
) -> FlaggedUnits:
    """The units of `unit_hashes` in 32 bits, with flags; twice as quick.

    NUMBER belongs to a unit as its hash does; LINE tells where it stands. Two units look the same once in a billion.
    They are written to `room` if it has one a byte: fresh memory costs a quarter of the scan.
    """
    from khmer.reading import flag_units
    from khmer.tables import class_table, lower_case_table

    documents = checked_utf8(texts)
    units = np.empty(documents.n_bytes, np.uint32) if room is None or room.size < documents.n_bytes else room
    offsets = np.zeros(documents.n_documents + 1, np.int64)
    flag_units(documents, (_letter_table(), class_table(), lower_case_table()), units, offsets[1:])
    return FlaggedUnits(offsets, units[: offsets[-1]])


def checked_utf8(texts: pa.Array | pa.ChunkedArray | Utf8) -> Utf8:
    """As `khmer.buffers.utf8`, with a check of the bytes that takes .1 ns a byte instead of .7."""
    from khmer.reading import are_utf8

    column = texts.chunk(0) if isinstance(texts, pa.ChunkedArray) and texts.num_chunks == 1 else texts
    if isinstance(column, pa.LargeStringArray) and len(column) and not column.null_count:
        _, offsets, data = column.buffers()
        bounds = np.frombuffer(offsets, np.int64)[column.offset : column.offset + len(column) + 1]
        documents = Utf8(np.frombuffer(data or b"", np.uint8), bounds)
        for array in documents:
            array.flags.writeable = False
        if bounds[-1] <= documents.data.size and are_utf8(documents):
            return documents
    return utf8(texts)


@cache
def _letter_table() -> NDArray[np.uint16]:
    """`khmer.reading.Letter` of every character that begins with byte E1, by its other two bytes; 0 for no letter."""
    from khmer.kernels import Class
    from khmer.reading import Letter
    from khmer.tables import class_table

    table = np.zeros(1 << 16, np.uint16)
    for code in range(FIRST, FIRST + Letter.DISTANCE):
        character = class_table()[code]
        if character >= Class.BASE and character != Class.ZWNJ:
            base = Letter.BASE if character <= Class.RO else 0
            ends = 0 if character == Class.COENG else Letter.ENDS
            table[int.from_bytes(chr(code).encode()[1:])] = code - FIRST + 1 | base | ends
    table.flags.writeable = False
    return table


def read(texts: pa.Array | pa.ChunkedArray | Utf8) -> Reading:
    """Counts, unit hashes, and the characters between Khmer letters from one scan, a third quicker than from each."""
    from khmer.reading import N_COUNTS, Reading, Signs, Tables, count_characters, read_documents
    from khmer.tables import class_table, lower_case_table, transition_table

    documents = utf8(texts)
    n = documents.n_documents
    room = count_characters(documents.data[documents.offsets[0] : documents.offsets[-1]])
    n_signs = room + n
    signs = Signs(
        np.zeros(n + 1, np.int64),
        np.empty(n_signs, np.int32),
        np.empty(n_signs, np.int32),
        np.empty(n_signs, np.uint8),
    )
    found = Reading(
        np.zeros((n, N_COUNTS), np.int64),
        np.zeros(n + 1, np.int64),
        np.empty(room, np.uint64),
        np.empty(room, np.uint8),
        signs,
    )
    read_documents(documents, Tables(class_table(), transition_table(), lower_case_table()), found)
    return found


def units_of(found: Reading) -> Units:
    """`unit_hashes` from a reading."""
    return Units(found.unit_offsets, found.hashes[: found.unit_offsets[-1]])


class Spans(NamedTuple):
    """Clusters of text i are `spans[offsets[i]:offsets[i + 1]]`: first byte and end, from the text's first byte."""

    offsets: NDArray[np.int64]  # (n + 1,)
    spans: NDArray[np.int64]  # (m, 2)
    packed: NDArray[np.uint64]  # (m,): see khmer.packed; 0 for more than nine code points


def cluster_spans(texts: pa.Array | pa.ChunkedArray) -> Spans:
    """Where the clusters of each text stand, in bytes."""
    from khmer.kernels import find_clusters
    from khmer.tables import class_table

    documents = utf8(texts)
    room = documents.n_bytes // 3  # a base is three bytes
    spans, packed = np.empty((room, 2), np.int64), np.empty(room, np.uint64)
    offsets = np.zeros(documents.n_documents + 1, np.int64)
    find_clusters(documents, class_table(), spans, packed, offsets[1:])
    n_clusters = offsets[-1]
    return Spans(offsets, spans[:n_clusters].copy(), packed[:n_clusters].copy())


def count_clusters(texts: pa.Array | pa.ChunkedArray) -> dict[str, int]:
    """How often each distinct cluster occurs in the column, most frequent first, ties in code point order.

    A cluster of more than nine code points, which no word has, is left out.
    """
    from khmer.packed import unpack

    packed, occurrences = np.unique(cluster_spans(texts).packed, return_counts=True)
    found = [
        (unpack(key), count) for key, count in zip(packed.tolist(), occurrences.tolist(), strict=True) if key
    ]
    return dict(sorted(found, key=lambda item: (-item[1], item[0])))


def split_clusters(text: str) -> list[str]:
    """The clusters of one text, in order, without what stands between them."""
    return CLUSTER.findall(text)
