"""HTTP responses as WARC files hold them: codings undone within limits, lies about the media type seen through."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest
import zstandard

from crawl.sources.http import Response, dechunked, is_pdf, parse_response

PAGE = "<!DOCTYPE html><html><body>ព្រះរាជាណាចក្រកម្ពុជា</body></html>".encode()
LIMIT = 100_000


def block(body: bytes, *headers: str, status: str = "HTTP/1.1 200 OK") -> bytes:
    return "\r\n".join([status, *headers, "", ""]).encode() + body


def parsed(body: bytes, *headers: str) -> Response:
    response = parse_response(block(body, *headers), LIMIT)
    assert response is not None
    return response


def raw_deflate(data: bytes) -> bytes:
    return zlib.compress(data)[2:-4]


def chunked(data: bytes, size: int = 20) -> bytes:
    parts = [data[at : at + size] for at in range(0, len(data), size)]
    return b"".join(b"%x;x=1\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (PAGE, []),
        (gzip.compress(PAGE), ["Content-Encoding: gzip"]),
        (gzip.compress(PAGE), ["content-encoding: X-GZIP"]),
        (zlib.compress(PAGE), ["Content-Encoding: deflate"]),
        (raw_deflate(PAGE), ["Content-Encoding: deflate"]),
        (brotli.compress(PAGE), ["Content-Encoding: br"]),
        (zstandard.ZstdCompressor().compress(PAGE), ["Content-Encoding: zstd"]),
        (brotli.compress(gzip.compress(PAGE)), ["Content-Encoding: gzip, br"]),
        (chunked(PAGE), ["Transfer-Encoding: chunked"]),
        (chunked(gzip.compress(PAGE)), ["Transfer-Encoding: chunked", "Content-Encoding: gzip"]),
        (PAGE, ["Transfer-Encoding: chunked"]),
        (PAGE, ["Content-Encoding: gzip"]),
        (PAGE, ["Content-Encoding: identity"]),
        (gzip.compress(PAGE), ["X-Crawler-Transfer-Encoding: chunked", "Content-Encoding: gzip"]),
    ],
)
def test_codings_are_undone_also_where_a_writer_had_undone_them(body: bytes, headers: list[str]) -> None:
    response = parsed(body, *headers)
    assert (response.body, response.fault) == (PAGE, "")


@pytest.mark.parametrize(
    ("body", "coding", "fault"),
    [
        (gzip.compress(b"0" * (LIMIT + 1)), "gzip", "gzip body of more than 100,000 bytes"),
        (brotli.compress(b"0" * 10_000_000), "br", "br body of more than 100,000 bytes"),
        (
            zstandard.ZstdCompressor().compress(b"0" * 10_000_000),
            "zstd",
            "zstd body of more than 100,000 bytes",
        ),
    ],
)
def test_a_body_that_unpacks_beyond_the_limit_is_not_read(body: bytes, coding: str, fault: str) -> None:
    response = parsed(body, f"Content-Encoding: {coding}")
    assert (response.body, response.fault) == (b"", fault)


def test_what_cannot_be_undone_is_left_with_a_fault() -> None:
    assert parsed(PAGE, "Content-Encoding: br").body == PAGE
    assert parsed(PAGE, "Content-Encoding: br").fault.startswith("br body")
    assert parsed(PAGE, "Content-Encoding: secret").fault == "unknown content coding 'secret'"
    assert parsed(b"x" * (LIMIT + 5)).body == b"x" * LIMIT
    assert parsed(b"x" * (LIMIT + 5)).fault == "body cut at 100,000 bytes"


def test_a_chunked_body_cut_short_gives_what_is_there() -> None:
    assert dechunked(chunked(PAGE)[:50]).whole is False
    assert PAGE.startswith(dechunked(chunked(PAGE)[:50]).body)


@pytest.mark.parametrize("data", [b"", b"not http", b"HTTP/1.1 OK\r\n\r\n", b"HTTP/1.1 20 x\r\n\r\n"])
def test_what_is_no_response_is_none(data: bytes) -> None:
    assert parse_response(data, LIMIT) is None


def test_the_head_is_read_with_its_quirks() -> None:
    response = parse_response(b"HTTP/2 301 \nLocation:/x\nlocation: /y\nbad line\n\nbody", LIMIT)
    assert response is not None
    assert (response.status, response.header("location"), response.body) == (301, "/x, /y", b"body")


@pytest.mark.parametrize(
    ("declared", "media_type", "charset"),
    [
        ("text/html; charset=UTF-8", "text/html", "utf-8"),
        ('Text/HTML;charset="utf-16"', "text/html", "utf-16"),
        ("text/html", "text/html", ""),
        ("", "", ""),
    ],
)
def test_declared_types(declared: str, media_type: str, charset: str) -> None:
    response = parsed(PAGE, f"Content-Type: {declared}")
    assert (response.media_type, response.charset) == (media_type, charset)


@pytest.mark.parametrize(
    ("declared", "body", "is_html"),
    [
        ("text/html", PAGE, True),
        ("text/html", "<p>ក".encode("utf-16"), True),
        ("application/xhtml+xml", b"<?xml version='1.0'?><x/>", True),
        ("text/html", b"%PDF-1.4 ...", False),
        ("text/html", b"\x89PNG\r\n", False),
        ("application/octet-stream", PAGE, True),
        ("", b"\xef\xbb\xbf \n<!-- x -->\n<HTML>", True),
        ("application/pdf", PAGE, True),
        ("application/json", b'{"html": "<html>"}', False),
        ("application/rss+xml", b"<?xml version='1.0'?><rss/>", False),
        ("text/plain", "អត្ថបទ".encode(), False),
        ("text/plain", b"<!---->" * 140, False),
    ],
)
def test_pages_are_known_by_their_bytes(declared: str, body: bytes, is_html: object) -> None:
    assert parsed(body, f"Content-Type: {declared}").is_html is is_html


@pytest.mark.parametrize(
    ("body", "expected"),
    [(b"%PDF-1.4", True), (b"\r\n" * 500 + b"%PDF-1.7", True), (b" " * 1024 + b"%PDF-", False), (b"", False)],
)
def test_a_pdf_is_known_by_its_mark_within_the_first_kilobyte(body, expected):
    assert is_pdf(body) is expected
