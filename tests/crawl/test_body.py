from __future__ import annotations

import gzip
import zlib

import pytest

from crawl.body import TooLargeError, decoded, html_text

TEXT = "<p>ព្រះរាជាណាចក្រកម្ពុជា</p>".encode() * 50
RAW = zlib.compress(TEXT)[2:-4]


@pytest.mark.parametrize(
    ("body", "coding", "text"),
    [
        (TEXT, "", TEXT),
        (TEXT, "identity", TEXT),
        (gzip.compress(TEXT), "gzip", TEXT),
        (gzip.compress(TEXT) + gzip.compress(b"!"), "x-gzip", TEXT + b"!"),
        (zlib.compress(TEXT), "deflate", TEXT),
        (RAW, "deflate", TEXT),
        (gzip.compress(zlib.compress(TEXT)), "deflate, GZIP", TEXT),
        (gzip.compress(TEXT) + b"rubbish", "gzip", TEXT),
        (b"not gzip", "gzip", b""),
        (b"\x0b\x02\x80br", "br", b"\x0b\x02\x80br"),
    ],
)
def test_content_codings(body, coding, text):
    assert decoded(body, coding, 1 << 20) == text


def test_of_a_cut_body_what_can_be_read():
    assert TEXT.startswith(decoded(gzip.compress(TEXT, 0)[:500], "gzip", 1 << 20))


@pytest.mark.parametrize(
    "packed", [gzip.compress(bytes(1000)), gzip.compress(bytes(500)) * 2, zlib.compress(bytes(1000))]
)
def test_a_bomb_is_refused_at_the_limit(packed):
    assert len(decoded(packed, "gzip", 1000)) == 1000
    with pytest.raises(TooLargeError):
        decoded(packed, "gzip", 999)


@pytest.mark.parametrize(
    ("html", "declared"),
    [
        ("ខ្មែរ".encode(), "text/html; charset=iso-8859-1"),
        ("ខ្មែរ".encode("utf-8-sig"), "text/html"),
        ("ខ្មែរ".encode("utf-16"), "text/html"),
        ("<meta charset=windows-1252>café".encode("cp1252"), "text/html"),
    ],
)
def test_valid_utf_8_beats_what_is_declared(html, declared):
    assert html_text(html, declared).endswith(("ខ្មែរ", "café"))
