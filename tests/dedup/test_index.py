"""A corpus that grows, shrinks or changes: what is kept is what all at once would keep."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from corpus.document import measure
from corpus.paths import Folder
from dedup import stage
from dedup.index import APPLIED, CURRENT, INDEX, count_staying, read_current
from tests.dedup.conftest import article, planted, sentence
from tests.killing import contents

OUTPUT = ("documents", "dropped", "clusters", "passages")


@pytest.fixture(scope="module")
def shards() -> list[list[dict[str, Any]]]:
    rows = planted()
    draw = random.Random(5)
    for row in rows:
        row["url"] = f"https://{draw.choice('abc')}.example/{draw.randrange(900)}"
    return [rows[i : i + 120] for i in range(0, len(rows), 120)]


def named(n: int) -> list[str]:
    """Names whose order is not that in which the shards are added."""
    return [f"part-{(7 * i) % 100:05d}" for i in range(n)]


def output(folder: Path) -> dict[str, bytes]:
    return {path: data for path, data in contents(folder).items() if path.startswith(OUTPUT)}


@pytest.fixture(scope="module")
def whole(deduplicate: Callable[..., Any], shards: list[Any]) -> Any:
    return deduplicate(*shards, names=named(len(shards)))


def sketched(done: Any) -> list[str]:
    folder = done.folder / "receipts" / "sketch"
    return sorted(path.stem.rpartition("-")[0] for path in folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize("steps", [[1], [3, 4], [2, 5]])
def test_added_bit_by_bit_the_output_is_the_same_bytes(
    whole: Any, deduplicate: Callable[..., Any], shards: list[Any], tmp_path: Path, steps: list[int]
) -> None:
    names = named(len(shards))
    for n in steps:
        deduplicate(*shards[:n], names=names[:n], runs=tmp_path)
    grown = deduplicate(*shards, names=names, runs=tmp_path)
    assert sketched(grown) == sorted(names[steps[-1] :])
    assert output(grown.folder) == output(whole.folder)
    assert grown.manifest.ledger == whole.manifest.ledger


@pytest.mark.parametrize(
    ("documents", "n_staying"),
    [
        ([], 0),
        ([7], 1),
        ([7, 7], 0),
        ([100, 7], 2),
        ([100, 7, 8], 1),
        ([100, 99, 98], 0),
        ([1000, 100, 99, 2], 1),
        ([1000, 100, 10, 1], 4),
    ],
)
def test_generations_that_are_small_beside_later_ones_do_not_stay(
    documents: list[int], n_staying: int
) -> None:
    assert count_staying(documents) == n_staying


def test_a_corpus_that_grows_by_little_has_few_generations(
    deduplicate: Callable[..., Any], shards: list[Any], tmp_path: Path
) -> None:
    rows = [row for shard in shards for row in shard][:96]
    parts = [rows[i : i + 8] for i in range(0, len(rows), 8)]
    names, most = named(len(parts)), 0
    for n in range(1, len(parts) + 1):
        grown = deduplicate(*parts[:n], names=names[:n], runs=tmp_path)
        current = read_current(Folder(str(grown.folder)))
        assert current is not None
        assert sum(n_documents for _, n_documents in current["generations"]) == 8 * n
        most = max(most, len(current["generations"]))
    assert most == 4
    assert output(grown.folder) == output(deduplicate(*parts, names=names).folder)


def test_only_what_new_documents_touch_is_verified(
    whole: Any, deduplicate: Callable[..., Any], shards: list[Any], tmp_path: Path
) -> None:
    names = named(len(shards))
    deduplicate(*shards[:-1], names=names[:-1], runs=tmp_path)
    grown = deduplicate(*shards, names=names, runs=tmp_path)
    assert 0 < grown.manifest.facts["components"] < whole.manifest.facts["components"]


def written_at(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in sorted(folder.glob("documents/*.parquet"))}


def test_shards_of_which_nothing_changed_are_not_written_again(
    deduplicate: Callable[..., Any], make_document: Callable[..., Any], shards: list[Any], tmp_path: Path
) -> None:
    names = named(len(shards) + 1)
    first = deduplicate(*shards, names=names[:-1], runs=tmp_path)
    before = written_at(first.folder)
    lonely = next(row for row in shards[3] if row["text"].startswith("សេចក្តីជូនដំណឹង"))
    copy = {**lonely, "id": "f" * 32, "text": lonely["text"] + " ចម្លងតាមកាសែត"}
    grown = deduplicate(*shards, [copy], names=names, runs=tmp_path)
    after = written_at(grown.folder)
    assert {Path(path).stem for path, at in after.items() if before.get(path) != at} == {names[3], names[-1]}
    assert output(grown.folder) == output(deduplicate(*shards, [copy], names=names).folder)


def test_a_shard_that_went_takes_its_output_along(
    deduplicate: Callable[..., Any], shards: list[Any], tmp_path: Path
) -> None:
    names = named(len(shards))
    deduplicate(*shards, names=names, runs=tmp_path)
    left = deduplicate(*shards[:-1], names=names[:-1], runs=tmp_path)
    assert output(left.folder) == output(deduplicate(*shards[:-1], names=names[:-1]).folder)


def test_a_shard_that_changed_takes_back_what_was_decided_for_its_sake(
    deduplicate: Callable[..., Any], shards: list[Any], tmp_path: Path
) -> None:
    names = named(len(shards))
    first = deduplicate(*shards, names=names, runs=tmp_path)
    keepers = {kept for _, _, kept in first.dropped.values()}
    changed = [[row for row in rows if row["id"] not in keepers] for rows in shards[:2]]
    taken = {row["id"] for rows in shards[:2] for row in rows} - {
        row["id"] for rows in changed for row in rows
    }
    assert taken
    after = deduplicate(*changed, *shards[2:], names=names, runs=tmp_path)
    fresh = deduplicate(*changed, *shards[2:], names=names)
    assert output(after.folder) == output(fresh.folder)
    assert sketched(after) == sorted(names[:2])
    entries, order = after.folder / INDEX / "shards", read_current(Folder(str(after.folder)))["order"]
    known = [bytes(row).decode() for name in order for row in np.fromfile(entries / name / "ids", "V32")]
    assert len(known) == sum(map(len, changed)) + sum(map(len, shards[2:]))
    assert taken.isdisjoint(known)
    assert {path.parent.name for path in entries.rglob("ids")} == set(order)


def test_the_index_holds_what_it_names_and_nothing_else(whole: Any) -> None:
    folder = Folder(str(whole.folder))
    current = read_current(folder)
    assert current is not None
    records = {f"{APPLIED}/{name}.json" for name in named(len(current["order"]))}
    assert set(folder.sizes(INDEX)) == {CURRENT, *current["files"], *records}
    assert not any(file["path"].startswith(INDEX) for file in whole.manifest.outputs)


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"files": {}}'])
def test_a_damaged_index_is_built_again(
    whole: Any, deduplicate: Callable[..., Any], shards: list[Any], tmp_path: Path, damage: str
) -> None:
    names = named(len(shards))
    first = deduplicate(*shards[:-1], names=names[:-1], runs=tmp_path)
    (first.folder / CURRENT).write_text(damage)
    grown = deduplicate(*shards, names=names, runs=tmp_path)
    assert sketched(grown) == sorted(names)
    assert output(grown.folder) == output(whole.folder)


def test_other_settings_need_another_index(
    deduplicate: Callable[..., Any], shards: list[Any], tmp_path: Path
) -> None:
    names = named(len(shards))
    deduplicate(*shards[:-1], names=names[:-1], runs=tmp_path)
    stricter = deduplicate(*shards, names=names, runs=tmp_path, threshold=0.9)
    assert sketched(stricter) == sorted(names)
    assert output(stricter.folder) == output(deduplicate(*shards, names=names, threshold=0.9).folder)


def same_length(draw: random.Random, passage: str) -> tuple[str, str]:
    """Two texts of as many clusters that share a passage."""
    by_length: dict[int, str] = {}
    while True:
        text = f"{sentence(draw)}{passage}{sentence(draw)}{sentence(draw)}"
        length = measure(pa.array([text], pa.large_string()))["n_clusters"][0].as_py()
        if by_length.setdefault(length, text) != text:
            return by_length[length], text


@pytest.mark.parametrize("alike", ["a passage", "all"])
def test_what_came_first_is_not_preferred_for_it(
    deduplicate: Callable[..., Any], make_document: Callable[..., Any], tmp_path: Path, alike: str
) -> None:
    draw = random.Random(8)
    first, second = same_length(draw, "".join(sentence(draw) for _ in range(9)))
    if alike == "all":
        old, new = make_document(1, first), make_document(1, first)
    else:
        old, new = make_document(1, first), make_document(2, second)
    for one, other in ((old, new), (new, old)):
        runs = tmp_path / one["text"][:9] / str(one is old)
        deduplicate([one], names=["b"], runs=runs)
        grown = deduplicate([other], [one], names=["a", "b"], runs=runs)
        assert len(grown.rows("passages")) + len(grown.dropped) == 1
        assert output(grown.folder) == output(deduplicate([other], [one], names=["a", "b"]).folder)


def test_other_scores_need_another_entry(
    deduplicate: Callable[..., Any], make_document: Callable[..., Any], tmp_path: Path
) -> None:
    text = article(random.Random(1))
    rows = [make_document(1, text), make_document(2, text + "ចប់")]
    for best in ("1", "2", "1"):
        scores = {row["id"]: float(row["id"].endswith(best)) for row in rows}
        assert deduplicate(rows, runs=tmp_path, quality=scores).kept == {f"{int(best):032x}"}


class Killed(BaseException):
    """As if by a signal."""


def stopped(monkeypatch: pytest.MonkeyPatch, run: Callable[[], Any]) -> None:
    """Run until near-duplicates are settled."""

    def stop(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(stage, "find_passages", stop)
        with pytest.raises(Killed):
            run()


def test_what_a_stopped_run_left_is_not_taken_for_the_index(
    deduplicate: Callable[..., Any],
    shards: list[Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = named(3)
    for n in (1, 2):
        deduplicate(*shards[:n], names=names[:n], runs=tmp_path)
    for config in ({"threshold": 0.95}, {"shingle_units": 8}):
        stopped(monkeypatch, lambda c=config: deduplicate(*shards[:2], names=names[:2], runs=tmp_path, **c))
    stopped(monkeypatch, lambda: deduplicate(shards[1], names=names[1:2], runs=tmp_path))
    again = deduplicate(*shards[:2], names=names[:2], runs=tmp_path)
    assert sketched(again) == []
    assert output(again.folder) == output(deduplicate(*shards[:2], names=names[:2]).folder)
    grown = deduplicate(*shards[:3], names=names, runs=tmp_path)
    assert output(grown.folder) == output(deduplicate(*shards[:3], names=names).folder)


@pytest.mark.parametrize("kind", ["keepers", "spans"])
def test_an_index_damaged_after_a_run_was_stopped_is_built_again(
    deduplicate: Callable[..., Any],
    shards: list[Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    names = named(2)
    folder = deduplicate(*shards[:1], names=names[:1], runs=tmp_path).folder
    (path,) = (folder / INDEX).rglob(kind)
    stopped(monkeypatch, lambda: deduplicate(*shards[:2], names=names, runs=tmp_path))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    grown = deduplicate(*shards[:2], names=names, runs=tmp_path)
    assert output(grown.folder) == output(deduplicate(*shards[:2], names=names).folder)


@pytest.mark.parametrize("lost", [["documents"], ["manifest.json"], [CURRENT, "manifest.json"]])
def test_output_lost_after_an_addition_is_written_again(
    deduplicate: Callable[..., Any], shards: list[Any], tmp_path: Path, lost: list[str]
) -> None:
    names = named(3)
    deduplicate(*shards[:2], names=names[:2], runs=tmp_path)
    before = deduplicate(*shards[:3], names=names, runs=tmp_path)
    expected, folder = output(before.folder), Folder(str(before.folder))
    for path in lost:
        folder.delete(path)
    again = deduplicate(*shards[:3], names=names, runs=tmp_path)
    assert output(again.folder) == expected
    assert again.manifest == before.manifest or CURRENT in lost
    assert read_current(folder) is not None


def test_where_no_input_is_left_nothing_is_known(
    deduplicate: Callable[..., Any], shards: list[Any], tmp_path: Path
) -> None:
    deduplicate(shards[0], runs=tmp_path)
    assert not (deduplicate(runs=tmp_path).folder / INDEX).exists()
