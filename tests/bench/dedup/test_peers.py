"""Outcomes are judged by the texts: what is found, and what goes without a likeness that stays."""

from __future__ import annotations

import math
import re

import pytest

from bench.dedup.peers import judged, truth_of
from bench.peers.duplicates import Outcome

WORDS = re.findall(
    r"\S+", "ថ្ងៃ នេះ មេឃ ស្រឡះ ល្អ អ្នក ភូមិ នាំ គ្នា ចេញ ទៅ ស្ទូង ស្រូវ តាំង ពី ព្រលឹម ហើយ ត្រឡប់ មក វិញ ពេល ល្ងាច"
)
BASE = "".join(WORDS)
COPY = f"{BASE}ណាស់"  # 0.95 of the same shingles
HALF = "".join(WORDS[:12]) + "រួចគេនាំគ្នាដាំបន្លែនិងចិញ្ចឹមមាន់ទាលក់នៅផ្សារ"
OTHER = "ក្រុមហ៊ុនបច្ចេកវិទ្យាបានប្រកាសលក់ទូរស័ព្ទម៉ាកថ្មីដែលមានតម្លៃថោកជាងមុន"
TEXTS = [BASE, COPY, HALF, OTHER, "ក", "ក"]


@pytest.mark.parametrize(
    ("cluster", "gone", "recall", "wrong", "far"),
    [
        ([0, 0, 2, 3, 4, 5], [1], 1, 0, 0),
        ([0, 1, 2, 3, 4, 5], [], 0, 0, 0),
        ([0, 0, 0, 3, 4, 5], [1, 2], 1, 1, 1),  # a half that has nothing like it among what stays
        ([0, 0, 2, 3, 4, 4], [1, 5], 1, 0, 0),  # one letter, twice
        ([0, 1, 2, 3, 4, 5], [1], 1, 1, 1),  # gone for nothing that stays in its cluster
        ([0, 1, 3, 3, 4, 5], [3], 0, 1, 1),
    ],
)
def test_judgement(cluster: list[int], gone: list[int], recall: float, wrong: int, far: int) -> None:
    kept = [number not in gone for number in range(len(TEXTS))]
    figures = {name: value for name, (value, _) in judged(truth_of(TEXTS), Outcome(cluster, kept)).items()}
    assert figures == {"recall": recall, "removed": len(gone), "wrong": wrong, "far": far}


def test_the_truth_is_all_pairs() -> None:
    assert truth_of(TEXTS).pairs.tolist() == [[0, 1]]


def test_without_pairs_there_is_no_recall() -> None:
    figures = judged(truth_of([BASE, OTHER]), Outcome([0, 1], [True, True]))
    assert math.isnan(figures["recall"][0])
