"""The date that a page shows: one of many in a list, of an event or of a change is not it."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from clean.extract.datelines import shown_date
from clean.extract.statements import read_statements

PROSE = "ចំណាត់ថ្នាក់នៃកាលបរិច្ឆេទអាចត្រូវបានសរសេរតាមរបៀបផ្សេងៗគ្នា ដូចជាឧទាហរណ៍"
LIST = '<ul><li class="date">១ មករា ២០១៥</li><li class="date">២ មករា ២០១៥</li></ul>'


def shown(body: str) -> str | None:
    tree = LexborHTMLParser(f"<html><body>{body}</body></html>")
    found = shown_date(tree, read_statements(tree).times, None)
    return found and found.date().isoformat()


@pytest.mark.parametrize(
    "body",
    [
        "<div>ចុះផ្សាយ៖ <span>១៣/០៨/២០១៤</span></div>",
        "<div>ចុះផ្សាយ៖ <span>13/08/2014</span></div>",
        "<p>ភ្នំពេញ ថ្ងៃទី១៣ ខែសីហា ឆ្នាំ២០១៤</p>",
        '<div class="meta">ថ្ងៃពុធ ទី១៣ ខែសីហា ឆ្នាំ២០១៤ ម៉ោង ១០:៣០ ព្រឹក</div>',
        '<time datetime="2014-08-13T08:30:00+07:00">13 August 2014</time>',
        '<a href="/x">១៣ សីហា ២០១៤</a>',
        "<p>កែប្រែ៖ <span>១៥ សីហា ២០១៤</span></p><p>ចុះផ្សាយ៖ <span>១៣ សីហា ២០១៤</span></p>",
        '<i>១៤ សីហា ២០១៤</i><span class="post-date">១៣ សីហា ២០១៤</span>',
        f'<div class="entry-date">១៣ សីហា ២០១៤</div>{LIST}',
    ],
)
def test_the_dateline_is_found(body: str) -> None:
    assert shown(body) == "2014-08-13"


@pytest.mark.parametrize(
    "body",
    [
        "<h3>គ្រោះថ្នាក់នៅថ្ងៃទី២៧ ខែកក្កដា ឆ្នាំ២០១៩</h3>",
        "<p>ក្រុមការងារបានជួបប្រជុំគ្នានៅថ្ងៃទី២៧ ខែកក្កដា ឆ្នាំ២០១៩ ដើម្បីពិភាក្សា</p>",
        '<time datetime="2014-08-13">២ ម៉ោងមុន</time>',
        '<time datetime="2014-08-13"></time>',
        '<time datetime="2014-08-13">16 November 2017</time>',
        '<time itemprop="dateModified" datetime="2014-08-13">13 August 2014</time>',
        LIST,
        '<time class="c" datetime="2014-08-13">13/8/2014</time><time class="c" datetime="2014-08-14">14/8/2014</time>',
        "<p>កែប្រែចុងក្រោយ៖ ១៣ សីហា ២០១៤</p>",
        "<cite>១៣/០៨/២០១៤</cite>",
        f"<p>{PROSE} <b>១៣/០៨/២០១៤</b> {PROSE}</p>",
        "<span>1998-02-28</span>",
        "",
    ],
)
def test_no_other_date_is_taken_for_it(body: str) -> None:
    assert shown(body) is None
