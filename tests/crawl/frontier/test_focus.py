from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawl.frontier.focus import (
    EXPECTED,
    LEAST_BYTES,
    N_REMEMBERED,
    NewText,
    Yield,
    hides_text,
    lane_score,
    level_of,
)

TEXT = "ព្រះរាជាណាចក្រកម្ពុជា ជាតិ សាសនា ព្រះមហាក្សត្រ មានប្រវត្តិយូរលង់ណាស់មកហើយ"
LETTERS = sum(3 for letter in TEXT if letter != " ")


def page(*paragraphs: str) -> bytes:
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs).encode()


@pytest.mark.parametrize(
    ("body", "counted"),
    [
        (page(TEXT), (LETTERS, LETTERS)),
        (page(TEXT, TEXT), (2 * LETTERS, LETTERS)),
        (TEXT.encode(), (LETTERS, LETTERS)),
        (page("ខែមករា ឆ្នាំ២០២៧"), (3 * 15, 0)),
        (page("Tiếng Việt có dấu, ạ ả ấ" * 20), (0, 0)),
        (b"", (0, 0)),
        (b"\xe1\x9e", (3, 0)),
    ],
)
def test_bytes_of_khmer_text_and_those_that_are_new(body, counted):
    assert NewText().count(body) == counted


def test_text_is_new_once():
    seen = NewText()
    assert seen.count(page(TEXT)) == (LETTERS, LETTERS)
    assert seen.count(page(TEXT, f"{TEXT}។")) == (2 * LETTERS + 3, LETTERS + 3)
    assert seen.count(b"<div>" + page(TEXT)) == (LETTERS, 0)


def test_a_page_of_nothing_but_tags_takes_bounded_memory():
    assert NewText().count(b"<" * 3_000_000 + TEXT.encode()) == (LETTERS, LETTERS)


def test_texts_that_differ_in_numbers_alone_are_one():
    seen = NewText()
    assert [seen.count(page(f"{day}{TEXT}{day}"))[1] for day in ("7", "18", "១៩", "២០២៦")] == [
        LETTERS,
        0,
        0,
        0,
    ]


def test_what_is_forgotten_counts_again_and_memory_stays_as_it_is():
    seen = NewText()
    for letter in "កខគ":
        assert seen.count(page(f"{TEXT}{letter}"))[1] == LETTERS + 3
    assert len(seen._seen) == N_REMEMBERED


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), max_size=50))
def test_a_rate_lies_between_what_was_expected_and_what_was_found(pages):
    gain = Yield()
    for n_bytes, n_khmer in pages:
        gain.add(n_bytes, min(n_khmer, n_bytes))
    assert 0 <= gain.rate(EXPECTED) < 1
    assert 0 <= gain.measured <= 1
    kept = Yield.kept(gain.bytes, gain.khmer, len(pages))
    assert kept.rate(EXPECTED) == pytest.approx(gain.rate(EXPECTED))


@pytest.mark.parametrize(
    ("body", "hides"),
    [
        (b"%PDF-1.7 ...", True),
        (b'<font face="Limon S1">eRbI', True),
        (b"<p style='font-family: LIMON R1'>", True),
        (b"<p>plain English</p>", False),
        (b"<p style='font-family: Limon'>" + TEXT.encode(), False),
        (b"x" * (1 << 17) + b"limon", False),
        (b"", False),
    ],
)
def test_text_that_bytes_do_not_show(body, hides):
    assert hides_text(body) is hides


def test_what_hides_its_text_is_not_held_to_be_worthless():
    gain = Yield()
    for _ in range(100):
        gain.add(0, 0)
    assert gain.measured == 1.0
    assert gain.rate(EXPECTED) < Yield().rate(EXPECTED), "but others come first"


def test_scores():
    rich, poor = Yield(), Yield()
    for _ in range(10):
        rich.add(30_000, 12_000)
        poor.add(30_000, 0)
    rate = EXPECTED
    assert lane_score(rich, 1, 10, rate) > lane_score(Yield(), 1, 0, rate) > lane_score(poor, 1, 10, rate)
    assert lane_score(Yield(), 2, 0, rate) > lane_score(Yield(), 1, 0, rate) > lane_score(Yield(), 0, 0, rate)
    assert lane_score(Yield(), 1, 0, rate) > lane_score(Yield(), 1, 5, rate), (
        "what was little tried comes first"
    )


@pytest.mark.parametrize(("prior", "level"), [(0.0, 0), (0.3, 0), (0.4, 1), (0.66, 1), (0.7, 2), (1.0, 2)])
def test_levels(prior, level):
    assert level_of(prior) == level


def test_a_date_is_shorter_than_text():
    assert len("ថ្ងៃអង្គារ ទី១២ ខែមករា ឆ្នាំ២០៣១".encode()) < LEAST_BYTES < len(TEXT.encode())
