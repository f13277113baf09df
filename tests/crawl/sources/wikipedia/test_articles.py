"""Dumps: a small Khmer Wikipedia written for the test, and dumps that no wiki would make."""

from __future__ import annotations

import bz2
import io
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from crawl.sources.compressed import Fault
from crawl.sources.files import Row
from crawl.sources.wikipedia.articles import dump_rows
from crawl.sources.wikipedia.dump import Dump
from crawl.sources.wikipedia.wikitext import plain_text
from tests.crawl.ingest.conftest import Ingest

PREFIXES = ("category", "file", "image", "media", "ឯកសារ", "ចំណាត់ថ្នាក់ក្រុម")
SITE = """<siteinfo><sitename>វិគីភីឌា</sitename><dbname>kmwiki</dbname><base>https://km.wikipedia.org/wiki/%E1%9E%91</base>
<namespaces><namespace key="-2" case="first-letter">មេឌា</namespace><namespace key="0" case="first-letter" />
<namespace key="6" case="first-letter">ឯកសារ</namespace><namespace key="14" case="first-letter">ចំណាត់ថ្នាក់ក្រុម</namespace>
</namespaces></siteinfo>"""
TEMPLE = """{{Infobox | ឈ្មោះ = ប្រាសាទភ្នំ | {{nested}} }}
'''ប្រាសាទភ្នំ''' ({{lang-en|Hill Temple}}) ជា[[ប្រាសាទ|ប្រាសាទបុរាណ]]មួយ<ref name="a">សៀវភៅ</ref> នៅលើ[[ភ្នំ]]។
[[ឯកសារ:Temple.jpg|thumb|រូប[[ភ្នំ]]]]
== ប្រវត្តិ ==
គេសាងសង់វា&nbsp;ពីថ្ម។<!-- សម្គាល់ -->
* ថ្មបាយក្រៀម
* ថ្មភក់
{| class="wikitable"
|-
| ក្រឡា
|}
=== ទទេ ===
== មើលផងដែរ ==
* [[ប្រាសាទទឹក]]
=== កូន ===
តំណ
== ទីតាំង ==
នៅ[https://khmer.test ខេត្តមួយ]។ https://khmer.test/x
== ឯកសារយោង ==
{{reflist}}
[[ចំណាត់ថ្នាក់ក្រុម:ប្រាសាទ]]
[[en:Hill Temple]] __NOTOC__
"""
READ = [
    "ប្រាសាទភ្នំ (Hill Temple) ជាប្រាសាទបុរាណមួយ នៅលើភ្នំ។",
    "ប្រវត្តិ",
    "គេសាងសង់វា ពីថ្ម។",
    "ថ្មបាយក្រៀម",
    "ថ្មភក់",
    "ទីតាំង",
    "នៅខេត្តមួយ។",
]


def page(
    title: str, text: str, revision: int = 1, namespace: int = 0, more: str = "", model: str = "wikitext"
) -> str:
    return (
        f"<page><title>{escape(title)}</title><ns>{namespace}</ns><id>{revision * 10}</id>{more}<revision>"
        f"<id>{revision}</id><parentid>9</parentid><timestamp>2026-01-02T03:04:05Z</timestamp>"
        f"<contributor><username>អ្នកសរសេរ</username><id>77</id></contributor><model>{model}</model>"
        f'<format>text/x-wiki</format><text bytes="1" xml:space="preserve">{escape(text)}</text></revision></page>'
    )


def dump(*pages: str, site: str = SITE) -> bytes:
    head = '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="km">'
    return (head + site + "".join(pages) + "</mediawiki>").encode()


def rows(data: bytes, seconds: float = 20.0) -> tuple[list[Row], list[Fault]]:
    faults: list[Fault] = []
    return list(dump_rows(io.BytesIO(data), seconds, 1 << 30, faults)), faults


def test_a_page_is_read_as_a_reader_sees_it() -> None:
    assert plain_text(TEMPLE, PREFIXES).split("\n") == READ


