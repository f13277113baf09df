from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.facts import Numbers
from report.near.difference import (
    FACTS,
    GAP,
    MOST_CHARS,
    SAME,
    WORDS,
    Piece,
    excerpt,
    jaccard,
    pieces,
    read,
    run_set,
    runs,
)

NOTICE = (
    "ថ្ងៃទី{day} ខែ{month} ឆ្នាំ២០១២ មន្ទីរកសិកម្មខេត្ត{place}បានចែកពូជស្រូវដល់កសិករចំនួន ៤៥០ គ្រួសារ "
    "នៅក្នុងឃុំចំនួនបួន។\nកម្មវិធីនេះមានការចូលរួមពីអាជ្ញាធរមូលដ្ឋាន{end}។"
)
SPRING = NOTICE.format(day="១២", month="មេសា", place="បាត់ដំបង", end="")
AUTUMN = NOTICE.format(day="១៤", month="កញ្ញា", place="កំពត", end=" និងសិស្សានុសិស្ស")


def marked(text: str, other: str, kind: str) -> list[str]:
    return [piece.text.strip() for piece in pieces(read(text), read(other)) if piece.kind == kind]


def test_what_differs_is_marked_by_whole_words() -> None:
    assert marked(SPRING, AUTUMN, FACTS) == ["១២", "ខែមេសា", "ខេត្តបាត់ដំបង"]
    assert marked(SPRING, AUTUMN, WORDS) == []
    assert marked(AUTUMN, SPRING, FACTS) == ["១៤", "ខែកញ្ញា", "ខេត្តកំពត"]
    assert marked(AUTUMN, SPRING, WORDS) == ["និងសិស្សានុសិស្ស"]


@pytest.mark.parametrize(
    ("text", "other"),
    [
        (SPRING, SPRING),
        (SPRING, SPRING.replace("\n", " ")),
        (SPRING, SPRING.replace("១២", "12")),
        (SPRING, AUTUMN + "\n" + SPRING),  # what the other has more of is not marked
        ("", SPRING),
    ],
)
def test_nothing_is_marked_where_the_units_are_the_same(text: str, other: str) -> None:
    assert {piece.kind for piece in pieces(read(text), read(other))} <= {SAME}


def test_a_paragraph_that_moved_is_not_a_difference() -> None:
    first, second = "ទន្លេសាបហូរត្រឡប់ក្រោយម្តងក្នុងមួយឆ្នាំ។", "ជីដូនរបស់ខ្ញុំធ្វើនំអន្សមរាល់បុណ្យភ្ជុំបិណ្ឌ។"
    assert marked(f"{first}\n{second}", f"{second}\n{first}", WORDS) == []


def test_everything_is_marked_where_nothing_is_the_same() -> None:
    assert marked("ទន្លេសាបហូរត្រឡប់ក្រោយ", "cat", WORDS) == ["ទន្លេសាបហូរត្រឡប់ក្រោយ"]


LETTERS = st.text(st.sampled_from("កខគង្ាិុំ១២3a។ \n\u200b"), max_size=60)


@given(LETTERS, LETTERS)
def test_the_pieces_are_the_text(text: str, other: str) -> None:
    found = pieces(read(text), read(other))
    assert "".join(piece.text for piece in found) == text
    assert all(piece.text for piece in found)
    assert all(a.kind != b.kind for a, b in pairwise(found))


def test_only_the_beginning_of_a_long_text_is_looked_at() -> None:
    text = "ទឹក " * MOST_CHARS
    assert sum(len(piece.text) for piece in pieces(read(text), read(AUTUMN))) == MOST_CHARS


def test_an_excerpt_begins_the_text_and_shows_what_differs() -> None:
    long = "ទន្លេសាបហូរត្រឡប់ក្រោយម្តងក្នុងមួយឆ្នាំ ជីដូនរបស់ខ្ញុំធ្វើនំអន្សម។ " * 20
    shown = excerpt(pieces(read(f"{long}នៅកំពត។ {long}"), read(f"{long}នៅតាកែវ។ {long}")), 600)
    text = "".join(piece.text for piece in shown)
    assert text.startswith("ទន្លេសាប")
    assert [piece.text for piece in shown if piece.kind == FACTS] == ["កំពត"]
    assert [piece.kind for piece in shown].count(GAP) == 2
    assert len(text) < 400


def test_an_excerpt_is_cut_between_words() -> None:
    shown = excerpt([Piece("កម្មវិធីនេះមានការចូលរួម", WORDS), Piece("។", SAME)], 3)
    assert [piece.kind for piece in shown] in ([GAP], [WORDS, GAP])
    shown = excerpt([Piece("កម្មវិធីនេះមានការចូលរួម\nទន្លេ", SAME)], 10)
    assert shown == [Piece("កម្មវិធី", SAME), Piece("…", GAP)]


@given(LETTERS, LETTERS, st.integers(1, 50))
def test_an_excerpt_is_no_longer_than_asked(text: str, other: str, n_chars: int) -> None:
    shown = excerpt(pieces(read(text), read(other)), n_chars)
    assert sum(len(piece.text) for piece in shown if piece.kind != GAP) <= n_chars
    assert not any("\n" in piece.text for piece in shown)


def test_similarity_is_that_of_the_sets_of_runs() -> None:
    units = np.arange(10, dtype=np.uint32)

    def similarity(others: Numbers, own: Numbers = units) -> float:
        return jaccard(run_set(own, 5), run_set(others, 5))

    assert runs(units, 5).size == 6
    assert similarity(units) == 1
    assert similarity(np.concatenate([units, units])) == 6 / 10
    assert similarity(units[:7]) == 3 / 6
    assert similarity(units + np.uint32(100)) == 0
    assert similarity(units[:0], units[:0]) == 0
    assert similarity(units[:3], units[:3]) == 1
