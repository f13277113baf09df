"""Buckets, probes and trees."""

from __future__ import annotations

from collections.abc import Sequence

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
    fill_entries,
    fill_probes,
    flatten,
    join_buckets,
    join_equal,
    join_pairs,
    join_similar,
    mark_numbers,
    pick_shared,
    renumber,
    sort_by_key,
    with_known,
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


def entries_of(buckets: Sequence[int], first: int = 0) -> NDArray[np.uint64]:
    return np.sort(np.array([b << 32 | first + i for i, b in enumerate(buckets)], np.uint64))


@pytest.mark.parametrize("keys", [[], [0], [0, 7, 2**32 - 1, 0, 7]])
def test_documents_that_have_a_key_have_an_entry(keys: list[int]) -> None:
    entries = np.zeros(9, np.uint64)
    n = fill_entries(np.array(keys, np.uint32), 5, entries, 1)
    assert entries[1:n].tolist() == [key << 32 | 5 + i for i, key in enumerate(keys) if key]


KEYS = st.integers(0, 40) | st.integers(0, 2**32 - 1)


@UNTIMED
@given(st.lists(KEYS, max_size=400), st.lists(KEYS, max_size=20))
def test_known_entries_of_the_same_keys_come_along(known: list[int], new: list[int]) -> None:
    old, entries = entries_of(known), entries_of(new, len(known))
    expected = sorted([*entries.tolist(), *(entry for entry in old.tolist() if entry >> 32 in new)])
    assert with_known(old, entries).tolist() == expected


@pytest.mark.parametrize("n_new", [1, 100, 10_000])
def test_keys_near_and_far_apart_are_found(n_new: int) -> None:
    draw = np.random.default_rng(6)
    old = entries_of(draw.integers(0, 1 << 16, 20_000).tolist())
    entries = entries_of(draw.integers(0, 1 << 16, n_new).tolist(), 20_000)
    asked = {entry >> 32 for entry in entries.tolist()}
    expected = sorted([*entries.tolist(), *(entry for entry in old.tolist() if entry >> 32 in asked)])
    assert with_known(old, entries).tolist() == expected


@UNTIMED
@given(st.lists(st.integers(0, 8), max_size=20))
def test_buckets_of_one_are_left_out(buckets: list[int]) -> None:
    entries = entries_of(buckets)
    n = pick_shared(entries)
    expected = [entry for entry in entries_of(buckets).tolist() if buckets.count(entry >> 32) > 1]
    assert entries[:n].tolist() == expected


def test_numbers_give_way_to_rows() -> None:
    entries, row_of = entries_of([7, 3, 7], 2), np.zeros(6, np.uint32)
    mark_numbers(entries, row_of)
    assert row_of.tolist() == [0, 0, 1, 1, 1, 0]
    row_of[2:5] = [0, 1, 2]
    renumber(entries, row_of)
    assert entries.tolist() == entries_of([7, 3, 7]).tolist()


@UNTIMED
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), max_size=25))
def test_the_similar_of_a_bucket_are_joined(documents: list[tuple[int, int]]) -> None:
    kinds = np.random.default_rng(1).integers(0, 256, (3, 128)).astype(np.uint8)
    probes = probes_of(kinds[[kind for _, kind in documents]].reshape(-1, 128))
    entries = entries_of([bucket for bucket, _ in documents])
    parents = np.arange(len(documents), dtype=np.uint32)
    join_similar(entries, 0, probes, 92, parents)
    flatten(parents)
    assert parents.tolist() == [documents.index(document) for document in documents]
    parents = np.arange(len(documents), dtype=np.uint32)
    join_buckets(entries, parents)
    flatten(parents)
    buckets = [bucket for bucket, _ in documents]
    assert parents.tolist() == [buckets.index(bucket) for bucket in buckets]


@pytest.mark.parametrize("n", [HOT, 50 * HOT])
def test_pairs_of_a_hot_bucket_grow_linearly(n: int) -> None:
    sketches = np.random.default_rng(2).integers(0, 256, (n, 128)).astype(np.uint8)
    sketches[1::2] = sketches[0]
    entries = entries_of([7] * n)
    parents = np.arange(n, dtype=np.uint32)
    n_pairs = join_similar(entries, 0, probes_of(sketches), 92, parents)
    assert n_pairs <= (n * (n - 1) // 2 if n <= HOT else 2 * NEAR * n)
    flatten(parents)
    assert (parents[1::2] == 0).all()
    assert (parents[2::2] == np.arange(2, n, 2)).all()
