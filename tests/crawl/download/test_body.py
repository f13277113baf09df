from __future__ import annotations

import gzip
import hashlib
import zlib

import pytest

from crawl.download.body import TooLargeError, decoded
from crawl.sources.compressed import GZIP_MAGIC

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
        (b"not gzip", "gzip", b"not gzip"),
        (b"?", "secret", b"?"),
        (gzip.compress(b"") * 50_000 + gzip.compress(TEXT), "gzip", TEXT),
        (gzip.compress(b"") * 100_000 + gzip.compress(TEXT), "gzip", b""),
        (gzip.compress(b""), "gzip", b""),
    ],
)
def test_content_codings(body, coding, text):
    assert decoded(body, coding, 1 << 20).body == text


@pytest.mark.parametrize(
    ("body", "coding", "fault"),
    [
        (GZIP_MAGIC + b"junk" * 9, "gzip", "gzip body: nothing can be read"),
        (b"\x78\x9c\xffjunk", "deflate", "deflate body: nothing can be read"),
        (b"junk", "br", "br body: nothing can be read"),
        (b"junk", "zstd", "zstd body: "),
        (b"junk", "secret", "unknown content coding 'secret'"),
    ],
)
def test_what_cannot_be_undone_stays_as_it_is_with_a_fault(body, coding, fault):
    left = decoded(body, coding, 1 << 20)
    assert left.body == body
    assert left.fault.startswith(fault)


def test_of_a_cut_body_what_can_be_read():
    part = decoded(gzip.compress(TEXT, 0)[:500], "gzip", 1 << 20).body
    assert len(part) > 400
    assert TEXT.startswith(part)


def test_what_comes_before_damage_is_kept():
    noise = b"".join(hashlib.sha256(b"%d" % n).digest() for n in range(10_000))
    packed = bytearray(gzip.compress(noise))
    packed[200_000:200_100] = bytes(100)
    part = decoded(bytes(packed), "gzip", 1 << 20).body
    assert 100_000 < len(part) < len(noise)
    assert noise.startswith(part[:180_000])


@pytest.mark.parametrize(
    ("packed", "coding"),
    [
        (gzip.compress(bytes(1000)), "gzip"),
        (gzip.compress(bytes(500)) * 2, "gzip"),
        (zlib.compress(bytes(1000)), "deflate"),
    ],
)
def test_a_bomb_is_refused_at_the_limit(packed, coding):
    assert len(decoded(packed, coding, 1000).body) == 1000
    with pytest.raises(TooLargeError, match=f"{coding} body of more than 999 bytes"):
        decoded(packed, coding, 999)
