"""Posts as the open interfaces of WordPress and Blogger give them: whole texts with title, date and author."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any, Final

from crawl.discovery.feeds import parsed_json
from crawl.discovery.kinds import Kind
from crawl.urls import bare_host, link_url

MOST_POSTS: Final = 500  # of an answer; WordPress gives 100 at most, Blogger has given 500
_TAG: Final = re.compile(r"<[^<>]*+>")


@dataclass(frozen=True)
class Post:
    """The clean URL of a post's page, title as text, date in ISO 8601, body in HTML; what is not given is empty."""

    url: str
    title: str = ""
    author: str = ""
    published: str = ""
    html: str = ""


def read_posts(kind: Kind, url: str, body: bytes) -> list[Post]:
    """What an answer of kind `wordpress` or `blogger` at `url` lists; of posts of other hosts the URL is empty."""
    found = parsed_json(body)
    if kind == "wordpress":
        posts = [_wordpress(url, row) for row in _list(found)[:MOST_POSTS]]
    else:
        rows = _list(_dict(_dict(found).get("feed")).get("entry"))
        posts = [_blogger(url, row) for row in rows[:MOST_POSTS]]
    return [post if bare_host(post.url) == bare_host(url) else Post("") for post in posts]


def _wordpress(url: str, row: Any) -> Post:
    post = _dict(row)
    content = _dict(post.get("content"))
    is_shut = content.get("protected") is True
    authors = _list(_dict(post.get("_embedded")).get("author"))
    return Post(
        url=_page(url, _text(post.get("link"))),
        title=_without_tags(_text(_dict(post.get("title")).get("rendered"))),
        author=_text(_dict(authors[0]).get("name")) if authors else "",
        published=_utc(post.get("date_gmt")),
        html="" if is_shut else _text(content.get("rendered")),
    )


def _blogger(url: str, row: Any) -> Post:
    post = _dict(row)
    links = [_dict(link) for link in _list(post.get("link"))]
    pages = [_text(link.get("href")) for link in links if link.get("rel") == "alternate"]
    authors = _list(post.get("author"))
    return Post(
        url=_page(url, pages[0] if pages else ""),
        title=_part(post, "title"),
        author=_part(_dict(authors[0]), "name") if authors else "",
        published=_part(post, "published"),
        html=_part(post, "content"),
    )


def _page(url: str, written: str) -> str:
    return link_url(url, written) if written else ""


def _without_tags(html: str) -> str:
    return unescape(_TAG.sub("", html))


def _utc(value: Any) -> str:
    text = _text(value)
    return f"{text}+00:00" if text else ""


def _part(of: dict[str, Any], name: str) -> str:
    return _text(_dict(of.get(name)).get("$t"))


def _text(value: Any) -> str:
    return value.encode("utf-8", "replace").decode().strip() if isinstance(value, str) else ""


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
