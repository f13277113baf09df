"""From index to WARC: what is chosen, what the server does to it, and what a killed run does again."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from tests.crawl.commoncrawl.conftest import CRAWL, Archive, Gathering, Listed, page, reply
from tests.crawl.ingest.conftest import Capture, Ingest
from tests.killing import contents

ONE = f"crawls=[{CRAWL}]"
HOUSE = Path(__file__).parents[3]


def capture(url: str, number: int | str = 0, **more: Any) -> Capture:
    return Capture(url, page(number), **more)


def web() -> list[Listed]:
    """Pages of which an index tells all that the rule asks for."""
    return [
        Listed(capture("http://a.gov.test/1", 1)),
        Listed(capture("http://a.gov.test/2", 2), "eng,khm"),
        Listed(capture("http://b.test/3", 3), "khm,eng"),
        Listed(capture("http://b.test/4", 4), "eng"),
        Listed(capture("http://a.gov.test/5", 5), None),
        Listed(capture("http://b.test/6", 6, status="404 Not Found")),
        Listed(capture("http://b.test/7", 7), changes={"content_mime_detected": "image/png"}),
        Listed(capture("http://c.test/8", 8)),
    ]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        (["index=columnar"], [1, 3, 8]),
        (["index=columnar", "hosts=['*.gov.test',c.test]", "rank=any"], [1, 2, 5, 8]),
        (["index=cdx", "hosts=['*.gov.test',c.test]", "rank=any"], [1, 2, 5, 8]),
        (["index=cdx", "hosts=[nobody.test]"], []),
    ],
)
def test_either_index_gives_the_records_of_the_rule(
    archive: Archive, gather: Gathering, words: list[str], numbers: list[int]
) -> None:
    archive.publish(web())
    gather.done(ONE, *words)
    assert sorted(int(url[-1]) for url in gather.urls()) == numbers


def test_each_record_stands_as_it_was_with_its_origin_before_it(archive: Archive, gather: Gathering) -> None:
    archive.publish(web())
    gather.done(ONE)
    row = next(row for row in archive.rows if row["url"] == "http://b.test/3")
    start = row["warc_record_offset"]
    whole = (archive.folder / row["warc_filename"]).read_bytes()
    [written] = (gather.folder / "warc").iterdir()
    assert whole[start : start + row["warc_record_length"]] in written.read_bytes()
    assert gather.noted()["http://b.test/3"] == {
        "decision": "kept",
        "kind": "page",
        "commoncrawl": {
            "crawl": CRAWL,
            "file": row["warc_filename"],
            "offset": start,
            "length": row["warc_record_length"],
            "digest": row["content_digest"],
            "languages": "khm,eng",
        },
    }


def test_robots_txt_of_the_pages_hosts_comes_along(
    archive: Archive, gather: Gathering, tmp_path: Path
) -> None:
    robots = b"User-agent: CCBot\nDisallow: /\n"
    of_hosts = [
        Listed(
            Capture(f"http://{host}/robots.txt", robots),
            None,
            {"content_mime_detected": "text/plain"},
            "robotstxt",
        )
        for host in ("c.test", "unseen.test")
    ]
    archive.publish([*web(), *of_hosts])
    gather.done(ONE)
    assert "http://c.test/robots.txt" in gather.urls()
    assert "http://unseen.test/robots.txt" not in gather.urls()
    ingest = Ingest(tmp_path)
    done = ingest.run("sources=[{name: cc, kind: commoncrawl}]")
    assert done.returncode == 0, done.stderr
    assert {row["url"]: row["source"] for row in ingest.rows()} == {
        f"http://{name}": "commoncrawl" for name in ("a.gov.test/1", "b.test/3")
    }
    assert ingest.reasons()["http://c.test/8"] in ("opt_out", "robots_txt")


def test_a_page_that_did_not_change_is_fetched_once(archive: Archive, gather: Gathering) -> None:
    dates = [f"2026-0{month}-01T00:00:00Z" for month in (1, 3, 2)]
    same = [Listed(capture("http://a.test/", 1, date=date)) for date in dates]
    archive.publish([*same, Listed(capture("http://a.test/", 2, date="2026-02-15T00:00:00Z"))])
    gather.done(ONE)
    assert gather.ledger() == {("in", ""): 4, ("kept", ""): 2, ("dropped", "unchanged"): 2}
    assert len(archive.ranges()) == 2
    latest = archive.rows[1]
    assert {row["latest"] for row in gather.unchanged()} == {
        f"{latest['warc_filename']}#{latest['warc_record_offset']}"
    }


def told(status: int, **headers: str) -> Callable[[BaseHTTPRequestHandler], bool]:
    return lambda handler: reply(handler, status, b"", {k.replace("_", "-"): v for k, v in headers.items()})


def cut(handler: BaseHTTPRequestHandler) -> bool:
    """An answer that ends before its Content-Length."""
    handler.send_response(206)
    handler.send_header("Content-Range", f"{handler.headers['Range'].replace('=', ' ')}/999999")
    handler.send_header("Content-Length", "400")
    handler.end_headers()
    handler.wfile.write(b"\x1f\x8b\x08")
    handler.close_connection = True
    return True


def silent(handler: BaseHTTPRequestHandler) -> bool:
    handler.close_connection = True
    return True


def whole_file(handler: BaseHTTPRequestHandler) -> bool:
    """200 and the whole file, where a range was asked for."""
    del handler.headers["Range"]
    return False


def another_range(handler: BaseHTTPRequestHandler) -> bool:
    return reply(handler, 206, b"x" * 50, {"Content-Range": "bytes 5000000-5000049/9999999"})


FAULTS: list[
    tuple[list[Any], str, int]
] = [  # answers to one record's range, what becomes of it, how often it is asked
    ([told(503)], "", 2),
    ([told(503, Retry_After="0"), told(429), told(500)], "", 4),
    ([cut], "", 2),
    ([silent, silent], "", 3),
    ([told(502)] * 9, "not_now:http_502", 5),
    ([silent] * 9, "not_now:unreachable", 5),
    ([told(404)], "not_there", 1),
    ([told(416)], "not_there", 1),
    ([told(403)], "not_now:http_403", 1),
    ([told(301, Location="http://127.0.0.1:1/")], "not_now:http_301", 1),
    ([told(451)], "http_451", 1),
    ([another_range], "range_ignored", 1),
    ([told(206)], "bad_answer", 1),
    ([], "", 1),
]


def test_what_a_server_does_to_one_record_costs_no_other(archive: Archive, gather: Gathering) -> None:
    archive.publish([Listed(capture(f"http://h{n}.test/", n)) for n in range(len(FAULTS))])
    wanted = {}
    for row in archive.rows:
        end = row["warc_record_offset"] + row["warc_record_length"] - 1
        wanted[row["url"]] = f"bytes={row['warc_record_offset']}-{end}"
    for n, (faults, _, _) in enumerate(FAULTS):
        archive.faults[f"{archive.rows[0]['warc_filename']} {wanted[f'http://h{n}.test/']}"] = list(faults)
    gather.done(ONE)
    noted = gather.noted()
    became = [noted[f"http://h{n}.test/"].get("reason", "") for n in range(len(FAULTS))]
    assert became == [reason for _, reason, _ in FAULTS]
    asked = [archive.ranges()[wanted[f"http://h{n}.test/"]] for n in range(len(FAULTS))]
    assert asked == [n_asked for _, _, n_asked in FAULTS]
    kept = {f"http://h{n}.test/" for n, (_, reason, _) in enumerate(FAULTS) if not reason}
    assert set(gather.urls()) == kept
    ledger = gather.ledger()
    assert (ledger["in", ""], ledger["kept", ""], ledger["dropped", "not_there"]) == (
        len(FAULTS),
        len(kept),
        2,
    )


def test_a_server_that_ignores_ranges_is_read_as_far_as_is_bearable(
    archive: Archive, gather: Gathering
) -> None:
    archive.publish(web())
    path = archive.rows[0]["warc_filename"]
    archive.faults[path] = [lambda h: reply(h, 200, (archive.folder / path).read_bytes())] * 20
    gather.done(ONE)
    assert gather.ledger() == {("in", ""): 3, ("kept", ""): 3}


LIES: list[tuple[dict[str, Any], str]] = [  # what the index says wrongly of a record, and what becomes of it
    ({"content_digest": "A" * 32}, "wrong_digest"),
    ({"url": "http://elsewhere.test/"}, "other_record"),
    ({"url": "http://c.test/\r\nWARC-Type: response"}, "other_record"),
    ({"warc_record_offset": 7}, "damaged"),
    ({"warc_record_length": 50}, "damaged"),
    ({"warc_record_length": 1 << 30}, "too_large"),
    ({"warc_record_offset": 1 << 29}, "not_there"),
    ({"warc_filename": "crawl-data/nowhere.warc.gz"}, "not_there"),
    ({"warc_filename": "../../etc/passwd"}, "bad_index_row"),
    ({"warc_filename": "file:///etc/passwd"}, "bad_index_row"),
    ({"warc_filename": "a\r\nHost: elsewhere.test"}, "bad_index_row"),
    ({"warc_filename": None}, "bad_index_row"),
    ({"warc_record_offset": None}, "bad_index_row"),
    ({"warc_record_offset": -50}, "bad_index_row"),
    ({"warc_record_offset": 1 << 62}, "bad_index_row"),
    ({"warc_record_length": None}, "bad_index_row"),
    ({"warc_record_length": -5}, "bad_index_row"),
    ({"content_digest": None, "fetch_time": None}, ""),
]


@pytest.mark.parametrize("is_folder", [False, True])
def test_a_record_that_is_not_what_the_index_says_goes_aside(
    archive: Archive, gather: Gathering, is_folder: bool
) -> None:
    lied = [Listed(capture(f"http://h{n}.test/", n), changes=changes) for n, (changes, _) in enumerate(LIES)]
    archive.publish([Listed(capture("http://a.test/", "a")), *lied])
    gather.done(ONE, f"data={archive.folder if is_folder else archive.address}")
    assert gather.urls() == ["http://a.test/", f"http://h{len(LIES) - 1}.test/"]
    stated = [changes.get("url", f"http://h{n}.test/") for n, (changes, _) in enumerate(LIES)]
    noted = gather.noted()
    became = [noted[url.replace("\r\n", "%0D%0A").replace(" ", "%20")].get("reason", "") for url in stated]
    assert became == [reason for _, reason in LIES]


def test_a_server_that_answers_nothing_ends_the_run_and_loses_nothing(
    archive: Archive, gather: Gathering
) -> None:
    archive.publish(web())
    path = archive.rows[0]["warc_filename"]
    archive.faults[path] = [told(500)] * 100
    ended = gather(ONE)
    assert ended.returncode == 1
    assert "3 records in a row cannot be fetched (" in ended.stderr
    assert "HTTP 500). Try: the same command later" in ended.stderr
    archive.faults.clear()
    gather.done(ONE)
    assert len(gather.urls()) == 3


@pytest.mark.parametrize("status", [302, 403, 404, 416])
def test_a_server_that_refuses_ten_in_a_row_ends_the_run_and_loses_nothing(
    archive: Archive, gather: Gathering, status: int
) -> None:
    archive.publish([Listed(capture(f"http://a.test/{n}", n)) for n in range(10)])
    path = archive.rows[0]["warc_filename"]
    archive.faults[path] = [told(status)] * 10
    ended = gather(ONE)
    assert ended.returncode == 1
    assert "10 records in a row cannot be fetched (" in ended.stderr
    gather.done(ONE)
    assert gather.ledger() == {("in", ""): 10, ("kept", ""): 10}


def test_what_is_not_given_today_is_asked_for_another_day(archive: Archive, gather: Gathering) -> None:
    archive.publish(web())
    path = archive.rows[0]["warc_filename"]
    archive.faults[path] = [told(403)] * 2
    ended = gather(ONE, "connections=1")
    assert "2 records were not given yet. Try: the same command later" in ended.stdout
    assert gather.ledger()["dropped", "not_now:http_403"] == 2
    archive.faults[path] = [told(403)]
    gather.done(ONE, "connections=1")
    assert gather.ledger()["dropped", "not_now:http_403"] == 1
    gather.done(ONE, "connections=1")
    assert gather.ledger() == {("in", ""): 3, ("kept", ""): 3}
    assert len(gather.urls()) == len(set(gather.urls())) == 3
    n_asked = len(archive.asked)
    gather.done(ONE, "connections=1")
    assert len(archive.asked) == n_asked


def test_a_server_that_asks_for_an_hour_is_given_it(archive: Archive, gather: Gathering) -> None:
    archive.publish(web())
    path = archive.rows[0]["warc_filename"]
    archive.faults[path] = [told(503, Retry_After="3600")]
    ended = gather(ONE, "connections=1")
    assert ended.returncode == 1
    assert "asks to be left alone for 3" in ended.stderr
    n_asked = len(archive.asked)
    assert gather(ONE, "connections=1").returncode == 1
    assert len(archive.asked) == n_asked  # over a restart too
    left_alone = gather.folder / "progress" / "left-alone-127.0.0.1"
    os.utime(left_alone, (time.time(), time.time()))
    gather.done(ONE, "connections=1")
    assert len(gather.urls()) == 3


@pytest.mark.slow
def test_a_killed_run_fetches_again_one_window_at_most(archive: Archive, gather: Gathering) -> None:
    archive.publish([Listed(capture(f"http://a.test/{n}", n)) for n in range(150)], n_files=2)
    words = [ONE, "records_per_file=80", "connections=2", "workers=2"]
    for kills_at in (100,):
        process = subprocess.Popen(
            [sys.executable, "-m", "crawl.commoncrawl", *gather.words, *words],
            cwd=HOUSE,
            stderr=subprocess.DEVNULL,
        )
        while sum(archive.ranges().values()) < kills_at and process.poll() is None:
            time.sleep(0.005)
        process.kill()
        process.wait()
    gather.done(*words)
    assert gather.ledger() == {("in", ""): 150, ("kept", ""): 150}
    urls = gather.urls()
    assert len(urls) == len(set(urls)) == 150
    assert sum(archive.ranges().values()) <= 150 + 2 * (32 + 2)


def test_what_is_there_is_not_fetched_again_when_the_code_has_changed(
    archive: Archive, gather: Gathering
) -> None:
    archive.publish(web())
    gather.done(ONE)
    before = contents(gather.folder / "warc")
    n_ranges = sum(archive.ranges().values())
    (gather.folder / "manifest.json").unlink()
    (gather.folder / "plan.json").write_text(json.dumps({"fingerprint": "of other code"}))
    gather.done(ONE)
    assert contents(gather.folder / "warc") == before
    assert sum(archive.ranges().values()) == n_ranges
    gather.done(ONE, "rank=any")
    assert len(gather.urls()) == 4


def test_a_list_of_warc_files_is_read_through_for_khmer(archive: Archive, gather: Gathering) -> None:
    english = b"<html><body>" + b"News of the day. " * 50 + b"</body></html>"
    news = "crawl-data/CC-NEWS/2026/10/CC-NEWS-1.warc.gz"
    captures = [
        capture("http://a.test/1", 1),
        Capture("http://b.test/2", english),
        Capture("http://listed.test/3", english),
        capture("http://a.test/4", 4, status="404 Not Found"),
        capture("http://a.test/5", 5),
    ]
    archive.publish([Listed(one) for one in captures])
    made = (archive.folder / archive.rows[0]["warc_filename"]).read_bytes()
    second = archive.rows[1]["warc_record_offset"]
    damaged = made[: second + 30] + b"\0\0\0\0" + made[second + 34 :]
    archive.write(news, damaged)
    archive.write("crawl-data/CC-NEWS/2026/10/warc.paths.gz", gzip.compress(f"{news}\n".encode()))
    words = ["warc_lists=[crawl-data/CC-NEWS/2026/10/warc.paths.gz]", "hosts=[listed.test]", "least_khmer=50"]
    gather.done(*words)
    assert gather.urls() == ["http://a.test/1", "http://listed.test/3", "http://a.test/5"]
    dropped = {("dropped", "no_page"): 1, ("dropped", "damaged"): 1}
    assert gather.ledger() == {("in", ""): 5, ("kept", ""): 3, **dropped}
    [fault] = json.loads((gather.folder / "manifest.json").read_text())["facts"]["faults"]
    assert (fault["file"], fault["position"]) == (news, second)
    assert gather.noted()["http://a.test/5"]["commoncrawl"]["offset"] == archive.rows[4]["warc_record_offset"]


def test_a_list_goes_on_after_a_file_that_is_not_there(archive: Archive, gather: Gathering) -> None:
    pdf = Capture("http://a.test/pdf", b"%PDF-1.7 " + b"x" * 900)
    archive.publish([Listed(capture("http://a.test/1", 1)), Listed(pdf)])
    archive.write("paths", f"nowhere.warc.gz\n{archive.rows[0]['warc_filename']}\n".encode())
    ended = gather("warc_lists=[paths]", "least_khmer=50", "max_record_bytes=1000")
    assert "2 faults in what was read" in ended.stdout
    assert gather.urls() == ["http://a.test/1"]
    assert gather.ledger() == {("in", ""): 2, ("kept", ""): 1, ("dropped", "too_large"): 1}
    gather.done("warc_lists=[paths]", "least_khmer=50")
    assert gather.ledger()["dropped", "pdf"] == 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (gzip.compress(b"\n" * (65 << 20), 1), "a list of more than 67,108,864 bytes"),
        (gzip.compress(b"a.warc.gz\n" * 99)[:-9], "not a list that can be read (truncated"),
    ],
    ids=["bomb", "cut"],
)
def test_a_hostile_list_ends_the_run(archive: Archive, gather: Gathering, data: bytes, message: str) -> None:
    archive.write("paths", data)
    ended = gather("warc_lists=[paths]")
    assert ended.returncode == 1
    assert message in ended.stderr


def test_an_empty_list_is_told_of(archive: Archive, gather: Gathering) -> None:
    archive.write("paths", b"\n")
    assert "nothing was found" in gather("warc_lists=[paths]").stdout


def test_a_list_that_breaks_off_goes_on_where_it_was(
    archive: Archive, gather: Gathering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawl.commoncrawl.archive.BLOCK_BYTES", 2048)
    monkeypatch.setattr("crawl.commoncrawl.archive.TAIL_BYTES", 64)
    monkeypatch.setattr("crawl.commoncrawl.members.PIECE_BYTES", 512)
    monkeypatch.setattr("crawl.commoncrawl.lists.COMMIT_BYTES", 1)
    archive.publish([Listed(capture(f"http://a.test/{n}", n)) for n in range(40)])
    path = archive.rows[0]["warc_filename"]
    archive.write("paths", f"{path}\n".encode())
    n_bytes = (archive.folder / path).stat().st_size
    archive.faults[path] = [lambda handler: False] * 4 + [told(500)] * 5
    ended = gather("warc_lists=[paths]", "least_khmer=1")
    assert ended.returncode == 1
    assert f"{path}: cannot be read (http_500" in ended.stderr
    before = gather.urls()
    assert 0 < len(before) < 40
    asked_before = len(archive.asked)
    gather.done("warc_lists=[paths]", "least_khmer=1")
    urls = gather.urls()
    assert urls[: len(before)] == before
    assert sorted(urls) == sorted(f"http://a.test/{n}" for n in range(40))
    assert gather.ledger() == {("in", ""): 40, ("kept", ""): 40}
    spans = [wanted.removeprefix("bytes=") for name, wanted in archive.asked[asked_before:] if name == path]
    fetched = sum(
        int(last) - int(first) + 1 for first, _, last in (one.partition("-") for one in spans) if first
    )
    assert fetched < n_bytes - len(before) * 300


def test_of_an_index_only_what_decides_is_read(archive: Archive, gather: Gathering) -> None:
    listed = [Listed(capture(f"http://h{n:03d}.test/", n), "eng" if n else "khm") for n in range(200)]
    archive.publish(listed)
    [index] = archive.folder.glob("cc-index/**/subset=warc/*.parquet")
    gather.done(ONE, "robots=false", "hosts=[h000.test]")
    name = str(index.relative_to(archive.folder))
    spans = [wanted.removeprefix("bytes=") for path, wanted in archive.asked if path == name]
    assert len(spans) <= 30  # 67 row groups of seven columns
    assert gather.urls() == ["http://h000.test/"]


def test_a_folder_is_an_archive_too(archive: Archive, gather: Gathering) -> None:
    archive.publish(web())
    gather.done(ONE, f"data={archive.folder}")
    assert len(gather.urls()) == 3
    assert archive.asked == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["contact=''", ONE], "contact: got ''"),
        ([], "crawls: got none"),
        ([ONE, "index=cdx"], "hosts: got none, but the CDX index is asked host by host"),
        ([ONE, "index=arc"], "index: got 'arc'"),
        ([ONE, "rank=last"], "rank: got 'last'"),
        ([ONE, "language=Khmer"], "language: got 'Khmer'"),
        (["crawls=['../x']"], "crawls: got '../x'"),
        ([ONE, "tries=0"], "tries: got 0"),
        ([ONE, "deadline=nan"], "deadline: got nan"),
        ([ONE, "patience=inf"], "patience: got inf"),
        ([ONE, "hosts=['http://a.test/']"], "hosts: got 'http://a.test/'"),
        ([ONE, "index=cdx", "hosts=[a.test]", "cdx=/tmp"], "cdx: got '/tmp'"),
    ],
)
def test_an_impossible_configuration_is_refused(gather: Gathering, words: list[str], message: str) -> None:
    ended = gather(*words)
    assert ended.returncode == 2
    assert message in ended.stderr


def test_a_crawl_that_is_not_there_ends_the_run(archive: Archive, gather: Gathering) -> None:
    ended = gather("crawls=[CC-MAIN-1999-01]")
    assert ended.returncode == 1
    assert "the list of index files cannot be read (not_there" in ended.stderr
