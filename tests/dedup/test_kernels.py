"""The compiled loops against plain Python."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dedup.bands import least_agreeing
from dedup.kernels import (
    MOST_CHECKS,
    SLOTS,
    build_table,
    connect,
    fill_band_keys,
    fill_pairs,
    fill_sketches,
    flatten,
    lead,
    similarity,
    table_size,
)
from dedup.sketch import shingle

ALPHABET = st.integers(0, 12)
UNTIMED = settings(max_examples=200, deadline=None)  # the first call compiles


def hashes(numbers: list[int]) -> NDArray[np.uint64]:
    mixed = np.random.default_rng(3).integers(0, 2**64, 1 << 14, np.uint64)
    return mixed[np.array(numbers, np.int64)]


def jaccard(a: set[int], b: set[int]) -> float:
    return len(a & b) / len(a | b)


def column(documents: list[list[int]], dtype: type) -> tuple[NDArray[np.int64], NDArray[np.generic]]:
    flat = [unit for units in documents for unit in units]
    return np.cumsum([0, *map(len, documents)], dtype=np.int64), np.array(flat, dtype)


@UNTIMED
@given(st.lists(st.lists(st.integers(0, 3), max_size=12), max_size=5), st.integers(1, 5))
def test_shingles_are_equal_where_the_runs_of_units_are(documents: list[list[int]], width: int) -> None:
    offsets, units = column(documents, np.uint32)
    starts, shingles = shingle(units, offsets, width)
    runs = [tuple(d[i : i + width]) for d in documents for i in range(len(d) - width + 1)]
    assert starts.tolist() == np.cumsum([0, *(max(len(d) - width + 1, 0) for d in documents)]).tolist()
    assert len(runs) == len(shingles)
    for i, j in combinations(range(len(runs)), 2):
        assert (runs[i] == runs[j]) == (shingles[i] == shingles[j])


@UNTIMED
@given(
    st.lists(ALPHABET, min_size=1, max_size=30),
    st.lists(ALPHABET, min_size=1, max_size=30),
    st.sampled_from([0.5, 0.7, 0.8, 1.0]),
)
def test_similarity_is_that_of_sets(a: list[int], b: list[int], threshold: float) -> None:
    size = table_size(len(a))
    keys, marks, added = np.zeros(size, np.uint64), np.zeros(size, np.int64), np.zeros(size, np.int64)
    n_distinct = build_table(hashes(a), keys, marks)
    assert n_distinct == len(set(a))
    expected = jaccard(set(a), set(b))
    for stamp in (2, 3):  # the first comparison leaves the table as it was
        got = similarity((keys, marks, size, n_distinct), hashes(b), stamp, threshold, added)
        assert got == expected if expected >= threshold else got < threshold


@pytest.mark.parametrize(("common", "own"), [(300, 20), (200, 100), (60, 60), (12, 3), (40, 200)])
def test_sketches_estimate_similarity_without_bias(common: int, own: int) -> None:
    truth = common / (common + 2 * own)
    n_pairs, estimates = 400, []
    draw = np.random.default_rng(11)
    for _ in range(n_pairs):
        numbers = draw.integers(0, 2**64, common + 2 * own, np.uint64)
        pair = np.concatenate([numbers[: common + own], numbers[:common], numbers[common + own :]])
        slots = np.empty((2, SLOTS), np.uint64)
        fill_sketches(np.array([0, common + own, pair.size]), pair, slots)
        estimates.append(np.mean(slots[0] == slots[1]))
    deviation = math.sqrt(truth * (1 - truth) / SLOTS)
    assert abs(np.mean(estimates) - truth) < 4 * deviation / math.sqrt(n_pairs)
    assert np.std(estimates) < 1.2 * deviation


@pytest.mark.parametrize("n_shingles", [1, 2, 20, 500])
def test_a_sketch_is_full_and_knows_no_order(n_shingles: int) -> None:
    shingles = hashes(list(range(n_shingles)))
    slots = np.empty((2, SLOTS), np.uint64)
    starts = np.array([0, n_shingles, 3 * n_shingles])
    fill_sketches(starts, np.concatenate([shingles, shingles[::-1], shingles]), slots)
    assert (slots[0] == slots[1]).all()
    assert (slots != np.uint64(2**64 - 1)).all()


def test_band_keys_are_equal_where_the_bands_are() -> None:
    slots = np.random.default_rng(5).integers(0, 2, (60, SLOTS)).astype(np.uint64)
    keys = np.empty((21, 60), np.uint64)
    fill_band_keys(slots, 6, keys)
    for band in range(21):
        part = slots[:, band * 6 : band * 6 + 6]
        for i, j in combinations(range(60), 2):
            assert (keys[band, i] == keys[band, j]) == (part[i] == part[j]).all()
    assert len(np.intersect1d(keys[0], keys[1])) == 0


@UNTIMED
@given(st.lists(st.integers(0, 4), max_size=40))
def test_pairs_connect_a_bucket_and_grow_linearly(buckets: list[int]) -> None:
    entries = np.sort(np.array([(b << 8) | i for i, b in enumerate(buckets)], np.uint64))
    pairs = np.empty((2 * len(buckets), 2), np.uint32)
    found = [tuple(map(int, pair)) for pair in pairs[: fill_pairs(entries, 8, pairs)]]
    assert len(found) <= 2 * len(buckets)
    assert all(buckets[i] == buckets[j] and i < j for i, j in found)
    for bucket in set(buckets):
        members = [i for i, b in enumerate(buckets) if b == bucket]
        assert set(pairwise(members)) <= set(found)
        assert {(members[0], i) for i in members[1:]} <= set(found)


@UNTIMED
@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=30))
def test_trees_are_the_connected_components_rooted_at_the_smallest(pairs: list[tuple[int, int]]) -> None:
    parents = np.arange(20, dtype=np.uint32)
    alike = np.zeros((20, SLOTS), np.uint8)
    connect(np.array(pairs, np.uint32).reshape(-1, 2), alike, 84, parents)
    flatten(parents)
    label = list(range(20))
    for _ in range(20):
        for a, b in pairs:
            label[a] = label[b] = min(label[a], label[b])
    assert parents.tolist() == label


def test_unlike_sketches_are_not_connected() -> None:
    sketches = np.zeros((2, SLOTS), np.uint8)
    for n_unlike, expected in [(44, 0), (45, 1)]:
        sketches[1, :n_unlike] = 1
        parents = np.arange(2, dtype=np.uint32)
        connect(np.array([[0, 1]], np.uint32), sketches, 84, parents)
        assert parents[1] == expected


def led(
    documents: list[list[int]], components: list[int] | None = None
) -> tuple[list[int], list[float], list[int]]:
    starts, numbers = column(documents, np.int64)
    shingles = hashes(numbers.tolist())
    slots = np.empty((len(documents), SLOTS), np.uint64)
    fill_sketches(starts, shingles, slots)
    labels = np.array(components or [0] * len(documents), np.uint32)
    leads, similar, counts = lead(
        labels, slots.astype(np.uint8), starts, shingles, (0.8, least_agreeing(0.8))
    )
    return leads.tolist(), similar.tolist(), counts.tolist()


def test_nothing_goes_for_the_sake_of_what_goes() -> None:
    chain = [list(range(i * 8, 100 + i * 8)) for i in range(3)]  # each .85 to the next, .72 to the one after
    leads, similar, _ = led(chain)
    assert leads == [0, 0, 2]
    assert similar == [1.0, 92 / 108, 1.0]


def test_components_do_not_meet() -> None:
    same = list(range(50))
    assert led([same, same, same, same], [0, 0, 2, 2])[0] == [0, 0, 2, 2]


def test_exact_comparisons_are_capped_in_a_family_of_unlike_members() -> None:
    family = [[*range(700), *range(1000 + 100 * i, 1100 + 100 * i)] for i in range(100)]  # .78 to each other
    leads, _, (n_checks, n_capped) = led([*family, *family])
    assert leads == [*range(100), *range(100)]
    assert n_capped > 0
    assert n_checks <= 100 * MOST_CHECKS + 100  # a copy is the likeliest, and checked first
