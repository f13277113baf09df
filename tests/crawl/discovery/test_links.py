"""The links of a page: as a tree finds them, in bounded time on any page."""

from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from crawl.discovery.charset import page_text
from crawl.discovery.links import PageLinks, page_links
from crawl.sources.http import parse_response
from crawl.sources.warc import read_records
from crawl.urls import link_url

PAGE = "http://a.kh/x"


def urls(found: PageLinks) -> list[str]:
    return [link.url.removeprefix("http://a.kh/") for link in found.links]


def test_the_links_of_a_page():
    html = """<html><head><base href="/d/"><link rel="next" href="p2"><link rel="stylesheet" href="s.css">
    <meta http-equiv="Refresh" content="3; URL='/later'"><meta name="x" content="0; url=/not"></head><body>
    <a href="ខ">ខ</a><a href="/d/%E1%9E%81">ដដែល</a><area href="/map"><iframe src="/frame"></iframe>
    <a href="#top">ឡើងលើ</a><a href="">ទទេ</a><a>គ្មាន</a><a href="/ad" rel="sponsored NoFollow">ពាណិជ្ជកម្ម</a></body>"""
    found = page_links(html, PAGE, 10)
    assert urls(found) == ["d/p2", "later", "d/%E1%9E%81", "map", "frame"]
    assert (found.n_nofollow, found.n_beyond_limit) == (1, 0)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<A HREF=/1>", ["1"]),
        ("<a\nclass=x\thref\n=\n'/1'>", ["1"]),
        ("<a class=\"x\"href='/1'>", ["1"]),
        ('<a title="a > b" href=/1>', ["1"]),
        ("<a title=it's href=/1>", ["1"]),
        ("<a data-href=/no href=/1 href=/2>", ["1"]),
        ("<a href='/1?a=1&amp;b=2&copy=3&#x1780;'>", ["1?a=1&b=2&copy=3%E1%9E%80"]),
        ("<abbr href=/1><article href=/2><a/href=/3><linker rel=next href=/4>", ["3"]),
        ("<!-- <a href=/1> --><a href=/2><!--><a href=/3><!-- <a href=/4>", ["2", "3"]),
        ("<script>'<a href=/1>'</SCRIPT ><a href=/2><style><a href=/3></style>", ["2"]),
        ("<title><a href=/1></title><textarea><a href=/2></textarea><a href=/3>", ["3"]),
        ("<noscript><a href=/1></noscript>", ["1"]),
        ("<a href=/1", []),  # cut: the rest of it is not known
        ('<a href="/1', []),
        ("<frameset><frame src=/1><frame src=/2></frameset>", ["1", "2"]),
        ("<area shape=rect href=/1>", ["1"]),
        ("<a href=/ad rel=ugc><a href=/ad rel='noopener sponsored'><a href=/1 rel='noopener external'>", ["1"]),
        ("<a href='javascript:x()'><a href=mailto:a@b.kh><a href=tel:1><a href=data:,x>", []),
        ("<a href=/index.html><a href=/><a href='/?utm_source=x'>", [""]),
        ("<a href=/x>", []),
        ("<link rel=alternate hreflang=km href=/km/><link rel=alternate href=/print>", ["km/"]),
        ("<link rel=alternate type=application/json href=/wp-json/1>", []),
        ("<link rel='prev' href=/1><link rel='prefetch' href=/2>", ["1"]),
        ("<div onclick=\"location.href='/1'\">", ["1"]),
        ("<td onClick=\"window.location = &quot;/1&quot;\">", ["1"]),
        ("<b onclick=\"window.open('/1', 'w')\">", ["1"]),
        ("<b onclick=\"location.assign('/1')\"><b onclick='alert(\"/2\")'>", ["1"]),
        ("<div data-href='/1'><li page-link=\"/2\"><li class='page-link'>", ["1", "2"]),
        ("<meta http-equiv=refresh content='0;url=/1'>", ["1"]),
        ("<meta http-equiv=refresh content='30'>", []),
    ],
)  # fmt: skip
def test_where_links_stand(html, expected):
    assert urls(page_links(html, PAGE, 10)) == expected


@pytest.mark.parametrize(
    ("anchor", "is_khmer"),
    [
        ("<a href=/1>ព័ត៌មាន</a>", True),
        ("<a href=/1><b><img alt='ព័ត៌មាន'></b></a>", True),
        ("<a href=/1 title='ព័ត៌មាន'>12</a>", True),
        ("<a href=/1>News</a> ព័ត៌មាន", False),
        ("<a href=/1 hreflang=km>KM</a>", True),
        ("<a href=/1 hreflang=en>KM</a>", False),
        ("<link rel=alternate hreflang=km-KH href=/1>", True),
        ("<link rel=alternate hreflang=en href=/1>", False),
        ("<area href=/1 alt=x>", False),
    ],
)
def test_which_links_are_in_khmer(anchor, is_khmer):
    assert [link.is_khmer for link in page_links(anchor, PAGE, 9).links] == [is_khmer]


