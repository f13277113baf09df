"""A look at a small web, over the command line."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from urllib.parse import quote

import pyarrow.parquet as pq
import pytest

from crawl.discovery.interfaces import wordpress_posts
from crawl.seeds.finding import HEADER, SCHEMA, Finding
from crawl.seeds.record import NAME, Record
from crawl.seeds.table import COLUMNS
from tests.crawl.conftest import HOUSE, Reply, html

FEED = b"<rss version='2.0'><channel><item><link>http://open.test/1</link></item></channel></rss>"
SITEMAP = (
    b"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
    b"<url><loc>http://open.test/1</loc></url><url><loc>http://open.test/2</loc></url></urlset>"
)
XML = {"Content-Type": "application/xml"}
ROBOTS = b"User-agent: *\nCrawl-delay: 0.01\nSitemap: http://open.test/map.xml\n"
TEXT = {"Content-Type": "text/plain"}
HEAD = (
    '<link rel="alternate" type="application/rss+xml" href="/feed">'
    '<link rel="https://api.w.org/" href="http://open.test/wp-json/">'
)
POSTS_URL = wordpress_posts("http://open.test/wp-json/").removeprefix("http://")
POSTS = json.dumps([{"link": "http://open.test/3", "content": {"rendered": "<p>ប្រទេសកម្ពុជា</p>"}}]).encode()


@pytest.fixture
def look(web, tmp_path):
    """The checker run on hosts of the web; gives its output and its findings by host."""

    def run(
        *hosts: str, refused: tuple[str, ...] = (), words: tuple[str, ...] = ()
    ) -> tuple[str, dict[str, dict[str, str]]]:
        rows = [(h, f"http://{h}/", "news", "km", "crawl", "X", "unknown", "", "", "") for h in hosts]
        rows += [
            (h, f"http://{h}/", "news", "km", "crawl", "X", "refused", "2026-01-05", "letter", "")
            for h in refused
        ]
        table = tmp_path / "seeds.tsv"
        if not table.exists():
            table.write_text("\n".join("\t".join(row) for row in [COLUMNS, *rows]))
        where = [f"runs={tmp_path}", "run=t", f"tables=[{table}]", f"resolve=['*.test=127.0.0.1:{web.port}']"]
        told = [
            "contact=mailto:team@example.org",
            "only_resolved=true",
            "delay=0",
            "max_crawl_delay=0",
            "workers=1",
            *words,
        ]
        done = subprocess.run(
            [sys.executable, "-m", "crawl.seeds", *where, *told],
            cwd=HOUSE,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
        with (tmp_path / "t/seeds/findings.tsv").open(encoding="utf-8") as file:
            return done.stdout, {
                row["host"]: row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            }

    return run


def test_hosts_and_how_they_stand(web, look, tmp_path):
    web.pages |= {
        "open.test/robots.txt": Reply(ROBOTS, headers=TEXT),
        "open.test/": html("/1", "/2", head=HEAD),
        "open.test/map.xml": Reply(SITEMAP, headers=XML),
        "open.test/feed": Reply(FEED, headers=XML),
        "moved.test/": Reply(b"", 301, {"Location": "http://new.test/"}),
        "new.test/": html(),
        "closed.test/robots.txt": Reply(b"User-agent: *\nDisallow: /\n", headers=TEXT),
        "down.test/robots.txt": Reply(b"", 503),
        "noai.test/": html(head='<meta name="robots" content="noai">'),
        "wall.test/": Reply(b"no", 403, {"Content-Type": "text/html", "Server": "cloudflare"}),
        "busy.test/": Reply(b"", 429, {"Retry-After": "600"}),
        "gone.test/": Reply(b"", 404),
        "pdf.test/": Reply(b"%PDF-1.4", headers={"Content-Type": "application/pdf"}),
        "loop.test/": Reply(b"", 302, {"Location": "/"}),
        "to.test/": Reply(b"", 302, {"Location": "http://closed.test/"}),
    }  # fmt: skip
    web.pages[POSTS_URL] = Reply(POSTS, headers={"Content-Type": "application/json"})
    hosts = sorted({url.split("/")[0] for url in web.pages} - {"new.test"})
    out, found = look(*hosts, "other.example", refused=("refused.test",))

    assert {host: row["state"] for host, row in found.items()} == {
        "open.test": "open",
        "moved.test": "moved",
        "closed.test": "robots",
        "down.test": "robots_unreachable",
        "noai.test": "opt_out",
        "wall.test": "blocked",
        "busy.test": "busy",
        "gone.test": "http",
        "pdf.test": "not_html",
        "loop.test": "other",
        "to.test": "robots",
        "other.example": "not_resolved",
        "refused.test": "refused",
    }
    assert found["other.example"]["n_requests"] == ""
    row = found["open.test"]
    assert row["n_listed"] == "feed 1; sitemap 2; wordpress 1"
    assert row["sitemaps"] == "http://open.test/map.xml"
    assert (row["wordpress"], row["feeds"]) == ("http://open.test/wp-json/", "http://open.test/feed")
    assert (row["robots"], row["crawl_delay"], row["n_links"], row["n_khmer_links"]) == (
        "allowed",
        "0.01",
        "2",
        "2",
    )
    assert float(row["khmer_share"]) == 1
    assert found["noai.test"]["opt_outs"].startswith("meta robots: noai")
    assert found["moved.test"]["evidence"] == "new.test"
    assert found["busy.test"]["evidence"] == "429, Retry-After: 600"
    assert found["closed.test"]["rule"] == "Disallow: /"
    assert found["wall.test"]["evidence"].startswith("403 ")
    assert found["wall.test"]["evidence"].endswith("cloudflare")

    asked = set(web.asked)
    assert not {url for url in asked if url.startswith("refused.test")}
    assert {url for url in asked if url.startswith("closed.test")} == {"closed.test/robots.txt"}
    assert {url for url in asked if url.startswith("down.test")} == {"down.test/robots.txt"}
    assert {h["User-Agent"].split("/")[0] for h in web.headers} == {"SastraBot"}

    assert "1  robots_unreachable" in out
    assert "13 seeds" in out
    table = pq.read_table(tmp_path / "t/seeds/findings.parquet")
    assert table.schema == SCHEMA
    assert dict(table.to_pylist()[0]["n_listed"])["sitemap"] == 2
    page = (tmp_path / "t/seeds/findings.html").read_text(encoding="utf-8")
    assert page.count("<tr>") > len(found)
    assert "script" not in page
    n_asked = web.asked.total()
    assert "nothing to do" in look(*hosts, "other.example", refused=("refused.test",))[0]
    assert web.asked.total() == n_asked


def test_what_stands_in_headers_and_in_other_encodings_is_read_as_the_crawl_reads_it(web, look):
    path = "/ទំព័រដើម"
    page = html("/1", title="ទំព័រ")
    raw = path.encode().decode("latin-1")  # http.server writes headers in Latin-1
    interface = {"Link": '<http://head.test/wp-json/>; rel="https://api.w.org/"'}
    posts = wordpress_posts("http://head.test/wp-json/").removeprefix("http://")
    web.pages |= {
        "khmer.test/": Reply(b"", 302, {"Location": raw}),
        f"khmer.test{quote(path)}": page,
        "khmer.test/robots.txt": Reply(b"", 301, {"Location": f"{raw}.txt"}),
        f"khmer.test{quote(path)}.txt": Reply(
            b"User-agent: *\nDisallow: /1\nCrawl-delay: 0.02\n", headers=TEXT
        ),
        "head.test/": Reply(page, headers={"Content-Type": "text/html", **interface}),
        posts: Reply(POSTS.replace(b"open.test", b"head.test"), headers={"Content-Type": "application/json"}),
        "wide.test/": Reply(page.decode().encode("utf-16-le"), headers={"Content-Type": "text/html"}),
        "nowhere.test/": Reply(b"", 301, {"Location": "mailto:team@nowhere.test"}),
    }
    _, found = look("khmer.test", "head.test", "wide.test", "nowhere.test")
    assert found["khmer.test"]["state"] == "open"
    assert found["khmer.test"]["reached"] == f"http://khmer.test{quote(path)}"
    assert found["khmer.test"]["crawl_delay"] == "0.02"
    assert found["head.test"]["wordpress"] == "http://head.test/wp-json/"
    assert found["head.test"]["n_listed"] == "wordpress 1"
    assert (found["wide.test"]["khmer_share"], found["wide.test"]["n_khmer_links"]) == ("1", "1")
    assert found["nowhere.test"]["state"] == "http"
    assert found["nowhere.test"]["evidence"] == "301 mailto:team@nowhere.test"


def test_a_look_does_not_load_scrapy():
    script = "import sys, crawl.seeds.stage; sys.exit('scrapy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=HOUSE, check=False).returncode == 0


def test_a_host_that_drips_costs_its_deadline_and_no_more(web, look):
    def drip(handler: object) -> None:
        time.sleep(1.5)

    web.pages |= {"slow.test/robots.txt": drip, "quick.test/": html()}
    _, found = look("slow.test", "quick.test", words=("deadline=0.3",))
    assert found["slow.test"]["state"] == "timeout"
    assert found["quick.test"]["state"] == "open"


def test_what_was_found_stays_found_and_half_a_line_is_cut_off(tmp_path):
    folder = tmp_path / "work"
    with Record(folder) as record:
        record.add(Finding("a.test", "http://a.test/", "news", state="open"))
    with (folder / NAME).open("ab") as file:
        file.write(b'{"host": "b.test", "url"')
    with Record(folder) as record:
        assert list(record.findings) == ["http://a.test/"]
        record.add(Finding("b.test", "http://b.test/", "news", evidence="ខ្មែរ"))
    lines = (folder / NAME).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["host"] for line in lines] == ["a.test", "b.test"]


def test_fields_and_columns_agree():
    assert SCHEMA.names == HEADER
