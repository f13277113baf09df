"""Posts as the open interfaces of WordPress and Blogger give them: whole texts with title, date and author."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crawl.discovery.feeds import parsed_json
from crawl.discovery.kinds import Kind
from crawl.urls import link_url


@dataclass(frozen=True)
class Post:
    """One post: the clean URL of its page, dates as they are written, `html` of its body ("" = not given)."""

    url: str
    title: str = ""
    author: str = ""
    published: str = ""
    modified: str = ""
    html: str = ""


def read_posts(kind: Kind, url: str, body: bytes) -> list[Post]:
    """The posts in an answer of kind `wordpress` or `blogger`."""
    found = parsed_json(body)
    if kind == "wordpress":
        return [post for row in _list(found) if (post := _wordpress(url, row)).url]
    entries = _list(_dict(_dict(found).get("feed")).get("entry"))
    return [post for row in entries if (post := _blogger(url, row)).url]


def _wordpress(url: str, row: Any) -> Post:
    post = _dict(row)
    content = _dict(post.get("content"))
    is_shut = content.get("protected") is True
    authors = _list(_dict(post.get("_embedded")).get("author"))
    return Post(
        url=link_url(url, _text(post.get("link"))),
        title=_text(_dict(post.get("title")).get("rendered")),
        author=_text(_dict(authors[0]).get("name")) if authors else "",
        published=_utc(post.get("date_gmt")),
        modified=_utc(post.get("modified_gmt")),
        html="" if is_shut else _text(content.get("rendered")),
    )


def _blogger(url: str, row: Any) -> Post:
    post = _dict(row)
    links = [_dict(link) for link in _list(post.get("link"))]
    pages = [_text(link.get("href")) for link in links if link.get("rel") == "alternate"]
    authors = _list(post.get("author"))
    return Post(
        url=link_url(url, pages[0]) if pages else "",
        title=_part(post, "title"),
        author=_part(_dict(authors[0]), "name") if authors else "",
        published=_part(post, "published"),
        modified=_part(post, "updated"),
        html=_part(post, "content"),
    )


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
