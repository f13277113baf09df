"""A slow peer's speed is told as documents of the length of all."""

from __future__ import annotations

import pytest

from bench.dedup import sketch

TEXTS = ["ថ្ងៃនេះមេឃស្រឡះល្អណាស់", "ថ្ងៃនេះមេឃស្រឡះល្អណាស់" * 3]


def test_rows_of_a_peer(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[list[str]] = []

    def measure(texts: list[str]) -> tuple[str, sketch.Speeds]:
        given.append(texts)
        return "peer 1.0", {"text": 10.0, "kernel": 40.0}

    monkeypatch.setattr(sketch, "_ours", lambda _texts: {"text": 100.0, "ready": 100.0, "kernel": 50.0})
    rows = list(sketch._compared("a", sketch.Peer("one", 1, measure), TEXTS))
    assert given == [TEXTS[:1]] * sketch.ROUNDS
    assert [(row.name, row.peer, row.value, row.peer_value, row.ratio) for row in rows] == [
        ("a.vs_one", "peer 1.0", 100, 5, 20),
        ("a.kernel.vs_one", "peer 1.0", 50, 20, 2.5),
    ]


def test_our_speeds_are_of_every_kind() -> None:
    speeds = sketch._ours(TEXTS * 20)
    assert set(speeds) == {"text", "ready", "kernel"}
    assert min(speeds.values()) > 0


def test_the_peer_in_our_environment() -> None:
    who, speeds = sketch._datasketch(TEXTS)
    assert who.startswith("datasketch ")
    assert set(speeds) == {"text", "ready", "kernel"}


def test_errors_of_sketches() -> None:
    words = [
        "ថ្ងៃ",
        "នេះ",
        "មេឃ",
        "ស្រឡះ",
        "ល្អ",
        "អ្នក",
        "ភូមិ",
        "នាំគ្នា",
        "ចេញ",
        "ទៅ",
        "ស្ទូង",
        "ស្រូវ",
        "តាំង",
        "ពី",
        "ព្រលឹម",
    ]
    texts = ["".join(words[:n]) for n in range(9, 16)]
    found = {row.name: row.value for row in sketch.errors("a", [*texts, texts[0], "ក្រុមហ៊ុនថ្មី"])}
    assert set(found) == {"a.error", "a.bias", "a.error.datasketch", "a.bias.datasketch"}
    assert all(0 < found[name] < 3 for name in found if "error" in name)
    assert all(abs(found[name]) < 0.1 for name in found if "bias" in name)
