"""Titles, authors and dates; Khmer names keep their last vowel."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from selectolax.lexbor import LexborHTMLParser

from clean.extract.metadata import Metadata, read_metadata


def read(head: str, body: str = "", url: str = "https://a.example/") -> Metadata:
    return read_metadata(
        LexborHTMLParser(f"<html lang='KM'><head>{head}</head><body>{body}</body></html>"), url
    )


def linked(**values: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@graph": [values]})}</script>'


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ('<meta property="og:title" content="ភ្លៀង - ខ្យល់"><title>x</title>', "", "ភ្លៀង - ខ្យល់"),
        ("<title>ភ្លៀង | ដំណឹង</title>", "", "ភ្លៀង"),
        ("<title>ភ្លៀង | ដំណឹង</title>", "<h1>ដំណឹង</h1><h1> ភ្លៀង \n ខ្លាំង</h1>", "ដំណឹង"),
        ("<title>ដំណឹង: ភ្លៀង</title>", "<h1><a href='/'>ដំណឹង</a></h1><h3>ភ្លៀង</h3>", "ភ្លៀង"),
        ("<title>ដំណឹង - ភ្លៀង</title>", "<a href='http://a.example'><h1>ដំណឹង</h1></a><h2>ភ្លៀង</h2>", "ភ្លៀង"),
        ("<title>ដំណឹង - ភ្លៀង</title>", "<h1><a href='/km/' rel='home'>ដំណឹង</a></h1><h2>ភ្លៀង</h2>", "ភ្លៀង"),
        ("<title>ភ្លៀង - ដំណឹង</title>", "<h1><a href='/'>ភ្លៀង</a></h1>", "ភ្លៀង"),
        ("<title>ភ្លៀង - ដំណឹង</title>", "<h1><a href='#top'>ភ្លៀង</a></h1>", "ភ្លៀង"),
        ("<title>ភ្លៀង - ដំណឹង</title>", "<h1><a href='http://['>ភ្លៀង</a></h1>", "ភ្លៀង"),
        ("<title>ដំណឹង</title>", "<h1><a href='/'>ដំណឹង</a></h1>", "ដំណឹង"),
        (linked(headline="ភ្លៀងខ្លាំង"), "", "ភ្លៀងខ្លាំង"),
        ("", "<h1>ភ្លៀង</h1>", "ភ្លៀង"),
        ("", "", None),
    ],
)
def test_title(head: str, body: str, title: str | None) -> None:
    assert read(head, body).title == title


@pytest.mark.parametrize(
    ("head", "body", "author"),
    [
        ('<meta name="author" content="ចាន់ មុនី">', "", "ចាន់ មុនី"),
        (linked(author={"@type": "Person", "name": "ទេព ស្រីពៅ"}), "", "ទេព ស្រីពៅ"),
        (linked(author=["ទេព ស្រីពៅ", "ម៉ៅ វិចិត្រ"]), "", "ទេព ស្រីពៅ, ម៉ៅ វិចិត្រ"),
        (linked(author={"name": "&#6048;&#6081;&#6020;"}), "", "ហេង"),
        ("", "<div>ដោយ៖ ចាន់ មុនី</div>", "ចាន់ មុនី"),
        ('<meta property="article:author" content="https://facebook.com/x">', "", None),
        ("", "<p>គាត់ធ្វើដំណើរដោយរថយន្ត</p>", None),
    ],
)
def test_author(head: str, body: str, author: str | None) -> None:
    assert read(head, body).author == author


@pytest.mark.parametrize(
    ("head", "body", "url", "day"),
    [
        (
            '<meta property="article:published_time" content="2021-12-16T07:15:00+07:00">',
            "",
            "",
            "2021-12-16",
        ),
        ('<meta name="pubdate" content="25/12/2018">', "", "https://a.example/2019/01/01/", "2018-12-25"),
        (linked(datePublished="2020-10-24"), "", "", "2020-10-24"),
        ("", "", "https://a.example/2019/07/26/x", "2019-07-26"),
        ("", "<span>ថ្ងៃទី១៦ ខែតុលា ឆ្នាំ២០១៥</span>", "", "2015-10-16"),
        ("", '<time datetime="2015-10-16T22:00:00Z">១៧ តុលា ២០១៥</time>', "", "2015-10-17"),
        (
            linked(comment={"@type": "Comment", "datePublished": "2020-10-25"}),
            "",
            "https://a.example/2020/10/24/",
            "2020-10-24",
        ),
        ("", "<p>" + "ពាក្យ" * 30 + "ថ្ងៃទី១៦ ខែតុលា ឆ្នាំ២០១៥</p>", "", None),
    ],
)
def test_date(head: str, body: str, url: str, day: str | None) -> None:
    found = read(head, body, url).published_at
    assert (found and found.date().isoformat()) == day


def test_the_heading_is_not_the_name_of_the_site() -> None:
    assert read("", "<h1><a href='/index.html'>ដំណឹង</a></h1><h1>ភ្លៀង</h1>").heading == "ភ្លៀង"


def test_language_is_as_declared() -> None:
    assert read("").language == "km"


@pytest.mark.parametrize(
    "head",
    [
        '<script type="application/ld+json">{"a": </script>',
        '<script type="application/ld+json">' + "[" * 5000 + "</script>",
        linked(author=5, headline=["x"], datePublished={"y": 1}),
        f"<title>{'ក' * 5000}</title>",
    ],
)
def test_nonsense_is_no_metadata(head: str) -> None:
    found = read(head)
    assert (found.title, found.author, found.published_at) == (None, None, None)


def test_half_a_surrogate_pair_is_left_out() -> None:
    head = r'<script type="application/ld+json">{"headline": "ភ្លៀង\ud800"}</script>'
    assert read(head).title == "ភ្លៀង"


def test_a_date_after_the_page_was_fetched_is_none() -> None:
    tree = LexborHTMLParser(
        '<meta name="pubdate" content="2031-01-01"><span>ថ្ងៃទី១៦ ខែតុលា ឆ្នាំ២០១៥</span><p>ថ្ងៃទី១៦ ខែតុលា ឆ្នាំ២០៣៥</p>'
    )
    found = read_metadata(tree, "", latest=datetime(2024, 5, 6, tzinfo=UTC)).published_at
    assert found == datetime(2015, 10, 16, tzinfo=UTC)


def test_language_of_open_graph_where_none_is_declared() -> None:
    tree = LexborHTMLParser('<meta property="og:locale" content="km_KH">')
    assert read_metadata(tree, "").language == "km-kh"


@pytest.mark.parametrize(
    ("head", "address"),
    [
        ('<link rel="canonical" href="/news/5#top">', "https://www.dara.com.kh/news/5"),
        ('<link rel="canonical" href="https://dara.com.kh/news/5">', "https://dara.com.kh/news/5"),
        ('<link rel="canonical" href="https://other.com.kh/news/5">', None),
        ('<link rel="canonical" href="https://dara.com.kh/">', None),
        ('<link rel="canonical" href="https://user@dara.com.kh/news/5">', None),
        ('<link rel="canonical" href="javascript:void(0)">', None),
        ('<link rel="canonical" href="https://[dara">', None),
        ('<link rel="canonical" href="https://other.com.kh/">', None),
        ('<meta property="og:url" content="https://m.dara.com.kh/news/5">', "https://m.dara.com.kh/news/5"),
    ],
)
def test_canonical_address_is_of_the_same_site(head: str, address: str | None) -> None:
    assert read(head, url="https://www.dara.com.kh/news/view?id=5").canonical_url == address
