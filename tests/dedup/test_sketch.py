"""What of a text goes into its sketch, and what of a shard into the index."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from corpus.document import DOCUMENT, documents_table
from corpus.paths import Folder
from corpus.shards import ShardWriter
from corpus.task import Task
from dedup.columns import read_array
from dedup.config import DedupConfig
from dedup.index import SURE_BANDS
from dedup.sketch import sketch, sketch_shard
from dedup.sketch_kernels import SLOTS
from dedup.traits import NUMBERS, unpadded, view_ids, view_numbers, view_sources
from dedup.trees import PROBE_WORDS
from khmer.clusters import flagged_units

TEXT = "នៅឆ្នាំ ២០២៤ ក្រុមហ៊ុន Mekong Tours បាននាំភ្ញៀវ ១.២០០ នាក់ទៅទស្សនាប្រាសាទសំបូរព្រៃគុក។"
SHORT = "សូមអរគុណ!"


def slots_of(text: str) -> np.ndarray:
    offsets, units = flagged_units(pa.chunked_array([[text]], pa.large_string()))
    return sketch(units, offsets, 5)[0]


@pytest.mark.parametrize(
    "same",
    [
        pytest.param(TEXT.replace(" ", "").replace("MekongTours", "Mekong Tours"), id="spaces"),
        pytest.param(TEXT.replace("។", " ៕"), id="punctuation"),
        pytest.param(TEXT.replace("២០២៤", "2024"), id="digits"),
        pytest.param(TEXT.replace("Mekong", "MEKONG"), id="case"),
        pytest.param(TEXT.replace("ក្រុម", "ក្រុម\u200b"), id="zero width space"),
        pytest.param(TEXT.replace(" ", "\n"), id="lines"),
    ],
)
def test_layout_does_not_matter(same: str) -> None:
    assert (slots_of(same) == slots_of(TEXT)).all()


@pytest.mark.parametrize(("a", "b"), [("២០២៤", "២០២៥"), ("នាក់", "ក្រុម"), ("Mekong", "Tonle")])
def test_words_and_numbers_do(a: str, b: str) -> None:
    assert 0 < np.mean(slots_of(TEXT.replace(a, b)) == slots_of(TEXT)) < 1


def test_less_than_a_shingle_is_an_empty_sketch() -> None:
    assert (slots_of("ទឹក ដី") == np.uint32(2**32 - 1)).all()


def sketched(folder: Path, rows: list[dict[str, Any]], scores: dict[str, float] | None = None) -> Task[Any]:
    """The task that has sketched a shard of these documents; `scores` are qualities by id."""
    common = {"source": "web", "licence": "CC0-1.0", "origin": {"file": "x", "position": 0}}
    table = documents_table([{**common, "id": f"{i:032x}", **row} for i, row in enumerate(rows)], DOCUMENT)
    home = Folder(str(folder))
    with ShardWriter(home.create("part.parquet"), DOCUMENT) as writer:
        writer.write(table)
    arguments = {}
    if scores is not None:
        columns = {"id": list(scores), "quality_readable": pa.array(scores.values(), pa.float64())}
        schema = pa.schema([DOCUMENT.field("id"), pa.field("quality_readable", pa.float64())])
        pq.write_table(pa.table(columns, schema), folder / "scores.parquet")
        arguments["attributes"] = home.at("scores.parquet")
    task = Task("part", "dedup", home, DedupConfig(run="t"), home.at("part.parquet"), arguments)
    found = sketch_shard(task)
    assert found["documents"] == sum(found["sources"].values()) == len(rows)
    assert list(found["sources"]) == sorted({row.get("source", "web") for row in rows})
    return task


def array(task: Task[Any], name: str, dtype: Any) -> np.ndarray:
    return read_array(task.folder, f"index/shards/part/{name}", dtype)


def test_a_shard_leaves_what_later_phases_need(tmp_path: Path) -> None:
    rows = [
        {"text": TEXT, "url": "https://a.example/1"},
        {"text": SHORT, "source": "books"},
        {"text": "…"},
        {"text": TEXT + "\n" + TEXT},
    ]
    task = sketched(tmp_path, rows)
    offsets, units = flagged_units(pa.chunked_array([[row["text"] for row in rows]], pa.large_string()))
    numbers = dict(zip(NUMBERS, view_numbers(task.folder, "part").T.tolist(), strict=True))
    assert numbers["n_units"] == np.diff(offsets).tolist()
    assert numbers["first_unit"] == offsets[:-1].tolist()
    assert numbers["n_bytes"] == [len(row["text"].encode()) for row in rows]
    assert [key != 0 for key in numbers["url_key"]] == [True, False, False, False]
    assert len(set(numbers["text_key"])) == len(set(numbers["text_check"])) == 4
    assert view_sources(task.folder, "part").tolist() == [1, 0, 1, 1]
    assert unpadded(view_ids(task.folder, "part", len(rows))).to_pylist() == [f"{i:032x}" for i in range(4)]
    assert array(task, "units", np.uint32).tolist() == units.tolist()
    sketches = array(task, "sketches", np.uint8).reshape(-1, SLOTS)
    assert (sketches == sketch(units, offsets, 5).astype(np.uint8)).all()
    probes = array(task, "probes", np.uint64).reshape(-1, PROBE_WORDS)
    assert (np.bitwise_count(probes).sum(axis=1) == np.bitwise_count(sketches & 3).sum(axis=1)).all()
    keys = array(task, "keys", np.uint32).reshape(task.config.bands + SURE_BANDS, len(rows))
    has_key = (keys != 0).tolist()
    assert has_key[: task.config.bands] == [[True, False, False, True]] * task.config.bands
    assert has_key[task.config.bands :] == [
        [True] * 4,
        [False, True, False, False],
        [True, False, False, False],
    ]


def test_sources_are_told_apart(tmp_path: Path) -> None:
    task = sketched(tmp_path, [{"text": TEXT, "source": source} for source in ("ខ", "a\0", "", "a", "a ")])
    assert view_sources(task.folder, "part").tolist() == [4, 2, 0, 1, 3]


def test_an_empty_shard_has_an_empty_entry(tmp_path: Path) -> None:
    task = sketched(tmp_path, [])
    for name in ("numbers", "units", "sketches", "keys", "ids", "sources"):
        assert array(task, name, np.uint8).size == 0
    assert unpadded(view_ids(task.folder, "part", 0)).to_pylist() == []


def test_quality_is_found_by_id(tmp_path: Path) -> None:
    rows = [{"text": TEXT}, {"text": TEXT}, {"text": TEXT}]
    scores = {f"{2:032x}": 0.9, f"{7:032x}": 1.0, f"{0:032x}": 0.3}
    task = sketched(tmp_path, rows, scores)
    preference = view_numbers(task.folder, "part")[:, NUMBERS.index("preference")]
    assert np.argsort(preference).tolist() == [1, 0, 2]


def test_a_batch_does_not_change_what_is_written(tmp_path: Path) -> None:
    rows = [{"text": TEXT.replace("២០២៤", str(n)), "url": f"https://a.example/{n}"} for n in range(2500)]
    together = sketched(tmp_path / "together", rows)
    digests = {file["path"]: file["sha256"] for file in together.files}
    assert len(digests) == len(together.files) > 4
    again = sketched(tmp_path / "again", rows)
    assert {file["path"]: file["sha256"] for file in again.files} == digests
