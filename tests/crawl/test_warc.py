from __future__ import annotations

import json
from datetime import UTC, datetime
from unittest.mock import Mock

import pytest
from fastwarc.warc import ArchiveIterator, WarcRecordType

from corpus.errors import StageError
from crawl.warc import (
    Earlier,
    Exchange,
    Position,
    WarcFiles,
    metadata_member,
    payload_digest,
    response_members,
    revisit_members,
    timestamp,
)
from tests.crawl.conftest import read_warcs

BODY = "<p>សួស្តី</p>".encode()


def exchange(url: str = "http://a.kh/", body: bytes = BODY, truncated: str = "") -> Exchange:
    return Exchange(
        url=url,
        started=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        address="192.0.2.7",
        request_head=b"GET / HTTP/1.1\r\nHost: a.kh\r\n\r\n",
        status=200,
        status_line=b"HTTP/1.1 200 Yes",
        headers=(
            (b"content-TYPE", b"text/html"),
            (b"Transfer-Encoding", b"chunked"),
            (b"X-A", b"\xe9"),
            (b"X-A", b"2"),
        ),
        body=body,
        truncated=truncated,
    )


def test_what_is_written_is_what_warcio_reads(tmp_path):
    files = WarcFiles(tmp_path, Position(), 1 << 30, {"operator": "mailto:a@b.kh"}, "crawl")
    files.append(response_members(exchange(truncated="length"), {"decision": "kept", "opt_outs": []}))
    files.append(metadata_member("http://a.kh/ក", {"decision": "dropped", "reason": "robots"}))
    files.close()
    info, metadata, request, response, refusal = read_warcs(tmp_path)
    assert info.kind == "warcinfo"
    assert b"operator: mailto:a@b.kh\r\n" in info.content
    assert [r.kind for r in (metadata, request, response, refusal)] == [
        "metadata",
        "request",
        "response",
        "metadata",
    ]
    assert json.loads(metadata.content) == {"decision": "kept", "opt_outs": []}
    assert json.loads(refusal.content)["reason"] == "robots"
    assert response.content == BODY
    assert response.http.statusline == "200 Yes"
    assert response.http.headers == [
        ("content-TYPE", "text/html"),
        ("X-Crawler-Transfer-Encoding", "chunked"),
        ("X-A", "é"),
        ("X-A", "2"),
    ]
    record_id = response.headers["WARC-Record-ID"]
    assert {r.headers["WARC-Concurrent-To"] for r in (metadata, request)} == {record_id}
    assert response.headers["WARC-Truncated"] == "length"
    assert response.headers["WARC-Date"] == "2026-01-02T03:04:05Z"
    assert response.headers["WARC-IP-Address"] == "192.0.2.7"


@pytest.mark.parametrize("profile", ["server-not-modified", "identical-payload-digest"])
def test_a_revisit_names_the_response_that_holds_the_body(tmp_path, profile):
    first = exchange()
    earlier = Earlier(first.url, timestamp(first.started), payload_digest(first.body))
    files = WarcFiles(tmp_path, Position(), 1 << 30, {}, "crawl")
    files.append(response_members(first, {}))
    files.append(revisit_members(exchange(), profile, earlier, {"decision": "kept", "kind": "page"}))
    files.close()
    _, _, _, response, metadata, request, revisit = read_warcs(tmp_path)
    assert (metadata.kind, request.kind, revisit.kind) == ("metadata", "request", "revisit")
    assert {r.headers["WARC-Concurrent-To"] for r in (metadata, request)} == {
        revisit.headers["WARC-Record-ID"]
    }
    assert revisit.headers["WARC-Profile"] == f"http://netpreserve.org/warc/1.1/revisit/{profile}"
    assert revisit.headers["WARC-Refers-To-Target-URI"] == response.url
    assert revisit.headers["WARC-Refers-To-Date"] == response.headers["WARC-Date"]
    assert revisit.headers["WARC-Payload-Digest"] == response.headers["WARC-Payload-Digest"]
    assert revisit.http.headers == response.http.headers
    assert revisit.content == b""


def test_fastwarc_reads_it_too(tmp_path):
    files = WarcFiles(tmp_path, Position(), 1 << 30, {}, "crawl")
    files.append(response_members(exchange(), {}))
    files.close()
    with files.paths()[0].open("rb") as file:
        [record] = ArchiveIterator(file, WarcRecordType.response, verify_digests=True)
        assert record.reader.read() == BODY


def test_a_file_is_begun_at_the_size_and_cut_at_the_start(tmp_path):
    files = WarcFiles(tmp_path, Position(), 100, {}, "crawl")
    first = files.append(response_members(exchange("http://a.kh/1"), {}))
    second = files.append(response_members(exchange("http://a.kh/2"), {}))
    files.close()
    assert (first.file, second.file) == (0, 1)
    assert [path.name for path in files.paths()] == ["crawl-00000.warc.gz", "crawl-00001.warc.gz"]
    with files.paths()[0].open("ab") as file:
        file.write(b"half a member")
    again = WarcFiles(tmp_path, first, 1 << 30, {}, "crawl")
    assert [path.name for path in again.paths()] == ["crawl-00000.warc.gz"]
    again.append(response_members(exchange("http://a.kh/3"), {}))
    again.close()
    urls = [record.url for record in read_warcs(tmp_path) if record.kind == "response"]
    assert urls == ["http://a.kh/1", "http://a.kh/3"]


def test_writers_of_one_folder_leave_each_other_s_files_alone(tmp_path):
    one, other = (WarcFiles(tmp_path, Position(), 1, {}, prefix) for prefix in ("crawl-00", "crawl-01"))
    before = one.append(metadata_member("http://a.kh/", {}))
    for url in ("http://b.kh/", "http://c.kh/"):
        other.append(metadata_member(url, {}))
    one.close()
    other.close()
    WarcFiles(tmp_path, before, 1, {}, "crawl-00").close()
    assert [path.name for path in other.paths()] == ["crawl-01-00000.warc.gz", "crawl-01-00001.warc.gz"]
    urls = [r.url for r in read_warcs(tmp_path) if r.kind == "metadata"]
    assert urls == ["http://a.kh/", "http://b.kh/", "http://c.kh/"]


def test_a_file_shorter_than_committed_is_an_error(tmp_path):
    with pytest.raises(StageError, match="0 bytes, but 10 were committed"):
        WarcFiles(tmp_path, Position(0, 10), 100, {}, "crawl")


def test_a_next_file_that_cannot_be_opened_leaves_the_position(tmp_path, monkeypatch):
    files = WarcFiles(tmp_path, Position(), 1, {}, "crawl")
    before = files.append(metadata_member("http://a.kh/", {}))
    with monkeypatch.context() as full:
        full.setattr("crawl.warc.os.open", Mock(side_effect=OSError(28, "No space left on device")))
        with pytest.raises(OSError, match="No space left"):
            files.append(metadata_member("http://b.kh/", {}))
    assert files.position == before
    assert files.append(metadata_member("http://b.kh/", {})).file == 1
    files.close()
    assert [r.url for r in read_warcs(tmp_path) if r.kind == "metadata"] == ["http://a.kh/", "http://b.kh/"]


def test_a_file_that_was_committed_and_is_lost_is_missed(tmp_path):
    (tmp_path / "crawl-00-00001.warc.gz").touch()
    with pytest.raises(StageError, match=r"crawl-00-00000\.warc\.gz: it is lost"):
        WarcFiles(tmp_path, Position(1, 0), 1 << 20, {}, "crawl-00")
