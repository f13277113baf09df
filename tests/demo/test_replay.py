import gzip
import re
from html import unescape
from http.client import HTTPConnection

import pytest

from demo.replay import INDEX, LINKS_ON_A_PAGE, Replay
from demo.server import serving

PAGE = "<p>ទំព័រ</p>".encode()
STORED = (
    ("https://sala.test/km/%e1%9e%80?a=1", "200 OK", (("Content-Type", "text/html"),), PAGE),
    ("https://sala.test/gone", "404 Not Found", (), b"nothing"),
    (
        "http://home.test/",
        "200 OK",
        (("Content-Encoding", "gzip"), ("Content-Length", "9")),
        gzip.compress(PAGE),
    ),
    ("http://home.test/", "200 OK", (), b"captured again"),
    ("http://home.test/moved", "301 Moved", (("Location", "http://home.test/"),), b""),
    ("http://home.test/chunked", "200 OK", (("Transfer-Encoding", "chunked"),), b"3\r\nabc\r\n0\r\n\r\n"),
    ("http://home.test/dechunked", "200 OK", (("Transfer-Encoding", "chunked"),), b"<p>abc"),
)


def record(kind, headers, block):
    lines = ["WARC/1.1", f"WARC-Type: {kind}", *headers, f"Content-Length: {len(block)}"]
    return "\r\n".join([*lines, "", ""]).encode() + block + b"\r\n\r\n"


def response(url, status, headers, body):
    head = "\r\n".join([f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers), "", ""])
    fields = [f"WARC-Target-URI: {url}", "Content-Type: application/http; msgtype=response"]
    return record("response", fields, head.encode() + body)


def write_warc(path, stored, *, is_compressed=True):
    records = [record("warcinfo", [], b"software: test\r\n"), *(response(*row) for row in stored)]
    path.write_bytes(b"".join(map(gzip.compress, records) if is_compressed else records))
    return path


@pytest.fixture(scope="module", params=[True, False], ids=["gzip", "plain"])
def replay(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("warc")
    paths = [folder / "a.warc.gz", folder / "b.warc.gz"]
    write_warc(paths[0], STORED[:3], is_compressed=request.param)
    write_warc(paths[1], STORED[3:], is_compressed=request.param)
    return Replay(paths)


@pytest.mark.parametrize(
    ("host", "target", "status", "body"),
    [
        ("sala.test", "/km/%E1%9E%80?a=1", 200, PAGE),
        ("sala.test", "/gone", 404, b"nothing"),
        ("home.test", "/", 200, gzip.compress(PAGE)),
        ("home.test", "/moved", 301, b""),
        ("home.test", "/chunked", 200, b"abc"),
        ("home.test", "/dechunked", 200, b"<p>abc"),
        ("home.test", "/robots.txt", 404, None),
        ("other.test", "/", 404, None),
    ],
)
def test_stored_answers(replay, host, target, status, body):
    with serving(replay) as served:
        connection = HTTPConnection(served, timeout=5)
        connection.request("GET", target, headers={"Host": host})
        response = connection.getresponse()
        found = response.read()
        connection.close()
    assert response.status == status
    if body is not None and not body.startswith(b"\x1f\x8b"):
        assert found == body
    elif body:
        assert gzip.decompress(found) == gzip.decompress(body)


def test_a_host_without_a_first_page_gets_one_of_links(replay):
    assert b"https://sala.test/gone" in replay.reply("sala.test", "/").body
    assert b"sala.test" not in replay.reply("home.test", INDEX).body


def test_from_the_seeds_every_stored_url_is_found(tmp_path):
    urls = [f"http://many.test/page/{number}?a=1&b=2" for number in range(2 * LINKS_ON_A_PAGE + 1)]
    replay = Replay([write_warc(tmp_path / "many.warc.gz", [(url, "200 OK", (), b"x") for url in urls])])
    assert replay.seeds == [f"http://many.test{INDEX}{page}" for page in ("", "?1", "?2")]
    pages = [
        replay.reply("many.test", seed.removeprefix("http://many.test")).body.decode()
        for seed in replay.seeds
    ]
    links = [unescape(link) for page in pages for link in re.findall('href="([^"]*)"', page)]
    assert [link for link in links if not link.startswith(INDEX)] == urls
    assert [link for link in links if link.startswith(INDEX)] == [f"{INDEX}?1", f"{INDEX}?2"]


@pytest.mark.parametrize("is_compressed", [True, False])
def test_a_damaged_file_serves_what_precedes_the_damage(tmp_path, caplog, is_compressed):
    path = write_warc(tmp_path / "damaged.warc.gz", STORED[:2], is_compressed=is_compressed)
    damage = b"not a record\r\n\r\n"
    path.write_bytes(path.read_bytes() + (gzip.compress(damage) if is_compressed else damage))
    replay = Replay([path])
    assert replay.hosts == ["sala.test"]
    assert replay.reply("sala.test", "/gone").content == b"nothing"
    assert "damaged.warc.gz: only the records before the damage" in caplog.text
