from __future__ import annotations

import json

import pyarrow.parquet as pq

from crawl.discovery.interfaces import wordpress_posts
from tests.crawl.conftest import Reply, html

XML = {"Content-Type": "application/xml"}
JSON = {"Content-Type": "application/json; charset=utf-8"}
TEXT = "ព្រះរាជាណាចក្រកម្ពុជា ជាតិ សាសនា ព្រះមហាក្សត្រ "


def urlset(*urls: str) -> Reply:
    entries = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    xml = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
    return Reply(xml.encode(), headers=XML)


def feed(*urls: str) -> Reply:
    items = "".join(f"<item><link>{url}</link></item>" for url in urls)
    return Reply(f"<rss><channel>{items}</channel></rss>".encode(), headers=XML)


def posts(*links: str) -> Reply:
    moment = "2026-11-01T00:00:00"
    found = [
        {
            "id": number,
            "link": link,
            "date_gmt": moment,
            "modified_gmt": moment,
            "title": {"rendered": f"ចំណងជើង {number}"},
            "content": {"rendered": f"<p>{TEXT * 20} {number}</p>", "protected": False},
        }
        for number, link in enumerate(links)
    ]
    return Reply(json.dumps(found).encode(), headers=JSON)


def test_what_a_site_offers_is_used(web, crawl):
    """Sitemaps, a feed and an open API lead to pages; posts that the API held are not fetched again."""
    head = (
        '<link rel="https://api.w.org/" href="http://a.test/wp-json/">'
        '<link rel="alternate" type="application/rss+xml" href="/feed">'
    )
    robots = b"User-agent: *\nDisallow: /no\nSitemap: http://a.test/map.xml\n"
    api = wordpress_posts("http://a.test/wp-json/").removeprefix("http://")
    web.pages |= {
        "a.test/robots.txt": Reply(robots, headers={"Content-Type": "text/plain"}),
        "a.test/": html("/post/1", "/rss", head=head),
        "a.test/post/1": html(),
        "a.test/post/2": html(),
        "a.test/map.xml": urlset("http://a.test/from-map", "http://a.test/no/page", "http://other.test/"),
        "a.test/from-map": html(),
        "a.test/feed": feed("http://a.test/from-feed"),
        "a.test/from-feed": html(),
        "a.test/rss": feed("http://a.test/from-linked-feed"),
        "a.test/from-linked-feed": html(),
        api: posts("http://a.test/post/1", "http://a.test/post/2"),
    }
    assert crawl("seeds=[http://a.test/]").returncode == 0
    kinds = {url: decision["kind"] for url, decision in crawl.decisions().items()}
    found_as = [kinds[url] for url in ("a.test/map.xml", "a.test/feed", api, "a.test/")]
    assert found_as == ["sitemap", "feed", "wordpress", "page"]
    found = {"a.test/from-map", "a.test/from-feed", "a.test/from-linked-feed"}
    assert found <= {url for url, kind in kinds.items() if kind == "page"}
    assert not {"a.test/post/1", "a.test/post/2"} & web.asked.keys()
    facts = crawl.manifest()["facts"]
    assert facts["covered"] == 2
    assert facts["pending"] == 0
    assert facts["kinds"]["wordpress"] >= 1
    assert facts["unfollowed"]["out_of_scope"] == 1
    assert crawl.ledger()["dropped", "robots"] == 1


def named(counts: list[dict]) -> dict[str, int]:
    return {count["name"]: count["n"] for count in counts}


def test_the_health_of_a_crawl(web, crawl):
    """A row for each host says what was asked, kept, refused and left; one for each day how much came."""
    web.pages |= {
        "a.test/": html("/1", "/404", "/no/1", "http://b.test/", "/a/a/a/a/a/a"),
        "a.test/1": html(title=TEXT),
        "a.test/robots.txt": Reply(b"User-agent: *\nDisallow: /no\n", headers={"Content-Type": "text/plain"}),
        "b.test/robots.txt": Reply(b"", 500),
    }
    rules = ["hosts=['*.test']", "scope=['reject b.test/not*']", "retries=0"]
    done = crawl("seeds=[http://a.test/]", *rules)
    assert done.returncode == 0
    assert "1 URLs wait" in done.stdout
    assert "b.test: http_500, until 20" in done.stdout
    folder = crawl.folder / "health"
    rows = {row["host"]: row for row in pq.read_table(folder / "hosts.parquet").to_pylist()}
    a, b = rows["a.test"], rows["b.test"]
    assert named(a["classes"]) == {"2xx": 3, "4xx": 4}
    assert named(a["kinds"]) == {"ai_txt": 1, "page": 3, "robots": 1, "sitemap": 1, "tdmrep": 1}
    assert named(a["refused"]) == {"robots": 1}
    assert named(a["unfollowed"]) == {"repeating_path": 1}
    assert (a["fetched"], a["kept"], a["pending"], a["parked"], a["is_parked"]) == (7, 7, 0, 0, False)
    assert 0 < a["new_khmer_bytes"] < a["khmer_bytes"] < a["body_bytes"]
    assert a["robots"] == [{"origin": "http://a.test", "state": "parsed"}]
    assert a["best_lanes"]
    assert (named(b["refused"]), b["pending"], b["paused_for"]) == ({"robots_unreachable": 1}, 1, "http_500")
    assert b["paused_until"] is not None
    days = pq.read_table(folder / "days.parquet").to_pylist()
    assert sum(day["answers"] for day in days) == 7
    assert sum(day["khmer_bytes"] for day in days) == a["khmer_bytes"]
