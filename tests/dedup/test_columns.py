"""Intermediate files are read back by range, and documents counted through shards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.paths import Folder
from corpus.stage import Task
from dedup.columns import Census, read_array, read_runs, view_array, write_array


@pytest.fixture(params=["local", "memory"])
def task(request: pytest.FixtureRequest, tmp_path: Path) -> Task[Any]:
    uri = str(tmp_path) if request.param == "local" else f"memory://{tmp_path}"
    return Task("part-00000", "dedup", Folder(uri), None)


def test_arrays_are_read_by_range(task: Task[Any]) -> None:
    array = np.arange(60, dtype=np.uint32).reshape(20, 3)
    write_array(task, "work/a", array[:, :2])
    assert read_array(task.folder, "work/a", np.uint32).reshape(-1, 2).tolist() == array[:, :2].tolist()
    for read in (read_array, view_array):
        assert read(task.folder, "work/a", np.uint32, 2, 5).tolist() == [3, 4, 6]
        assert read(task.folder, "work/a", np.uint32, -3).tolist() == [55, 57, 58]
    assert task.files[0]["bytes"] == 160


def test_an_empty_array_is_read_back(task: Task[Any]) -> None:
    write_array(task, "work/none", np.empty((0, 2), np.float64))
    assert read_array(task.folder, "work/none", np.float64).size == 0


def test_runs_are_read_to_their_places(task: Task[Any]) -> None:
    write_array(task, "work/a", np.arange(20, dtype=np.uint32))
    target = np.full(9, 99, np.uint32)
    runs = np.array([18, 3, 7]), np.array([2, 3, 0])
    read_runs(task.folder, "work/a", runs, target, np.array([1, 4, 8]))
    assert target.tolist() == [99, 18, 19, 99, 3, 4, 5, 99, 99]


def test_a_run_beyond_the_end_is_an_error(tmp_path: Path) -> None:
    task = Task[Any]("part-00000", "dedup", Folder(str(tmp_path)), None)
    write_array(task, "work/a", np.arange(20, dtype=np.uint32))
    runs, target = (np.array([18]), np.array([4])), np.empty(4, np.uint32)
    with pytest.raises(EOFError, match="work/a: ends before item 22"):
        read_runs(task.folder, "work/a", runs, target, np.zeros(1, np.int64))


def test_documents_are_numbered_through_the_shards() -> None:
    census = Census(["x", "y", "z"], [3, 0, 4])
    assert list(census.spans()) == [("x", 0, 3), ("y", 3, 3), ("z", 3, 7)]
    assert census.span("z") == (3, 7)
    assert list(census.parts(np.array([1, 2, 3, 6]))) == [("x", 0, slice(0, 2)), ("z", 3, slice(2, 4))]
    assert list(census.parts(np.array([], np.int64))) == []
