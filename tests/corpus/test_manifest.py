"""Fingerprints: they change with what decides the output, and with nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from corpus import manifest
from corpus.errors import StageError
from corpus.manifest import Manifest, code_digest, digest, fingerprint
from corpus.paths import Folder
from tests.corpus.toy import ToyConfig

CONFIG = ToyConfig(run="a")


def mark(config: ToyConfig = CONFIG, **inputs: str) -> str:
    return fingerprint("toy", "corpus", config, inputs)


@pytest.mark.parametrize("change", [{"run": "b"}, {"runs": "/elsewhere"}, {"workers": 7}, {"wait": 1.0}])
def test_what_is_volatile_does_not_count(change: dict[str, object]) -> None:
    assert mark(replace(CONFIG, **change)) == mark()


def test_config_inputs_and_stage_count() -> None:
    marks = {
        mark(),
        mark(replace(CONFIG, least=5)),
        mark(ingest="x"),
        mark(ingest="y"),
        fingerprint("b", "corpus", CONFIG, {}),
    }
    assert len(marks) == 5


def test_code_counts_but_not_its_comments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manifest, "HOUSE", tmp_path)
    source = tmp_path / "clean" / "rules.py"
    source.parent.mkdir()
    marks = []
    for text in ("x = 1\n", "# why\nx  =  1\n", "x = 2\n"):
        source.write_text(text)
        marks.append(code_digest(["clean"]))
    assert marks[0] == marks[1] != marks[2]


def test_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert digest({"a": 1, "ខ": [2]}) == digest({"ខ": [2], "a": 1}) != digest({"a": 1, "ខ": [3]})


def test_a_damaged_manifest_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(StageError, match=r"manifest\.json: not a manifest"):
        Manifest.load(Folder(str(tmp_path)))


def test_an_output_that_was_cut_is_noticed(tmp_path: Path) -> None:
    folder = Folder(str(tmp_path))
    folder.write("documents/part-00000.parquet", b"1234")
    whole = Manifest("t", "f", {}, {}, [{"path": "documents/part-00000.parquet", "bytes": 4}], [], {})
    whole.save(folder)
    loaded = Manifest.load(folder)
    assert loaded == whole
    assert loaded.intact(folder)
    folder.write("documents/part-00000.parquet", b"12")
    assert not loaded.intact(folder)


def test_a_room_with_a_stage_of_its_own_is_that_stages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("corpus.manifest.HOUSE", tmp_path)
    for path in ("a/stage.py", "a/room.py", "a/b/stage.py", "a/b/inner.py", "a/c/table.npz"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x = 1")
    before = code_digest(["a"], own="a"), code_digest(["a"], own="a.b")
    (tmp_path / "a/b/inner.py").write_text("x = 2")
    after = code_digest(["a"], own="a"), code_digest(["a"], own="a.b")
    assert after[0] == before[0]
    assert after[1] != before[1]
    (tmp_path / "a/c/table.npz").write_text("y")
    assert code_digest(["a"], own="a") != after[0], "models count"
