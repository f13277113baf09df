"""Inputs made to hurt: texts and pages of sizes and shapes that no honest site has, written for the bench."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

WORDS = [
    "ព្រឹកមិញ", "មេឃ", "ស្រឡះ", "អ្នកភូមិ", "នាំគ្នា", "ទៅ", "ស្ទូង", "ស្រូវ", "នៅ", "វាលស្រែ", "ជាប់", "ទន្លេ",
    "ក្មេងៗ", "ដើរ", "សាលា", "តាម", "ភ្លឺ", "លោកតា", "អង្គុយ", "ក្រោម", "ដើម", "ស្វាយ", "និទាន", "រឿង",
    "ចាស់ៗ", "ឱ្យ", "ចៅ", "ស្តាប់", "ផ្សារ", "បើក", "តាំងពី", "ម៉ោង", "ប្រាំ", "មាន", "ត្រី", "បន្លែ", "ផ្លែឈើ",
    "និង", "នំ", "អន្សម", "ឆ្នាំនេះ", "ភ្លៀង", "ធ្លាក់", "ទៀងទាត់", "កសិករ", "សង្ឃឹម", "ថា", "ផល", "នឹង",
    "បាន", "ច្រើន", "ជាង", "ឆ្នាំ", "មុន។",
]  # fmt: skip
PARAGRAPH_WORDS = 60
TEXT_BYTES = 200_000_000
TEXT_BYTES_ALLOWED = 15_000_000
PAGE_BYTES_ALLOWED = 8_000_000
NOISE_BYTES = 60_000_000
N_LINES = 5_000_000
PAGE_BYTES = 50_000_000
N_TAGS = 1_000_000
DEPTH = 1_000_000
REFERENCES_BYTES = 30_000_000


def _paragraph(source: random.Random) -> str:
    return "".join(source.choices(WORDS, k=PARAGRAPH_WORDS))


def _joined(source: random.Random, between: str, n_bytes: int) -> str:
    parts, size = [], 0
    while size < n_bytes:
        part = _paragraph(source) + between
        parts.append(part)
        size += len(part.encode())
    return "".join(parts)


def one_line(source: random.Random) -> str:
    """200 MB of Khmer words in one line."""
    return _joined(source, "", TEXT_BYTES)


def allowed_line(source: random.Random) -> str:
    """As much in one line as the stage takes by default."""
    return _joined(source, "", TEXT_BYTES_ALLOWED)


def short_lines(source: random.Random) -> str:
    """Five million short lines."""
    return "\n".join(source.choices([f"{word}{n}" for word in WORDS for n in range(100)], k=N_LINES))


def noise(source: random.Random) -> str:
    """Random bytes, as a careless decoder leaves them."""
    return source.randbytes(NOISE_BYTES // 2).decode("utf-8", "replace").replace("\0", "")


def large_page(source: random.Random) -> str:
    """A page of 50 MB in paragraphs."""
    return _article(_joined(source, "</p><p>", PAGE_BYTES))


def allowed_page(source: random.Random) -> str:
    """As large a page as the stage parses by default."""
    return _article(_joined(source, "</p><p>", PAGE_BYTES_ALLOWED))


def _article(paragraphs: str) -> str:
    return f"<html><body><article><p>{paragraphs}</p></article></body></html>"


def many_tags(source: random.Random) -> str:
    """A page of a million elements, in 6 MB."""
    return (
        "<html><body>"
        + "".join(f"<p>{word[0]}" for word in source.choices(WORDS, k=N_TAGS))
        + "</body></html>"
    )


def deep_page(source: random.Random) -> str:
    """A page whose elements are nested a million deep."""
    return f"<html><body>{'<div>' * DEPTH}{_paragraph(source)}"


def references(source: random.Random) -> str:
    """A page of 30 MB whose every letter is a character reference."""
    return _article(_references(source, REFERENCES_BYTES))


def allowed_references(source: random.Random) -> str:
    """The same, as large as the stage parses by default."""
    return _article(_references(source, PAGE_BYTES_ALLOWED))


def _references(source: random.Random, n_bytes: int) -> str:
    words = ["".join(f"&#{ord(char)};" for char in word) for word in WORDS]
    per_word = sum(map(len, words)) // len(words) + 1
    return " ".join(source.choices(words, k=n_bytes // per_word))


TEXTS: dict[str, Callable[[random.Random], str]] = {
    "one_line": one_line,
    "allowed_line": allowed_line,
    "short_lines": short_lines,
    "noise": noise,
}
PAGES: dict[str, Callable[[random.Random], str]] = {
    "large_page": large_page,
    "allowed_page": allowed_page,
    "many_tags": many_tags,
    "deep_page": deep_page,
    "references": references,
    "allowed_references": allowed_references,
}


def write_text(path: Path, text: str) -> None:
    """A Parquet file of one document."""
    pq.write_table(pa.table({"text": pa.array([text], pa.large_string()), "id": ["1"]}), path)


def write_page(path: Path, page: str) -> None:
    """A WARC file of one page."""
    body = page.encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    fields = (
        "WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000000>\r\n"
        "WARC-Date: 2024-05-06T07:08:09Z\r\nWARC-Target-URI: https://hostile.example/page\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(head) + len(body)}\r\n\r\n"
    )
    path.write_bytes(fields.encode() + head + body + b"\r\n\r\n")