@pytest.mark.parametrize(
    ("wikitext", "text"),
    [
        ("ក<br />ខ", "ក\nខ"),
        ("ក<ref>x</ref>ខ<ref name='b' />គ", "កខគ"),
        ("{{lang|km|ពាក្យ}}", "ពាក្យ"),
        ("{{ទំព័រគំរូ|ក}}ខ", "ខ"),
        ("{{{អាគុយម៉ង់|ដើម}}}ខ", "ខ"),
        ("[[:ចំណាត់ថ្នាក់ក្រុម:ក|មើល]]", "មើល"),
        ("[[:ចំណាត់ថ្នាក់ក្រុម:ក]]", "ចំណាត់ថ្នាក់ក្រុម:ក"),
        ("[[Image:x.png|ក]]ខ", "ខ"),
        ("[[zh-min-nan:x]]ខ [[wikt:ពាក្យ|ពាក្យ]]", "ខ ពាក្យ"),
        ("''ទ្រេត'' '''ដិត'''", "ទ្រេត ដិត"),
        ("<div>ក</div><div>ខ</div>", "ក\nខ"),
        ("<math>x^2</math>ក<gallery>ខ</gallery>", "ក"),
        ("ក&#x1780;&amp;", "កក&"),
        (": ចម្លើយ\n:: ទៀត\n; ពាក្យ : ន័យ", "ចម្លើយ\nទៀត\nពាក្យ\nន័យ"),
        ("<nowiki>[[ក]]</nowiki>", "[[ក]]"),
        ("== ក ==\n=== ខ ===\nគ", "ក\nខ\nគ"),
        ("==  ==\nគ", "គ"),
        ("== References ==\n* x\n== ក ==\nខ", "ក\nខ"),
        ("ក\u200bខ", "ក\u200bខ"),
        ("{{មិនបិទ", "{{មិនបិទ"),
        ("[[មិនបិទ", "[[មិនបិទ"),
        ("", ""),
    ],
)
def test_what_wikitext_becomes(wikitext: str, text: str) -> None:
    assert plain_text(wikitext, PREFIXES) == text


@pytest.mark.parametrize(
    ("wikitext", "text"),
    [
        ("ទន្លេ<!-- ក -->មេគង្គ<!-- ខ", "ទន្លេមេគង្គ"),
        ("ទន្លេ<!-- ក\n\n== ខ ==\nគ", "ទន្លេ"),
        ("ទន្លេ --> មេគង្គ", "ទន្លេ --> មេគង្គ"),
        ("<!--", ""),
    ],
)
def test_a_comment_that_is_not_closed_takes_all_that_follows(wikitext: str, text: str) -> None:
    assert plain_text(wikitext, PREFIXES) == text


def test_pages_become_rows_with_their_revision() -> None:
    pages = [
        page("ប្រាសាទ ភ្នំ?", TEMPLE, 11),
        page("ប្រាសាទ", "#REDIRECT [[ប្រាសាទ ភ្នំ?]]", 12, more='<redirect title="ប្រាសាទ ភ្នំ?" />'),
        page("ទំព័រគំរូ:ក", "ក", 13, namespace=10),
        page("ក/b.css", "b {}", 14, model="css"),
        page("ទទេ", " ", 15),
        page("វែង", "ក" * (4 * (1 << 20) + 1), 16),
    ]
    found, faults = rows(bz2.compress(dump(*pages)))
    assert faults == []
    assert [(row.position, row.reason) for row in found] == [
        (11, ""), (12, "redirect"), (13, "not_article"), (14, "not_wikitext"), (15, "no_text"), (16, "too_large"),
    ]  # fmt: skip
    assert found[0].fields == {
        "text": "\n".join(READ),
        "id": "page 110",
        "url": "https://km.wikipedia.org/wiki/%E1%9E%94%E1%9F%92%E1%9E%9A%E1%9E%B6%E1%9E%9F%E1%9E%B6%E1%9E%91_%E1%9E%97%E1%9F%92%E1%9E%93%E1%9F%86%3F",
        "title": "ប្រាសាទ ភ្នំ?",
        "licence": "CC-BY-SA-4.0",
        "published_at": "2026-01-02T03:04:05Z",
    }
    assert (found[1].evidence, found[1].raw) == ("ប្រាសាទ ភ្នំ?", "#REDIRECT [[ប្រាសាទ ភ្នំ?]]")


