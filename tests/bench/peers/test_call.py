"""A module run in another environment: what goes in, what comes out, and what is said where it cannot be."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bench.peers import call as calling
from corpus.errors import ConfigurationError, StageError


def test_what_our_stage_makes_of_texts_comes_back() -> None:
    text = "សាលារៀនថ្មីមួយត្រូវបានសាងសង់នៅក្នុងភូមិព្រែកតាមាក់ ស្រុកខ្សាច់កណ្តាល ខេត្តកណ្តាល ដោយថវិការបស់សប្បុរសជន។"
    other = "ក្រុមបាល់ទាត់ជម្រើសជាតិកម្ពុជានឹងចាកចេញទៅប្រកួតមិត្តភាពនៅប្រទេសវៀតណាមនៅចុងសប្តាហ៍ក្រោយនេះ។"
    answer = calling.call(sys.executable, ["ours"], [text, other, text])
    assert answer["version"].startswith("sastra ")
    assert answer["kept"].count(False) == 1
    assert answer["kept"][1]
    assert answer["cluster"][0] == answer["cluster"][2] != answer["cluster"][1]
    assert answer["cpu_seconds"] > 0
    assert answer["peak_bytes"] > 10e6


def test_what_cannot_run_is_told_by_its_last_line() -> None:
    with pytest.raises(StageError, match=r"No module named bench\.peers\.nobody"):
        calling.call(sys.executable, ["nobody"], [])


def test_a_missing_environment_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(calling, "PEERS", tmp_path)
    with pytest.raises(ConfigurationError, match="make bench-peers"):
        calling.call_peer("duplicates", "rensa", [])
