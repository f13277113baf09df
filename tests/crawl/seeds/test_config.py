"""What the seed checker refuses to start with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from corpus.errors import ConfigurationError
from crawl.seeds.config import LEAST, SeedsConfig, check


def told(folder: Path, **more: Any) -> SeedsConfig:
    return SeedsConfig(run="t", runs=str(folder), contact="mailto:team@example.org", **more)


@pytest.mark.parametrize("name", LEAST)
@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0])
def test_impossible_limits_are_refused(tmp_path: Path, name: str, value: float) -> None:
    with pytest.raises(ConfigurationError, match=f"{name}: got {value}"):
        check(told(tmp_path, **{name: value}))


def test_the_seeds_that_come_with_the_project_may_be_looked_at(tmp_path: Path) -> None:
    check(told(tmp_path))
