"""XML as the web serves it: namespaces wrong or absent, entities undefined, broken off anywhere, or made to harm.

Read by one linear scan for elements of known names, a piece at a time. No entity is expanded but the predefined and
numeric ones, no DTD is read, and what precedes a break is found: a parser gives either that or safety.
"""

from __future__ import annotations

import codecs
import html
import io
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Final, NamedTuple

from crawl.sources.compressed import GZIP_MAGIC, Fault, inflate

PIECE_BYTES: Final = 1 << 18
MOST_PACKED_BYTES: Final = 8 << 20  # a million empty gzip members take seconds, and say nothing
MOST_TAGS: Final = 500_000  # looked at: ten for each entry of the longest sitemap
MOST_TAG_BYTES: Final = 1 << 14  # a tag and the text after it
HEAD_BYTES: Final = 4096
UTF16: Final = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}
_ROOT: Final = re.compile(rb"<(?:[\w.-]{1,40}:)?([a-zA-Z][\w.-]{0,40})(?=[\s>/])")
_UNMARKED: Final = re.compile(rb"<!\[CDATA\[(.*?)(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)", re.S)
_ATTRIBUTE: Final = re.compile(rb"""(?<![^\s"'])([\w:.-]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""")


class Tag(NamedTuple):
    """An element's beginning, with the text up to the next tag; names in lower case."""

    name: str
    prefix: str
    attributes: bytes
    text: bytes


def pieces_of(body: bytes, most_bytes: int, faults: list[str]) -> Iterator[bytes]:
    """A document in UTF-8, in pieces: unpacked if it is gzip, recoded if it is UTF-16, up to the limit."""
    pieces = _within(_raw_pieces(body, faults), most_bytes, faults)
    first = next(pieces, b"")
    coding = UTF16.get(first[:2])
    if coding is None:
        yield first.removeprefix(codecs.BOM_UTF8)
        yield from pieces
        return
    decoder = codecs.getincrementaldecoder(coding)("replace")
    for piece in chain([first], pieces):
        yield decoder.decode(piece).encode("utf-8", "replace")


def _raw_pieces(body: bytes, faults: list[str]) -> Iterator[bytes]:
    if not body.startswith(GZIP_MAGIC):
        yield from (body[at : at + PIECE_BYTES] for at in range(0, len(body), PIECE_BYTES))
        return
    if len(body) > MOST_PACKED_BYTES:
        faults.append(f"more than {MOST_PACKED_BYTES:,} packed bytes")
    found: list[Fault] = []
    yield from inflate(io.BytesIO(body[:MOST_PACKED_BYTES]), found)
    faults += [fault.what for fault in found]


def _within(pieces: Iterable[bytes], most_bytes: int, faults: list[str]) -> Iterator[bytes]:
    left = most_bytes
    for piece in pieces:
        if len(piece) > left:
            faults.append(f"more than {most_bytes:,} bytes")
            yield piece[:left]
            return
        left -= len(piece)
        yield piece


def root_of(body: bytes) -> str:
    """The name of the document's first element, in lower case; empty for what is no XML. It may be packed."""
    head = next(pieces_of(body, HEAD_BYTES, []), b"")
    root = _ROOT.search(head)
    return root[1].decode().lower() if root else ""


def tags(pieces: Iterable[bytes], *names: str) -> Iterator[Tag]:
    """The elements of these names, whatever their namespace, in order; CDATA is text, comments are nothing."""
    wanted = "|".join(names).encode()
    pattern = re.compile(rb"<(?:([\w.-]{1,40}):)?(" + wanted + rb")(?=[\s/>])([^<>]*+)>([^<]*+)", re.I)
    found = (match for piece in _whole_tags(pieces) for match in pattern.finditer(flattened(piece)))
    for match in islice(found, MOST_TAGS):
        prefix, name, attributes, text = match.groups(b"")
        yield Tag(name.decode().lower(), prefix.decode("latin-1").lower(), attributes, text)


def _whole_tags(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces, each cut before its last tag, which goes to the next."""
    rest = b""
    for piece in pieces:
        data = rest + piece
        cut = data.rfind(b"<")
        yield data[: max(cut, 0)]
        rest = data[cut:] if cut >= 0 and len(data) - cut <= MOST_TAG_BYTES else b""
    yield rest


def flattened(body: bytes) -> bytes:
    """The document with its CDATA sections as escaped text and without comments."""
    return _UNMARKED.sub(_as_text, body) if b"<!" in body else body


def _as_text(found: re.Match[bytes]) -> bytes:
    return (found[1] or b"").replace(b"&", b"&amp;").replace(b"<", b"&lt;")


def attribute(attributes: bytes, name: str) -> str:
    """The value of an attribute; empty where there is none."""
    wanted = name.encode()
    for key, double, single in _ATTRIBUTE.findall(attributes[:MOST_TAG_BYTES]):
        if key.lower() == wanted:
            return plain(double or single)
    return ""


def plain(text: bytes) -> str:
    """Text with its references resolved, twice where it was escaped twice."""
    found = html.unescape(text[:MOST_TAG_BYTES].decode("utf-8", "replace"))
    return (html.unescape(found) if "&amp;" in found else found).strip()
