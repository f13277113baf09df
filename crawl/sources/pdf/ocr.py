"""Pages of a PDF read from their image by Tesseract, where it and its Khmer data are installed.

Measured on pages of the Constitution of Cambodia, whose text layer gives the truth (`python -m bench crawl.pdf`):
of 200 and 300 dpi and three layouts, 300 dpi and one block of text err least, and still in .08 of the characters. What
is misread is well-formed Khmer (.0003 of the marks out of place), so the test of text layers does not see it.
Tesseract's own confidence does: lines of .5 and more err in .049, of .75 and more in .036, of .9 and more in .030.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

import pypdfium2 as pdfium

from corpus.worker import kept_worker
from crawl.sources.pdf.lines import Line, Run
from crawl.sources.pdf.order import as_stored
from crawl.sources.pdf.reader import ENOUGH, PdfText, result_of

DPI: Final = 300
POINTS: Final = 72.0
MOST_PIXELS: Final = 40_000_000  # of a page; A3 at 300 dpi has 17 million
PAGE_SECONDS: Final = 120.0  # of Tesseract, for one page
LEAST_CONFIDENCE: Final = 0.3  # of a line: below it is a stamp, a signature or a picture
HINT: Final = "Try: apt-get install tesseract-ocr tesseract-ocr-khm"
_ENVIRONMENT: Final = ("PATH", "HOME", "TESSDATA_PREFIX", "LD_LIBRARY_PATH")
_WORD_LEVEL: Final = "5"


class OcrLimits(NamedTuple):
    """What one file may cost."""

    seconds: float = 1800.0
    memory_bytes: int = 1 << 30
    max_pages: int = 200
    least_confidence: float = 0.75  # of the whole text, in [0, 1]


@cache
def is_installed() -> bool:
    """Whether there is a `tesseract` with the language `khm`."""
    if shutil.which("tesseract") is None:
        return False
    done = subprocess.run(
        ["tesseract", "--list-langs"], capture_output=True, check=False, timeout=PAGE_SECONDS
    )
    return b"khm" in done.stdout.split()


def ocr_pdf(body: bytes, limits: OcrLimits) -> PdfText:
    """The text of a file's pages as they look; the verdict stays `needs_ocr` where it cannot be trusted."""
    if not is_installed():
        return PdfText("", 0, "needs_ocr", f"no tesseract with Khmer data. {HINT}")
    worker = kept_worker(ocr_text, limits.seconds, limits.memory_bytes)
    return result_of(worker.map([(body, limits)])[0])


def ocr_text(body: bytes, limits: OcrLimits) -> PdfText:
    """As `ocr_pdf`, in this process; stops in time, with the pages read until then."""
    from crawl.sources.pdf.layer import judged

    until = time.monotonic() + ENOUGH * limits.seconds
    pages: list[list[ReadLine]] = []
    try:
        with pdfium.PdfDocument(body) as document:
            n_pages = min(len(document), limits.max_pages)
            while len(pages) < n_pages and time.monotonic() < until:
                pages.append(list(_read(_image(document, len(pages)))))
    except pdfium.PdfiumError as error:
        return PdfText("", 0, "pdf_damaged", str(error))
    read = [line for page in pages for line in page]
    n_chars = sum(len(line.line.text) for line in read)
    confidence = sum(line.confidence * len(line.line.text) for line in read) / max(n_chars, 1)
    found = judged([[line.line for line in page] for page in pages], as_stored)
    evidence = f"OCR by Tesseract, confidence {confidence:.2f}; {found.evidence}"
    if len(pages) < n_pages:
        evidence += f"; read up to page {len(pages):,}"
    if confidence < limits.least_confidence:
        return PdfText("", found.n_pages, "needs_ocr", evidence)
    return found._replace(evidence=evidence)


def _image(document: pdfium.PdfDocument, number: int) -> bytes:
    """A page as a grey PGM image."""
    page = document[number]
    width, height = page.get_size()
    scale = min(DPI / POINTS, (MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    head = f"P5 {bitmap.width} {bitmap.height} 255\n".encode()
    rows = bytes(bitmap.buffer)
    return head + b"".join(
        rows[at : at + bitmap.width] for at in range(0, bitmap.stride * bitmap.height, bitmap.stride)
    )


class ReadLine(NamedTuple):
    """A line as it was read, and how sure the reader is, in [0, 1]."""

    line: Line
    confidence: float


def _read(image: bytes) -> Iterator[ReadLine]:
    """The lines of an image from top to bottom, without those that are hardly text; none if it takes too long."""
    command = ["tesseract", "stdin", "stdout", "-l", "khm", "--psm", "6", "--dpi", str(DPI), "tsv"]
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    try:
        done = subprocess.run(
            command,
            input=image,
            capture_output=True,
            env=environment | {"OMP_THREAD_LIMIT": "1"},
            timeout=PAGE_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return
    words: dict[tuple[str, ...], list[list[str]]] = {}
    for row in done.stdout.decode("utf-8", "replace").splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) == 12 and cells[0] == _WORD_LEVEL and cells[11].strip():
            words.setdefault(tuple(cells[1:5]), []).append(cells)
    for line in words.values():
        confidence = sum(float(cells[10]) for cells in line) / len(line) / 100
        if confidence >= LEAST_CONFIDENCE:
            yield ReadLine(_line(line), confidence)


def _line(words: list[list[str]]) -> Line:
    """The words of a line, in points, the page's lower edge below."""
    left = min(int(cells[6]) for cells in words)
    right = max(int(cells[6]) + int(cells[8]) for cells in words)
    bottom = max(int(cells[7]) + int(cells[9]) for cells in words)
    size = max(int(cells[9]) for cells in words)
    scale = POINTS / DPI
    text = " ".join(cells[11] for cells in words)
    return Line(left * scale, -bottom * scale, right * scale, size * scale, [Run("", text)])
