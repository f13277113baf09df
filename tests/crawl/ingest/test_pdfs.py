"""A PDF's text is a document's text; one without has a reason."""

from __future__ import annotations

from crawl.ingest.pdfs import PDF_TYPE
from crawl.sources.pdf.khmer_os import AU_BEHIND, RO_BEFORE
from tests.crawl.ingest.conftest import Capture, Ingest, write_warc
from tests.crawl.sources.pdf.drawing import KHMER_OS, Text, khmer_os, pdf

PDF = {"Content-Type": PDF_TYPE}
DRAWN = f"{RO_BEFORE} ប េ ទ ស ក ម ្ព ុ ជា ស ្ថ ិ ត េ ន{AU_BEHIND} អា ស ៊ ី ។"
SENTENCE = "ប្រទេសកម្ពុជាស្ថិតនៅអាស៊ី។"


def law(drawn: str = DRAWN) -> bytes:
    return pdf({"F": KHMER_OS}, [[Text("F", khmer_os(drawn), y=700 - 20 * line) for line in range(12)]])


def test_pdfs(ingest: Ingest) -> None:
    reserved = law().replace(b"%PDF-1.5\n", b"%PDF-1.5\n<x:xmpmeta tdm:reservation='1'></x:xmpmeta>\n")
    captures = [
        Capture("http://a.test/law.pdf", law(), headers=PDF),
        Capture("http://a.test/download?id=7", b"\n" + law(), headers={"Content-Type": "text/html"}),
        Capture("http://a.test/scan.pdf", pdf({"F": KHMER_OS}, [[]]), headers=PDF),
        Capture("http://a.test/broken.pdf", b"%PDF-1.7 and nothing else", headers=PDF),
        Capture("http://a.test/page.pdf", "<html>ទំព័រ</html>".encode(), headers=PDF),
        Capture("http://a.test/noai.pdf", law(), headers={**PDF, "X-Robots-Tag": "noai"}),
        Capture("http://a.test/reserved.pdf", reserved, headers=PDF),
    ]
    write_warc(ingest.data / "web" / "a.warc.gz", captures)
    ingest.of_data()
    rows = {row["url"].rpartition("/")[2]: row for row in ingest.rows()}
    assert list(rows) == ["law.pdf", "download?id=7", "page.pdf"]
    assert rows["page.pdf"]["media_type"] == "text/html"
    for name in ("law.pdf", "download?id=7"):
        row = rows[name]
        assert SENTENCE in row["text"]
        assert (row["payload"], row["media_type"]) == (None, PDF_TYPE)
        assert (row["n_chars"], row["n_bytes"]) == (len(row["text"]), len(row["text"].encode()))
        assert 0 < row["n_clusters"] < row["n_chars"]
    assert {url.rpartition("/")[2]: reason for url, reason in ingest.reasons().items()} == {
        "scan.pdf": "needs_ocr",
        "broken.pdf": "pdf_damaged",
        "noai.pdf": "opt_out",
        "reserved.pdf": "opt_out",
    }
    assert all(row["evidence"] for row in ingest.rows("dropped"))


def test_a_pdf_may_be_longer_than_a_page(ingest: Ingest) -> None:
    law_bytes = law()
    write_warc(ingest.data / "web" / "a.warc.gz", [Capture("http://a.test/law.pdf", law_bytes, headers=PDF)])
    ingest.of_data("max_body_bytes=1000")
    assert len(law_bytes) > 1000
    assert [SENTENCE in row["text"] for row in ingest.rows()] == [True]
    assert ingest.manifest()["facts"]["faults"] == []
