"""The text of a page, whatever its encoding is said to be."""

from __future__ import annotations

import pytest

from crawl.discovery.charset import page_text

PAGE = "<html><p>ការអប់រំ"


@pytest.mark.parametrize(
    ("body", "declared", "text"),
    [
        (PAGE.encode(), "text/html; charset=iso-8859-1", PAGE),
        (PAGE.encode("utf-8-sig"), "", PAGE),
        (PAGE.encode("utf-16"), "text/html", PAGE),
        (PAGE.encode("utf-16-le"), "text/html", PAGE),
        (PAGE.encode("utf-16-be"), "text/html; charset=utf-8", PAGE),
        (PAGE.encode() + b"\xff</p>", "text/html; charset=windows-1252", f"{PAGE}\ufffd</p>"),
        (PAGE.encode()[:-1], "text/html; charset=windows-1252", f"{PAGE[:-1]}\ufffd"),
        (b"<meta charset=windows-1252>caf\xe9", "text/html", "<meta charset=windows-1252>café"),
        (b"caf\xe9", "text/html; charset=iso-8859-1", "café"),
        (b"caf\xe9", "text/html; charset=no-such", "caf\ufffd"),
        (b"\0\0\0\0", "", "\0\0\0\0"),
        (b"", "", ""),
    ],
)
def test_khmer_in_utf_8_beats_what_is_declared(body, declared, text):
    assert page_text(body, declared) == text


@pytest.mark.parametrize(
    "name", ["hex", "idna", "punycode", "unicode_escape", "undefined", "rot13", "zlib", "utf-7"]
)
def test_a_codec_that_is_none_of_text_does_no_harm(name):
    assert page_text(b"\xe9" * 50, f"text/html; charset={name}")
