"""Compressed files: whole ones of every coding, and all that can be read of broken ones."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from collections.abc import Callable

import pytest
import zstandard

from crawl.sources.compressed import PIECE_BYTES, Fault, inflate, split_lines

TEXT = "ខ្ញុំចូលចិត្តអានសៀវភៅ។\n".encode() * 20_000
zstd = zstandard.ZstdCompressor().compress
SKIPPABLE = b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd"


def read(data: bytes) -> tuple[bytes, list[Fault]]:
    faults: list[Fault] = []
    pieces = list(inflate(io.BytesIO(data), faults))
    return b"".join(pieces), faults


@pytest.mark.parametrize(
    "data",
    [
        TEXT,
        gzip.compress(TEXT),
        gzip.compress(TEXT[:999]) + gzip.compress(TEXT[999:]),
        gzip.compress(TEXT) + b"\0" * 512,
        zstd(TEXT),
        zstd(TEXT[:999]) + zstd(TEXT[999:]),
        SKIPPABLE + zstd(TEXT),
        bz2.compress(TEXT),
        lzma.compress(TEXT),
    ],
    ids=["plain", "gzip", "members", "padded", "zstd", "frames", "skippable", "bzip2", "xz"],
)
def test_every_coding_is_recognised(data: bytes) -> None:
    assert read(data) == (TEXT, [])


def test_pieces_are_bounded_however_well_the_data_pack() -> None:
    packed = gzip.compress(b"0" * 50_000_000)
    assert max(map(len, inflate(io.BytesIO(packed), []))) <= PIECE_BYTES


def test_an_empty_file_has_nothing() -> None:
    assert read(b"") == (b"", [])


@pytest.mark.parametrize("pack", [gzip.compress, zstd, bz2.compress, lzma.compress])
def test_truncated_data_give_what_is_there_and_a_fault(pack: Callable[[bytes], bytes]) -> None:
    whole = pack(TEXT[:999]) if pack is bz2.compress else pack(TEXT)
    cut = pack(TEXT) + whole[:-5]
    text, [fault] = read(cut)
    assert text.startswith(TEXT)
    assert fault == Fault(len(cut), "truncated: the file ends within compressed data")


def test_damage_ends_the_reading_where_it_stands() -> None:
    text, [fault] = read(gzip.compress(TEXT) + b"\x1f\x8b\x08 this is no member" * 9)
    assert text == TEXT
    assert fault.what.startswith("damaged")


def test_lines_are_split_over_pieces() -> None:
    lines = list(split_lines(iter([b"\xe1\x9e", b"\x80\nb", b"\n\nlast"]), 100))
    assert [line.data for line in lines] == ["ក".encode(), b"b", b"", b"last"]
    assert [line.number for line in lines] == [0, 1, 2, 3]


def test_of_a_line_over_the_limit_only_the_beginning_is_held() -> None:
    pieces = iter([b"x" * 40_000] * 5 + [b"\nshort\n"])
    long, short = split_lines(pieces, 30_000)
    assert (long.n_bytes, len(long.data)) == (200_000, 10_000)
    assert (short.number, short.data, short.n_bytes) == (1, b"short", 5)


class Counted(bytes):
    """Bytes that count how often they are joined with others by `+`."""

    n_sums = 0

    def __radd__(self, other: bytes) -> bytes:
        Counted.n_sums += 1
        return bytes(other) + bytes(self)


def test_a_long_line_is_not_joined_anew_at_each_piece() -> None:
    [line] = split_lines(iter([Counted(b"x" * 1024)] * 2000), 1 << 30)
    assert line.n_bytes == len(line.data) == 1024 * 2000
    assert Counted.n_sums == 0
