"""Pages read from their image, by a stand-in that answers as Tesseract does, and by Tesseract where it is installed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from bench.realdata import real_data
from crawl.sources.pdf import ocr
from crawl.sources.pdf.ocr import OcrLimits, is_installed, ocr_pdf, ocr_text
from tests.crawl.sources.pdf.drawing import Font, Text, pdf

PAGE = pdf({"H": Font("Helvetica")}, [[Text("H", "scan")], [Text("H", "scan")]])
HEADER = "level page_num block_num par_num line_num word_num left top width height conf text".replace(
    " ", "\t"
)


def rows(lines: list[tuple[str, float]]) -> str:
    """What Tesseract writes for lines of words, each with a confidence in per cent."""
    found = [HEADER, "1\t1\t0\t0\t0\t0\t0\t0\t2550\t3300\t-1\t"]
    for number, (text, confidence) in enumerate(lines, start=1):
        for at, word in enumerate(text.split(" "), start=1):
            place = f"{300 + 700 * (at - 1)}\t{300 + 60 * number}\t650\t50"
            found.append(f"5\t1\t1\t1\t{number}\t{at}\t{place}\t{confidence}\t{word}")
    return "\n".join(found) + "\n"


@pytest.fixture
def tesseract(tmp_path, monkeypatch):
    """A stand-in for the program; gives the function that tells it what to answer."""

    def answering(answer: str, languages: str = "eng\nkhm") -> None:
        (tmp_path / "answer").write_text(answer, encoding="utf-8")
        told = f'[ "$1" = --list-langs ] && echo "{languages}" && exit'
        script = ["#!/bin/sh", told, f"cat > {tmp_path}/image", f"cat {tmp_path}/answer"]
        (tmp_path / "tesseract").write_text("\n".join(script))
        (tmp_path / "tesseract").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
        is_installed.cache_clear()

    yield answering
    is_installed.cache_clear()


def test_what_is_read_with_confidence_is_kept(tesseract, tmp_path):
    tesseract(rows([("ប្រទេសកម្ពុជា ស្ថិតនៅ", 90), ("ក្នុងតំបន់ អាស៊ីអាគ្នេយ៍។", 80), ("៖៖ ~~", 12)]))
    found = ocr_text(PAGE, OcrLimits())
    assert found.verdict == ""
    assert found.text.split("។")[0] == "ប្រទេសកម្ពុជា ស្ថិតនៅក្នុងតំបន់ អាស៊ីអាគ្នេយ៍"
    assert "confidence 0.8" in found.evidence
    image = (tmp_path / "image").read_bytes()
    kind, width, height, _ = image[:17].split()
    assert (kind, width) == (b"P5", b"2550")
    assert len(image) == 17 + int(width) * int(height)


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        ([("ប្រទេសកម្ពុជា ស្ថិតនៅក្នុងតំបន់អាស៊ីអាគ្នេយ៍", 60)], "needs_ocr"),
        ([("ប្រទេសកម្ពុជា ស្ថិតនៅក្នុងតំបន់អាស៊ីអាគ្នេយ៍", 95)], ""),
        ([("ក", 95)], "needs_ocr"),
        ([], "needs_ocr"),
    ],
)
def test_what_is_hardly_read_still_needs_it(tesseract, lines, verdict):
    tesseract(rows(lines))
    assert ocr_text(PAGE, OcrLimits()).verdict == verdict


def test_answers_that_are_none(tesseract):
    tesseract("5\t1\nno table\n\udcff".encode("utf-8", "replace").decode())
    assert ocr_text(PAGE, OcrLimits()).verdict == "needs_ocr"


def test_pages_beyond_the_limit_are_left(tesseract):
    tesseract(rows([("ប្រទេសកម្ពុជា ស្ថិតនៅក្នុងតំបន់អាស៊ីអាគ្នេយ៍", 95)]))
    found = ocr_text(PAGE, OcrLimits(max_pages=1))
    assert found.n_pages == 1
    assert "read up to page" not in found.evidence
    assert ocr_text(PAGE, OcrLimits(seconds=0.0)).evidence.endswith("read up to page 0")


def test_no_pdf(tesseract):
    tesseract("")
    assert ocr_text(b"%PDF-1.4 nothing", OcrLimits()).verdict == "pdf_damaged"


def test_without_the_language_there_is_a_hint(tesseract):
    tesseract("", languages="eng\nosd")
    found = ocr_pdf(PAGE, OcrLimits())
    assert (found.verdict, found.n_pages) == ("needs_ocr", 0)
    assert "tesseract-ocr-khm" in found.evidence


def test_a_page_that_takes_too_long_has_no_lines(monkeypatch):
    def late(*_args: object, **_options: object) -> None:
        raise subprocess.TimeoutExpired("tesseract", 1)

    monkeypatch.setattr(ocr.subprocess, "run", late)
    assert ocr_text(PAGE, OcrLimits()).verdict == "needs_ocr"


@pytest.mark.realdata
def test_a_scan_of_a_gazette():
    folder = real_data()
    if folder is None or not is_installed():
        pytest.skip("SASTRA_REAL_DATA names no folder, or there is no tesseract with Khmer data")
    body = Path(folder / "pdf" / "scan_without_text.pdf").read_bytes()
    found = ocr_pdf(body, OcrLimits(max_pages=1, least_confidence=0.0))
    assert "រាជកិច្ច" in found.text
