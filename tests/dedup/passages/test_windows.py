"""Windows depend on a document alone, and long shared runs have one in common."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from corpus.paths import Folder
from corpus.stage import Task
from dedup.config import DedupConfig
from dedup.index import entry
from dedup.passages.keeper_kernels import SLICES
from dedup.passages.kernels import WIDTH
from dedup.passages.windows import Windows, view_windows, windows_of, write_windows
from khmer.clusters import LINE

CONFIG = DedupConfig(run="t")
SEEDS = st.integers(0, 2**32 - 1)


def units_of(rng: np.random.Generator, n: int) -> NDArray[np.uint32]:
    return rng.integers(1, 1 << 30, n).astype(np.uint32) << np.uint32(2)


def windows(*documents: NDArray[np.uint32], config: DedupConfig = CONFIG, first_row: int = 0) -> Windows:
    offsets = np.cumsum([0, *(document.size for document in documents)])
    return windows_of(np.concatenate([np.empty(0, np.uint32), *documents]), offsets, config, first_row)


def rows(found: Windows) -> set[tuple[int, ...]]:
    return set(zip(*(column.tolist() for column in found), strict=True))


@settings(deadline=None, max_examples=60)
@given(SEEDS, st.lists(st.integers(0, 400), max_size=12), st.integers(60, 160), st.booleans())
def test_windows_of_a_document_are_its_own(
    seed: int, lengths: list[int], least_passage: int, is_long: bool
) -> None:
    rng, config = np.random.default_rng(seed), DedupConfig(run="t", least_passage=least_passage)
    documents = [units_of(rng, n) for n in [*lengths, 5000 if is_long else 0]]
    together = rows(windows(*documents, config=config, first_row=7))
    alone = [
        (key, row, position)
        for row, document in enumerate(documents, 7)
        for key, _, position in rows(windows(document, config=config))
    ]
    assert together == set(alone)
    for _, row, position in together:
        assert position + WIDTH <= documents[row - 7].size


@settings(deadline=None, max_examples=60)
@given(SEEDS, st.integers(0, 300), st.integers(0, 300), st.integers(60, 150))
def test_a_shared_run_has_a_window_in_common(seed: int, before: int, after: int, least_passage: int) -> None:
    rng, config = np.random.default_rng(seed), DedupConfig(run="t", least_passage=least_passage)
    shared = units_of(rng, least_passage)
    a = np.concatenate([units_of(rng, before), shared, units_of(rng, after)])
    flagged = shared.copy()
    flagged[:: 1 + after] |= LINE  # where lines begin makes no difference
    b = np.concatenate([units_of(rng, after), flagged, units_of(rng, before)])
    places_a = {key: place for key, _, place in rows(windows(a, config=config)) if not key & 1}
    places_b = {key: place for key, _, place in rows(windows(b, config=config)) if not key & 1}
    assert any(places_a[key] - before == places_b[key] - after for key in places_a.keys() & places_b.keys())


def test_two_windows_to_each_stretch_are_taken() -> None:
    n_starts = CONFIG.least_passage - WIDTH + 1
    n = len(rows(windows(units_of(np.random.default_rng(1), 200_000))))
    assert 0.95 < n / 200_000 * (n_starts + 1) / 2 < 1.05


def test_a_unit_repeated_a_million_times_gives_one_window() -> None:
    assert len(rows(windows(np.full(1_000_000, 12, np.uint32)))) == 1


def lines_of(*sizes: int, rng: np.random.Generator) -> NDArray[np.uint32]:
    units = units_of(rng, sum(sizes))
    units[np.cumsum([0, *sizes[:-1]])] |= LINE
    return units


@pytest.mark.parametrize(
    ("sizes", "positions"),
    [
        ((50,), []),  # a document of one line
        ((11, 11), []),
        ((12, 5, 30, 11, 13), [0, 17, 58]),
        ((300, 40), [0, 300]),
    ],
)
def test_lines_of_documents_with_several(sizes: tuple[int, ...], positions: list[int]) -> None:
    found = rows(windows(lines_of(*sizes, rng=np.random.default_rng(2))))
    assert sorted(place for key, _, place in found if key & 1) == positions


def test_equal_lines_have_equal_keys_and_are_written_once_in_sequence() -> None:
    rng = np.random.default_rng(3)
    line, other = lines_of(20, rng=rng), lines_of(30, rng=rng)
    found = windows(line, np.concatenate([line, line, line, other, line]))
    lines = [key for key in found.key.tolist() if key & 1]
    assert len(lines) == 3
    assert len(set(lines)) == 2


def test_written_windows_stand_in_slices_by_the_top_byte(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    parts = [windows(*(units_of(rng, 900) for _ in range(20)), first_row=row) for row in (0, 20)]
    task: Task[Any] = Task("s", "dedup", Folder(str(tmp_path)), CONFIG)
    write_windows(task, entry("s"), parts)
    found, slices = view_windows(task, "s")
    keys, places = found
    expected = {(key, row << 32 | position) for part in parts for key, row, position in rows(part)}
    assert set(zip(keys.tolist(), places.tolist(), strict=True)) == expected
    assert slices.tolist() == np.searchsorted(keys >> np.uint64(56), np.arange(SLICES + 1)).tolist()
    for key in set(keys.tolist()):
        of_key = places[keys == key].tolist()
        assert of_key == sorted(of_key)


def test_a_shard_without_windows(tmp_path: Path) -> None:
    task: Task[Any] = Task("s", "dedup", Folder(str(tmp_path)), CONFIG)
    write_windows(task, entry("s"), [])
    found, slices = view_windows(task, "s")
    assert (found.key.size, found.place.size) == (0, 0)
    assert slices.tolist() == [0] * (SLICES + 1)
