"""Members of components are dealt into groups of bounded size, and a text's units are read once."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.paths import Folder
from corpus.stage import Task
from dedup.columns import write_array
from dedup.components import _FOUND, best_first, carriers, deal, gather_members, read_members
from dedup.index import Plan, entry
from dedup.sketch_kernels import SLOTS
from dedup.traits import NUMBERS, padded

LIMIT = 100


def dealt(components: list[int], units: list[int], preferences: list[int]) -> list[int]:
    worth = np.column_stack([units, preferences, range(len(units)), range(len(units))]).astype(np.uint64)
    roots, groups = np.array(components, np.uint32), np.empty(len(units), np.int64)
    order = best_first(roots, worth)
    groups[order] = deal(roots[order], np.array(units)[order], LIMIT)
    return groups.tolist()


@pytest.mark.parametrize(
    ("components", "units", "groups"),
    [
        ([3, 3, 7, 7], [20, 30, 25, 25], [0, 0, 0, 0]),
        ([3, 3, 7, 7], [20, 30, 25, 26], [0, 0, 1, 1]),
        ([3, 7, 3, 7], [50, 50, 50, 50], [0, 1, 0, 1]),
        ([3, 3, 3, 7], [60, 40, 60, 10], [0, 0, 1, 2]),
        ([3, 3, 7], [350, 60, 10], [0, 1, 2]),
        ([3], [0], [0]),
    ],
    ids=[
        "room for both",
        "one unit too many",
        "whole components",
        "one that is cut",
        "one document that is too much",
        "without units",
    ],
)
def test_components_are_dealt_in_order(components: list[int], units: list[int], groups: list[int]) -> None:
    assert dealt(components, units, [9, 8, 7, 6][: len(units)]) == groups


def test_a_heavy_component_is_cut_by_preference() -> None:
    assert dealt([1, 1, 1, 1], [50, 50, 50, 50], [1, 4, 2, 3]) == [1, 0, 1, 0]


MEMBERS = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 60), st.integers(0, 9)), min_size=1)


@given(MEMBERS)
def test_groups_hold_whole_components_or_parts_of_one(members: list[tuple[int, int, int]]) -> None:
    components, units, preferences = map(list, zip(*members, strict=True))
    groups = dealt(components, units, preferences)
    of_group: dict[int, set[int]] = {}
    for component, group in zip(components, groups, strict=True):
        of_group.setdefault(group, set()).add(component)
    for group, held in of_group.items():
        inside = sum(n for n, own in zip(units, groups, strict=True) if own == group)
        assert inside < LIMIT + max(units) if len(held) == 1 else inside <= LIMIT
    for component in set(components):
        parts = {group for own, group in zip(components, groups, strict=True) if own == component}
        weight = sum(n for n, own in zip(units, components, strict=True) if own == component)
        assert len(parts) == 1 or weight > LIMIT


@given(MEMBERS)
def test_no_member_of_a_later_group_is_preferred(members: list[tuple[int, int, int]]) -> None:
    units, preferences = [n for _, n, _ in members], [worth for *_, worth in members]
    groups = dealt([0] * len(members), units, preferences)
    ordered = sorted(zip(groups, preferences, strict=True), key=lambda pair: (pair[0], -pair[1]))
    assert all(a[1] >= b[1] for a, b in pairwise(ordered))


def test_the_preferred_of_one_text_carries_it_in_each_component() -> None:
    #             units, preference, text key, its check
    traits = [[9, 1, 5, 5], [9, 3, 5, 5], [9, 2, 5, 5], [9, 9, 5, 6], [9, 1, 5, 5]]
    roots, worth = np.array([0, 0, 0, 0, 4], np.uint32), np.array(traits, np.uint64)
    assert carriers(best_first(roots, worth), roots, worth).tolist() == [1, 1, 1, 3, 4]


def test_members_of_a_component_stand_best_first() -> None:
    #        units, preference, text key, its check
    worth = [[9, 1, 5, 5], [9, 3, 8, 5], [9, 3, 7, 5], [9, 2**63, 5, 6], [9, 3, 7, 5], [9, 3, 8, 6]]
    roots = np.array([4, 4, 4, 0, 4, 0], np.uint32)
    assert best_first(roots, np.array(worth, np.uint64)).tolist() == [3, 5, 2, 4, 1, 0]


def test_of_no_members_there_are_no_carriers() -> None:
    roots, worth = np.empty(0, np.uint32), np.empty((0, 4), np.uint64)
    assert carriers(best_first(roots, worth), roots, worth).size == 0
    assert deal(roots, np.empty(0, np.int64), LIMIT).size == 0


@pytest.mark.parametrize("address", ["{}", "memory://{}"])
def test_members_are_told_group_by_group(tmp_path: Path, address: str) -> None:
    ids = {"a": ["x", "yy"], "b": ["zzz", "y"]}
    sources = {"a": ["s\0", "w"], "b": ["s", "w"]}
    sketched = {
        name: {
            "documents": 2,
            "sources": dict.fromkeys(sources[name], 1),
            "id_bytes": max(map(len, ids[name])),
        }
        for name in ids
    }
    arguments = {
        "plan": vars(Plan(["a", "b"], sketched, 0, [], 0, "")),
        "census": {"names": ["a", "b"], "counts": [2, 2]},
        "members": (1, 4),
    }
    task: Task[Any] = Task("some", "dedup", Folder(address.format(tmp_path)), None, arguments=arguments)
    numbers = np.arange(4 * len(NUMBERS), dtype=np.uint64).reshape(4, -1)
    sketches = np.arange(4 * SLOTS).astype(np.uint8).reshape(4, -1)
    for first, name in ((0, "a"), (2, "b")):
        write_array(task, f"{entry(name)}/numbers", numbers[first : first + 2])
        write_array(task, f"{entry(name)}/sketches", sketches[first : first + 2])
        write_array(task, f"{entry(name)}/sources", np.array([1, 0], np.uint32))
        write_array(task, f"{entry(name)}/ids", padded(pa.chunked_array([ids[name]])))
    found = np.zeros(4, _FOUND)
    found["number"], found["group"], found["carries"] = range(4), [0, 2, 0, 2], [True, False, True, False]
    write_array(task, "work/members", found)
    assert gather_members(task) == {"groups": [0, 2], "counts": [1, 2]}
    members = read_members(task, [("some", 1, 3), ("some", 0, 1)])
    assert members["number"].to_pylist() == [1, 3, 2]
    assert members["carries"].to_pylist() == [False, False, True]
    assert members["source"].to_pylist() == [1, 0, 2]  # of s, s\\0, w
    assert members["id"].to_pylist() == [b"yy\0", b"y\0\0", b"zzz"]
    assert members["url_key"].to_pylist() == numbers[[1, 3, 2], NUMBERS.index("url_key")].tolist()
    assert members["sketch"].to_pylist() == [sketches[row].tobytes() for row in (1, 3, 2)]