def test_what_a_page_declares():
    html = """<link rel="https://api.w.org/" href="/wp-json/"><link rel="https://api.w.org/" href="/other/">
    <link rel="alternate" type="application/rss+xml" href="/feed/"><link rel=alternate TYPE="Application/Atom+XML"
    href="/atom"><link rel="alternate" type="application/rss+xml" href="/feed/"><link rel=canonical href="/page">
    <meta content='blogger' name='generator'>"""
    found = page_links(html, PAGE, 9)
    assert found.feeds == ["http://a.kh/feed/", "http://a.kh/atom"]
    assert (found.wordpress, found.is_blogger) == ("http://a.kh/wp-json/", True)
    assert (found.canonical, found.links) == ("http://a.kh/page", [])
    many = "".join(f"<link rel=alternate type=application/rss+xml href=/{n}>" for n in range(100))
    assert len(page_links(many, PAGE, 9).feeds) == 5
    assert page_links("<p>", PAGE, 9) == PageLinks()


@pytest.mark.parametrize(
    ("url", "href", "canonical"),
    [
        ("http://a.kh/x?s=1", "/x", "http://a.kh/x"),
        ("http://a.kh/x", "http://a.kh/x", "http://a.kh/x"),
        ("http://a.kh/x", "http://a.kh/", ""),  # said of every page by mistake
        ("http://a.kh/?s=1", "http://a.kh/", ""),
        ("http://a.kh/", "http://a.kh/", "http://a.kh/"),
        ("http://a.kh/x", "https://a.kh/x", "https://a.kh/x"),
        ("http://a.kh/x", "http://b.kh/x", ""),
        ("http://a.kh/x", "", "http://a.kh/x"),
        ("http://a.kh/x", "javascript:", ""),
    ],
)
def test_a_canonical_address_is_believed_within_reason(url, href, canonical):
    assert page_links(f"<link rel=canonical href='{href}'>", url, 9).canonical == canonical


def test_no_more_than_the_limit():
    html = "".join(f"<a href=/{i}>" for i in range(100)) + "<a href=/0><a name=x>"
    found = page_links(html, PAGE, 30)
    assert len(found.links) == 30
    assert found.n_beyond_limit == 71


MANY = 1 << 18
HOSTILE = {
    "anchors": "".join(f"<a href=/{i}>" for i in range(MANY)),
    "deep nesting": "<div>" * MANY,
    "nested anchors": "".join(f"<a href=/{i}><object>" for i in range(50_000)) + "ខ" * MANY,
    "formatting": "<p><b><i><u><s>" * 100_000,
    "endless attributes": "<a " + "x=1 " * MANY,
    "an endless name": "<a " + "x" * MANY + " href=/x>",
    "endless names": "<a x" * MANY,
    "no value": "<a" + " =" * MANY,
    "quotes": '<a href="' * MANY,
    "comments": "<!--" * MANY,
    "scripts": "<script>" * MANY,
    "titles": "<title></title>" * (MANY // 4),
    "clicks": "<b onclick=\"onclick='" * (MANY // 4),
    "a click": '<b onclick="location' + " " * MANY + '">',
    "bases": "<base href=/x/>" * 100_000,
    "references": "<a href='" + "&amp;" * MANY + "'>",
    "a refresh": f'<meta http-equiv="refresh" content="{" " * MANY}">',
    "long links": "".join(f"<a href=/{i}{'x' * 4000}>" for i in range(1000)),
    "null bytes": "\0" * MANY + "<a href=/\0>",
    "smaller than": "<" * (4 * MANY),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_costs_no_more_than_its_length(name):
    """In other than linear time each would take minutes."""
    assert len(page_links(HOSTILE[name], PAGE, 2000).links) <= 2000


def of_tree(html: str, url: str) -> set[str]:
    """The links of anchors and frames, as a tree of the page gives them."""
    base, found = url, set()
    for node in LexborHTMLParser(html).css("base[href], a[href], area[href], iframe[src], frame[src]"):
        of_node = node.attributes
        if node.tag == "base":
            base = link_url(url, of_node.get("href") or "") or base
            continue
        reference = of_node.get("href") or of_node.get("src") or ""
        if reference and reference[0] != "#" and "nofollow" not in (of_node.get("rel") or ""):
            found.add(link_url(base, reference))
    return found - {"", url}


PIECES = [
    "<a href=",
    "<A class=x ",
    "/1",
    "'",
    '"',
    ">",
    " ",
    "</a>",
    "<p>",
    "&amp;",
    "?b=2",
    "=",
    "ខ",
    "<b>",
    "\n",
    "title=",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
@example("<a href='/1?&amp;b'>")
@example("<a href=<A class=x ='>")
@example("<a href='/1'='>")
@example("<A class=x '='<a href='>")
@example("<A class=x =='<a href='>")
def test_anchors_as_a_tree_finds_them(html):
    assert {link.url for link in page_links(html, PAGE, 99).links} == of_tree(html, PAGE)


@pytest.mark.realdata
def test_real_pages_have_the_links_that_a_tree_finds(real_data):
    with (real_data / "web" / "dev_web.warc.gz").open("rb") as file:
        n_links = 0
        for record in islice(read_records(file, 1 << 24, []), 1000):
            response = parse_response(record.block, 1 << 24) if record.kind == "response" else None
            if response and response.is_html:
                html = page_text(response.body, response.header("content-type"))
                found = {link.url for link in page_links(html, record.url, 10_000).links}
                assert of_tree(html, record.url) <= found
                n_links += len(found)
        assert n_links > 1000
