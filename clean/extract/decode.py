"""Which pages can hold Khmer at all, and in which character encoding."""

from __future__ import annotations

import codecs
import re
from typing import Final

KHMER_UTF8: Final = re.compile(rb"\xe1[\x9e\x9f]")
# U+1780..U+17FF as numeric character references.
KHMER_REFERENCE: Final = re.compile(
    rb"&#(?:60(?:1[6-9]|[2-9]\d)|61(?:[0-3]\d|4[0-3])|[xX]0*17[89a-fA-F][0-9a-fA-F]);?"
)
META_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
META_BYTES: Final = 4096  # browsers look at the first 1,024
UTF16_MARKS: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
UTF16_SAMPLE: Final = 400
# What these labels mean on the web (WHATWG Encoding Standard).
WEB_LABELS: Final = dict.fromkeys(("iso-8859-1", "latin-1", "latin1", "ascii", "us-ascii"), "cp1252")


def may_hold_khmer(payload: bytes) -> bool:
    """Whether a page has Khmer letters, as UTF-8, UTF-16 or character references; no page is parsed without."""
    return (
        KHMER_UTF8.search(payload) is not None
        or KHMER_REFERENCE.search(payload) is not None
        or _utf16(payload) is not None
    )


def decode(payload: bytes, declared: str | None) -> str:
    """The page as text: UTF-16 by its marks, then UTF-8 wherever it is valid or holds Khmer, then as declared.

    Bytes that do not fit become U+FFFD.
    """
    wide = _utf16(payload)
    if wide is not None:
        return payload.decode(wide, "replace").removeprefix("\ufeff")
    try:
        return payload.decode("utf-8-sig")  # what is valid UTF-8 and not ASCII is next to never anything else
    except UnicodeDecodeError:
        return payload.decode(_fallback(payload, declared), "replace")


def _utf16(payload: bytes) -> str | None:
    """UTF-16 by its byte-order mark, or by every other byte of the beginning being zero."""
    mark = UTF16_MARKS.get(payload[:2])
    if mark is not None:
        return mark
    head = payload[:UTF16_SAMPLE]
    if len(head) < 4 or b"\x00" not in head:
        return None
    odd, even = head[1::2].count(0), head[::2].count(0)
    if odd > len(head) // 3 and even == 0:
        return "utf-16-le"
    return "utf-16-be" if even > len(head) // 3 and odd == 0 else None


def _fallback(payload: bytes, declared: str | None) -> str:
    """The encoding of a page that is not valid UTF-8."""
    if KHMER_UTF8.search(payload):
        return "utf-8"
    found = META_CHARSET.search(payload[:META_BYTES])
    for label in (declared, found[1].decode("ascii") if found else None):
        if label and (known := _known(label)):
            return known
    return "cp1252"


def _known(label: str) -> str | None:
    """The Python codec that a web label names, if it is one for text."""
    name = label.strip().lower()
    try:
        codec = codecs.lookup(WEB_LABELS.get(name, name))
    except (LookupError, ValueError):
        return None
    return codec.name if codec._is_text_encoding else None  # noqa: SLF001 (there is no public way to ask)