GOOD = page("ល្អ", "អត្ថបទល្អ។", 1)


@pytest.mark.parametrize(
    ("data", "n_rows", "fault"),
    [
        (b"", 0, "damaged: no element found"),
        (b"<html>", 0, "damaged"),
        (dump(GOOD)[:-12], 1, "damaged"),
        (bz2.compress(dump(GOOD))[:-9], 1, "truncated"),
        (dump(GOOD, "\x00"), 1, "damaged"),
        (dump(GOOD, "<page><title>ក"), 1, "damaged"),
        (b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>', 0, "a document type"),
        (dump(GOOD, "&lol;"), 1, "damaged: undefined entity"),
        (dump(GOOD, "<a>" * 100_000 + "</a>" * 100_000, GOOD), 2, ""),
        (dump(page("ក" * 100_000, "ខ")), 1, ""),
        (dump("<page></page>", "<page><ns>x</ns><id>99999999999999999999999</id></page>", GOOD), 3, ""),
        (dump(GOOD, site=""), 1, ""),
        (dump(GOOD, "<" + "a" * (20 << 20)), 1, "a tag or comment of more than"),
        (dump(GOOD, "<!--" + "a" * (20 << 20)), 1, "a tag or comment of more than"),
    ],
)
def test_a_hostile_dump_gives_what_comes_before(data: bytes, n_rows: int, fault: str) -> None:
    found, faults = rows(data)
    assert len(found) == n_rows
    assert [fault in one.what for one in faults] == ([True] if fault else [])


def test_wikitext_that_eats_time_costs_its_page_alone() -> None:
    found, faults = rows(dump(GOOD, page("ច្រើន", "<ref>" * 40_000, 2), page("ក្រោយ", "ខ", 3)), seconds=1.0)
    assert [(row.position, row.reason) for row in found] == [(1, ""), (2, "wikitext_too_slow"), (3, "")]
    assert faults == []


def test_the_site_is_known_with_the_first_page() -> None:
    reading = Dump(io.BytesIO(dump(GOOD)), 100, [])
    next(reading.pages())
    assert reading.site.namespaces == {-2: "មេឌា", 0: "", 6: "ឯកសារ", 14: "ចំណាត់ថ្នាក់ក្រុម"}
    assert reading.site.unread_prefixes() == sorted(
        {"មេឌា", "ឯកសារ", "ចំណាត់ថ្នាក់ក្រុម", "media", "file", "image", "category"}
    )


def test_a_dump_is_a_source(ingest: Ingest) -> None:
    path = ingest.data / "wikipedia" / "kmwiki-20260101-pages-articles.xml.bz2"
    path.parent.mkdir(parents=True)
    path.write_bytes(bz2.compress(dump(page("ប្រាសាទ", TEMPLE, 11), page("ទទេ", "", 12))))
    ingest.of_data()
    [row] = ingest.rows()
    assert (row["source"], row["licence"], row["title"]) == (
        "kmwiki-20260101-pages-articles",
        "CC-BY-SA-4.0",
        "ប្រាសាទ",
    )
    assert row["origin"] == {"file": "wikipedia/kmwiki-20260101-pages-articles.xml.bz2", "position": 11}
    assert row["published_at"].isoformat() == "2026-01-02T03:04:05+00:00"
    assert list(ingest.reasons().values()) == ["no_text"]


@pytest.fixture
def ingest(tmp_path: Path) -> Ingest:
    return Ingest(tmp_path)
