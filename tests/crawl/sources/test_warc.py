"""WARC files: whole ones, and broken ones of which every good record is read."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from crawl.sources.compressed import Fault
from crawl.sources.warc import WarcRecord, read_records

BODY = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>អក្សរខ្មែរ {}</html>"


def record(number: int, version: str = "WARC/1.1", length: int = 0) -> bytes:
    """A record; `length` is what its Content-Length says too much."""
    block = BODY.format(number).encode()
    head = f"{version}\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.test/{number}\r\n"
    return f"{head}Content-Length: {len(block) + length}\r\n\r\n".encode() + block + b"\r\n\r\n"


def read(data: bytes, limit: int = 10_000) -> tuple[list[WarcRecord], list[Fault]]:
    faults: list[Fault] = []
    return list(read_records(io.BytesIO(data), limit, faults)), faults


def good_urls(records: list[WarcRecord]) -> list[str]:
    return [r.url.rpartition("/")[2] for r in records if r.kind and not r.fault]


@pytest.mark.parametrize(
    "data",
    [
        b"".join(map(record, range(3))),
        b"".join(gzip.compress(record(n)) for n in range(3)),
        gzip.compress(b"".join(map(record, range(3)))),
    ],
    ids=["plain", "a member each", "one member"],
)
def test_every_record_is_read(data: bytes) -> None:
    records, faults = read(data)
    assert [r.block.decode() for r in records] == [BODY.format(n) for n in range(3)]
    assert good_urls(records) == ["0", "1", "2"]
    assert faults == []


def test_a_position_is_where_the_member_begins() -> None:
    members = [gzip.compress(record(n)) for n in range(2)]
    records, _ = read(b"".join(members))
    assert [r.position for r in records] == [0, len(members[0])]


def test_names_of_headers_and_urls_are_as_one_expects() -> None:
    block = b"WARC/1.0\r\nwarc-TYPE:response\r\nWARC-Target-URI: <http://a.test/>\r\ncontent-length: 0\r\n\r\n\r\n\r\n"
    [one], _ = read(block)
    assert (one.kind, one.url, one.block) == ("response", "http://a.test/", b"")


def flipped(member: bytes) -> bytes:
    middle = len(member) // 2
    return member[:middle] + bytes([member[middle] ^ 0xFF]) + member[middle + 1 :]


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        (gzip.compress(record(9, length=500)), "cut:"),
        (gzip.compress(record(9, length=-7)), "longer than its Content-Length"),
        (gzip.compress(record(9, version="WARZ 1.1")), "no WARC record begins here"),
        (gzip.compress(b"WARC/1.1\r\nContent-Length: many\r\n\r\nx"), "no WARC record begins here"),
        (gzip.compress(b"WARC/1.1\r\nContent-Length: %s\r\n\r\nx" % (b"9" * 5000)), "no WARC record"),
        (gzip.compress(b"WARC/1.1\r\n" + b"endless " * 20_000), "no WARC record begins here"),
        (gzip.compress(record(9))[:-30], ""),
        (flipped(gzip.compress(record(9))), ""),
    ],
    ids=[
        "too long",
        "too short",
        "no version",
        "no length",
        "absurd length",
        "endless head",
        "cut member",
        "flipped byte",
    ],
)
def test_a_broken_record_costs_only_itself(broken: bytes, fault: str) -> None:
    good = [gzip.compress(record(n)) for n in range(3)]
    records, faults = read(good[0] + broken + good[1] + good[2])
    assert good_urls(records) == ["0", "1", "2"]
    bad = [r for r in records if r.fault]
    assert len(bad) == 1
    assert bad[0].position == len(good[0])
    assert fault in bad[0].fault
    assert faults or fault


def test_what_stands_between_members_is_skipped() -> None:
    members = [gzip.compress(record(n)) for n in range(2)]
    records, faults = read(members[0] + b"\x1f\x8b\x08 junk" * 3 + members[1] + b"\0\0\0")
    assert good_urls(records) == ["0", "1"]
    assert [fault.position for fault in faults] == [len(members[0])]


def test_a_file_that_ends_within_a_record() -> None:
    members = [gzip.compress(record(n)) for n in range(2)]
    records, [fault] = read(b"".join(members)[:-20])
    assert good_urls(records) == ["0"]
    assert fault == Fault(len(members[0]), "truncated: the file ends within compressed data")


def test_of_a_long_block_the_beginning_is_read() -> None:
    records, _ = read(gzip.compress(record(0)) + gzip.compress(record(1)), limit=10)
    assert [r.block for r in records] == [BODY.encode()[:10]] * 2
    assert [r.fault for r in records] == ["block of 89 bytes, cut at 10"] * 2


def test_an_empty_file_has_no_records() -> None:
    assert read(b"") == ([], [])


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=300), st.integers(0, 2))
def test_no_bytes_between_records_stop_the_reading(junk: bytes, place: int) -> None:
    parts = [gzip.compress(record(n)) for n in range(3)]
    parts.insert(place + 1, junk)
    assert good_urls(read(b"".join(parts))[0]) == ["0", "1", "2"]


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=500))
def test_any_bytes_are_read_without_an_error(data: bytes) -> None:
    for form in (data, b"WARC/1.1\r\n" + data, gzip.compress(data), b"\x1f\x8b\x08" + data):
        read(form)


@pytest.mark.realdata
def test_all_good_records_of_the_broken_file_are_recovered(real_data: Path) -> None:
    stem = real_data / "web" / "dev_web_broken"
    packed = stem.with_suffix(".truth.jsonl.zst").read_bytes()
    truth = zstandard.ZstdDecompressor().decompressobj().decompress(packed)
    expected = [row["url"] for line in truth.splitlines() if (row := json.loads(line))["kind"] == "good"]
    with stem.with_suffix(".warc.gz").open("rb") as file:
        records = list(read_records(file, 1 << 24, []))
    found = [r.url for r in records if not r.fault]
    assert len(expected) == 9
    assert [url for url in found if url in expected] == expected
    assert len(records) == 14
