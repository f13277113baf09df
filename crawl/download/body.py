"""Bodies of HTTP responses: their content codings undone within a limit."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import NamedTuple

import brotli  # type: ignore[import-untyped]
import zstandard

from crawl.sources.compressed import GZIP_MAGIC

ACCEPT_ENCODING = "gzip, deflate"
PIECE_BYTES = 1 << 14  # read at a time, so that many small gzip members cost their number, not its square
MOST_MEMBERS = 100_000  # of a gzip body; what follows is not read


class TooLargeError(Exception):
    """A body that unpacks to more than the limit."""


class Decoded(NamedTuple):
    """A body as it was before it was packed, and what could not be undone."""

    body: bytes
    fault: str = ""


def decoded(body: bytes, content_encoding: str, limit: int) -> Decoded:
    """The body with its content codings undone; of a cut or damaged one, what can be read.

    One that is not coded as its header says stays as it is. Raises TooLargeError beyond `limit` bytes.
    """
    faults = []
    for coding in reversed(content_encoding.lower().split(",")):
        body, fault = _undone(body, coding.strip(), limit)
        faults += [fault] if fault else []
    return Decoded(body, "; ".join(faults))


def _undone(body: bytes, coding: str, limit: int) -> Decoded:
    undo = _CODINGS.get(coding)
    if undo is None:
        return Decoded(body, "" if coding in ("", "identity") else f"unknown content coding {coding!r}")
    if not body or (coding.endswith("gzip") and not body.startswith(GZIP_MAGIC)):
        return Decoded(body)
    try:
        plain = undo(body, limit)
    except (zlib.error, brotli.error, zstandard.ZstdError) as error:
        return Decoded(body, f"{coding} body: {error}")
    if len(plain) > limit:
        msg = f"{coding} body of more than {limit:,} bytes"
        raise TooLargeError(msg)
    return Decoded(plain)


def _inflated(body: bytes, limit: int) -> bytes:
    """Inflates gzip (of several members too), zlib or raw deflate data, until the limit is passed.

    Of damaged data, what comes before the damage; raises zlib.error where that is nothing.
    """
    window = 47 if body[:1] in (b"\x1f", b"\x78") else -15  # 47: gzip or zlib by their headers; -15: raw
    inflater = zlib.decompressobj(window)
    plain, at, n_members = bytearray(), 0, 0
    while at < len(body) and len(plain) <= limit and n_members < MOST_MEMBERS:
        piece = body[at : at + PIECE_BYTES]
        try:
            plain += inflater.decompress(piece, limit - len(plain) + 1)
        except zlib.error:
            break
        at += len(piece) - len(inflater.unused_data)
        if inflater.eof:
            inflater = zlib.decompressobj(window)
            n_members += 1
    if not plain and not n_members:
        msg = "nothing can be read"
        raise zlib.error(msg)
    return bytes(plain)


def _unbrotli(body: bytes, limit: int) -> bytes:
    unpacker = brotli.Decompressor()
    plain = bytes(unpacker.process(body, output_buffer_limit=limit + 1))
    if not plain and not unpacker.is_finished():
        msg = "nothing can be read"
        raise brotli.error(msg)
    return plain


def _unzstd(body: bytes, limit: int) -> bytes:
    reader = zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(body, read_across_frames=True)
    return reader.read(limit + 1)


_CODINGS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _inflated,
    "x-gzip": _inflated,
    "deflate": _inflated,
    "br": _unbrotli,
    "zstd": _unzstd,
}
