"""Every form of reservation that is read, with the ones that look like it."""

from __future__ import annotations

import json

import pytest

from crawl.policy.optout import HEAD_BYTES, SiteFiles, forbidden, page_signals, site_signals

URL = "https://a.kh/news/1?x=2"


def names(headers=(), html="", **files) -> list[str]:
    of_site = site_signals(URL, SiteFiles(**files))
    return [signal.name for signal in page_signals(headers, html.encode(), of_site)]


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (("X-Robots-Tag", "noai, noimageai"), ["x-robots-tag: noai", "x-robots-tag: noimageai"]),
        (("x-robots-tag", "NOAI"), ["x-robots-tag: noai"]),
        (("X-Robots-Tag", "none"), ["x-robots-tag: nofollow", "x-robots-tag: noindex"]),
        (("X-Robots-Tag", "SastraBot: noai"), ["x-robots-tag: noai"]),
        (("X-Robots-Tag", "otherbot: noai, nofollow"), []),
        (("X-Robots-Tag", "max-snippet: 20, noai"), ["x-robots-tag: noai"]),
        (("X-Robots-Tag", "noarchive"), []),
        (("TDM-Reservation", "1"), ["tdm-reservation: 1"]),
        (("TDM-Reservation", "0"), []),
        (("Content-Signal", "search=yes, ai-train=no"), ["content-signal: ai-train=no"]),
        (("Content-Signal", "ai-train=yes"), []),
        (("Content-Usage", "train-ai=n"), ["content-usage: train-ai=n"]),
        (("X-Other", "noai"), []),
    ],
)
def test_headers(header, found):
    assert names([header]) == found


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ('<meta name="robots" content="noai, noimageai">', ["meta robots: noai", "meta robots: noimageai"]),
        ("<META content=NOAI name=ROBOTS>", ["meta robots: noai"]),
        ("<meta name='sastrabot' content='nofollow'/>", ["meta robots: nofollow"]),
        ("<meta name='googlebot' content='noai'/>", []),
        ('<meta\n name="tdm-reservation"\n content="1">', ["meta tdm-reservation: 1"]),
        ('<meta name="tdm-reservation" content="0">', []),
        ('<!-- <meta name="robots" content="noai"> -->', []),
        ('<!--> <meta name="robots" content="noai"> -->', ["meta robots: noai"]),
        ('<!-- <!-- <meta name="robots" content="noai">', []),
        ('<meta <meta name="robots" content="noai"', ["meta robots: noai"]),
        ('<meta name="description" content="noai">', []),
        ('<meta name="robots" content="index, follow">', []),
        ('<meta name="robots">', []),
    ],
)
def test_metas(head, found):
    assert names(html=f"<html><head><title>ទំព័រ</title>{head}</head><body>noai</body></html>") == found


@pytest.mark.parametrize(
    ("robots", "found"),
    [
        ("User-agent: *\nContent-Signal: search=yes,ai-train=no\nAllow: /", ["content-signal: ai-train=no"]),
        ("Content-signal: ai-train=no", ["content-signal: ai-train=no"]),
        ("User-agent: *\nContent-Signal: ai-train=yes", []),
        ("User-agent: Other\nContent-Signal: ai-train=no", []),
        (
            "User-agent: *\nContent-Signal: ai-train=no\n\nUser-agent: SastraBot\nContent-Signal: ai-train=yes",
            [],
        ),
        ("User-agent: *\nContent-Signal: /shop ai-train=no", []),
        ("User-agent: *\nContent-Signal: /news ai-train=no", ["content-signal: ai-train=no"]),
        ("User-agent: *\nContent-Signal: ai-train=no\nContent-Signal: /news ai-train=yes", []),
        ("User-agent: *\nContent-Usage: train-ai=n", ["content-usage: train-ai=n"]),
        ("# Content-Signal: ai-train=no", []),
        ("User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /", ["robots.txt: CCBot"]),
        ("User-agent: GPTBot\nDisallow: /shop", []),
        ("User-agent: *\nDisallow: /\n\nUser-agent: GPTBot\nAllow: /", []),
        ("User-agent: BadBot\nDisallow: /", []),
    ],
)
def test_robots(robots, found):
    assert names(robots=robots) == found


