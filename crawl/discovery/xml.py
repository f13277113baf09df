"""XML as the web serves it: namespaces wrong or absent, entities undefined, broken off anywhere.

Read by one linear scan for elements of known names. No entity is expanded but the predefined and numeric ones, no
DTD is read, and what precedes a break is found: a parser gives either that or safety.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

HEAD_BYTES = 4096
_ROOT = re.compile(rb"<(?:[\w.-]{1,40}:)?([a-zA-Z][\w.-]{0,40})(?=[\s>/])")
_PROLOGUE = re.compile(rb"<(?=[?!])")
_ATTRIBUTE = re.compile(rb"""([\w:.-]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""")
_ENCODING = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})""")
UTF16_MARKS = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}


class Tag(NamedTuple):
    """An element's beginning (with the text up to the next tag) or, with `is_end`, its end; names in lower case."""

    name: str
    prefix: str
    is_end: bool
    attributes: bytes
    text: bytes


def in_utf8(body: bytes) -> bytes:
    """The document in UTF-8 where it is in UTF-16, with or without a mark; else as it stands."""
    coding = UTF16_MARKS.get(body[:2])
    return body.decode(coding, "replace").encode() if coding else body


def begins_as(body: bytes, *names: str) -> bool:
    """Whether the document's first element is one of these."""
    root = _ROOT.search(in_utf8(body[:HEAD_BYTES]))
    return root is not None and root[1].decode().lower() in names


def flattened(body: bytes) -> bytes:
    """The document with its CDATA sections as escaped text and without comments, in linear time."""
    first, *sections = body.split(b"<![CDATA[")
    parts = [_uncommented(first)]
    for section in sections:
        inside, _, after = section.partition(b"]]>")
        parts += [inside.replace(b"&", b"&amp;").replace(b"<", b"&lt;"), _uncommented(after)]
    return b"".join(parts)


def _uncommented(body: bytes) -> bytes:
    first, *rest = body.split(b"<!--")
    return first + b"".join(part.partition(b"-->")[2] for part in rest)


def tags(body: bytes, *names: str) -> Iterator[Tag]:
    """The elements of these names, whatever their namespace, in order."""
    wanted = "|".join(names).encode()
    pattern = re.compile(rb"<(/?)(?:([\w.-]{1,40}):)?(" + wanted + rb")(?=[\s/>])([^<>]*+)>([^<]*+)", re.I)
    for found in pattern.finditer(body):
        end, prefix, name, attributes, text = found.groups(b"")
        yield Tag(name.decode().lower(), prefix.decode("latin-1").lower(), bool(end), attributes, text)


def attribute(attributes: bytes, name: str) -> str:
    """The value of an attribute; empty where there is none."""
    wanted = name.encode()
    for key, double, single in _ATTRIBUTE.findall(attributes):
        if key.lower() == wanted:
            return plain(double or single)
    return ""


def plain(text: bytes) -> str:
    """Text with its references resolved, twice where it was escaped twice."""
    found = html.unescape(text[:8192].decode("utf-8", "replace"))
    return (html.unescape(found) if "&amp;" in found else found).strip()
