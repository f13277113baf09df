"""Bodies of HTTP responses: their content coding undone within a limit, their text decoded."""

from __future__ import annotations

import zlib

from w3lib.encoding import html_to_unicode

ACCEPT_ENCODING = "gzip, deflate"


class TooLargeError(Exception):
    """A body that unpacks to more than the limit."""


def decoded(body: bytes, content_encoding: str, limit: int) -> bytes:
    """The body with its content codings undone; of a cut or damaged one, what can be read.

    A coding that is not gzip or deflate leaves the body as it is. Raises TooLargeError beyond `limit` bytes.
    """
    for coding in reversed([part.strip().lower() for part in content_encoding.split(",")]):
        if coding in ("gzip", "x-gzip", "deflate"):
            body = _inflated(body, limit)
    return body


def _inflated(body: bytes, limit: int) -> bytes:
    """Inflates gzip (of several members too), zlib or raw deflate data."""
    parts: list[bytes] = []
    size = 0
    window = 47 if body[:1] in (b"\x1f", b"\x78") else -15  # 47: gzip or zlib by their headers; -15: raw
    while body:
        inflater = zlib.decompressobj(window)
        try:
            data = inflater.decompress(body, limit - size + 1)
        except zlib.error:
            break
        parts.append(data)
        size += len(data)
        if size > limit:
            raise TooLargeError
        body = inflater.unused_data
    return b"".join(parts)


def html_text(html: bytes, content_type: str) -> str:
    """A page's text: as UTF-8 where it is valid, whatever is declared; else as declared, as browsers read it."""
    try:
        return html.decode("utf-8-sig")
    except UnicodeDecodeError:
        return str(html_to_unicode(content_type, html)[1])
