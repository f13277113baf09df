"""Whole pages, honest and hostile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from clean.extract.page import (
    FAILED,
    NO_KHMER,
    OUT_OF_MEMORY,
    READ,
    TOO_COSTLY,
    TOO_LARGE,
    TOO_SLOW,
    Extracted,
    Reading,
    extract,
    extract_page,
)
from clean.extract.tables import PAGES
from corpus.document import RECORD
from corpus.worker import Lost, Outcome

READING = Reading("blocks", page_bytes=1 << 20)


def run(payload: bytes, charset: str | None = None, reading: Reading = READING) -> Extracted:
    return extract_page(payload, charset, "https://a.example/2019/07/26/x", reading)


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


LIMON = (
    "kar)acRsUvenAPUmirbs;eyIg )ancab;epþImkalBIéf¶cnÞ edaymankarcUlrYmBIGñkPUmirhUtdl;BIrryRKYsar ehIysMNabTaMg"
    "enaHl¥Nas; eRBaHmanTwkRKb;RKan;eBjmYyrdUv ."
)


def test_a_page_in_a_legacy_font_becomes_khmer() -> None:
    body = f"<div class=post><h1>dMNwgGMBIRsUv</h1><p>{LIMON}</p><p>{LIMON}</p></div>"
    html = f"<title>dMNwgGMBIRsUv</title><body><font face='Limon S1'>{body}</font>"
    found = run(html.encode("cp1252"), "iso-8859-1")
    assert (found.page_outcome, found.page_legacy_fonts) == (READ, 0)
    assert found.page_legacy_chars > 300
    assert found.text.startswith("ការបាចស្រូវនៅភូមិរបស់យើង")
    assert found.title == found.page_h1 == "ដំណឹងអំពីស្រូវ"


@pytest.mark.parametrize(
    "text",
    ["Camel iPhone eBay YouTube McDonald LaTeX GitHub JavaScript TypeScript PostgreSQL " * 20, "word " * 100],
)
def test_latin_text_stays_latin(text: str) -> None:
    found = run(f"<font face='Limon S1'></font><p>{text}</p>".encode())
    assert (found.page_outcome, found.page_legacy_chars, found.text) == (NO_KHMER, 0, "")
    assert found.page_legacy_fonts == 1


def broken(_html: str, _url: str, _latest: object) -> Extracted:
    raise KeyError(0)


def greedy(_html: str, _url: str, _latest: object) -> Extracted:
    raise MemoryError


def test_memory_that_runs_out_is_the_workers_to_tell(
    monkeypatch: pytest.MonkeyPatch, page: Callable[..., str]
) -> None:
    monkeypatch.setattr("clean.extract.page._read", greedy)
    with pytest.raises(MemoryError):
        run(page().encode())


def test_trafilatura_reads_the_same_page(page: Callable[..., str], article: str) -> None:
    pytest.importorskip("trafilatura")
    found = run(page().encode(), reading=Reading("trafilatura", 1 << 20))
    assert (found.page_outcome, found.title) == (READ, "សិស្សដាំដើមឈើ")
    assert article.split("\n", maxsplit=1)[0] in found.text
    assert not found.text.startswith("សិស្សដាំដើមឈើ\n"), "the title has a column of its own"
    assert found.blocks is None


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
    found = extract(pa.Table.from_pylist(rows, RECORD), READING)
    assert found["text"].to_pylist() == [article, "អត្ថបទ"]
    assert found["title"].to_pylist() == ["សិស្សដាំដើមឈើ", "ចំណងជើង"]
    assert found["page_outcome"].to_pylist() == [READ, None]
    texts_alone = extract(pa.Table.from_pylist(rows[1:], RECORD), READING)
    assert texts_alone.equals(found.slice(1))
    assert found.schema.equals(PAGES)
    assert found["blocks"].is_valid().to_pylist() == [True, False]


def test_a_page_lost_on_the_way_has_an_outcome(page: Callable[..., str]) -> None:
    row = {"id": "1", "text": "", "source": "s", "licence": "CC0-1.0", "origin": {"file": "f", "position": 0}}
    records = pa.Table.from_pylist(
        [{**row, "n_chars": 0, "n_bytes": 0, "n_clusters": 0, "payload": b"1234"}] * len(Outcome), RECORD
    )
    lost = [Lost(outcome, "") for outcome in Outcome]
    found = extract(records, READING, lambda _jobs: lost)
    assert dict(zip(Outcome, found["page_outcome"].to_pylist(), strict=True)) == {
        Outcome.TOO_SLOW: TOO_SLOW,
        Outcome.TOO_LARGE: OUT_OF_MEMORY,
        Outcome.CRASHED: FAILED,
        Outcome.FAILED: FAILED,
    }
    assert found["page_bytes"].to_pylist() == [4] * len(Outcome)


def test_dates_after_the_day_of_the_fetch_are_not_believed(page: Callable[..., str]) -> None:
    payload = page(head='<meta property="article:published_time" content="2031-01-02">').encode()
    limits = (payload, None, "https://a.example/x", READING)
    assert extract_page(*limits).published_at == datetime(2031, 1, 2, tzinfo=UTC)
    assert extract_page(*limits, datetime(2030, 1, 1, tzinfo=UTC)).published_at is None


def test_a_clock_at_the_end_of_time_stops_nothing(page: Callable[..., str]) -> None:
    row = {"id": "1", "text": "", "source": "s", "licence": "CC0-1.0", "origin": {"file": "f", "position": 0}}
    fetched = datetime(9999, 12, 31, 12, tzinfo=UTC)
    sizes = dict.fromkeys(("n_chars", "n_bytes", "n_clusters"), 0)
    records = pa.Table.from_pylist(
        [{**row, **sizes, "fetched_at": fetched, "payload": page().encode()}], RECORD
    )
    assert extract(records, READING)["page_outcome"].to_pylist() == [READ]
