"""Where a site's listings are asked for."""

from __future__ import annotations

from crawl.discovery.doors import doors, linked_interface
from crawl.discovery.interfaces import blogger_feed, wordpress_pages, wordpress_posts
from crawl.discovery.links import PageLinks

SITE = "https://a.kh"


def test_before_a_page_is_known():
    assert doors(SITE, [], None) == [("sitemap", "https://a.kh/sitemap.xml")]
    named = [
        "https://a.kh/map.xml",
        "/news.xml",
        "https://b.kh/a.xml",
        "https://a.kh/map.xml",
        "mailto:a@b.kh",
    ]
    assert doors(SITE, named, None) == [
        ("sitemap", "https://a.kh/map.xml"),
        ("sitemap", "https://a.kh/news.xml"),
        ("sitemap", "https://b.kh/a.xml"),  # its robots.txt names it, so it may speak for the site
    ]
    assert len(doors(SITE, [f"/{n}.xml" for n in range(9999)], None)) == 100


def test_after_its_first_page():
    root = "https://a.kh/wp-json/"
    page = PageLinks(feeds=["https://a.kh/feed/", "https://b.kh/feed/"], wordpress=root)
    assert doors(SITE, [], page) == [
        ("wordpress", wordpress_posts(root)),
        ("wordpress", wordpress_pages(root)),
        ("sitemap", "https://a.kh/wp-sitemap.xml"),
        ("feed", "https://a.kh/feed/"),
    ]
    assert doors(SITE, [], PageLinks(is_blogger=True)) == [("blogger", blogger_feed(SITE))]
    assert doors(SITE, [], PageLinks(wordpress="https://b.kh/wp-json/")) == []
    assert doors(SITE, [], PageLinks()) == []


def test_an_interface_may_be_named_in_the_header():
    header = '<https://a.kh/p=1>; rel=shortlink, <https://a.kh/wp-json/>; rel="https://api.w.org/"'
    assert linked_interface(header, "https://a.kh/x") == "https://a.kh/wp-json/"
    assert linked_interface("<" * 100_000, "https://a.kh/x") == ""
    assert linked_interface('<https://b.kh/>; rel="next"', "https://a.kh/x") == ""
