"""The text of a page, whatever its encoding is said to be."""

from __future__ import annotations

import codecs
import re
from typing import Final

from w3lib.encoding import html_to_unicode

KHMER_UTF8: Final = re.compile(rb"\xe1[\x9e\x9f][\x80-\xbf]")
UTF16_MARKS: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
SAMPLE_BYTES: Final = 400
HIGH_BYTES: Final = (b"\x00", b"\x17")  # in UTF-16, of ASCII and of Khmer


def page_text(body: bytes, content_type: str) -> str:
    """A page as text: UTF-16 by its marks or its look, UTF-8 wherever it is valid or holds Khmer, else as declared.

    `content_type` is the header. What does not fit becomes U+FFFD.
    """
    wide = _utf16(body)
    if wide:
        return body.decode(wide, "replace").removeprefix("\ufeff")
    try:
        return body.decode("utf-8-sig")  # what is valid UTF-8 and not ASCII is next to never anything else
    except UnicodeDecodeError:
        return (
            body.decode("utf-8", "replace") if KHMER_UTF8.search(body) else _as_declared(body, content_type)
        )


def _utf16(body: bytes) -> str:
    """UTF-16 by its byte-order mark, or by every other byte of the beginning being that of ASCII or Khmer."""
    mark = UTF16_MARKS.get(body[:2])
    if mark:
        return mark
    head = body[:SAMPLE_BYTES]
    if len(head) < 4 or not (b"\x00" in head or b"\x17" in head):
        return ""
    odd, even = (sum(map(half.count, HIGH_BYTES)) for half in (head[1::2], head[::2]))
    least, most = len(head) // 3, len(head) // 50
    if odd > least and even <= most:
        return "utf-16-le"
    return "utf-16-be" if even > least and odd <= most else ""


def _as_declared(body: bytes, content_type: str) -> str:
    try:
        return str(html_to_unicode(content_type, body)[1])
    except (ValueError, LookupError):  # Python knows codecs under names that no page should use
        return body.decode("cp1252", "replace")
