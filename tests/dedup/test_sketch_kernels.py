"""The compiled loops against plain Python and against what sketches promise."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dedup.sketch import sketch
from dedup.sketch_kernels import ROUNDS, SLOTS, fill_band_keys, fill_unit_keys
from khmer.clusters import LINE, UNIT

UNTIMED = settings(max_examples=200, deadline=None)  # the first call compiles
DOCUMENTS = st.lists(st.lists(st.integers(0, 3), max_size=12), max_size=4)


def units(numbers: list[int]) -> NDArray[np.uint32]:
    """A unit for each number, without flags."""
    mixed = np.random.default_rng(3).permutation(1 << 14).astype(np.uint32) * np.uint32(2654435764)
    return mixed[np.array(numbers, np.int64)]


def column(documents: list[list[int]]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    return units([number for document in documents for number in document]), np.cumsum(
        [0, *map(len, documents)]
    )


@pytest.mark.parametrize(
    ("common", "own"), [(300, 20), (200, 100), (60, 60), (88, 11), (12, 3), (40, 200), (3000, 400)]
)
def test_sketches_estimate_similarity_without_bias(common: int, own: int) -> None:
    truth = common / (common + 2 * own)
    n_pairs, draw = 400, np.random.default_rng(11)
    documents = []
    for _ in range(n_pairs):
        numbers = draw.integers(0, 1 << 30, common + 2 * own, np.uint32) << np.uint32(2)
        documents += [numbers[: common + own], numbers[:common], numbers[common + own :]]
    offsets = np.arange(2 * n_pairs + 1) * (common + own)
    slots = sketch(np.concatenate(documents), offsets, 1)
    estimates = np.mean(slots[::2] == slots[1::2], axis=1)
    deviation = math.sqrt(truth * (1 - truth) / SLOTS)
    assert abs(np.mean(estimates) - truth) < 4 * deviation / math.sqrt(n_pairs)
    assert np.std(estimates) < 1.2 * deviation


@pytest.mark.parametrize("n_units", [1, 2, 20, 500, 1024, 1025, 5000])
def test_a_sketch_is_full_and_knows_no_order_and_no_repeats(n_units: int) -> None:
    numbers = list(range(n_units))
    slots = sketch(*column([numbers, numbers[::-1] + numbers]), 1)
    assert (slots[0] == slots[1]).all()
    assert len(np.unique(slots)) <= ROUNDS * n_units
    assert (slots != np.uint32(2**32 - 1)).all()


def test_a_unit_repeated_is_one_shingle() -> None:
    slots = sketch(*column([[5] * 1_000_000, [5] * 6]), 5)
    assert (slots[0] == slots[1]).all()


def test_the_flag_of_a_line_does_not_count() -> None:
    plain, offsets = column([list(range(200))])
    flagged = plain | np.uint32(LINE)
    assert np.uint32(~np.uint32(LINE)) == UNIT
    assert (sketch(plain, offsets, 5) == sketch(flagged, offsets, 5)).all()
    assert unit_keys(plain, offsets) == unit_keys(flagged, offsets)


def test_band_keys_are_equal_where_the_bands_are() -> None:
    slots = np.random.default_rng(5).integers(0, 2, (60, SLOTS)).astype(np.uint32)
    keys = np.empty((21, 60), np.uint32)
    fill_band_keys(slots, 6, keys)
    assert (keys != 0).all()
    for band in range(21):
        part = slots[:, band * 6 : band * 6 + 6]
        for i, j in combinations(range(60), 2):
            assert (keys[band, i] == keys[band, j]) == (part[i] == part[j]).all()
    assert len(np.intersect1d(keys[0], keys[1])) == 0


def unit_keys(numbers: NDArray[np.uint32], offsets: NDArray[np.int64]) -> list[int]:
    keys = np.empty(offsets.size - 1, np.uint64)
    fill_unit_keys(numbers, offsets, keys)
    return keys.tolist()


@UNTIMED
@given(DOCUMENTS)
def test_unit_keys_are_equal_where_the_sequences_are(documents: list[list[int]]) -> None:
    keys = unit_keys(*column(documents))
    assert len(keys) == len(documents)
    assert (
        len({*zip(map(tuple, documents), keys, strict=True)}) == len({*map(tuple, documents)}) == len({*keys})
    )


def test_a_document_does_not_depend_on_its_neighbours() -> None:
    draw = np.random.default_rng(9)
    documents = [draw.integers(0, 1 << 14, n).tolist() for n in (0, 3, 5, 40, 200, 1500, 4, 2100, 0)]
    numbers, offsets = column(documents)
    together = sketch(numbers, offsets, 5)
    for (start, stop), slots in zip(pairwise(offsets.tolist()), together, strict=True):
        alone = sketch(numbers[start:stop].copy(), np.array([0, stop - start]), 5)
        assert (alone[0] == slots).all()
