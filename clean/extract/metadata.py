"""Title, author, date, language, address and licence of a page, from what it states about itself."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urldefrag, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from clean.extract.bylines import author
from clean.extract.datelines import shown_date
from clean.extract.dates import parse_date, url_date
from clean.extract.licences import Licence, licence
from clean.extract.statements import Statements, one_line, read_statements, rels, strings

__all__ = ["Metadata", "one_line", "read_metadata"]

TITLE_CUT: Final = re.compile(r"\s+(?:[|»·•–—-]+|::)\s+")  # between a title and the name of its site
NAME_MARKS: Final = ":៖|»·•–—-"  # after the name of a site that begins a title
LESSER_HEADINGS: Final = "h2, h3, h4"
MARKS_AND_SPACE: Final = NAME_MARKS + " "
DATE_METAS: Final = (
    "article:published_time", "og:published_time", "datepublished", "date", "pubdate", "publishdate", "publish_date",
    "publish-date", "dc.date", "dc.date.issued", "dcterms.created", "article:published", "parsely-pub-date",
    "sailthru.date", "article.published", "publication_date",
)  # fmt: skip
SECOND_LEVEL_LETTERS: Final = 3  # com.kh, gov.kh, edu.kh, co.uk: names are registered a level below


@dataclass(frozen=True)
class Metadata:
    """What a page says of itself; None where it says nothing."""

    title: str | None
    author: str | None
    published_at: datetime | None
    language: str | None
    canonical_url: str | None
    licence: Licence | None
    heading: str | None  # the first of level one that does not link to the front page


def read_metadata(tree: LexborHTMLParser, url: str, latest: datetime | None = None) -> Metadata:
    """The metadata of a page; read before scripts are taken out of the tree.

    A date of publication after `latest`, the day after the page was fetched, is none.
    """
    stated = read_statements(tree)
    return Metadata(
        title=_title(tree, stated),
        author=author(tree, stated),
        published_at=_published(tree, stated, url, latest),
        language=_language(stated),
        canonical_url=_canonical(stated, url),
        licence=licence(tree, stated),
        heading=stated.headings[0] if stated.headings else None,
    )


def _title(tree: LexborHTMLParser, stated: Statements) -> str | None:
    """og:title, else a headline, an h1 that the title element repeats, else that element but for its site's name."""
    metas, whole = stated.metas, stated.title
    text = (
        metas.get("og:title")
        or next(strings(stated.articles(), "headline"), None)
        or metas.get("twitter:title")
    )
    if text is None:
        text = next((heading for heading in stated.headings if whole and heading in whole), None) or whole
    if text is None:
        return stated.headings[0] if stated.headings else None
    return _without_site(tree, text, stated.site_names) if text == whole else text


def _without_site(tree: LexborHTMLParser, whole: str, site_names: list[str]) -> str:
    """A title element's text without the name of its site: before it if a heading repeats the rest, or after it."""
    for name in site_names:
        rest = whole.removeprefix(name).lstrip()
        if len(rest) < len(whole) and rest[:1] in NAME_MARKS:
            title = rest.strip(MARKS_AND_SPACE)
            if title and any(one_line(heading.text()) == title for heading in tree.css(LESSER_HEADINGS)):
                return title
    return one_line(TITLE_CUT.split(whole)[0]) or whole


def _language(stated: Statements) -> str | None:
    """As the html element declares it, else og:locale."""
    declared = stated.language or stated.metas.get("og:locale") or ""
    return declared.strip().lower().replace("_", "-") or None


def _published(
    tree: LexborHTMLParser, stated: Statements, url: str, latest: datetime | None
) -> datetime | None:
    """The date stated in metas, JSON-LD or the address; else the one that the page shows."""
    texts = [stated.metas[name] for name in DATE_METAS if name in stated.metas]
    for key in ("datePublished", "dateCreated"):
        texts += strings(stated.articles(), key)
    for day in (*map(parse_date, texts), url_date(url)):
        if day and (latest is None or day <= latest):
            return day
    return shown_date(tree, stated.times, latest)


def _canonical(stated: Statements, url: str) -> str | None:
    """The page's address as it states it, if it is of the same site and not merely the site's front page."""
    links = [
        node.attributes.get("href")
        for node in stated.links
        if node.tag == "link" and "canonical" in rels(node)
    ]
    for link in (*links[:1], stated.metas.get("og:url")):
        if link and (found := _same_site(one_line(link) or "", url)):
            return found
    return None


def _same_site(link: str, url: str) -> str | None:
    try:
        resolved = urldefrag(urljoin(url, link)).url
        there, here = urlsplit(resolved), urlsplit(url)
        hosts = [_registered(part.hostname or "") for part in (there, here)]
    except ValueError:
        return None
    is_front = there.path.strip("/") == "" and not there.query and here.path.strip("/") != ""
    if there.scheme not in ("http", "https") or hosts[0] != hosts[1] or is_front or "@" in there.netloc:
        return None
    return resolved


def _registered(host: str) -> str:
    """About the name that was registered: the last two labels, three below a country's com, gov, edu and the like."""
    labels = host.lower().strip(".").split(".")
    is_second_level = len(labels) > 2 and len(labels[-1]) == 2 and len(labels[-2]) <= SECOND_LEVEL_LETTERS
    return ".".join(labels[-3:] if is_second_level else labels[-2:])
