"""Fitting the weights of the quality score."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from clean.learn import quality
from clean.learn.quality import auc, fit, held_out, report, source_of
from clean.scores.quality import FEATURES


def made(n: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """Features, of which the first tells the label but for noise."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(n, len(FEATURES)))
    y = np.digitize(x[:, 0] + 0.3 * rng.normal(size=n), [-1.5, -0.3, 0.8])
    return x, y


def test_the_fit_finds_what_tells() -> None:
    x, y = made()
    model = fit(x, y)
    assert np.argmax(np.abs(model.features.weights)) == 0
    assert (np.diff(model.biases) < 0).all()
    assert auc(model.features.evidence(x), y >= 2) > 0.95
    assert np.mean(model.chance(x, 2)) == pytest.approx(np.mean(y >= 2), abs=0.05)


def test_missing_and_extreme_values_are_harmless() -> None:
    x, y = made()
    x[0], x[1, 0], x[2, 3] = np.nan, np.inf, -1e30
    assert np.isfinite(fit(x, y).features.evidence(x)).all()


def test_pairs_in_order() -> None:
    good = np.array([False, True, False, True])
    assert auc(np.array([0, 1, 2, 3]), good) == 0.75
    assert auc(np.array([1, 1, 1, 1]), good) == 0.5
    assert auc(np.array([0, 2, 1, 3]), good) == 1


def test_a_document_is_judged_from_the_labels_of_others() -> None:
    x, y = made(60)
    given, _ = held_out(np.random.default_rng(2).normal(size=x.shape), y, seed=0)
    assert 0.3 < auc(given, y >= 2) < 0.7  # nothing to learn, nothing learnt


def test_the_module_of_weights_is_python() -> None:
    x, y = made()
    names: dict[str, object] = {}
    exec(source_of(fit(x, y)), names)
    assert tuple(names["WEIGHTS"]) == FEATURES  # type: ignore[arg-type]
    assert len(names["BIASES"]) == 3  # type: ignore[arg-type]


def test_the_report_names_the_best_single_score() -> None:
    x, y = made()
    told = "\n".join(report(pa.table({"one": x[:, 0], "two": x[:, 1]}), x, y))
    assert "300 documents" in told
    assert "(one)" in told
    assert "(two)" not in told


def test_labels_name_documents_and_hold_no_text() -> None:
    lines = quality.LABEL_FILE.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    assert rows[0] == ["source", "id", "label"]
    assert len(rows) > 240
    assert len({(source, id_) for source, id_, _ in rows}) == len(rows)
    assert {label for *_, label in rows[1:]} == {"0", "1", "2", "3"}
    assert all(line.isascii() for line in lines)


def test_documents_that_are_not_there_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "oscar.jsonl"
    path.write_text(json.dumps({"id": "oscar-0", "text": "ខ្មែរ"}), encoding="utf-8")
    with pytest.raises(SystemExit) as exit_:
        quality.main([str(path)])
    assert exit_.value.code == 2
    assert "were not found" in capsys.readouterr().err
