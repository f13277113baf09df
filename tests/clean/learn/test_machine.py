"""The fit on documents of two kinds, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from clean.learn import machine
from clean.scores import machine_weights
from corpus.errors import ConfigurationError


def test_fit_tells_what_differs() -> None:
    generator = np.random.default_rng(1)
    y = np.arange(200) % 4 == 0
    x = generator.normal(size=(200, len(machine.FEATURES)))
    x[:, 1] += 3.0 * y
    model = machine.fit(x, y)
    assert np.abs(model.features.weights).argmax() == 1
    assert model.chance(x[y]).mean() > 0.7
    assert model.chance(x[~y]).mean() < 0.1
    lines = list(machine.report(x, y))
    assert lines[0] == "200 documents, 50 of them translated"
    assert all("right" in line for line in lines[1:])


def test_the_weights_that_are_shipped_have_the_form_that_is_written() -> None:
    assert tuple(machine_weights.WEIGHTS) == machine.FEATURES
    x = np.random.default_rng(1).normal(size=(40, len(machine.FEATURES)))
    written: dict[str, object] = {}
    exec(machine.source_of(machine.fit(x, np.arange(40) % 2 == 0)), written)
    weights = written["WEIGHTS"]
    assert isinstance(weights, dict)
    assert list(weights) == list(machine.FEATURES)
    assert {len(row) for row in (*weights.values(), *machine_weights.WEIGHTS.values())} == {5}
    assert isinstance(written["BIAS"], float)
    assert written.keys() >= {name for name in vars(machine_weights) if name.isupper()}


def test_documents_that_are_missing_are_named(tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text(json.dumps({"id": "1", "text": "ក"}) + "\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="lacks 320 labelled documents, such as oscar-000238"):
        machine.labelled(str(path))
