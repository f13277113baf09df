"""The peers' shingles are those of the pipeline."""

from __future__ import annotations

import pyarrow as pa
import pytest

from bench import bruteforce
from bench.peers.shingles import shingles, units
from khmer.clusters import unit_hashes

TEXTS = [
    "ព្រះរាជាណាចក្រកម្ពុជា ជាតិ សាសនា ព្រះមហាក្សត្រ",
    "ថ្ងៃទី១៥ ខែមេសា ឆ្នាំ២០២៤ មានអ្នកចូលរួម 1,250នាក់។",
    "ក្រុមហ៊ុន Smart Axiata បានបើកសេវា 5G ថ្មីៗនៅភ្នំពេញ!",
    "កសិករ«ដាំស្រូវ»៣ដង/ឆ្នាំ… Ünï-code ៕",
    "",
    "ក",
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ខ្ញុំស្រឡាញ់", ["ខ្ញុំ", "ស្រ", "ឡា", "ញ់"]),
        ("ឆ្នាំ២០២៤ និង 2025", ["ឆ្នាំ", "2024", "និ", "ង", "2025"]),
        ("BBC Khmer", ["bbc", "khmer"]),
        ("ថ្មីៗ។", ["ថ្មី"]),
        ("", []),
    ],
)
def test_units(text: str, expected: list[str]) -> None:
    assert units(text) == expected


@pytest.mark.parametrize("text", TEXTS)
def test_they_are_the_units_of_the_pipeline_and_of_the_scorer(text: str) -> None:
    found = units(text)
    hashes = unit_hashes(pa.chunked_array([pa.array([text], pa.large_string())])).hashes.tolist()
    assert [found.index(unit) for unit in found] == [hashes.index(value) for value in hashes]
    assert found == bruteforce.units(text)


def test_a_shingle_is_a_run_of_five_units() -> None:
    assert shingles("ក ខ គ ឃ ង ច") == ["ក ខ គ ឃ ង", "ខ គ ឃ ង ច"]
    assert shingles("ក ខ គ ឃ") == []
