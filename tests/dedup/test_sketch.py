"""What of a text goes into its sketch."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from dedup.kernels import SLOTS, fill_sketches
from dedup.sketch import shingle, units_of

TEXT = "នៅឆ្នាំ ២០២៤ ក្រុមហ៊ុន Mekong Tours បាននាំភ្ញៀវ ១.២០០ នាក់ទៅទស្សនាប្រាសាទសំបូរព្រៃគុក។"


def sketch(text: str) -> np.ndarray:
    offsets, units = units_of(pa.chunked_array([[text]], pa.large_string()))
    starts, shingles = shingle(units, offsets, 5)
    slots = np.empty((1, SLOTS), np.uint64)
    fill_sketches(starts, shingles, slots)
    return slots[0]


@pytest.mark.parametrize(
    "same",
    [
        pytest.param(TEXT.replace(" ", "").replace("MekongTours", "Mekong Tours"), id="spaces"),
        pytest.param(TEXT.replace("។", " ៕"), id="punctuation"),
        pytest.param(TEXT.replace("២០២៤", "2024"), id="digits"),
        pytest.param(TEXT.replace("Mekong", "MEKONG"), id="case"),
        pytest.param(TEXT.replace("ក្រុម", "ក្រុម\u200b"), id="zero width space"),
    ],
)
def test_layout_does_not_matter(same: str) -> None:
    assert (sketch(same) == sketch(TEXT)).all()


@pytest.mark.parametrize(("a", "b"), [("២០២៤", "២០២៥"), ("នាក់", "ក្រុម"), ("Mekong", "Tonle")])
def test_words_and_numbers_do(a: str, b: str) -> None:
    assert 0 < np.mean(sketch(TEXT.replace(a, b)) == sketch(TEXT)) < 1


def test_less_than_a_shingle_is_an_empty_sketch() -> None:
    assert (sketch("ទឹក ដី") == np.uint64(2**64 - 1)).all()
