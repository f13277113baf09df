"""Posts that an open interface gave: each a page like any other, made of its title, author, date and body."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from crawl.discovery.interfaces import is_whole
from crawl.discovery.posts import Post, read_posts
from crawl.sources.http import Response

PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{title}</title>
<meta property="og:title" content="{title}"><meta name="author" content="{author}">
<meta property="article:published_time" content="{published}"><link rel="canonical" href="{url}"></head>
<body><article><h1>{title}</h1>
{body}
</article></body></html>
"""


def is_interface(noted: Mapping[str, Any]) -> bool:
    """Whether our crawler noted that it asked an interface which gives whole posts."""
    return noted.get("kind") in ("wordpress", "blogger")


def posts_of(noted: Mapping[str, Any], url: str, response: Response) -> list[Post]:
    """The whole posts in an answer of an interface, by the kind that our crawler noted; of any other answer none."""
    if response.status != 200 or not is_interface(noted):
        return []
    return [post for post in read_posts(noted["kind"], url, response.body) if is_whole(post)]


def page_of(post: Post) -> bytes:
    """A post as HTML in UTF-8; only its body is HTML of the site's own."""
    given = {"title": post.title, "author": post.author, "published": post.published, "url": post.url}
    return PAGE.format(body=post.html, **{name: escape(value) for name, value in given.items()}).encode()
