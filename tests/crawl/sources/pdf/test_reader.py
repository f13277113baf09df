"""Whole files: what is kept, what is not and why, and that no file takes the reader with it."""

from __future__ import annotations

import zlib

import pytest

from bench.realdata import real_data
from crawl.sources.pdf.glyphs import open_document, read_pages
from crawl.sources.pdf.khmer_os import AU_BEHIND, OE_ABOVE, RO_BEFORE
from crawl.sources.pdf.layer import pdf_text
from crawl.sources.pdf.reader import PdfLimits, read_pdf
from tests.crawl.sources.pdf.drawing import KHMER_OS, Font, Text, document, khmer_os, pdf, stream

DRAWN = f"{RO_BEFORE} ប េ ទ ស ក ម ្ព ុ ជា ស ្ថ ិ ត េ ន{AU_BEHIND} អា ស ៊ ី ។"
SENTENCE = "ប្រទេសកម្ពុជាស្ថិតនៅអាស៊ី។"
LIMON = "RBHraCaNacRkkm<úCa sßitenAkñúgtMbn;GasuIGaeKñy_ . "
LINES = 12
FEW = PdfLimits(max_pages=10)


def pages(font: str, codes: list[int] | str, n_pages: int = 1) -> list[list[Text]]:
    return [[Text(font, codes, y=700 - 20 * line) for line in range(LINES)] for _ in range(n_pages)]


def letters(text: str) -> dict[int, str]:
    """A font of a code for each character."""
    return {1 + at: letter for at, letter in enumerate(dict.fromkeys(text))}


def coded(text: str) -> tuple[Font, list[int]]:
    unicode = letters(text)
    codes = {letter: code for code, letter in unicode.items()}
    return Font("ABCDEF+Hanuman", unicode), [codes[letter] for letter in text]


def test_a_layer_that_lies_is_read_by_its_glyphs():
    found = pdf_text(pdf({"F": KHMER_OS}, pages("F", khmer_os(DRAWN))), FEW)
    assert found.verdict == ""
    assert found.text == " ".join([SENTENCE] * LINES)
    assert "1 of 1 pages with text" in found.evidence


def test_a_page_with_nothing_but_a_running_head_has_no_text():
    font, codes = coded("ក្រសួងអប់រំ យុវជន និងកីឡា ឆ្នាំសិក្សា ២០២៦ សៀវភៅអាន")
    found = pdf_text(pdf({"F": font}, [[Text("F", codes)]] * 4), FEW)
    assert found.verdict == "needs_ocr"
    assert found.evidence.startswith("0 of 4 pages with text, 0 Khmer letters")


@pytest.mark.parametrize(
    ("name", "unicode", "text"),
    [
        (
            "KhmerOSOther",
            {code: chr(0x1780 + code % 30) for code in range(0x232, 0x250)},
            chr(0x1780 + 0x232 % 30),
        ),
        ("KhmerOSOther", {0x232: "a"}, "a"),
        ("ABCDEF+KhmerOSBokor", {0x233: "ខ"}, "ក"),
        ("ABCDEF+KhmerOSBokor", {}, "ក"),
        ("Hanuman", {0x232: "ង"}, "ង"),
    ],
)
def test_glyph_numbers_mean_khmer_os_where_nothing_speaks_against_it(name, unicode, text):
    found = pdf_text(pdf({"F": Font(name, unicode)}, [[Text("F", [0x232] * 60)]]), FEW)
    assert found.text == text * 60


def test_what_a_file_says_for_glyphs_together_is_believed():
    """As browsers write it: whole clusters beside single letters, in a font of which nothing else is known."""
    said = [("ប្រ", 2), ("ទេ", 2), (None, 1), ("ម្ពុ", 3), ("ជា", 1), ("ស្ថិ", 3), (None, 1), ("នៅ", 2)]
    font = Font("ABCDEF+Hanuman", {1: "ស", 2: "ត", 3: "រ"}, marks=(9,))
    drawn, x = [], 72.0
    for number, (actual, n_glyphs) in enumerate(said * 5):
        codes = [1 + number % 2] if actual is None else [3] * n_glyphs
        drawn.append(Text("F", codes, x=x, size=5, actual=actual))
        x += 3.0 * n_glyphs
    found = pdf_text(pdf({"F": font}, [drawn]), FEW)
    assert found.text == "ប្រទេសម្ពុជាស្ថិសនៅ" * 5
    assert "0 glyphs unknown" in found.evidence


