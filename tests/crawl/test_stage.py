from __future__ import annotations

import gzip
import os
import signal
import subprocess
import time
from http.server import BaseHTTPRequestHandler

import pytest

from corpus.manifest import Manifest
from crawl.stage import _paused, goes_on, told
from tests.crawl.conftest import HOUSE, Reply, html

HTML = {"Content-Type": "text/html; charset=utf-8"}
TEXT = {"Content-Type": "text/plain"}


def test_refuses_to_start_without_a_contact(crawl):
    done = crawl("seeds=[http://a.test/]", "contact=''")
    assert done.returncode == 2
    assert done.stderr.startswith("contact: got ''; expected")
    assert not (crawl.folder / "warc").exists()


def test_what_sites_reserve_is_not_stored(web, crawl):
    """The pages of a web that states its wishes in every way, and what becomes of each."""
    secret = html("/next", title="សម្ងាត់")
    everything = "User-agent: *\nDisallow: /private\n\nUser-agent: Other\nDisallow: /\n"
    web.pages |= {
        "a.test/robots.txt": Reply(everything.encode(), headers=TEXT),
        "a.test/": html(
            "/private/x", "/header", "/meta", "/tdm", "/tdm-meta", "/nofollow", "http://signal.test/",
            "http://tdmrep.test/", "http://tdmrep.test/free", "http://ai.test/", "http://gpt.test/",
            "http://down.test/", "http://moved.test/", "http://outside.example/",
        ),
        "a.test/header": Reply(secret, headers=HTML | {"X-Robots-Tag": "noai, noimageai"}),
        "a.test/meta": html(head='<meta name="robots" content="index, noai">'),
        "a.test/tdm": Reply(secret, headers=HTML | {"TDM-Reservation": "1"}),
        "a.test/tdm-meta": html(head="<meta name='tdm-reservation' content='1'>"),
        "a.test/nofollow": html("/hidden", head='<meta name="robots" content="nofollow">'),
        "a.test/next": html(),
        "a.test/hidden": html(),
        "signal.test/robots.txt": Reply(b"User-agent: *\nContent-Signal: search=yes, ai-train=no\n", headers=TEXT),
        "tdmrep.test/.well-known/tdmrep.json": Reply(
            b'[{"location":"/free","tdm-reservation":0},{"location":"/","tdm-reservation":1}]', headers=TEXT
        ),
        "tdmrep.test/free": html(),
        "ai.test/ai.txt": Reply(b"User-Agent: *\nDisallow: /\n", headers=TEXT),
        "gpt.test/robots.txt": Reply(b"User-agent: GPTBot\nDisallow: /\n", headers=TEXT),
        "down.test/robots.txt": Reply(b"", 503),
        "moved.test/robots.txt": Reply(b"", 301, {"Location": "/r.txt"}),
        "moved.test/r.txt": Reply(b"User-agent: SastraBot\nDisallow: /\n", headers=TEXT),
    }  # fmt: skip
    assert crawl("seeds=[http://a.test/]", "hosts=['*.test']", "retries=0").returncode == 0

    decisions = crawl.decisions()
    refused = {url: d["reason"] for url, d in decisions.items() if d["decision"] == "dropped"}
    assert refused == {
        "a.test/private/x": "robots",
        "a.test/header": "opt_out",
        "a.test/meta": "opt_out",
        "a.test/tdm": "opt_out",
        "a.test/tdm-meta": "opt_out",
        "signal.test/": "opt_out",
        "tdmrep.test/": "opt_out",
        "tdmrep.test/sitemap.xml": "opt_out",
        "ai.test/": "opt_out",
        "gpt.test/": "opt_out",
        "down.test/robots.txt": "robots_unreachable",
        "moved.test/": "robots",
    }
    assert "down.test/" not in web.asked
    assert crawl.manifest()["facts"]["pending"] == 1
    [(host, paused)] = crawl.manifest()["facts"]["paused"].items()
    assert (host, paused["why"], paused["pending"]) == ("down.test", "http_503", 1)
    signals = {url: [s["signal"] for s in d["opt_outs"]] for url, d in decisions.items() if d["opt_outs"]}
    assert signals == {
        "a.test/header": ["x-robots-tag: noai", "x-robots-tag: noimageai"],
        "a.test/meta": ["meta robots: noai"],
        "a.test/tdm": ["tdm-reservation: 1"],
        "a.test/tdm-meta": ["meta tdm-reservation: 1"],
        "a.test/nofollow": ["meta robots: nofollow"],
        "signal.test/": ["content-signal: ai-train=no"],
        "tdmrep.test/": ["tdmrep.json: 1"],
        "tdmrep.test/sitemap.xml": ["tdmrep.json: 1"],
        "ai.test/": ["ai.txt: disallow"],
        "gpt.test/": ["robots.txt: GPTBot"],
    }
    responses = crawl.responses()
    assert not refused.keys() & responses.keys()
    assert not any("សម្ងាត់".encode() in record.content for record in crawl.records())
    never_asked = {u for u, reason in refused.items() if reason == "robots" or "a.test" not in u}
    never_asked -= {"down.test/robots.txt"}
    assert not (never_asked | {"a.test/hidden"}) & web.asked.keys()
    assert {
        "a.test/next",
        "a.test/robots.txt",
        "moved.test/robots.txt",
        "moved.test/r.txt",
    } <= responses.keys()
    assert max(web.asked.values()) == 1
    assert {h["User-Agent"].split("/")[0] for h in web.headers} == {"SastraBot"}
    assert all("(+mailto:team@example.org)" in h["User-Agent"] for h in web.headers)

    ledger = crawl.ledger()
    assert ledger["kept", ""] == len(responses)
    assert ledger["in", ""] == len(decisions) == len(responses) + len(refused)
    assert crawl.manifest()["facts"]["unfollowed"] == {"nofollow": 1, "out_of_scope": 1}


