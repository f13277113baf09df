"""The open interfaces of WordPress and Blogger: whole posts, links within them, the next page."""

from __future__ import annotations

import json
from typing import Any

import pytest

from crawl.discovery.interfaces import blogger_feed, wordpress_pages, wordpress_posts
from crawl.discovery.posts import Post, read_posts
from crawl.discovery.reading import read_listing

BODY = "<p>" + "សាលារៀននៅភូមិរបស់ខ្ញុំមានសិស្សពីររយនាក់។ " * 4 + "</p>"
WORDPRESS = wordpress_posts("https://a.kh/wp-json/")
BLOGGER = blogger_feed("https://a.kh")


def wordpress(path: str, html: str = BODY, **more: Any) -> dict[str, Any]:
    return {"link": f"https://a.kh/{path}", "content": {"rendered": html, **more}}


def blogger(path: str, html: str = BODY) -> dict[str, Any]:
    links = [
        {"rel": "replies", "href": "https://a.kh/no"},
        {"rel": "alternate", "href": f"https://a.kh/{path}"},
    ]
    return {"link": links, "content": {"type": "html", "$t": html}}


def answer(kind: str, posts: list[Any]) -> bytes:
    return json.dumps(posts if kind == "wordpress" else {"feed": {"entry": posts}}).encode()


@pytest.mark.parametrize(
    ("root", "url"),
    [
        ("https://a.kh/wp-json/", "https://a.kh/wp-json/wp/v2/posts?per_page=100&page=1&"),
        ("https://a.kh/wp-json", "https://a.kh/wp-json/wp/v2/posts?per_page=100&page=1&"),
        ("https://a.kh/km/wp-json/", "https://a.kh/km/wp-json/wp/v2/posts?per_page=100&page=1&"),
        ("https://a.kh/?rest_route=/", "https://a.kh/?rest_route=/wp/v2/posts&per_page=100&page=1&"),
        ("https://a.kh/index.php?rest_route=/", "https://a.kh/index.php?rest_route=/wp/v2/posts&per_page=100&page=1&"),
    ],
)  # fmt: skip
def test_where_wordpress_gives_its_posts(root, url):
    assert wordpress_posts(root).startswith(url)
    assert wordpress_pages(root).startswith(url.replace("posts", "pages"))


@pytest.mark.parametrize(
    ("kind", "url", "post"), [("wordpress", WORDPRESS, wordpress), ("blogger", BLOGGER, blogger)]
)
def test_posts_are_covered_and_their_links_followed(kind, url, post):
    linking = BODY + '<a href="law.pdf">ច្បាប់</a><a href="/2">ត្រឡប់</a>'
    posts = [post("1/", linking), post("2"), post("short", "<p>ខ្លី</p>"), post("2"), 7, {}]
    listing = read_listing(kind, url, answer(kind, posts), 10)
    assert listing.covered == ["https://a.kh/1/", "https://a.kh/2"]
    assert listing.urls == ["https://a.kh/short", "https://a.kh/1/law.pdf"]
    assert (listing.following, listing.fault) == ([], "")
    assert read_listing(kind, url, answer(kind, posts), 1).n_beyond_limit == 1


def test_a_post_under_a_password_or_of_another_host_is_not_covered():
    posts = [wordpress("1", protected=True), {**wordpress("2"), "link": "https://b.kh/2"}]
    listing = read_listing("wordpress", WORDPRESS, answer("wordpress", posts), 10)
    assert (listing.covered, listing.urls) == ([], ["https://a.kh/1"])


@pytest.mark.parametrize(
    ("kind", "url", "post", "following"),
    [
        ("wordpress", WORDPRESS, wordpress, WORDPRESS.replace("page=1&", "page=2&")),
        ("wordpress", "https://a.kh/?rest_route=/wp/v2/posts&page=7", wordpress, "https://a.kh/?rest_route=/wp/v2/posts&page=8"),
        ("blogger", BLOGGER, blogger, BLOGGER.replace("start-index=1", "start-index=101")),
    ],
)  # fmt: skip
def test_a_full_answer_has_another_after_it(kind, url, post, following):
    posts = [7, *(post(str(number)) for number in range(99))]
    assert read_listing(kind, url, answer(kind, posts), 10).following == [(kind, following)]
    assert read_listing(kind, url, answer(kind, posts[1:]), 10).following == []


def test_what_a_post_tells():
    wordpress_post = {
        **wordpress("1"),
        "title": {"rendered": "សាលា &amp; <em>សិស្ស</em> 1 &lt; 2"},
        "date_gmt": "2026-01-05T03:00:00",
        "_embedded": {"author": [{"name": "ចាន់ ថា"}]},
    }
    blogger_post = {
        **blogger("1"),
        "title": {"$t": "សាលា & សិស្ស 1 < 2"},
        "published": {"$t": "2026-01-05T10:00:00.000+07:00"},
        "author": [{"name": {"$t": "ចាន់ ថា"}}],
    }
    told = Post("https://a.kh/1", "សាលា & សិស្ស 1 < 2", "ចាន់ ថា", "2026-01-05T03:00:00+00:00", BODY)
    assert read_posts("wordpress", WORDPRESS, answer("wordpress", [wordpress_post])) == [told]
    [post] = read_posts("blogger", BLOGGER, answer("blogger", [blogger_post]))
    assert (post.title, post.author, post.published) == (
        told.title,
        told.author,
        "2026-01-05T10:00:00.000+07:00",
    )


@pytest.mark.parametrize("kind", ["wordpress", "blogger"])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"code": "rest_forbidden"}',
        b"[" * 100_000,
        b"[[], {}, null, 7, {\"link\": []}]",
        b'{"feed": 7}',
        b'{"feed": {"entry": {"link": 7}}}',
        b'{"feed": {"entry": [{"link": [7, {"rel": "alternate"}], "author": [7]}]}}',
        b'[{"link": "https://a.kh/\\ud800", "content": {"rendered": "\\ud800"}}]',
    ],
)  # fmt: skip
def test_an_answer_of_any_other_shape_has_no_posts(kind, body):
    listing = read_listing(kind, WORDPRESS, body, 10)
    assert (listing.covered, listing.following) == ([], [])


@pytest.mark.parametrize("html", ["<" * 1_000_000, "<a href=/x>" * 100_000, "<!--" * 100_000])
def test_a_hostile_post_is_bounded(html):
    posts = [wordpress("1", html), *[1.5] * 10_000]
    listing = read_listing("wordpress", WORDPRESS, answer("wordpress", posts), 10)
    assert len(listing.urls) + len(listing.covered) <= 2
