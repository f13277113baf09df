"""Whole pages, honest and hostile."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pytest

from clean.extract.page import (
    FAILED,
    NO_KHMER,
    READ,
    TOO_COSTLY,
    TOO_LARGE,
    TOO_SLOW,
    Extracted,
    Limits,
    extract,
    extract_page,
)
from corpus.document import RECORD

LIMITS = Limits(page_bytes=1 << 20, page_seconds=30)


def run(payload: bytes, charset: str | None = None, limits: Limits = LIMITS) -> Extracted:
    return extract_page(payload, charset, "https://a.example/2019/07/26/x", limits)


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-8", "utf-8"), ("utf-8", None), ("utf-8", "iso-8859-1"), ("utf-16", None), ("ascii", "utf-8")],
)
def test_a_page_in_any_encoding(
    page: Callable[..., str], article: str, encoding: str, declared: str | None
) -> None:
    found = run(page().encode(encoding, "xmlcharrefreplace"), declared)
    assert (found.page_outcome, found.text, found.title) == (READ, article, "សិស្សដាំដើមឈើ")
    assert found.published_at is not None
    assert found.published_at.date().isoformat() == "2019-07-26"
    assert 0 < found.page_main_share < 1
    assert found.page_h1 == "សិស្សដាំដើមឈើ"


def test_zero_width_spaces_and_names_survive(page: Callable[..., str]) -> None:
    sentence = (
        "ខ្ញុំ\u200bទៅ\u200bសាលា\u200bរៀន\u200bរាល់\u200bថ្ងៃ\u200bជាមួយ\u200bមិត្តភក្តិ\u200bនៅ\u200bក្នុង\u200bភូមិ។"
    )
    found = run(page([sentence], head='<meta name="author" content="ចាន់ មុនី">').encode())
    assert found.text == sentence
    assert found.author == "ចាន់ មុនី"


@pytest.mark.parametrize(
    ("payload", "outcome"),
    [
        (b"", NO_KHMER),
        (bytes(range(256)) * 100, NO_KHMER),
        (b"<p>plain English</p>", NO_KHMER),
        ("<p>ข้อความภาษาไทย</p>".encode(), NO_KHMER),
        (("<p>ខ្មែរ" * 100_000).encode(), TOO_LARGE),
        (("<div>" * 20_000 + "ខ្មែរ").encode(), TOO_COSTLY),
        (("<div>" * 20_000 + "ខ្មែរ").encode("utf-16"), TOO_COSTLY),
        (b"\xe1\x9e" * 1000, READ),
        ("ខ្មែរ<p><!--<table><tr><td>".encode(), READ),
        ("<a><b><i><p>ខ្មែរ".encode() * 300, READ),
        ("<title>ខ្មែរ".encode(), READ),
        ("<frameset>ខ្មែរ".encode(), READ),
        ("<p>ខ្មែរ\0\0".encode(), READ),
    ],
)
def test_hostile_pages_end_in_an_outcome(payload: bytes, outcome: int) -> None:
    found = run(payload)
    assert found.page_outcome == outcome
    assert found.page_bytes == len(payload)
    assert outcome == READ or found.text == ""


def endless(_html: str, _url: str, _latest: object) -> Extracted:
    while True:
        pass


def broken(_html: str, _url: str, _latest: object) -> Extracted:
    raise KeyError(0)


def test_a_page_that_takes_too_long_is_given_up(
    monkeypatch: pytest.MonkeyPatch, page: Callable[..., str]
) -> None:
    monkeypatch.setattr("clean.extract.page._read", endless)
    assert run(page().encode(), limits=Limits(1 << 20, 0.05)).page_outcome == TOO_SLOW


def test_a_page_that_breaks_the_extractor_is_counted(
    monkeypatch: pytest.MonkeyPatch, page: Callable[..., str]
) -> None:
    monkeypatch.setattr("clean.extract.page._read", broken)
    assert run(page().encode()).page_outcome == FAILED


def test_a_table_of_pages_and_texts(page: Callable[..., str], article: str) -> None:
    shared = {
        "source": "s",
        "licence": "CC0-1.0",
        "origin": {"file": "f", "position": 0},
        "n_chars": 0,
        "n_bytes": 0,
        "n_clusters": 0,
    }
    rows = [
        {"id": "1", "text": "", "payload": page().encode(), **shared},
        {"id": "2", "text": "អត្ថបទ", "title": "ចំណងជើង", **shared},
    ]
    found = extract(pa.Table.from_pylist(rows, RECORD), LIMITS)
    assert found["text"].to_pylist() == [article, "អត្ថបទ"]
    assert found["title"].to_pylist() == ["សិស្សដាំដើមឈើ", "ចំណងជើង"]
    assert found["page_outcome"].to_pylist() == [READ, None]
    texts_alone = extract(pa.Table.from_pylist(rows[1:], RECORD), LIMITS)
    assert texts_alone.equals(found.slice(1))
