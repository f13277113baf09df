"""The text layer of a PDF, and whether it says what its pages show.

pdfminer.six reads the file: of pypdfium2, pypdf and pdfminer.six it alone tells the numbers of glyphs, without which a
Khmer layer cannot be repaired.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import pyarrow as pa
from pdfminer.pdfdocument import PDFPasswordIncorrect

import khmer.reading  # noqa: F401 (a child's memory is limited when it is ready: by then numba is there)
from crawl.sources.pdf.glyphs import ACTUAL_TEXT, BULLET, DAMAGE, UNKNOWN, mended, open_document, read_pages
from crawl.sources.pdf.legacy_fonts import Legacy, legacy_fonts
from crawl.sources.pdf.lines import Line, Run, lines_of
from crawl.sources.pdf.order import as_stored, is_drawn, spoken
from crawl.sources.pdf.paragraphs import joined, paragraphs, without_edges
from crawl.sources.pdf.reader import ENOUGH, PdfLimits, PdfText
from khmer.clusters import counts, invalid_rate_of
from khmer.normalize import normalize

Reading = Callable[[str], str]

LEAST_CHARS_A_PAGE: Final = 40  # on half of the pages at least; a scan has none, or a stamp
# Measured on 14,000 documents of the web with 300 Khmer letters and more, and on the layers of broken PDFs.
MOST_INVALID: Final = 0.005  # marks out of place; documents .00006, broken layers .05 to .08
LEAST_COENGS: Final = (
    0.03  # of Khmer letters and marks; 99.9 % of documents have .045 and more, broken layers .00002
)
LEAST_KHMER: Final = 300  # letters and marks for the share of coengs to mean something
MOST_UNKNOWN: Final = 0.02  # glyphs of which nothing is known, of all characters
MOST_LEGACY: Final = 0.2  # characters in legacy fonts without a table, of all


def pdf_text(body: bytes, limits: PdfLimits) -> PdfText:
    """The text of a file, as `read_pdf`, in this process; of one with many pages what can be read in time."""
    logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
    try:
        found = _pages(body, limits)
        if not found.lines:
            found = _pages(mended(body), limits)
    except PDFPasswordIncorrect:
        return PdfText("", 0, "pdf_encrypted", "a password is needed")
    if not found.lines:
        return PdfText("", 0, "pdf_damaged", "; ".join(found.faults) or "no pages")
    runs = (run for page in found.lines for line in page for run in [*line.runs, Run("", "\n")])
    drawn = "".join(run.text for run in runs if run.font != ACTUAL_TEXT)
    text = judged(found.lines, spoken if is_drawn(drawn) else as_stored)
    return text._replace(evidence=text.evidence + found.told())


class _Pages(NamedTuple):
    """The lines of each page, what was wrong with any, and whether there are more pages."""

    lines: list[list[Line]]
    faults: list[str]
    is_cut: bool

    def told(self) -> str:
        """What of it belongs to the evidence."""
        damaged = f"; {len(self.faults):,} faults ({self.faults[0]})" if self.faults else ""
        return damaged + (f"; read up to page {len(self.lines):,}" if self.is_cut else "")


def _pages(body: bytes, limits: PdfLimits) -> _Pages:
    """The pages up to where the file is damaged, or costs too much."""
    until = time.monotonic() + ENOUGH * limits.seconds
    found = _Pages([], [], is_cut=False)
    try:
        for page in read_pages(open_document(body)):
            if found.lines and (len(found.lines) == limits.max_pages or time.monotonic() > until):
                return found._replace(is_cut=True)
            found.lines.append(lines_of(page.glyphs))
            found.faults.extend([page.fault] if page.fault else [])
    except PDFPasswordIncorrect:
        raise
    except DAMAGE as error:
        found.faults.append(f"{type(error).__name__}: {error}"[:200])
    return found


def judged(pages: Sequence[Sequence[Line]], reading: Reading) -> PdfText:
    """The text in the lines of all pages, as `reading` turns it into Khmer, if it can be trusted."""
    layer = _Layer(pages, reading)
    verdict = layer.verdict()
    return PdfText("" if verdict else layer.text, len(pages), verdict, layer.evidence())


class _Layer:
    """The text layer of a document, and what speaks for it and against it."""

    def __init__(self, pages: Sequence[Sequence[Line]], reading: Reading) -> None:
        self._n_pages = len(pages)
        self._n_with_text = sum(
            len("".join(line.text for line in page)) >= LEAST_CHARS_A_PAGE for page in without_edges(pages)
        )
        self._legacy = legacy_fonts([line for page in pages for line in page])
        self.text = _whole(paragraphs(pages), reading, self._legacy)
        counted = counts(pa.array([self.text], pa.large_string()))
        self._n_khmer = int(counted.n_khmer[0])
        self._coengs = float(counted.n_coengs[0]) / max(self._n_khmer, 1)
        self._invalid = float(invalid_rate_of(counted)[0])

    def verdict(self) -> str:
        """Why the text is not to be kept; empty if it is."""
        n_chars = max(len(self.text), 1)
        if not self.text or 2 * self._n_with_text < self._n_pages:
            return "needs_ocr"
        if self._legacy.n_unreadable > MOST_LEGACY * n_chars:
            return "legacy_font"
        broken = (
            self._invalid > MOST_INVALID
            or self.text.count(UNKNOWN) > MOST_UNKNOWN * n_chars
            or (self._n_khmer >= LEAST_KHMER and self._coengs < LEAST_COENGS)
        )
        return "needs_ocr" if broken else ""

    def evidence(self) -> str:
        """The figures that the verdict rests on."""
        told = [
            f"{self._n_with_text:,} of {self._n_pages:,} pages with text",
            f"{self._n_khmer:,} Khmer letters",
            f"{self._invalid:.5f} marks out of place",
            f"{self._coengs:.3f} coengs",
            f"{self.text.count(UNKNOWN):,} glyphs unknown",
        ]
        return ", ".join(told + self._legacy.told())


def _whole(found: Sequence[Sequence[Line]], reading: Reading, legacy: Legacy) -> str:
    """The document's text, a line for each paragraph; lines of nothing but bullets and unknown glyphs are left out."""
    told = (joined([legacy.read(line, reading) for line in lines]) for lines in found)
    text = "\n".join(paragraph for paragraph in told if paragraph.strip(f" {BULLET}{UNKNOWN}"))
    return str(normalize(pa.array([text], pa.large_string()))[0])
