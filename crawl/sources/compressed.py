"""Compressed files read in bounded pieces; of a damaged one, all that comes before the damage."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NamedTuple

import zstandard
from isal import igzip_lib

READ_BYTES = 1 << 16
PIECE_BYTES = 1 << 18
GZIP_MAGIC = b"\x1f\x8b\x08"
DAMAGE: tuple[type[Exception], ...] = (
    OSError,
    EOFError,
    ValueError,
    lzma.LZMAError,
    zlib.error,
    igzip_lib.error,  # type: ignore[assignment]  # its stub calls this class an instance
    zstandard.ZstdError,
)


class Fault(NamedTuple):
    """Something wrong with an input: a byte offset, or a row's number, and what is wrong."""

    position: int
    what: str


class _Zstd:
    """A zstd frame, with the manner of the standard library's decompressors."""

    def __init__(self) -> None:
        self._frame = zstandard.ZstdDecompressor(max_window_size=1 << 31).decompressobj()
        self.needs_input = True

    def decompress(self, data: bytes, _max_length: int) -> bytes:
        return self._frame.decompress(data)

    @property
    def eof(self) -> bool:
        return self._frame.eof

    @property
    def unused_data(self) -> bytes:
        return self._frame.unused_data


def gzip_member() -> Any:
    """A decompressor of one gzip member."""
    return igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)


CODINGS = {
    b"\x1f\x8b": gzip_member,
    b"\x28\xb5\x2f\xfd": _Zstd,
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\x00": lzma.LZMADecompressor,
}
ZSTD_SKIPPABLE = b"\x2a\x4d\x18"  # after a first byte of 0x50 to 0x5F; files of parallel writers begin so


def _coding_of(data: bytes) -> Callable[[], Any] | None:
    if data[1:4] == ZSTD_SKIPPABLE:
        return _Zstd
    return next((coding for magic, coding in CODINGS.items() if data.startswith(magic)), None)


class Frame:
    """One gzip member, zstd frame or the like; `fault` and `rest` are known when its pieces are spent."""

    def __init__(self, coding: Any, file: BinaryIO, data: bytes) -> None:
        self._coding = coding
        self._file = file
        self._data = data
        self.fault = ""
        self.rest = b""  # what was read beyond its end

    def pieces(self) -> Iterator[bytes]:
        """What it holds, in pieces of a bounded size."""
        data = self._data
        while not self._coding.eof:
            if not data and self._coding.needs_input:
                data = self._file.read(READ_BYTES)
                if not data:
                    self.fault = "truncated: the file ends within compressed data"
                    return
            try:
                piece = self._coding.decompress(data, PIECE_BYTES)
            except DAMAGE as error:
                self.fault = f"damaged: {error}"
                return
            data = b""
            if piece:
                yield piece
        self.rest = self._coding.unused_data


def inflate(file: BinaryIO, faults: list[Fault]) -> Iterator[bytes]:
    """The file's content in pieces, decompressed if its first bytes say so, over all its members or frames.

    Damage, and an end within a member, stops the reading and is added to `faults` with the file's offset.
    """
    data = file.read(READ_BYTES)
    coding = _coding_of(data)
    if coding is None:
        yield data
        yield from iter(lambda: file.read(PIECE_BYTES), b"")
        return
    while data := data.lstrip(b"\0"):  # padding
        frame = Frame(coding(), file, data)
        yield from frame.pieces()
        if frame.fault:
            faults.append(Fault(file.tell(), frame.fault))
            return
        data = frame.rest or file.read(READ_BYTES)


class Line(NamedTuple):
    """A line without its end, its number from 0, and its length; of one over the limit only the beginning."""

    number: int
    data: bytes
    n_bytes: int


OVERLONG_SAMPLE_BYTES = 10_000


def split_lines(pieces: Iterator[bytes], limit: int) -> Iterator[Line]:
    """The lines of a text that comes in pieces; no more than `limit` bytes of any are held, beside a piece."""
    number, n_bytes = 0, 0
    held: list[bytes] = []  # the parts of the line that is not at its end
    for piece in pieces:
        *ends, rest = piece.split(b"\n")
        for end in ends:
            yield _line(number, [*held, end], n_bytes + len(end), limit)
            number, n_bytes, held = number + 1, 0, []
        n_bytes += len(rest)
        held.append(rest)
        if n_bytes > limit:
            held = [b"".join(held)[:OVERLONG_SAMPLE_BYTES]]
    if n_bytes:
        yield _line(number, held, n_bytes, limit)


def _line(number: int, parts: list[bytes], n_bytes: int, limit: int) -> Line:
    data = b"".join(parts) if len(parts) > 1 else parts[0]
    return Line(number, data[:OVERLONG_SAMPLE_BYTES] if n_bytes > limit else data, n_bytes)
