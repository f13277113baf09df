"""Estimating a model from files and from a run."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from clean.learn.perplexity import Sample, main
from clean.ngram.model import NgramModel
from khmer.clusters import unit_hashes

LINES = ["កសិករដាំស្រូវនៅវាលស្រែ។", "សិស្សរៀនអក្សរនៅសាលា។", "អ្នកនេសាទចាប់ត្រីនៅបឹង។"] * 4


def written(path: Path, texts: list[str]) -> str:
    rows = [{"text": text, "source": "own", "licence": "CC0-1.0"} for text in texts]
    path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return str(path)


def test_a_model_of_a_file_foresees_its_texts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = [*LINES, "print(1) ក", "លេខ 2024 abc"]
    for to in ("a", "b"):
        main([f"to={tmp_path / to}", written(tmp_path / "texts.jsonl", texts)])
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    model = NgramModel.load(tmp_path / "a")
    assert model.note["licences"] == {"own": "CC0-1.0"}
    assert model.note["texts"] == 12  # one is code, one too little Khmer
    bits = model.bits(unit_hashes(pa.array(["កសិករដាំស្រូវនៅវាលស្រែ", "ដាំករស្រូវកសិស្រែនៅវាល"]))).bits
    assert bits[0] < bits[1] / 2
    assert "CC0-1.0" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["to=x"], "expected"),
        (["to=x", "run=never"], "has not finished"),
        (["to=x", "nowhere.jsonl"], "nowhere.jsonl"),
        (["to=x", "rum=1"], "expected"),
    ],
)
def test_refusals(words: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(words)
    assert exit_.value.code == 2
    assert message in capsys.readouterr().err


def test_too_little_text_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([f"to={tmp_path / 'x'}", written(tmp_path / "texts.jsonl", ["ខ្មែរ"])])
    assert "more text" in capsys.readouterr().err


def test_too_much_text_is_thinned_out_evenly() -> None:
    texts = [f"{'ក' * 10} {n}" for n in range(100)]
    sample = Sample(most_units=300)
    for first in range(0, 100, 7):
        sample.add(pa.array(texts[first : first + 7]))
    numbers = [unit_hashes(pa.array([str(n)])).hashes[0] for n in range(0, 100, 4)]
    assert (sample.stride, sample.n_texts) == (4, 100)
    assert np.array([units[-1] for units in sample.texts()]).tolist() == numbers
