"""What README, Makefile and docstrings show of rules is true of the configuration."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from clean.stage import STAGE
from corpus.cli import configure

HOUSE = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("path", ["README.md", "Makefile", "clean/replay.py"])
def test_the_example_of_another_threshold_is_the_rule_on_length(path: str) -> None:
    shown = re.findall(r"rules\.(\d+)\.(above|below)=", (HOUSE / path).read_text(encoding="utf-8"))
    assert shown
    rules = configure(STAGE, ["run=x"]).rules
    for position, side in shown:
        assert rules[int(position)].score == "gopher_clusters"
        assert getattr(rules[int(position)], side) is not None
