"""Keys that are equal for equal things."""

from __future__ import annotations

import pyarrow as pa
import pytest
import xxhash
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.errors import StageError
from dedup.traits import digests, padded, unpadded, url_keys
from khmer.buffers import utf8


def url_key(url: str | None) -> int:
    return int(url_keys(pa.chunked_array([[url]], pa.string()))[0])


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("http://a.example/", "https://www.A.example", True),
        ("HTTPS://WWW.a.example/x", "//a.example/x", True),
        ("a.example/x", "http://a.example/x", True),
        ("https://a.example/x#part", "https://a.example/x/", True),
        ("https://a.example/x#", "https://a.example/x//", True),
        ("https://a.example#part", "https://a.example", True),
        ("https://a.example/#!/x#part", "https://a.example/#!/x", True),
        ("https://a.example/#!/x", "https://a.example/#!/y", False),
        ("https://a.example/X", "https://a.example/x", False),
        ("https://a.example/x?p=1", "https://a.example/x", False),
        ("https://a.example/x?P=1", "https://a.example/x?p=1", False),
        ("https://a.example/x\n1", "https://b.example/x\n2", False),
        ("http:a.example", "http://a.example", False),
        ("www.a.example", "a.example", False),
        ("https://a.example/ខ្មែរ", "https://A.example/ខ្មែរ/", True),
        ("https://a.example/ខ្មែរ", "https://a.example/ខ្មៅ", False),
    ],
)
def test_urls_of_one_page(a: str, b: str, same: bool) -> None:
    assert (url_key(a) == url_key(b)) == same
    assert url_key(a) != 0


@pytest.mark.parametrize("url", [None, "", "https://", "http://www.", "#part"])
def test_no_url_has_no_key(url: str | None) -> None:
    assert url_key(url) == 0


def test_urls_in_a_column_are_those_alone() -> None:
    urls = ["https://a.example/", None, "", "https://b.example/x?y#z", "//"]
    column = pa.chunked_array([urls[:2], urls[2:]], pa.string())
    for first in range(len(urls)):
        assert url_keys(column.slice(first)).tolist() == [url_key(url) for url in urls[first:]]


@settings(deadline=None)
@given(st.text(st.sampled_from("aA.:/?#!wtps\u1780"), max_size=20))
def test_no_url_is_read_out_of_bounds(url: str) -> None:
    assert url_key(url) == url_key(url.removesuffix("/")) or not url.endswith("/")


def test_digests_are_xxh3_of_the_bytes() -> None:
    texts = pa.array(["សួស្តី", "", "ខ្មែរ"], pa.large_string())
    expected = [xxhash.xxh3_128_digest(value.encode()) for value in texts.to_pylist()]
    assert [row.tobytes() for row in digests(utf8(texts))] == expected
    assert [row.tobytes() for row in digests(utf8(texts.slice(1)))] == expected[1:]
    assert len(digests(utf8(texts.slice(3)))) == 0


@pytest.mark.parametrize(
    "strings", [[], [""], ["b", "a"], ["កា", "ក", "", "ab", "abc"], ["a\0b", "a", "\0a"]]
)
def test_padded_strings_sort_as_before(strings: list[str]) -> None:
    rows = padded(pa.chunked_array([["x"], strings], pa.string()).slice(1))
    assert rows.shape == (len(strings), max([1, *(len(value.encode()) for value in strings)]))
    assert unpadded(rows).to_pylist() == strings
    by_row = sorted(range(len(strings)), key=lambda i: bytes(rows[i]))
    assert by_row == sorted(range(len(strings)), key=lambda i: strings[i].encode())


@pytest.mark.parametrize("strings", [["a", "b\0"], ["b\0"], ["", "\0", "ab"]])
def test_no_string_is_taken_for_another(strings: list[str]) -> None:
    with pytest.raises(StageError, match=r"id 'b?\\x00' ends in U\+0000"):
        padded(pa.chunked_array([strings], pa.string()))