@pytest.mark.parametrize(
    ("tdmrep", "found"),
    [
        ('[{"location": "/", "tdm-reservation": 1}]', True),
        ('[{"location": "/", "tdm-reservation": 0}]', False),
        ('[{"location": "/news/*", "tdm-reservation": "1"}]', True),
        ('[{"location": "/shop", "tdm-reservation": 1}]', False),
        ('[{"location": "/", "tdm-reservation": 1}, {"location": "/news", "tdm-reservation": 0}]', True),
        ('[{"location": "/news", "tdm-reservation": 0}, {"location": "/", "tdm-reservation": 1}]', False),
        ('[{"location": "/news/1$", "tdm-reservation": 1}]', False),
        ('[{"location": "/", "tdm-reservation": 1}', False),
        ('{"location": "/"}', False),
        ('[1, {"location": 2}]', False),
        ("<html>", False),
    ],
)
def test_tdmrep(tdmrep, found):
    assert names(tdmrep=tdmrep) == (["tdmrep.json: 1"] if found else [])


@pytest.mark.parametrize(
    ("ai_txt", "found"),
    [
        ("User-Agent: *\nDisallow: /", True),
        ("User-Agent: *\nDisallow: *.html\nAllow: *.jpg", True),  # a page is text, whatever its address
        ("User-Agent: *\nDisallow: *.jpg", False),
        ("User-Agent: *\nAllow: /", False),
        ("<html>404</html>", False),
    ],
)
def test_ai_txt(ai_txt, found):
    assert names(ai_txt=ai_txt) == (["ai.txt: disallow"] if found else [])


def test_the_page_overrides_the_sites_tdm_file():
    reserved = '[{"location": "/", "tdm-reservation": 1}]'
    assert names([("TDM-Reservation", "0")], tdmrep=reserved) == []
    assert names(html='<meta name="tdm-reservation" content="0">', tdmrep=reserved) == []


def test_a_signal_tells_where_it_stands_and_what_it_forbids():
    [signal] = page_signals([("X-Robots-Tag", "noai,  nofollow" + " " * 300)], b"", [])[:1]
    assert signal.evidence == "X-Robots-Tag: noai, nofollow"
    signals = page_signals([("X-Robots-Tag", "nofollow")], b"", [])
    assert forbidden(signals, "following")
    assert not forbidden(signals, "training")


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("/a*b", "/axxb", True),
        ("/a*b", "/axx", False),
        ("/a*b$", "/axbxb", True),
        ("/a*b$", "/axbx", False),
        ("/ab*ab$", "/ab", False),
        ("/a$", "/a", True),
        ("/a$", "/ab", False),
        ("*", "/a", True),
        ("*/b", "/a/b/c", True),
        ("/a*c*b", "/abc", False),
        ("/a.b", "/axb", False),
    ],
)
def test_path_patterns(pattern, path, matches):
    rules = json.dumps([{"location": pattern, "tdm-reservation": 1}])
    assert bool(site_signals(f"https://a.kh{path}", SiteFiles(tdmrep=rules))) is matches


@pytest.mark.parametrize(
    "html",
    ["<meta " + "a" * HEAD_BYTES, "<meta " * HEAD_BYTES, "<!--" * HEAD_BYTES, "<meta " + "a =" * HEAD_BYTES],
    ids=["name", "metas", "comments", "attributes"],
)
def test_a_hostile_page_is_read_in_linear_time(html):
    assert names(html=html) == []


@pytest.mark.parametrize(
    "tdmrep",
    [
        "[" * 400_000,
        json.dumps([{"location": "/" + "*a" * 12 + "*b", "tdm-reservation": 1}]),
    ],
    ids=["nesting", "stars"],
)
def test_a_hostile_tdmrep_is_read_in_linear_time(tdmrep):
    assert site_signals("https://a.kh/" + "a" * 1500, SiteFiles(tdmrep=tdmrep)) == []
