"""Keys that are equal for equal things."""

from __future__ import annotations

import pyarrow as pa
import pytest
import xxhash

from dedup.traits import digests, url_keys


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("http://a.example/", "https://www.A.example", True),
        ("https://a.example/x#part", "https://a.example/x/", True),
        ("https://a.example/#!/x", "https://a.example/#!/y", False),
        ("https://a.example/X", "https://a.example/x", False),
        ("https://a.example/x?p=1", "https://a.example/x", False),
        ("https://a.example/x\n1", "https://b.example/x\n2", False),
    ],
)
def test_urls_of_one_page(a: str, b: str, same: bool) -> None:
    first, second = url_keys(pa.chunked_array([[a, b]]))
    assert (first == second) == same
    assert first != 0


def test_no_url_has_no_key() -> None:
    assert url_keys(pa.chunked_array([[None, "https://a.example/"]])).tolist()[0] == 0


def test_digests_are_xxh3_of_the_bytes() -> None:
    texts = pa.chunked_array([["សួស្តី", None], [""]], pa.large_string())
    expected = [xxhash.xxh3_128_digest(data) for data in ("សួស្តី".encode(), b"", b"")]
    assert [row.tobytes() for row in digests(texts.slice(0))] == expected
    assert [row.tobytes() for row in digests(texts.slice(1))] == expected[1:]