def test_a_layer_in_the_order_of_speech_is_taken_as_it_is():
    text = "ថ្ងៃនេះ " + SENTENCE * 3
    font, codes = coded(text)
    found = pdf_text(pdf({"F": font}, [[Text("F", codes)]]), FEW)
    assert (found.verdict, found.text) == ("", text)


def test_subscripts_that_became_letters_need_ocr():
    font, codes = coded("បេទសកមពុជសថិតនៅអសី")
    found = pdf_text(pdf({"F": font}, pages("F", codes * 2)), FEW)
    assert (found.verdict, found.text) == ("needs_ocr", "")
    assert "0.000 coengs" in found.evidence


def test_glyphs_that_nobody_knows_need_ocr():
    font, codes = coded(SENTENCE * 3)
    found = pdf_text(pdf({"F": font}, [[Text("F", codes + [900] * 9)]]), FEW)
    assert found.verdict == "needs_ocr"
    assert "9 glyphs unknown" in found.evidence


@pytest.mark.parametrize("drawn", [[], [Text("F", "Scan 1")]])
def test_a_scan_needs_ocr(drawn):
    found = pdf_text(pdf({"F": Font("Helvetica")}, [drawn] * 3), FEW)
    assert (found.verdict, found.n_pages) == ("needs_ocr", 3)


def test_limon_becomes_khmer_and_english_beside_it_stays():
    fonts = {"L": Font("DOICDE+LimonS1"), "H": Font("Helvetica")}
    drawn = [Text("L", LIMON, y=700 - 20 * n) for n in range(LINES)] + [
        Text("H", "Royal Gazette, Phnom Penh", y=300)
    ]
    found = pdf_text(pdf(fonts, [drawn]), FEW)
    assert found.verdict == ""
    assert found.text.split(" ។ ")[0] == "ព្រះរាជាណាចក្រកម្ពុជា ស្ថិតនៅក្នុងតំបន់អាស៊ីអាគ្នេយ៍"
    assert found.text.endswith("Royal Gazette, Phnom Penh")
    assert "Limon: DOICDE+LimonS1" in found.evidence


def test_another_legacy_font_is_named():
    found = pdf_text(pdf({"A": Font("ABCTextFive")}, pages("A", "RbHraCaNacRkm<úCa ´ sßit ´ enA")), FEW)
    assert (found.verdict, found.text) == ("legacy_font", "")
    assert "legacy: ABCTextFive" in found.evidence


def test_english_is_no_fault():
    found = pdf_text(pdf({"H": Font("Helvetica")}, pages("H", "The law enters into force today.")), FEW)
    assert (found.verdict, found.text) == ("", " ".join(["The law enters into force today."] * LINES))


def test_pages_beyond_the_limit_are_not_read():
    found = pdf_text(pdf({"F": KHMER_OS}, pages("F", khmer_os(DRAWN), n_pages=5)), PdfLimits(max_pages=2))
    assert (found.n_pages, found.text.count(SENTENCE)) == (2, 2 * LINES)
    assert "read up to page 2" in found.evidence


def test_of_pages_that_take_too_long_the_first_are_kept():
    found = pdf_text(pdf({"F": KHMER_OS}, pages("F", khmer_os(DRAWN), n_pages=5)), PdfLimits(seconds=0.0))
    assert (found.n_pages, found.text.count(SENTENCE)) == (1, LINES)
    assert found.evidence.endswith("read up to page 1")


def nested(depth: int) -> bytes:
    kids = [f"<< /Type /Pages /Count 1 /Kids [{n + 1} 0 R] >>".encode() for n in range(2, depth)]
    return document([b"<< /Type /Catalog /Pages 2 0 R >>", *kids])


