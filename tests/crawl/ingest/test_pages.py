"""Pages of WARC files: what is kept, what is not and why; nothing of an opted-out page is stored."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
import zstandard

from crawl.warc import Exchange, _member, response_members
from tests.crawl.ingest.conftest import HTML, Capture, Ingest, write_warc

SECRET = "អត្ថបទដែលម្ចាស់មិនអនុញ្ញាត"
NOAI = f'<html><head><meta name="robots" content="noai"></head><body>{SECRET}</body></html>'


def unpacked(data: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompressobj().decompress(data)


def robots(host: str, text: str, **more: str) -> Capture:
    return Capture(
        f"https://{host}/robots.txt", text.encode(), headers={"Content-Type": "text/plain"}, **more
    )


CASES = [
    (Capture("http://1.test/"), ""),
    (Capture("http://2.test/", headers={**HTML, "X-Robots-Tag": "noindex"}), ""),
    (Capture("http://3.test/old", b"", "301 Moved", {"Location": "/new"}), "redirect"),
    (Capture("http://4.test/gone", status="404 Not Found"), "http_404"),
    (Capture("http://5.test/busy", status="503 Busy"), "http_503"),
    (Capture("http://6.test/part", status="206 Partial"), "http_206"),
    (Capture("http://7.test/", b" \n"), "empty"),
    (Capture("http://8.test/a", b"%PDF-1.7", headers={"Content-Type": "application/pdf"}), "pdf_damaged"),
    (Capture("http://9.test/a", b"\x89PNG", headers=HTML), "not_html"),
    (Capture("http://10.test/a", b"{}", headers={"Content-Type": "application/json"}), "not_html"),
    (robots("11.test", "User-agent: *\nDisallow: /x\n"), "robots_txt"),
    (Capture("http://12.test/robots.txt", status="404 Not Found"), "robots_txt"),
    (Capture("http://20.test/ai.txt", b"<html>no such page</html>"), "policy_file"),
    (Capture("http://13.test/", headers={**HTML, "X-Robots-Tag": "noai"}), "opt_out"),
    (Capture("http://14.test/", headers={**HTML, "TDM-Reservation": "1"}), "opt_out"),
    (Capture("http://15.test/", headers={**HTML, "Content-Signal": "ai-train=no"}), "opt_out"),
    (Capture("http://16.test/", NOAI.encode()), "opt_out"),
    (Capture("http://17.test/", NOAI.encode("utf-16")), "opt_out"),
    (Capture("dns:18.test", b"", headers={}), "malformed_record"),
    (Capture("http://[19.test/", headers=HTML), "malformed_record"),
]


def test_verdicts(ingest: Ingest) -> None:
    write_warc(ingest.data / "web" / "a.warc.gz", [capture for capture, _ in CASES])
    ingest.of_data()
    expected = {capture.url: reason for capture, reason in CASES}
    assert len(expected) == len(CASES)
    assert dict.fromkeys((row["url"] for row in ingest.rows()), "") | ingest.reasons() == expected


def test_opted_out_pages_are_dropped_without_their_text(ingest: Ingest) -> None:
    pages = [
        Capture("https://head.test/", NOAI.encode()),
        Capture("https://site.test/a", f"<html>{SECRET}</html>".encode()),
        Capture("https://tdm.test/a", f"<html>{SECRET}</html>".encode()),
    ]
    tdmrep = Capture(
        "https://tdm.test/.well-known/tdmrep.json",
        b'[{"location": "/*", "tdm-reservation": 1}]',
        headers={"Content-Type": "application/json"},
    )
    write_warc(ingest.data / "web" / "a.warc.gz", pages)
    write_warc(
        ingest.data / "web" / "b.warc.gz", [robots("site.test", "User-agent: GPTBot\nDisallow: /"), tdmrep]
    )
    ingest.of_data()
    dropped = {row["url"]: row for row in ingest.rows("dropped")}
    for page in pages:
        row = dropped[page.url]
        assert (row["reason"], row["text"], row["n_bytes"]) == ("opt_out", "", len(page.body))
        assert row["rights"]["decision"] == "refused"
        assert row["evidence"]
    assert ingest.rows() == []
    assert SECRET not in str(list(dropped.values()))
    assert dropped["https://site.test/a"]["rights"]["opt_outs"] == ["robots.txt: GPTBot"]


def test_pages_that_robots_txt_excludes_stay_out_wherever_it_stands(ingest: Ingest) -> None:
    urls = [
        "http://a.test/open",
        "http://a.test/shut/1",
        "http://b.test/",
        "http://c.test/",
        "https://a.test:443/shut/2",
    ]
    write_warc(ingest.data / "web" / "pages.warc.gz", [Capture(url) for url in urls])
    policies = [
        robots("a.test", "User-agent: *\nDisallow: /", date="2020-01-01T00:00:00Z"),
        robots("a.test", "User-agent: *\nDisallow: /shut/"),
        robots("b.test", "", status="503 Busy"),
    ]
    write_warc(ingest.data / "web" / "policies.warc.gz", policies)
    ingest.of_data()
    assert {row["url"]: row["rights"]["robots"] for row in ingest.rows()} == {
        "http://a.test/open": "allowed",
        "http://c.test/": "unknown",
    }
    refused = {url: reason for url, reason in ingest.reasons().items() if url in urls}
    assert refused == dict.fromkeys(
        ["http://a.test/shut/1", "https://a.test:443/shut/2", "http://b.test/"], "robots_txt"
    )


def test_of_captures_of_one_page_the_latest_counts_in_whatever_file(ingest: Ingest) -> None:
    later = {**HTML, "X-Robots-Tag": "noai"}
    first = [
        Capture("http://a.test/1", date="2026-01-01T00:00:00Z"),
        Capture("http://a.test/1", b"<html>2</html>", date="2026-01-02T00:00:00Z"),
        Capture("http://a.test/2", date="2026-01-01T00:00:00Z"),
        Capture("http://a.test/3", date="2026-01-05T00:00:00Z"),
    ]
    second = [
        Capture("http://a.test/2", headers=later, date="2026-02-01T00:00:00Z"),
        Capture("http://a.test/3", date="2026-01-04T00:00:00Z"),
        Capture("http://a.test/3", status="404 Not Found", date="2026-01-06T00:00:00Z"),
    ]
    write_warc(ingest.folder / "a.warc.gz", first)
    write_warc(ingest.folder / "b.warc.gz", second)
    done = ingest.run(f"sources=[{{name: w, kind: warc, path: '{ingest.folder}/*.warc.gz'}}]")
    assert done.returncode == 0, done.stderr
    kept = ingest.rows()
    assert [(row["url"], row["fetched_at"].day) for row in kept] == [
        ("http://a.test/1", 2),
        ("http://a.test/3", 5),
    ]
    reasons = Counter(row["reason"] for row in ingest.rows("dropped"))
    assert reasons == {"superseded": 3, "opt_out": 1, "http_404": 1}


def test_what_a_page_says_of_itself_is_in_its_row(ingest: Ingest) -> None:
    body = gzip.compress("<html>ទំព័រ</html>".encode())
    headers = {"Content-Type": "text/html; charset=ISO-8859-1", "Content-Encoding": "gzip"}
    write_warc(
        ingest.data / "web" / "a.warc.gz", [Capture("https://news.test:8443/a?b=1", body, headers=headers)]
    )
    ingest.of_data()
    [row] = ingest.rows()
    assert row["payload"].decode() == "<html>ទំព័រ</html>"
    assert (row["host"], row["media_type"], row["charset"]) == ("news.test", "text/html", "iso-8859-1")
    assert (row["http_status"], row["licence"]) == (200, "LicenseRef-web-unstated")
    assert row["fetched_at"] == datetime(2026, 3, 1, tzinfo=UTC)
    assert row["content_digest"].startswith("sha1:")
    assert (row["text"], row["n_chars"], row["n_clusters"]) == ("", 0, 0)
    assert ingest.manifest()["facts"]["faults"] == []


def test_a_wrong_digest_and_a_cut_body_are_faults_but_the_page_stays(ingest: Ingest) -> None:
    path = write_warc(
        ingest.data / "web" / "a.warc.gz", [Capture("http://a.test/1"), Capture("http://a.test/2")]
    )
    record = gzip.decompress(path.read_bytes())
    digest = record.partition(b"WARC-Payload-Digest: sha1:")[2][:32]
    path.write_bytes(gzip.compress(record.replace(digest, b"A" * 32, 1)))
    ingest.of_data("max_body_bytes=30")
    faults = [fault["fault"] for fault in ingest.manifest()["facts"]["faults"]]
    assert ["as stated" in fault for fault in faults] == [True, False]
    assert all("body cut at 30 bytes" in fault for fault in faults)
    assert [len(row["payload"]) for row in ingest.rows()] == [30, 30]


def test_what_our_crawler_noted_of_a_page_counts(ingest: Ingest) -> None:
    def members(url: str, evidence: dict[str, object]) -> bytes:
        moment = datetime(2026, 3, 1, tzinfo=UTC)
        headers = ((b"Content-Type", b"text/html"),)
        exchange = Exchange(
            url, moment, "127.0.0.1", b"GET / HTTP/1.1\r\n\r\n", 200, b"HTTP/1.1 200 OK", headers, b"<html>k"
        )
        return response_members(exchange, {"decision": "kept", "robots": "absent", **evidence})

    half = "\ud800"
    noted = {"opt_outs": [{"signal": "ai.txt: disallow", "evidence": "ai.txt", "forbids": "training"}]}
    file = ingest.data / "web" / "a.warc.gz"
    file.parent.mkdir(parents=True)
    file.write_bytes(
        members("http://a.test/1", {})
        + members("http://a.test/2", noted)
        + members("http://a.test/3", {"opt_outs": 7})
        + members("http://a.test/4", {"robots": half})
        + members("http://a.test/5", {"robots": 7, "opt_outs": [half, {"signal": half}]})
        + members(
            "http://a.test/6", {"opt_outs": [{"signal": half, "evidence": half, "forbids": "training"}]}
        )
        + _member("metadata", "<urn:uuid:1>", {"Content-Type": "application/json"}, b"[" * 100_000)
    )
    ingest.of_data()
    assert [(row["url"], row["rights"]["robots"]) for row in ingest.rows()] == [
        ("http://a.test/1", "absent"),
        ("http://a.test/3", "absent"),
        ("http://a.test/4", "?"),
        ("http://a.test/5", "7"),
    ]
    assert ingest.reasons() == {"http://a.test/2": "opt_out", "http://a.test/6": "opt_out"}
    [row] = [row for row in ingest.rows("dropped") if row["url"] == "http://a.test/6"]
    assert (row["rights"]["opt_outs"], row["evidence"]) == (["?"], "? (?)")
    assert ingest.manifest()["facts"]["warc_records"] == {"metadata": 7, "request": 6, "response": 6}


def test_an_unreadable_record_is_kept_aside(ingest: Ingest) -> None:
    path = write_warc(ingest.data / "web" / "a.warc.gz", [Capture("http://a.test/1")])
    path.write_bytes(gzip.compress(b"WARZ/1.1\r\nno header\r\n\r\nbody") + path.read_bytes())
    ingest.of_data()
    [row] = ingest.rows("dropped")
    assert (row["reason"], row["url"], row["origin"]["position"]) == ("malformed_record", None, 0)
    assert "WARZ/1.1" in row["evidence"]
    assert len(ingest.rows()) == 1


@pytest.mark.realdata
def test_the_mixed_web_is_told_apart_as_its_truth_says(ingest: Ingest, real_data: Path) -> None:
    done = ingest.run(f"data={real_data}", "only=[web/dev_web.warc.gz]")
    assert done.returncode == 0, done.stderr
    truth = (real_data / "web" / "dev_web.truth.jsonl.zst").read_bytes()
    ours = {"robots_txt", "opt_out", "redirect", "http_404", "http_503", "not_html"}
    expected = {
        row["url"]: row["expected"].removeprefix("drop:")
        for row in map(json.loads, unpacked(truth).splitlines())
        if row["expected"].removeprefix("drop:") in ours
    }
    of_pdfs = {url: "not_html" for url, reason in ingest.reasons().items() if reason == "pdf_damaged"}
    assert ingest.reasons() | of_pdfs == expected  # its PDFs are no more than their first line
    assert len(ingest.rows()) == 2473 - len(expected)
    assert ingest.manifest()["facts"]["faults"] == []


@pytest.mark.realdata
def test_the_broken_web_gives_its_good_records(ingest: Ingest, real_data: Path) -> None:
    done = ingest.run(f"data={real_data}", "only=[web/dev_web_broken.warc.gz]")
    assert done.returncode == 0, done.stderr
    truth = (real_data / "web" / "dev_web_broken.truth.jsonl.zst").read_bytes()
    good = {
        row["url"] for row in map(json.loads, unpacked(truth).splitlines()) if row["expected"] == "recover"
    }
    assert len(good) == 9
    assert good <= {row["url"] for row in ingest.rows()}
    assert len(ingest.rows()) + len(ingest.rows("dropped")) == 14
    assert len(ingest.manifest()["facts"]["faults"]) >= 5
