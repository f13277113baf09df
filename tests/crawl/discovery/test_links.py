from __future__ import annotations

from crawl.links import page_links


def test_the_links_of_a_page():
    html = """<html><head><base href="/d/"><link rel="next" href="p2"><link rel="stylesheet" href="s.css">
    <meta http-equiv="Refresh" content="3; URL='/later'"><meta name="x" content="0; url=/not"></head><body>
    <a href="ខ">ខ</a><a href="/d/%E1%9E%81">ដដែល</a><area href="/map"><iframe src="/frame"></iframe>
    <a href="#top">ឡើងលើ</a><a href="">ទទេ</a><a>គ្មាន</a><a href="/ad" rel="sponsored NoFollow">ពាណិជ្ជកម្ម</a></body>"""
    links = page_links(html, "http://a.kh/x", 10)
    paths = ["d/p2", "later", "d/%E1%9E%81", "map", "frame"]
    assert links.urls == [f"http://a.kh/{path}" for path in paths]
    assert (links.n_nofollow, links.n_beyond_limit) == (1, 0)


def test_no_more_than_the_limit():
    html = "".join(f"<a href=/{i}>" for i in range(100)) + "<a href=/0>"
    links = page_links(html, "http://a.kh/x", 30)
    assert len(links.urls) == 30
    assert links.n_beyond_limit == 70


def test_a_hostile_refresh_is_read_in_linear_time():
    html = f'<meta http-equiv="refresh" content="{" " * 200_000}">'
    assert page_links(html, "http://a.kh/", 9).urls == []