def drip(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    for _ in range(20):
        handler.wfile.write(b"<p>\xe1\x9e\x80</p>")
        handler.wfile.flush()
        time.sleep(0.1)


def chunked(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for part in (b"<p>one", b" two</p>"):
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
    handler.wfile.write(b"0\r\n\r\n")


def silent(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(0.7)
    handler.close_connection = True


def test_limits(web, crawl):
    """A hostile web, and the reason why each of its pages is cut or refused."""
    packed = gzip.compress(html("/from-gzip"))
    web.pages |= {
        "a.test/": html(
            "/bomb", "/long", "/cut", "/drip", "/silent", "/loop", "/chain/0", "/photo", "/x.jpg", "/chunked",
            "/gzip", "/busy", "/many", "http://b.test/0", "http://[bad/", "/" + "a" * 3000, "http://nowhere.example/",
        ),
        "a.test/bomb": Reply(gzip.compress(bytes(5_000_000)), headers=HTML | {"Content-Encoding": "gzip"}),
        "a.test/long": Reply(b"<p>" + b"x" * 300_000),
        "a.test/cut": Reply(html("/from-cut"), declared=5000),
        "a.test/drip": drip,
        "a.test/silent": silent,
        "a.test/loop": Reply(b"", 302, {"Location": "/loop2"}),
        "a.test/loop2": Reply(b"", 302, {"Location": "/loop"}),
        "a.test/photo": Reply(b"GIF89a", headers={"Content-Type": "image/gif"}),
        "a.test/chunked": chunked,
        "a.test/gzip": Reply(packed, headers=HTML | {"Content-Encoding": "gzip"}),
        "a.test/many": html(*(f"/404/{i}" for i in range(40))),
    }  # fmt: skip
    web.pages |= {f"a.test/chain/{i}": Reply(b"", 301, {"Location": f"/chain/{i + 1}"}) for i in range(20)}
    web.pages |= {f"b.test/{i}": html(f"/{i + 1}") for i in range(9)}
    replies = iter([Reply(b"", 503, {"Retry-After": "0"}), Reply(b"", 429), Reply(html())])
    web.pages["a.test/busy"] = lambda handler: send(handler, next(replies))
    limits = [
        "max_decoded_bytes=1000000",
        "max_body_bytes=100000",
        "deadline=0.5",
        "max_links=30",
        "max_redirects=3",
    ]
    words = ["seeds=[http://a.test/]", "hosts=['*.test']", "retries=2", *limits]
    assert crawl(*words, "max_depth=4").returncode == 0

    reasons = {u: d["reason"] for u, d in crawl.decisions().items() if d["decision"] == "dropped"}
    assert reasons == {
        "a.test/bomb": "too_large",
        "a.test/silent": "timeout",
        "a.test/photo": "not_text",
        "a.test/chain/4": "too_many_redirects",
    }
    responses = crawl.responses()
    cut = {url: r.headers["WARC-Truncated"] for url, r in responses.items() if "WARC-Truncated" in r.headers}
    assert cut == {"a.test/long": "length", "a.test/cut": "disconnect", "a.test/drip": "time"}
    assert len(responses["a.test/long"].content) == 100_000
    assert responses["a.test/gzip"].content == packed
    assert responses["a.test/gzip"].http.get_header("Content-Encoding") == "gzip"
    assert responses["a.test/chunked"].content == b"<p>one two</p>"
    assert responses["a.test/chunked"].http.get_header("X-Crawler-Transfer-Encoding") == "chunked"
    assert responses["a.test/busy"].http.get_statuscode() == "200"
    assert (web.asked["a.test/busy"], web.asked["a.test/loop"]) == (3, 1)
    assert web.asked["a.test/silent"] >= 3
    assert {"a.test/from-gzip", "a.test/from-cut", "a.test/loop2", "b.test/3"} <= responses.keys()
    facts = crawl.manifest()["facts"]
    assert facts["unfollowed"] == {"not_text": 1, "out_of_scope": 1, "too_many_links": 10, "url_too_long": 1}
    assert (facts["pending"], facts["too_deep"]) == (0, 1)

    assert "nothing to do" in crawl(*words, "max_depth=4").stdout
    before = web.asked.total()
    assert crawl(*words, "max_depth=5").returncode == 0
    assert web.asked.total() == before + 1, "a deeper crawl goes on from where the other one stopped"
    assert "b.test/4" in crawl.responses()


def send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    handler.send_response(reply.status)
    for name, value in (reply.headers | {"Content-Length": str(len(reply.body))}).items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(reply.body)


def test_nothing_is_lost_or_doubled_by_kill_9(web, crawl):
    hosts, pages = 6, 50
    for host in range(hosts):
        home = f"h{host}.test"
        web.pages[f"{home}/"] = html("/p0", *(f"http://h{h}.test/" for h in range(hosts)))
        for page in range(pages):
            web.pages[f"{home}/p{page}"] = html(*(f"/p{n % pages}" for n in range(page, page + 8)))
    words = ["seeds=[http://h0.test/]", "hosts=['*.test']", "trial_pages=1000"]
    for _ in range(3):
        web_before = web.asked.total()
        process = subprocess.Popen(crawl.command(*words), cwd=HOUSE, stdout=subprocess.DEVNULL)
        while web.asked.total() < web_before + 90 and process.poll() is None:
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    assert crawl(*words).returncode == 0
    responses = crawl.responses()
    beside = ("robots.txt", "ai.txt", ".well-known/tdmrep.json", "sitemap.xml")
    assert responses.keys() == set(web.pages) | {f"h{h}.test/{file}" for h in range(hosts) for file in beside}
    assert crawl.ledger() == {("in", ""): len(responses), ("kept", ""): len(responses)}
    refetched = sum(n - 1 for n in web.asked.values())
    assert refetched <= 3 * 90


def manifest(**facts: object) -> Manifest:
    none = {"status": {"200": 3}, "paused": {}, "hosts": 2, "pending": 0, "parked": 0, "paused_hosts": 0}
    sizes = {"body_bytes": 3_000_000, "khmer_bytes": 2_000_000, "new_khmer_bytes": 1_000_000}
    return Manifest("crawl", "", {}, {}, [], [], none | sizes | facts)


@pytest.mark.parametrize(
    ("until", "goes_on_now"), [("2020-01-01T00:00:00Z", True), ("2099-01-01T00:00:00Z", False)]
)
def test_a_finished_crawl_goes_on_when_a_paused_host_may_be_asked_again(until, goes_on_now):
    paused = {"a.test": {"why": "http_503", "until": until, "pending": 7}}
    assert goes_on(manifest(paused=paused)) is goes_on_now
    assert not goes_on(manifest())


def test_hosts_whose_pause_is_over_are_told_of_but_those_with_parked_urls_alone():
    until = "2020-01-01T00:00:00Z"
    row = {"paused_for": "http_503", "paused_until": until, "pending": 7, "parked": 0}
    others = ({"parked": 7}, {"pending": 0}, {"paused_until": None})
    rows = [row | {"host": "a.test"}, *(row | {"host": "b.test"} | other for other in others)]
    assert _paused(rows) == {"a.test": {"why": "http_503", "until": until, "pending": 7}}


def test_where_a_policy_file_leads_says_nothing_of_its_own_host(web, crawl):
    away = Reply(b"", 302, {"Location": "http://127.0.0.1/x"})
    web.pages |= {"a.test/": html(), "a.test/ai.txt": away, "b.test/": html(), "b.test/robots.txt": away}
    assert crawl("seeds=[http://a.test/,http://b.test/]", "retries=0").returncode == 0
    assert "a.test/" in crawl.responses()
    assert "b.test/" not in web.asked
    assert crawl.ledger()["dropped", "robots_unreachable"] == 1
    assert list(crawl.manifest()["facts"]["paused"]) == ["b.test"]


def test_what_is_told_of_a_crawl():
    assert told(manifest()) == "2 hosts, 3 answers, 3.0 MB, Khmer 2.0 MB (1.0 MB each text once)"
    paused = {"a.test": {"why": "http_503", "until": "2099-01-01T00:00:00Z", "pending": 7}}
    lines = told(manifest(pending=9, parked=2, paused_hosts=1, paused=paused)).splitlines()
    assert lines[1].startswith("9 URLs wait: 2 of them are parked for want of Khmer text, 1 hosts want")
    assert lines[2] == "  a.test: http_503, until 2099-01-01T00:00:00Z, 7 URLs"
