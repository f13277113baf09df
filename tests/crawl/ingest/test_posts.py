"""What open interfaces gave becomes documents, one a post; listings and revisits become none."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from corpus.ledger import Ledger
from crawl.warc import Earlier, Exchange, metadata_member, response_members, revisit_members
from tests.crawl.ingest.conftest import Ingest

BODY = "<p>" + "សាលារៀននៅភូមិរបស់ខ្ញុំមានសិស្សពីររយនាក់។ " * 4 + "</p>"
API = "https://school.test/wp-json/wp/v2/posts?page=1"
KEPT = {"decision": "kept", "robots": "allowed", "opt_outs": []}


def exchange(
    url: str, body: bytes, media_type: str = "application/json", day: int = 1, **more: str
) -> Exchange:
    headers = {"Content-Type": media_type, **more}
    return Exchange(
        url=url,
        started=datetime(2026, 3, day, tzinfo=UTC),
        address="127.0.0.1",
        request_head=b"GET / HTTP/1.1\r\n\r\n",
        status=200,
        status_line=b"HTTP/1.1 200 OK",
        headers=tuple((name.encode(), value.encode()) for name, value in headers.items()),
        body=body,
    )


def post(url: str, **more: Any) -> dict[str, Any]:
    return {
        "link": url,
        "date_gmt": "2026-01-05T03:00:00",
        "title": {"rendered": "សាលា &amp; <em>សិស្ស</em>"},
        "content": {"rendered": BODY, "protected": False},
        "_embedded": {"author": [{"name": "ចាន់ ថា"}]},
        **more,
    }


def answer(posts: Iterable[Mapping[str, Any]], url: str = API, day: int = 1, **headers: str) -> bytes:
    body = json.dumps(list(posts)).encode()
    return response_members(exchange(url, body, day=day, **headers), KEPT | {"kind": "wordpress"})


def page(url: str, day: int, html: str = "<html><body>ទំព័រ</body></html>") -> bytes:
    return response_members(exchange(url, html.encode(), "text/html", day), KEPT | {"kind": "page"})


def write(ingest: Ingest, *members: bytes, name: str = "a") -> None:
    file = ingest.data / "web" / f"{name}.warc.gz"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"".join(members))


def test_each_post_is_a_document_and_the_answer_is_none(ingest: Ingest) -> None:
    posts = [
        post("https://school.test/1/"),
        post("https://school.test/short/", content={"rendered": "<p>ខ្លី</p>"}),
        post("https://school.test/shut/", content={"rendered": BODY, "protected": True}),
        post("https://elsewhere.test/1/"),
    ]
    write(ingest, answer(posts, **{"X-Robots-Tag": "noindex"}))
    ingest.of_data()
    [row] = ingest.rows()
    assert (row["url"], row["host"]) == ("https://school.test/1/", "school.test")
    assert (row["title"], row["author"]) == ("សាលា & សិស្ស", "ចាន់ ថា")
    assert row["published_at"] == datetime(2026, 1, 5, 3, tzinfo=UTC)
    assert row["fetched_at"] == datetime(2026, 3, 1, tzinfo=UTC)
    assert (row["media_type"], row["charset"], row["http_status"]) == ("text/html", "utf-8", 200)
    assert row["n_bytes"] == len(row["payload"])
    html = row["payload"].decode()
    assert BODY in html
    assert "<title>សាលា &amp; សិស្ស</title>" in html
    assert row["rights"] == {
        "robots": "unknown",
        "opt_outs": ["x-robots-tag: noindex"],
        "decision": "allowed",
    }
    assert ingest.reasons() == {API: "listing"}
    ledger = Ledger(ingest.manifest()["ledger"])
    fates = ("in", "unfolded", "kept", "dropped")
    assert [ledger.total(fate, "a").documents for fate in fates] == [1, 1, 1, 1]


def test_a_post_that_its_site_closes_to_crawlers_or_to_training_is_none(ingest: Ingest) -> None:
    robots = exchange("https://school.test/robots.txt", b"User-agent: *\nDisallow: /shut/\n", "text/plain")
    policy = response_members(robots, KEPT | {"kind": "robots"})
    posts = [post("https://school.test/open/1"), post("https://school.test/shut/1")]
    other = "https://other.test/wp-json/wp/v2/posts"
    reserved = answer([post("https://other.test/1")], other, **{"TDM-Reservation": "1"})
    write(ingest, policy, answer(posts), reserved)
    ingest.of_data()
    assert [row["url"] for row in ingest.rows()] == ["https://school.test/open/1"]
    assert ingest.reasons() == {
        "https://school.test/robots.txt": "robots_txt",
        API: "listing",
        "https://school.test/shut/1": "robots_txt",
        other: "opt_out",
    }
    assert "សាលា" not in "".join(str(row["text"]) for row in ingest.rows("dropped"))


def test_of_a_page_and_a_post_the_later_is_the_document(ingest: Ingest) -> None:
    urls = [f"https://school.test/{n}" for n in range(3)]
    write(ingest, page(urls[0], 1), page(urls[1], 9), answer(map(post, urls), day=5))
    write(ingest, answer(map(post, urls[2:]), f"{API}&again", day=6), name="b")
    ingest.of_data()
    assert {(row["url"], row["fetched_at"].day, b"<article>" in row["payload"]) for row in ingest.rows()} == {
        (urls[0], 5, True),
        (urls[1], 9, False),
        (urls[2], 6, True),
    }
    superseded = [row for row in ingest.rows("dropped") if row["reason"] == "superseded"]
    assert sorted((row["url"], row["fetched_at"].day) for row in superseded) == [
        (urls[0], 1),
        (urls[1], 5),
        (urls[2], 5),
    ]


def test_a_page_that_was_reserved_since_is_withdrawn_wherever_its_text_stands(ingest: Ingest) -> None:
    urls = [f"https://a.test/{n}" for n in range(3)]
    refused = {"decision": "dropped", "reason": "opt_out", "opt_outs": []}
    write(ingest, *(page(url, 1) for url in urls), name="z")
    later = metadata_member(urls[0], refused)  # of today: in 2026 or after
    other = metadata_member(urls[1], {"decision": "dropped", "reason": "too_large"})
    again = exchange(urls[2], b"", "text/html", day=9, **{"X-Robots-Tag": "noai"})
    earlier = Earlier(urls[2], "2026-03-01T00:00:00Z", again.digest)
    revisit = revisit_members(again, "server-not-modified", earlier, KEPT | {"kind": "page"})
    write(ingest, later, other, revisit)
    ingest.of_data()
    assert [row["url"] for row in ingest.rows()] == [urls[1]]
    assert ingest.reasons() == {urls[0]: "withdrawn", urls[2]: "withdrawn"}


def test_what_had_not_changed_is_counted_and_no_document(ingest: Ingest) -> None:
    first = exchange("https://a.test/1", b"<html>k</html>", "text/html")
    again = exchange("https://a.test/1", b"", "text/html", day=9)
    earlier = Earlier(first.url, "2026-03-01T00:00:00Z", first.digest)
    revisit = revisit_members(again, "server-not-modified", earlier, KEPT | {"kind": "page"})
    write(ingest, response_members(first, KEPT | {"kind": "page"}), revisit)
    ingest.of_data()
    assert [(row["url"], row["fetched_at"].day) for row in ingest.rows()] == [("https://a.test/1", 1)]
    assert ingest.rows("dropped") == []
    assert ingest.manifest()["facts"]["warc_records"]["revisit"] == 1


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("sitemap", b"<urlset><url><loc>https://a.test/1</loc></url></urlset>"),
        ("sitemap", b"<html>no such page</html>"),
        ("feed", b"<rss></rss>"),
        ("feed", b""),
        ("wordpress", b"[" * 100_000),
        ("wordpress", b'{"code": "rest_forbidden"}'),
        ("wordpress", b'[7, null, {"link": 7}, {"link": "https://a.test/1", "content": 7, "_embedded": []}]'),
        ("blogger", b'{"feed": {"entry": [{"link": [{"rel": "alternate", "href": []}]}]}}'),
        ("blogger", b"\xff\xfe"),
    ],
)
def test_a_listing_is_no_document(ingest: Ingest, kind: str, body: bytes) -> None:
    write(ingest, response_members(exchange("https://a.test/x", body, "text/html"), KEPT | {"kind": kind}))
    ingest.of_data()
    assert ingest.rows() == []
    assert ingest.reasons() == {"https://a.test/x": "listing"}
