"""The open interfaces of WordPress and Blogger: where they are, and what an answer of theirs leads to."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawl.discovery.kinds import Kind
from crawl.discovery.links import page_links
from crawl.discovery.listing import Listing
from crawl.discovery.posts import Post, read_posts
from crawl.urls import clean_url

WORDPRESS_POSTS: Final = 100  # the most that it gives at once
BLOGGER_POSTS: Final = 100
FIELDS: Final = "link,date_gmt,title,content,author,_links.author,_embedded.author"
LEAST_CHARS: Final = 100  # of a post's text, below which its page is asked for: a template may hold the rest
_TAG: Final = re.compile(r"<[^<>]*+>")


def wordpress_posts(root: str) -> str:
    """The first page of the posts of a site whose REST API has this root (`…/wp-json/` or `…/?rest_route=/`)."""
    return _wordpress_url(root, "wp/v2/posts")


def wordpress_pages(root: str) -> str:
    """The first of its pages that are no posts."""
    return _wordpress_url(root, "wp/v2/pages")


def _wordpress_url(root: str, route: str) -> str:
    query = {"per_page": str(WORDPRESS_POSTS), "page": "1", "_embed": "author", "_fields": FIELDS}
    parts = urlsplit(root)
    if "rest_route=" in parts.query:
        return clean_url(
            "", urlunsplit(parts._replace(query=f"rest_route=/{route}&{urlencode(query, safe=',')}"))
        )
    path = f"{parts.path.rstrip('/')}/{route}"
    return clean_url("", urlunsplit(parts._replace(path=path, query=urlencode(query, safe=","))))


def blogger_feed(origin: str, start: int = 1) -> str:
    """A page of a Blogger site's feed of whole posts, from the post of number `start`."""
    return f"{origin}/feeds/posts/default?alt=json&start-index={start}&max-results={BLOGGER_POSTS}"


def read_interface(kind: Kind, url: str, body: bytes, limit: int) -> Listing:
    """The posts of an answer: those with their text are covered, of the others the page is named; then links."""
    posts = read_posts(kind, url, body)
    covered = dict.fromkeys(post.url for post in posts if is_whole(post))
    named = dict.fromkeys(post.url for post in posts if post.url)
    for post in posts:
        named.update(dict.fromkeys(link.url for link in page_links(post.html, post.url, limit).links))
    urls = [found for found in named if found not in covered]
    most = WORDPRESS_POSTS if kind == "wordpress" else BLOGGER_POSTS
    return Listing(
        urls[:limit],
        [(kind, _next(kind, url))] if len(posts) >= most else [],
        list(covered),
        n_beyond_limit=max(0, len(urls) - limit),
        fault="" if posts else "no posts",
    )


def is_whole(post: Post) -> bool:
    """Whether a post's text is here, so that its page need not be asked for."""
    return post.url != "" and len(_TAG.sub("", post.html).strip()) >= LEAST_CHARS


def _next(kind: Kind, url: str) -> str:
    """The page of the interface after this one."""
    name, step = ("page", 1) if kind == "wordpress" else ("start-index", BLOGGER_POSTS)
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    at = query.get(name, "1")
    query[name] = str((int(at) if at.isdecimal() and len(at) < 9 else 1) + step)
    return urlunsplit(parts._replace(query=urlencode(query, safe=",/")))
