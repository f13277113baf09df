"""Khmer PDFs: what is read wrongly beside other readers, what they cost, and what is kept.

Real data alone: the Constitution of Cambodia as PDF, whose text layer lies, and a transcript of it by others (read from
its image and corrected by hand, so some of the errors counted are the transcript's).
"""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pyarrow as pa

from bench.editdistance import errors
from bench.realdata import json_lines, real_data
from bench.rows import Row, against, cpu_seconds, measured
from crawl.sources.pdf.glyphs import open_document, read_pages
from crawl.sources.pdf.layer import pdf_text
from crawl.sources.pdf.lines import lines_of
from crawl.sources.pdf.ocr import OcrLimits, is_installed, ocr_text
from crawl.sources.pdf.order import attached, spoken
from crawl.sources.pdf.reader import PdfLimits
from khmer.clusters import counts, invalid_rate_of
from khmer.normalize import normalize

LIMITS: Final = PdfLimits(seconds=600.0)
ROUNDS: Final = 3
VERDICTS: Final = {
    "constitution_unicode": "",
    "constitution_limon": "",
    "law_f_14_limon": "",
    "law_f_7_some_unicode": "needs_ocr",
    "scan_without_text": "needs_ocr",
}
FIRST_WORDS: Final = "## អារម្ភកថា"  # of the transcript, after a note on how it was made
SCANNED: Final = (20, 40, 60)  # pages that Tesseract reads
_KHMER: Final = re.compile("[\u1780-\u17d3\u17e0-\u17e9]")


def rows() -> Iterator[Row]:
    """Errors per character, pages per CPU second, verdicts; with Tesseract's errors where it is installed."""
    folder = real_data()
    if folder is None:
        return
    body = _pdf(folder, "constitution_unicode")
    true = _khmer(_transcript(folder))
    found = pdf_text(body, LIMITS)
    yield measured("crawl.pdf.errors", errors(_khmer(found.text), true), "edits per character")
    for name, read in _readers().items():
        yield measured(f"crawl.pdf.errors.{name}", errors(_khmer(read(body)), true), "edits per character")
    for name in ("pypdf", "pdfminer"):
        if name in _readers():
            yield _speed(name, body, found.n_pages)
    yield _limon(folder)
    right = sum(pdf_text(_pdf(folder, name), LIMITS).verdict == verdict for name, verdict in VERDICTS.items())
    yield measured("crawl.pdf.verdicts", right / len(VERDICTS), "of files rightly judged")
    if is_installed():
        yield from _ocr(body)


def _pdf(folder: Path, name: str) -> bytes:
    return (folder / "pdf" / f"{name}.pdf").read_bytes()


def _transcript(folder: Path) -> str:
    texts = [str(row["text"]) for row in json_lines(folder / "corpus" / "constitution.jsonl.zst")]
    text = max(texts, key=len)
    return text[text.index(FIRST_WORDS) :]


def _khmer(text: str) -> str:
    """The Khmer letters, marks and digits of a text in canonical order, without what stands between them."""
    return "".join(_KHMER.findall(str(normalize(pa.array([text], pa.large_string()))[0])))


def _readers() -> dict[str, Callable[[bytes], str]]:
    """Those of the other readers that are installed."""
    readers = {"pypdfium2": _by_pdfium, "pypdf": _by_pypdf, "pdfminer": _by_pdfminer}
    return {name: read for name, read in readers.items() if find_spec(name)}


def _by_pdfium(body: bytes) -> str:
    import pypdfium2

    with pypdfium2.PdfDocument(body) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document)


def _by_pypdf(body: bytes) -> str:
    import pypdf

    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body)).pages)


def _by_pdfminer(body: bytes) -> str:
    from pdfminer.high_level import extract_text

    return str(extract_text(io.BytesIO(body)))


def _speed(name: str, body: bytes, n_pages: int) -> Row:
    read = _readers()[name]
    pairs = [
        (n_pages / cpu_seconds(lambda: pdf_text(body, LIMITS)), n_pages / cpu_seconds(lambda: read(body)))
        for _ in range(ROUNDS)
    ]
    return against(f"crawl.pdf.pages_per_core_second.vs_{name}", pairs, "pages per core-second", name)


def _limon(folder: Path) -> Row:
    """How well-formed a law in a legacy font is, once it is Khmer."""
    text = pdf_text(_pdf(folder, "law_f_14_limon"), LIMITS).text
    rate = float(invalid_rate_of(counts(pa.array([text], pa.large_string())))[0])
    return measured("crawl.pdf.limon_marks_out_of_place", rate, "per Khmer letter")


def _ocr(body: bytes) -> Iterator[Row]:
    """Tesseract on pages of which the text layer gives the truth."""
    pages = _layer(body)
    single = {number: _page_alone(body, number) for number in SCANNED}
    started, n_edits, n_chars = time.perf_counter(), 0.0, 0
    for number, page in single.items():
        true = _khmer(pages[number])
        read = ocr_text(page, OcrLimits(least_confidence=0.0)).text
        n_edits += errors(_khmer(read), true) * len(true)
        n_chars += len(true)
    seconds = (time.perf_counter() - started) / len(SCANNED)
    yield measured("crawl.pdf.errors.ocr", n_edits / n_chars, "edits per character")
    yield measured("crawl.pdf.ocr_seconds", seconds, "s per page")


@cache
def _layer(body: bytes) -> list[str]:
    """The text of each page by its glyphs."""
    pages = [lines_of(page.glyphs) for page in read_pages(open_document(body))]
    return ["\n".join(spoken(attached(line.text)) for line in page) for page in pages]


def _page_alone(body: bytes, number: int) -> bytes:
    """A file of one page of another."""
    import pypdfium2

    with pypdfium2.PdfDocument(body) as document, pypdfium2.PdfDocument.new() as alone:
        alone.import_pages(document, [number])
        out = io.BytesIO()
        alone.save(out)
        return out.getvalue()