def calling_itself() -> bytes:
    form = stream(
        b"/X Do", "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >> "
    )
    return document(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
            b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /XObject << /X 5 0 R >> >> >>",
            stream(b"/X Do"),
            form,
        ]
    )


WHOLE = pdf({"F": KHMER_OS}, pages("F", khmer_os(DRAWN)))
HOSTILE = {
    "empty": b"",
    "not a PDF": b"<html>",
    "a head alone": b"%PDF-1.7\n",
    "cut": WHOLE[: len(WHOLE) // 2],
    "no pages": document([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 0 /Kids [] >>"]),
    "no catalogue": document([b"[1 2 3]"]),
    "pages that hold themselves": document(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [2 0 R 2 0 R] >>"]
    ),
    "pages deep in pages": nested(5000),
    "brackets without end": b"%PDF-1.4\n1 0 obj\n" + b"[" * 20_000,
    "a table that leads to itself": b"%PDF-1.4\nxref\n0 1\n0000000000 65535 f \n"
    b"trailer << /Prev 9 /Root 1 0 R >>\nstartxref\n9\n%%EOF",
    "a form that calls itself": calling_itself(),
    "NULs": bytes(100_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_have_a_verdict(name):
    found = pdf_text(HOSTILE[name], FEW)
    assert found.verdict in {"pdf_damaged", "needs_ocr"}
    assert found.evidence


def test_of_a_file_whose_end_is_lost_the_text_is_found():
    assert pdf_text(WHOLE[: WHOLE.rindex(b"xref\n0 ")], FEW).text.startswith(SENTENCE)


def test_of_a_file_whose_table_leads_elsewhere_the_text_is_found():
    moved = WHOLE.replace(b"%PDF-1.5\n", b"%PDF-1.5\n%" + b"x" * 5000 + b"\n")
    assert pdf_text(moved, FEW).text.startswith(SENTENCE)


def test_an_encrypted_file_is_named():
    locked = document(
        [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 0 /Kids [] >>"],
        f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{'11' * 32}> /U <{'22' * 32}> >> /ID [<00> <00>] ",
    )
    assert pdf_text(locked, FEW).verdict == "pdf_encrypted"


def test_files_that_cost_too_much_cost_a_child_process():
    """A page that unpacks to 400 MB, after it one that is in order, and one that is never done."""
    tree = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>"]
    leaf = b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << >> >>"
    bomb = stream(
        zlib.compress(zlib.compress(bytes(400 << 20), 1), 1), "/Filter [/FlateDecode /FlateDecode] "
    )
    limits = PdfLimits(memory_bytes=300 << 20)
    assert read_pdf(document([*tree, leaf, bomb]), limits).verdict == "pdf_too_large"
    assert read_pdf(WHOLE, limits).text.startswith(SENTENCE)
    endless = stream(zlib.compress(b"q Q " * 5_000_000, 1), "/Filter /FlateDecode ")
    assert read_pdf(document([*tree, leaf, endless]), PdfLimits(seconds=0.5)).verdict == "pdf_too_slow"


def test_the_parts_of_vowels_are_joined():
    drawn = f"េ {RO_BEFORE} ប {OE_ABOVE} ្រ"
    with pytest.raises(KeyError):
        khmer_os(drawn)
    [page] = read_pages(open_document(pdf({"F": KHMER_OS}, [[Text("F", khmer_os(drawn[:-2]))]])))
    assert "".join(glyph.text for glyph in page.glyphs) == f"េ{RO_BEFORE}ប{OE_ABOVE}"


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "verdict", "least_chars"),
    [
        ("constitution_unicode", "", 85_000),
        ("constitution_limon", "", 30_000),
        ("law_f_14_limon", "", 15_000),
        ("law_f_7_some_unicode", "needs_ocr", 0),
        ("scan_without_text", "needs_ocr", 0),
    ],
)
def test_laws_of_cambodia(name, verdict, least_chars):
    folder = real_data()
    if folder is None:
        pytest.skip("SASTRA_REAL_DATA names no folder")
    found = pdf_text((folder / "pdf" / f"{name}.pdf").read_bytes(), PdfLimits())
    assert found.verdict == verdict
    assert len(found.text) >= least_chars
