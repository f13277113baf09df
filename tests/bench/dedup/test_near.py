"""The judge of near-duplicates: it finds what is right, and sees what is wrong."""

from __future__ import annotations

import numpy as np
import pytest

from bench.dedup.near import Corpus, check_exact, check_near, planted_pairs
from bench.deduplicated import Decisions

LINE = "កសិករនៅភូមិព្រែកតាសេកប្រមូលផលស្រូវបានច្រើនជាងឆ្នាំមុន ព្រោះទឹកភ្លៀងគ្រប់គ្រាន់ពេញមួយរដូវ ហើយសត្វល្អិតមិនសូវបំផ្លាញ "
OTHER = "សិស្សសាលាបឋមសិក្សារៀបចំពិធីដាំដើមឈើនៅជុំវិញទីធ្លា ដោយមានលោកគ្រូអ្នកគ្រូនិងមាតាបិតាចូលរួមយ៉ាងសប្បាយរីករាយ "
TEXTS = [f"{LINE}{OTHER}", f"{LINE}{OTHER}។ ចប់", OTHER, "ខ្លី", "ខ្លី។", f"{LINE} {OTHER}"]
IDS = [f"{n:032x}" for n in range(len(TEXTS))]


def corpus(dropped: dict[int, tuple[str, float | None, int]]) -> Corpus:
    gone = {IDS[n]: (reason, score, IDS[of]) for n, (reason, score, of) in dropped.items()}
    return Corpus(IDS, TEXTS, Decisions({i for i in IDS if i not in gone}, gone))


def test_pairs_of_a_family_that_are_long_enough() -> None:
    found = planted_pairs(TEXTS, np.array([0, 0, 0, -1, -1, 0]))
    assert found.pairs.tolist() == [[0, 1], [0, 2], [0, 5], [1, 2], [1, 5], [2, 5]]
    assert found.n_alike == 3  # 0, 1 and 5
    assert found.similarity[2] == 1


@pytest.mark.parametrize(
    ("dropped", "missed"),
    [({}, 3), ({1: 0}, 1), ({1: 0, 5: 0}, 0), ({0: 1, 5: 1}, 0), ({2: 0}, 3)],
)
def test_a_pair_is_found_if_one_goes(dropped: dict[int, int], missed: int) -> None:
    decided = corpus({n: ("near_duplicate", 0.9, of) for n, of in dropped.items()})
    assert planted_pairs(TEXTS, np.array([0, 0, 0, -1, -1, 0])).missed(decided.stays) == missed


def test_wrong_removals_are_seen() -> None:
    checked = check_near(corpus({2: ("near_duplicate", 0.85, 0), 5: ("near_duplicate", 1.0, 0)}), 10)
    assert (checked.n, checked.n_wrong) == (2, 1)
    assert checked.error > 0.3
    assert check_near(corpus({5: ("near_duplicate", 1.0, 0), 3: ("url_duplicate", None, 0)}), 10) == (1, 0, 0)
    assert check_near(corpus({}), 10) == (0, 0, 0)


def test_exact_copies_have_the_same_units() -> None:
    right = {4: ("exact_duplicate", 1.0, 3), 5: ("exact_duplicate", 1.0, 0)}
    assert check_exact(corpus(right)) == (2, 0)
    assert check_exact(corpus({**right, 2: ("exact_duplicate", 1.0, 0)})) == (3, 1)
