from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from crawl.frontier.recrawl import (
    DAY,
    FIRST_LISTING_SECONDS,
    FIRST_SECONDS,
    LEAST_SECONDS,
    MOST_SECONDS,
    Visit,
    changed,
    failed,
    first_visit,
    unchanged,
)
from crawl.warc import Exchange
from tests.crawl.conftest import Reply, html

HTML = {"Content-Type": "text/html; charset=utf-8"}


def exchange(body: bytes = b"x", **headers: str) -> Exchange:
    raw = tuple((name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items())
    moment = datetime(2026, 11, 26, 1, 2, 3, tzinfo=UTC)
    return Exchange("http://a.kh/", moment, "", b"", 200, b"HTTP/1.1 200 OK", raw, body)


def test_a_first_visit_keeps_what_the_next_one_asks_with():
    answer = exchange(etag='W/"7"', last_modified="Mon, 02 Nov 2026 00:00:00 GMT")
    visit = first_visit(answer, is_listing=False)
    assert visit.interval == FIRST_SECONDS
    assert first_visit(answer, is_listing=True).interval == FIRST_LISTING_SECONDS
    assert (visit.date, visit.digest) == ("2026-11-26T01:02:03Z", answer.digest)
    assert visit.questions() == {
        "If-None-Match": 'W/"7"',
        "If-Modified-Since": "Mon, 02 Nov 2026 00:00:00 GMT",
    }
    assert first_visit(exchange(), is_listing=False).questions() == {}
    assert visit._replace(date="").questions() == {}, "without a stored body a 304 would be of no use"


@pytest.mark.parametrize("etag", ["x" * 2000, "a\r\nX-Evil: 1", "\x00", ""])
def test_validators_that_cannot_be_sent_back_are_not_kept(etag):
    assert first_visit(exchange(etag=etag), is_listing=False).etag == ""


def test_the_interval_follows_the_page():
    visit = first_visit(exchange(), is_listing=False)
    assert unchanged(visit, exchange()).interval == 21 * DAY
    assert changed(visit, exchange(b"y")).interval == 7 * DAY
    for _ in range(20):
        visit = unchanged(visit, exchange())
    assert visit.interval == MOST_SECONDS
    for _ in range(20):
        visit = changed(visit, exchange())
    assert visit.interval == LEAST_SECONDS


def test_a_failure_is_tried_again_in_a_day_and_what_is_stored_stands():
    before = Visit(9 * DAY, "2026-01-01T00:00:00Z", "sha1:OLD", '"1"', "then")
    assert failed(before) == before._replace(interval=DAY)
    assert failed(None).questions() == {}


def test_a_304_renews_validators_and_keeps_the_stored_response():
    before = Visit(DAY, "2026-01-01T00:00:00Z", "sha1:OLD", '"1"', "then")
    after = unchanged(before, replace(exchange(b"", etag='"2"'), status=304))
    assert after[1:] == ("2026-01-01T00:00:00Z", "sha1:OLD", '"2"', "then")


def conditional(etag: str):
    """A page that answers 304 to who knows its ETag."""

    def answer(handler) -> None:
        is_known = handler.headers.get("If-None-Match") == etag
        body = b"" if is_known else html("/changing")
        handler.send_response(304 if is_known else 200)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("ETag", etag)
        if not is_known:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def test_a_page_that_is_due_is_visited_again(web, crawl):
    web.pages |= {
        "a.test/": html("/etag", "/changing", "/gone", "/same", "/down"),
        "a.test/down": Reply(b"", 500),
        "a.test/etag": conditional('"v1"'),
        "a.test/changing": html(title="ទីមួយ"),
        "a.test/same": Reply(html(), headers=HTML | {"Last-Modified": "Mon, 02 Nov 2026 00:00:00 GMT"}),
        "a.test/gone": html(),
    }
    assert crawl("seeds=[http://a.test/]").returncode == 0
    first = {record.url: record for record in crawl.records() if record.kind == "response"}
    del web.pages["a.test/gone"]
    web.pages["a.test/changing"] = html("/new", title="ទីពីរ")
    web.pages |= {"a.test/new": html(), "a.test/down": html()}
    again = ["seeds=[http://a.test/]", "due=2099-01-01"]
    assert crawl(*again).returncode == 0

    revisits = {r.url.rpartition("/")[2]: r for r in crawl.records() if r.kind == "revisit"}
    profiles = {name: r.headers["WARC-Profile"].rpartition("/")[2] for name, r in revisits.items()}
    assert profiles == {
        "": "identical-payload-digest",
        "etag": "server-not-modified",
        "same": "identical-payload-digest",
    }
    stored = first["http://a.test/same"]
    assert revisits["same"].headers["WARC-Refers-To-Target-URI"] == stored.url
    assert revisits["same"].headers["WARC-Refers-To-Date"] == stored.headers["WARC-Date"]
    versions = [r for r in crawl.records() if r.kind == "response" and r.url.endswith("/changing")]
    assert ["ទីមួយ" in r.content.decode() for r in versions] == [True, False]
    statuses = {r.url: r.http.get_statuscode() for r in crawl.records() if r.kind == "response"}
    assert (statuses["http://a.test/gone"], statuses["http://a.test/down"]) == ("404", "200")
    assert "http://a.test/new" in statuses
    asked = [headers for headers in web.headers if headers.get("If-Modified-Since")]
    assert [headers["If-Modified-Since"] for headers in asked] == ["Mon, 02 Nov 2026 00:00:00 GMT"]
    assert web.asked["a.test/robots.txt"] == 1
    assert crawl.manifest()["facts"]["revisits"] == {"identical-payload-digest": 2, "server-not-modified": 1}
    assert "nothing to do" in crawl(*again).stdout
