"""The scorer by hand-counted cases, and its search for pairs against trying all."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.bruteforce import alike, jaccard, pairs_within, shingles, similarities, unit_numbers, units
from bench.realdata import json_lines
from khmer.clusters import unit_hashes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("ខ្ញុំទៅផ្សារ។", ["ខ្ញុំ", "ទៅ", "ផ្សា", "រ"]),
        ("ថ្ងៃទី ១៥ មករា 2024", ["ថ្ងៃ", "ទី", "15", "ម", "ក", "រា", "2024"]),
        ("១a2បី", ["1", "a", "2", "បី"]),
        ("Sastra សាស្ត្រា SASTRA", ["sastra", "សា", "ស្ត្រា", "sastra"]),
        ("ធំៗ, តូច! (ល្អ)", ["ធំ", "តូ", "ច", "ល្អ"]),
        ("៥០០៛", ["500", "៛"]),
        ("\u17b6\u17d2កក", ["\u17b6\u17d2ក", "ក"]),
        ("ក\u200cុ ក\u200bខ", ["កុ", "ក", "ខ"]),
        ("Ελλάς 中文", [*"Ελλάς", *"中文"]),
    ],
)
def test_units(text: str, expected: list[str]) -> None:
    assert units(text) == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("មួយ ពីរ បី បួន ប្រាំ", "មួយពីរបីបួនប្រាំ", 1),
        ("ក ខ គ ឃ ង ច", "ក ខ គ ឃ ង ឆ", 1 / 3),
        ("ក ខ គ ឃ ង ច ឆ", "ខ គ ឃ ង ច ឆ", 2 / 3),
        ("ក ខ គ ឃ ង ច", "ច ង ឃ គ ខ ក", 0),
        ("ក ខ គ ឃ", "ក ខ គ ឃ", 0),  # no run of five in either
        ("១ ២ ៣ ៤ ៥", "1 2 3 4 5", 1),
        ("ក ក ក ក ក ក ក", "ក ក ក ក ក", 1),
    ],
)
def test_similarity(a: str, b: str, expected: float) -> None:
    assert jaccard(*shingles([a, b])) == pytest.approx(expected)


def test_equal_numbers_are_equal_runs() -> None:
    texts = ["ក ខ គ ឃ ង ច ឆ", "ស ក ខ គ ឃ ង", "", "គ"]
    runs = [{tuple(words[i : i + 5]) for i in range(len(words) - 4)} for words in map(units, texts)]
    found = shingles(texts)
    for (a, runs_a), (b, runs_b) in combinations(zip(found, runs, strict=True), 2):
        assert np.intersect1d(a, b).size == len(runs_a & runs_b)
    assert [row.size for row in found] == [3, 2, 0, 0]


@given(st.lists(st.text("កខគ១ ", max_size=40), max_size=12), st.sampled_from([0.5, 0.8, 1.0]))
def test_all_pairs_are_found(texts: list[str], threshold: float) -> None:
    found = shingles(texts)
    tried = [
        (i, j) for i, j in combinations(range(len(texts)), 2) if jaccard(found[i], found[j]) >= threshold
    ]
    pairs = list(alike(found, threshold))
    assert sorted((pair.first, pair.second) for pair in pairs) == tried
    assert similarities(found, np.array(tried, np.int64).reshape(-1, 2)).tolist() == [
        pair.similarity for pair in sorted(pairs)
    ]


def test_pairs_within_families() -> None:
    families = np.array([7, 3, 7, 5, 3, 7])
    assert sorted(map(tuple, pairs_within(families).tolist())) == [(0, 2), (0, 5), (1, 4), (2, 5)]
    drawn = pairs_within(np.zeros(500, np.int64), most=8)
    assert 3900 < len(drawn) <= 4000
    assert (drawn[:, 0] < drawn[:, 1]).all()
    assert pairs_within(np.empty(0, np.int64)).shape == (0, 2)


@pytest.mark.realdata
def test_units_are_those_of_the_pipeline(real_data: Path) -> None:
    texts = [row["text"] for row in json_lines(real_data / "corpus" / "lohelp.jsonl.zst")]
    offsets, hashes = unit_hashes(pa.array(texts, pa.large_string()))
    numbers = np.concatenate(unit_numbers(texts))
    assert numbers.size == offsets[-1]
    pairs = np.unique(np.stack([numbers.astype(np.uint64), hashes]), axis=1)
    assert pairs.shape[1] == np.unique(numbers).size == np.unique(hashes).size
