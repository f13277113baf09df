"""The glyphs of a PDF's pages, in the order in which they are drawn: what each stands for, where, how large."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from math import hypot
from typing import Any, Final, NamedTuple

from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdfdocument import PDFDocument
from pdfminer.pdfexceptions import PDFException
from pdfminer.pdffont import PDFCIDFont, PDFFont, PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.psexceptions import PSException
from pdfminer.psparser import PSLiteral
from pdfminer.utils import Matrix, decode_text

from crawl.sources.pdf.khmer_os import FAMILY, LAST_SHARED, LETTER_OF, RO_BEFORE, glyphs_of
from khmer.codepoints import COENG, RO

UNKNOWN: Final = "\ufffd"  # a glyph of which the file does not say what it stands for
MOST_GLYPHS: Final = 100_000  # of one page; a full page of small print has 10,000
ACTUAL_TEXT: Final = "ActualText"  # in place of a font: text that a file says for several glyphs together
MOST_ACTUAL: Final = 1000  # characters of it
BULLET: Final = "•"
_SYMBOLS: Final = re.compile(r"(?:^|\+)(?:Wingdings|Webdings|Symbol|ZapfDingbats|Marlett)", re.IGNORECASE)
LEAST_AGREEING: Final = 0.95  # of a font's own statements, before the table of Khmer OS is believed instead
_CATALOGUE: Final = re.compile(rb"(?<!\d)(\d{1,9})\s+(\d{1,5})\s+obj\s*<<[^>]{0,999}?/Type\s*/Catalog\b")
_CONTROLS: Final = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\ue001-\ue003]")
_KHMER: Final = re.compile("[\u1780-\u17ff]")
DAMAGE: Final = (
    PDFException,
    PSException,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    NotImplementedError,
    RecursionError,
)  # what pdfminer.six raises on files that are not what they claim


class Glyph(NamedTuple):
    """Text of one or more characters, perhaps none; its origin on the baseline, advance and size in points."""

    text: str
    font: str
    x: float
    y: float
    advance: float
    size: float

    @property
    def end(self) -> float:
        """Where the next glyph begins, if it follows at once."""
        return self.x + self.advance


class Page(NamedTuple):
    """A page's glyphs, and why it could not be read to its end, if so."""

    glyphs: list[Glyph]
    fault: str = ""


def open_document(body: bytes) -> PDFDocument:
    """The document of a file; raises one of DAMAGE, or pdfminer's PDFPasswordIncorrect."""
    return PDFDocument(PDFParser(io.BytesIO(body)))


def mended(body: bytes) -> bytes:
    """A file whose table of objects leads nowhere, written anew by PDFium, or so that its objects are looked for."""
    import pypdfium2 as pdfium

    try:
        with pdfium.PdfDocument(body) as document:
            whole = io.BytesIO()
            document.save(whole)
            return whole.getvalue()
    except pdfium.PdfiumError:
        catalogue = _CATALOGUE.search(body)
        root = b"\ntrailer << /Root %s %s R >>\n" % catalogue.groups() if catalogue else b""
        return body.replace(b"startxref", b"startless") + root


def read_pages(document: PDFDocument) -> Iterator[Page]:
    """The document's pages in order; what of a damaged one can be read."""
    manager = PDFResourceManager()
    for page in PDFPage.create_pages(document):
        device = _Device(manager)
        fault = ""
        try:
            PDFPageInterpreter(manager, device).process_page(page)
        except DAMAGE as error:
            fault = f"{type(error).__name__}: {error}"[:200]
        yield Page(device.glyphs, fault)


class _Device(PDFTextDevice):
    """Takes down every glyph that stands upright."""

    def __init__(self, manager: PDFResourceManager) -> None:
        super().__init__(manager)
        self.glyphs: list[Glyph] = []
        self._spans: list[str | None] = []
        self._fonts: dict[int, _Font] = {}

    def render_char(  # noqa: PLR0913, PLR0917 (pdfminer's interface)
        self,
        matrix: Matrix,
        font: PDFFont,
        fontsize: float,
        scaling: float,
        rise: float,
        cid: int,
        ncs: Any,  # noqa: ARG002
        graphicstate: Any,  # noqa: ARG002
    ) -> float:
        if len(self.glyphs) >= MOST_GLYPHS:
            msg = f"more than {MOST_GLYPHS:,} glyphs on a page"
            raise PDFException(msg)
        a, b, c, d, x, y = matrix
        advance = float(font.char_width(cid)) * fontsize * scaling
        if abs(b) <= abs(a):
            size = abs(fontsize) * hypot(c, d)
            text, name = self._told(font, cid)
            self.glyphs.append(Glyph(text, name, x + rise * c, y + rise * d, advance * a, size))
        return advance

    def begin_tag(self, tag: PSLiteral, props: object = None) -> None:  # noqa: ARG002 (pdfminer's interface)
        told = props.get("ActualText") if isinstance(props, dict) else None
        outer = self._spans[-1] if self._spans else None
        self._spans.append(decode_text(told)[:MOST_ACTUAL] if isinstance(told, bytes) else outer)

    def end_tag(self) -> None:
        if self._spans:
            self._spans.pop()

    def _told(self, font: PDFFont, cid: int) -> tuple[str, str]:
        """A glyph's text, and its font; the first glyph of a span has all that the span says, the others nothing."""
        actual = self._spans[-1] if self._spans else None
        if actual is None:
            return self._text(font, cid), str(font.fontname)
        self._spans = ["" if span == actual else span for span in self._spans]
        return _CONTROLS.sub("", actual), ACTUAL_TEXT

    def _text(self, font: PDFFont, cid: int) -> str:
        known = self._fonts.get(id(font))
        if known is None:
            known = self._fonts[id(font)] = _Font(font)
        return known.text(cid)


class _Font:
    """What a font's glyphs stand for: by the table of Khmer OS where it applies, else by what the file says."""

    def __init__(self, font: PDFFont) -> None:
        self._font = font
        self._is_symbols = _SYMBOLS.search(str(font.fontname)) is not None
        self._known: dict[int, str] = dict(glyphs_of(str(font.fontname))) if is_khmer_os(font) else {}

    def text(self, code: int) -> str:
        """The text of one glyph; UNKNOWN where the file does not say it."""
        text = self._known.get(code)
        if text is None:
            text = self._known[code] = self._stated(code)
        return text

    def _stated(self, code: int) -> str:
        try:
            text = str(self._font.to_unichr(code))
        except (PDFUnicodeNotDefined, KeyError):
            text = UNKNOWN
        if self._is_symbols:
            return text if text.isspace() else BULLET
        if text == COENG + RO:
            return RO_BEFORE
        return _CONTROLS.sub("", text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def is_khmer_os(font: PDFFont) -> bool:
    """Whether a font's glyph numbers are those of Khmer OS: by its name, and by all that it states of itself."""
    if not isinstance(font, PDFCIDFont) or not FAMILY.search(str(font.fontname)):
        return False
    stated = getattr(font.unicode_map, "cid2unichr", None)
    if not stated:
        return True
    letters = [
        (code, text)
        for code, text in stated.items()
        if code in LETTER_OF and code <= LAST_SHARED and _KHMER.match(str(text))
    ]
    n_agreeing = sum(text[:1] == LETTER_OF[code] for code, text in letters)
    return bool(letters) and bool(n_agreeing >= LEAST_AGREEING * len(letters))
