from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.facts import DATE, FIGURE, PLACE, facts_lost, facts_of, gazetteer
from dedup.gazetteer import ANY_NUMBER, DATES, PLACES
from khmer.clusters import flagged_units
from khmer.normalize import normalize_text

NAMES = [name for entry in (*DATES, *PLACES) for name in entry]


def lost(removed: str, kept: str) -> tuple[int, int]:
    """The numbers and dates, and the places, that a removal costs."""
    offsets, units = flagged_units(pa.array([kept, removed], pa.large_string()))
    ((numbers, places),) = facts_lost(units, offsets, np.array([1]), np.array([0])).tolist()
    return numbers, places


@pytest.mark.parametrize(
    ("removed", "kept", "numbers", "places"),
    [
        ("", "", 0, 0),
        ("ភ្លៀងធ្លាក់នៅខេត្តកំពត", "ភ្លៀងធ្លាក់នៅខេត្តកំពត", 0, 0),
        ("ភ្លៀងធ្លាក់នៅខេត្តកំពត", "ភ្លៀងធ្លាក់នៅខេត្តតាកែវ", 0, 1),
        ("ពីកំពង់ឆ្នាំងទៅកំពង់ចាម", "ពីកំពង់ធំទៅកំពង់ចាម", 0, 1),
        ("ចូលរួម ១២០ នាក់", "ចូលរួម ១៣០ នាក់", 1, 0),
        ("ចូលរួម ១២០ នាក់", "ចូលរួម 120 នាក់", 0, 0),
        ("ថ្ងៃទី ០៨ ម៉ោង 007", "ថ្ងៃទី ៨ ម៉ោង ៧", 0, 0),  # zeros before a small number say nothing
        ("ទំព័រ ១០", "ទំព័រ ១", 1, 0),
        ("លេខ ០", "លេខ ០០", 0, 0),
        ("ខែមិនា ឆ្នាំនេះ", "ខែមីនា ឆ្នាំនេះ", 0, 0),
        ("ថ្ងៃពេញបូណ៌មី ខែអស្សុជ", "ថ្ងៃពេញបូណ៌មី ខែកត្តិក", 1, 0),
        ("ម៉ោង ៧ និងម៉ោង ៧", "ម៉ោង ៨", 1, 0),  # a fact is lost once
        ("ម៉ោង ៨", "ម៉ោង ៧ និងម៉ោង ៨", 0, 0),  # what only the kept document has is not lost
        ("ថ្ងៃទី១៤ ខែ មេសា ឆ្នាំ២០១២", "ថ្ងៃទី១៤ ខែ មីនា ឆ្នាំ២០១២", 1, 0),
        ("១៤ កញ្ញា ២០១២", "១៤ កក្កដា ២០១២", 1, 0),
        ("អ្នកនាងកញ្ញាបានឈ្នះ", "អ្នកនាងបានឈ្នះ", 0, 0),  # "Miss", not September
        ("ជួបគ្នានៅថ្ងៃសុក្រ", "ជួបគ្នានៅថ្ងៃសៅរ៍", 1, 0),
        ("ទៅលេងខេត្តពោធិ៍សាត់", "ទៅលេងខេត្តពោធិសាត់", 0, 0),  # two spellings of one place
        ("ផ្ទះនៅកណ្តាលភូមិ", "ផ្ទះនៅក្នុងភូមិ", 0, 0),  # "the middle of", not the province
        ("ផ្ទះនៅខេត្តកណ្តាល", "ផ្ទះនៅក្នុងភូមិ", 0, 1),
        ("កំពង់", "ទន្លេ", 0, 0),  # the beginning of a name at the end of a text
    ],
)
def test_facts_lost(removed: str, kept: str, numbers: int, places: int) -> None:
    assert lost(removed, kept) == (numbers, places)


def test_each_document_is_held_against_the_one_kept_for_it() -> None:
    texts = ["ទៅកំពត ១", "ទៅតាកែវ ១", "ទៅក្រចេះ ២", "ទៅក្រចេះ ៣", "ទៅកំពត ២"]
    offsets, units = flagged_units(pa.array(texts, pa.large_string()))
    found = facts_lost(units, offsets, np.array([1, 3, 4]), np.array([0, 2, 0]))
    assert found.tolist() == [[0, 1], [1, 0], [1, 0]]


def test_facts_are_found_in_order_with_their_units() -> None:
    text = "ថ្ងៃទី១៤ ខែមេសា នៅភ្នំពេញ"
    units = flagged_units(pa.array([text], pa.large_string())).units
    found = facts_of(units)
    assert found.kinds.tolist() == [FIGURE, DATE, PLACE]
    assert found.spans.tolist() == [[2, 3], [3, 6], [7, 10]]


def test_the_flag_of_a_line_does_not_hide_a_name() -> None:
    assert lost("អាកាសធាតុ\nភ្នំពេញ", "អាកាសធាតុ\nកំពត") == (0, 1)
    assert lost("អាកាសធាតុ\nភ្នំពេញ ១", "អាកាសធាតុ ភ្នំពេញ\n១") == (0, 0)


@pytest.mark.parametrize("name", NAMES)
def test_names_are_canonical_and_of_at_least_two_units(name: str) -> None:
    bare = name.removeprefix(ANY_NUMBER).strip()
    assert normalize_text(name) == name
    assert flagged_units(pa.array([bare], pa.large_string())).units.size >= 2


def test_no_name_stands_twice_and_all_are_found() -> None:
    assert len(set(NAMES)) == len(NAMES)
    names = gazetteer()
    assert names.facts.size == len(NAMES)
    for entries, kind in ((DATES, DATE), (PLACES, PLACE)):
        for number, entry in enumerate(entries):
            for name in entry:
                units = flagged_units(pa.array([f"នៅ{name}"], pa.large_string())).units
                assert (kind << 32 | number) in facts_of(units).facts.tolist()


def test_the_capital_and_the_provinces_come_first() -> None:
    assert PLACES[0] == ("ភ្នំពេញ",)
    assert len(PLACES[:25]) == 25
    assert PLACES[24] == ("ត្បូងឃ្មុំ",)


TOKENS = ("ភ្នំពេញ", "កំពង់ចាម", "កំពង់ធំ", "តុលា", "១២", "២០១៨", "ទឹក", "ដី", "កំពង់", "ឈើ")


def expected(tokens: Sequence[str]) -> tuple[set[str], set[str]]:
    return set(tokens) & {"តុលា", "១២", "២០១៨"}, set(tokens) & {"ភ្នំពេញ", "កំពង់ចាម", "កំពង់ធំ"}


@given(*[st.lists(st.sampled_from(TOKENS), max_size=12)] * 2)
def test_lost_is_what_one_set_has_and_the_other_has_not(removed: list[str], kept: list[str]) -> None:
    numbers, places = (own - other for own, other in zip(expected(removed), expected(kept), strict=True))
    assert lost("។ ".join(removed), "។ ".join(kept)) == (len(numbers), len(places))


def test_one_number_a_million_times_is_one_fact() -> None:
    offsets, units = flagged_units(pa.array(["កំពត", "១២ " * 1_000_000], pa.large_string()))
    assert facts_lost(units, offsets, np.array([1]), np.array([0])).tolist() == [[1, 0]]
