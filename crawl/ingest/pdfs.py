"""Answers that are PDFs: their text, read in a child process, or the reason why there is none to keep."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from corpus.document import measure
from crawl.ingest.config import IngestConfig
from crawl.ingest.shards import Verdict
from crawl.sources.http import PDF_TYPE
from crawl.sources.pdf.reader import PdfLimits, PdfText, read_pdf


def pdf_columns(body: bytes, config: IngestConfig) -> tuple[dict[str, Any], Verdict]:
    """A PDF's columns of RECORD and its verdict; one that is kept has its text, none has a payload."""
    columns: dict[str, Any] = {"media_type": PDF_TYPE, "payload": None}
    found = _read(body, config)
    if found.verdict:
        return columns, Verdict(found.verdict, found.evidence)
    sizes = measure(pa.array([found.text], pa.large_string()))
    return columns | {
        "text": found.text,
        **{name: size[0].as_py() for name, size in sizes.items()},
    }, Verdict()


def _read(body: bytes, config: IngestConfig) -> PdfText:
    found = read_pdf(body, PdfLimits(config.pdf_seconds, config.pdf_memory, config.pdf_pages))
    if found.verdict != "needs_ocr" or config.ocr != "tesseract":
        return found
    from crawl.sources.pdf.ocr import OcrLimits, ocr_pdf

    return ocr_pdf(body, OcrLimits(config.ocr_seconds, config.pdf_memory, config.ocr_pages))
