"""Buckets, probes and trees."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dedup.trees import (
    HOT,
    NEAR,
    PROBE_WORDS,
    agreeing,
    copy_ranges,
    fill_probes,
    flatten,
    join_buckets,
    join_equal,
    join_pairs,
    join_similar,
    sort_by_key,
)

UNTIMED = settings(max_examples=100, deadline=None)  # the first call compiles


def probes_of(sketches: NDArray[np.uint8]) -> NDArray[np.uint64]:
    probes = np.empty((len(sketches), PROBE_WORDS), np.uint64)
    fill_probes(sketches, probes)
    return probes


@UNTIMED
@given(st.integers(0, 2**32), st.integers(0, 128))
def test_probes_agree_where_two_bits_of_the_slots_do(seed: int, n_changed: int) -> None:
    draw = np.random.default_rng(seed)
    sketches = draw.integers(0, 256, (2, 128)).astype(np.uint8)
    sketches[1, n_changed:] = sketches[0, n_changed:]
    probes = probes_of(sketches)
    assert agreeing(probes[0], probes[1]) == (sketches[0] % 4 == sketches[1] % 4).sum()


def labels(n: int, pairs: list[tuple[int, int]]) -> list[int]:
    label = list(range(n))
    for _ in range(n):
        for a, b in pairs:
            label[a] = label[b] = min(label[a], label[b])
    return label


@pytest.mark.parametrize("n", [0, 1, 2, 10_000])
def test_entries_are_sorted_by_key_and_stay_as_they_stood(n: int) -> None:
    keys = np.random.default_rng(4).integers(0, 2**32, n).astype(np.uint64)
    keys[: n // 2] = keys[n // 2 : n // 2 * 2]
    entries = keys << np.uint64(32) | np.arange(n, dtype=np.uint64)
    assert sort_by_key(entries).tolist() == sorted(entries.tolist())


@UNTIMED
@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=30))
def test_trees_are_the_connected_components_rooted_at_the_smallest(pairs: list[tuple[int, int]]) -> None:
    parents = np.arange(20, dtype=np.uint32)
    join_pairs(np.array(pairs, np.uint32).reshape(-1, 2), parents)
    flatten(parents)
    assert parents.tolist() == labels(20, pairs)


@UNTIMED
@given(st.lists(st.integers(0, 5), max_size=30))
def test_equal_keys_are_joined(keys: list[int]) -> None:
    parents = np.arange(len(keys), dtype=np.uint32)
    array = np.array(keys, np.uint32)
    join_equal(array, np.argsort(array, kind="stable"), parents)
    flatten(parents)
    assert parents.tolist() == [keys.index(key) for key in keys]


def entries_of(buckets: list[int]) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    entries = np.sort(np.array([b << 32 | i for i, b in enumerate(buckets)], np.uint64))
    return entries, (entries & np.uint64(0xFFFFFFFF)).astype(np.int64)


@UNTIMED
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=25))
def test_the_similar_of_a_bucket_are_joined(documents: list[tuple[int, int]]) -> None:
    kinds = np.random.default_rng(1).integers(0, 256, (3, 128)).astype(np.uint8)
    probes = probes_of(kinds[[kind for _, kind in documents]].reshape(-1, 128))
    entries, rows = entries_of([bucket for bucket, _ in documents])
    parents = np.arange(len(documents), dtype=np.uint32)
    join_similar(entries, rows, 0, probes, 92, parents)
    flatten(parents)
    assert parents.tolist() == [documents.index(document) for document in documents]
    parents = np.arange(len(documents), dtype=np.uint32)
    join_buckets(entries, rows, parents)
    flatten(parents)
    buckets = [bucket for bucket, _ in documents]
    assert parents.tolist() == [buckets.index(bucket) for bucket in buckets]


@pytest.mark.parametrize("n", [HOT, 50 * HOT])
def test_pairs_of_a_hot_bucket_grow_linearly(n: int) -> None:
    sketches = np.random.default_rng(2).integers(0, 256, (n, 128)).astype(np.uint8)
    sketches[1::2] = sketches[0]
    entries, rows = entries_of([7] * n)
    parents = np.arange(n, dtype=np.uint32)
    n_pairs = join_similar(entries, rows, 0, probes_of(sketches), 92, parents)
    assert n_pairs <= (n * (n - 1) // 2 if n <= HOT else 2 * NEAR * n)
    flatten(parents)
    assert (parents[1::2] == 0).all()
    assert (parents[2::2] == np.arange(2, n, 2)).all()


def test_ranges_are_copied() -> None:
    source, target = np.arange(10, dtype=np.uint32), np.zeros(5, np.uint32)
    copy_ranges(source, np.array([7, 0, 4]), np.array([0, 2, 2, 5]), target)
    assert target.tolist() == [7, 8, 4, 5, 6]
