"""A PDF → its text, or why it has none to keep; read in a child process that is killed where it costs too much."""

from __future__ import annotations

from typing import Final, NamedTuple

from corpus.worker import Lost, Outcome, kept_worker

ENOUGH: Final = 0.9  # of the time allowed: after it no further page is begun


class PdfLimits(NamedTuple):
    """What one file may cost."""

    seconds: float = 60.0
    memory_bytes: int = 1 << 30
    max_pages: int = 2000


class PdfText(NamedTuple):
    """Text in paragraphs, a line each; pages read; why it is not to be kept, if so; what the verdict rests on.

    verdict: needs_ocr (no text, or a layer that says something else than the page shows), legacy_font, pdf_encrypted,
    pdf_damaged, or pdf_too_slow, pdf_too_large, pdf_crashed where the reader was killed.
    """

    text: str
    n_pages: int
    verdict: str = ""
    evidence: str = ""


def read_pdf(body: bytes, limits: PdfLimits) -> PdfText:
    """The text of a file that may be hostile."""
    from crawl.sources.pdf.layer import pdf_text  # numba comes with it, which few inputs need

    worker = kept_worker(pdf_text, limits.seconds, limits.memory_bytes)
    return result_of(worker.map([(body, limits)])[0])


def result_of(found: PdfText | Lost) -> PdfText:
    """What a child process read, or the reason why it was killed."""
    if isinstance(found, Lost):
        verdict = "pdf_damaged" if found.outcome is Outcome.FAILED else f"pdf_{found.outcome}"
        return PdfText("", 0, verdict, found.detail)
    return found
