"""Glyphs to lines, lines to paragraphs."""

from __future__ import annotations

import pytest

from crawl.sources.pdf.glyphs import Glyph
from crawl.sources.pdf.lines import Line, Run, lines_of
from crawl.sources.pdf.paragraphs import joined, paragraphs


def glyph(text: str, x: float, y: float = 100.0, advance: float = 6.0) -> Glyph:
    return Glyph(text, "F", x, y, advance, 10.0)


@pytest.mark.parametrize(
    ("glyphs", "texts"),
    [
        ([glyph("ក", 0), glyph("ខ", 6)], ["កខ"]),
        ([glyph("ក", 0), glyph("ខ", 9)], ["ក ខ"]),
        ([glyph("ក", 0), glyph(" ", 6), glyph("ខ", 14)], ["ក ខ"]),
        ([glyph("ក", 0), glyph("ំ", 12, advance=0), glyph("ខ", 6)], ["កំខ"]),
        ([glyph("ក", 0), glyph("ុ", 5, 96, 0), glyph("ខ", 6)], ["កុខ"]),
        ([glyph("ក", 0), glyph("ខ", 0, 80)], ["ក", "ខ"]),
        ([glyph("ក", 100), glyph("ខ", 0)], ["ក", "ខ"]),
        ([glyph(" ", 0), glyph(" ", 0, 80)], []),
        ([], []),
    ],
)
def test_lines(glyphs, texts):
    assert [line.text for line in lines_of(glyphs)] == texts


def test_a_line_keeps_its_fonts_apart():
    [line] = lines_of([glyph("ក", 0), Glyph("x", "G", 6, 100, 6, 10)])
    assert line.runs == [Run("F", "ក"), Run("G", "x")]


def page(*rows: tuple[str, float, float]) -> list[Line]:
    """Lines from 50 points on, each with its end, at a distance from the one above."""
    lines, y = [], 800.0
    for text, end, step in rows:
        y -= step
        lines.append(Line(50, y, end, 10, [Run("F", text)]))
    return lines


def texts(*pages: list[Line]) -> list[str]:
    return [joined([line.text for line in lines]) for lines in paragraphs(pages)]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([("ប្រទេស", 550, 15), ("កម្ពុជា។", 300, 15)], ["ប្រទេសកម្ពុជា។"]),
        ([("ចំណងជើង", 120, 15), ("អត្ថបទ", 550, 15), ("ចប់។", 90, 15)], ["ចំណងជើង", "អត្ថបទចប់។"]),
        ([("មួយ។", 550, 15), ("ពីរ។", 550, 50)], ["មួយ។", "ពីរ។"]),
        ([("ដូចតទៅ៖", 550, 15), ("ក", 100, 15)], ["ដូចតទៅ៖", "ក"]),
        ([("ដូចតទៅ", 550, 15), ("១. មួយ", 550, 15), ("- ពីរ", 200, 15)], ["ដូចតទៅ", "១. មួយ", "- ពីរ"]),
        ([("ព្រះរាជា-", 550, 15), ("ណាចក្រ។", 200, 15)], ["ព្រះរាជាណាចក្រ។"]),
        ([("a long", 550, 15), ("line", 100, 15)], ["a long line"]),
        ([("ដាច់", 320, 15), ("មុនចប់។", 200, 15), ("បន្ទាប់។", 550, 15)], ["ដាច់មុនចប់។", "បន្ទាប់។"]),
        ([], []),
    ],
)
def test_paragraphs(rows, found):
    assert texts(page(*rows)) == found


def test_what_repeats_at_the_edges_of_pages_is_left_out():
    words = ["មួយ", "ពីរ", "បី", "បួន"]
    pages = [
        page(
            (f"ទំព័រ {n}", 200, 15),
            ("រាជកិច្ច", 200, 15),
            (f"{word}។", 300, 60),
            (f"ចប់{word}។", 550, 15),
            (f"- {n} -", 90, 60),
        )
        for n, word in enumerate(words, start=1)
    ]
    assert texts(*pages) == [f"{start}{word}។" for word in words for start in ("", "ចប់")]


def test_a_paragraph_goes_on_over_the_page():
    assert texts(page(("ចាប់ផ្តើម", 550, 15)), page(("ហើយចប់។", 100, 15))) == ["ចាប់ផ្តើមហើយចប់។"]
