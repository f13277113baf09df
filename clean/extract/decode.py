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
# The first two bytes of a Khmer letter, taken for windows-1252 or latin-1 and written as UTF-8 once more.
KHMER_TWICE: Final = re.compile(rb"\xc3\xa1(?:\xc5[\xbe\xb8]|\xc2[\x9e\x9f])")
META_CHARSET: Final = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
META_BYTES: Final = 4096  # browsers look at the first 1,024
UTF16_MARKS: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
UTF16_SAMPLE: Final = 400
UTF16_HIGH: Final = (b"\x00", b"\x17")  # the high bytes of ASCII and of Khmer
# Where windows-1252 differs from latin-1, which maps every byte.
CP1252_BYTES: Final = {
    ord(character): byte
    for byte in range(0x80, 0xA0)
    for character in bytes([byte]).decode("cp1252", "ignore")
}
# What these labels mean on the web (WHATWG Encoding Standard).
WEB_LABELS: Final = dict.fromkeys(("iso-8859-1", "latin-1", "latin1", "ascii", "us-ascii"), "cp1252")


def may_hold_khmer(payload: bytes) -> bool:
    """Whether a page has Khmer letters, as UTF-8 (once or twice), UTF-16 or character references.

    No page is parsed without.
    """
    return (
        KHMER_UTF8.search(payload) is not None
        or KHMER_REFERENCE.search(payload) is not None
        or KHMER_TWICE.search(payload) is not None
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
        text = payload.decode("utf-8-sig")  # what is valid UTF-8 and not ASCII is next to never anything else
        return _once(text) if KHMER_TWICE.search(payload) and not KHMER_UTF8.search(payload) else text
    except UnicodeDecodeError:
        return payload.decode(_fallback(payload, declared), "replace")


def _once(text: str) -> str:
    """A text that was encoded twice as it was before; as it is where that is not what happened to all of it."""
    try:
        return text.translate(CP1252_BYTES).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text


def _utf16(payload: bytes) -> str | None:
    """UTF-16 by its byte-order mark, or by every other byte of the beginning being that of ASCII or Khmer."""
    mark = UTF16_MARKS.get(payload[:2])
    if mark is not None:
        return mark
    head = payload[:UTF16_SAMPLE]
    if len(head) < 4 or not (b"\x00" in head or b"\x17" in head):
        return None
    odd, even = (sum(map(half.count, UTF16_HIGH)) for half in (head[1::2], head[::2]))
    least, most = len(head) // 3, len(head) // 50
    if odd > least and even <= most:
        return "utf-16-le"
    return "utf-16-be" if even > least and odd <= most else None


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
