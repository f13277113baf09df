"""Authors: people, as the page names them."""

from __future__ import annotations

import json

import pytest
from selectolax.lexbor import LexborHTMLParser

from clean.extract.bylines import author
from clean.extract.statements import read_statements


def author_of(body: str, head: str = "") -> str | None:
    tree = LexborHTMLParser(f"<html><head>{head}</head><body>{body}</body></html>")
    return author(tree, read_statements(tree))


def linked(*things: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@graph": things})}</script>'


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("<a href='/a'>ដោយ៖ ចាន់ មុនី</a>", "ចាន់ មុនី"),
        ("<button><i></i>អ្នកយកព័ត៌មាន៖ ចាន់ មុនី</button>", "ចាន់ មុនី"),
        ("<div>រាយការណ៍ដោយ : ចាន់ មុនី | ១៦ តុលា ២០១៥</div>", "ចាន់ មុនី"),
        ("<div><span>ដោយ៖</span> <b>ចាន់ មុនី</b></div>", "ចាន់ មុនី"),
        ("<div>ដោយ៖ <b>ចាន់ មុនី</b></div>", "ចាន់ មុនី"),
        ("<p>ដោយ៖ ចាន់ មុនី និង ទេព ស្រីពៅ</p>", "ចាន់ មុនី និង ទេព ស្រីពៅ"),
        ("<a rel='author'>ចាន់ មុនី</a>", "ចាន់ មុនី"),
        ("<a rel='author'>Byron Smith</a>", "Byron Smith"),
        ("<p class='byline'>By Dara Chan</p>", "Dara Chan"),
        ("<a rel='author'>ព័ត៌មានជាតិ</a>", None),
        ("<a rel='author'>អត្ថបទពាក់ព័ន្ធ ទាញយកកម្មវិធី</a>", None),
        ("<p>ដោយ៖ ក្រុមការងារ</p>", None),
        ("<div>បង្ហោះដោយ <span class='fn'>ចាន់មុនី</span> | <a href='/p'>បោះពុម្ព</a></div>", "ចាន់មុនី"),
        ("<li><cite class='fn'>ចាន់ មុនី</cite> និយាយថា</li>", None),
        ("<span class='byline'>ដោយ <span class='author'>វិទ្យាល័យមាត់ទន្លេ</span></span>", "វិទ្យាល័យមាត់ទន្លេ"),
        ("<table><tr><td>អ្នករៀបចំ</td> <td>ចាន់ មុនី</td></tr></table>", "ចាន់ មុនី"),
        (
            "<table><tr><td>អ្នករៀបចំ</td><td>ឯកសារនេះត្រូវបានរៀបចំឡើងនៅក្នុងឃុំមាត់ទន្លេកាលពីឆ្នាំមុន</td></tr></table>",
            None,
        ),
        ("<dl><dt>អ្នកនិពន្ធ</dt></dl>", None),
        ("<p>គាត់ធ្វើដំណើរដោយរថយន្ត</p>", None),
        ("<p>ដោយ៖</p>", None),
    ],
)
def test_bylines(body: str, name: str | None) -> None:
    assert author_of(body) == name


def test_a_site_is_no_author() -> None:
    head = '<meta property="og:site_name" content="ដំណឹង ស្រុកស្រែ"><meta name="author" content="ដំណឹងស្រុកស្រែ">'
    assert author_of("<p>ដោយ៖ ចាន់ មុនី</p>", head) == "ចាន់ មុនី"
    publisher = {"@type": "NewsArticle", "author": {"name": "ខ្មែរថ្មី"}, "publisher": {"name": "ខ្មែរថ្មី"}}
    assert author_of("", linked(publisher)) is None


def test_an_account_is_no_author() -> None:
    assert author_of("", '<meta name="author" content="Admin">') is None


def test_an_author_given_by_id_is_looked_up() -> None:
    article = {"@type": "NewsArticle", "author": {"@id": "#p"}}
    head = linked(article, {"@type": "Person", "@id": "#p", "name": "ចាន់ មុនី"})
    assert author_of("", head) == "ចាន់ មុនី"


def test_who_comments_is_no_author() -> None:
    assert author_of("", linked({"@type": "Comment", "author": {"name": "ចាន់ មុនី"}})) is None
