from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corpus.errors import ConfigurationError
from corpus.manifest import HOUSE
from corpus.stage import execute
from report.stage import STAGE


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_outputs(toy: Any) -> None:
    folder = toy.folder.child("report")
    written = {file["path"] for file in folder.read_json("manifest.json")["outputs"]}
    card = {"card/README.md", "card/croissant.json", "card/licences.csv"}
    assert written == {"index.html", "figures.json", *card}


def test_the_same_bytes_from_a_fresh_start(toy: Any) -> None:
    folder = toy.folder.child("report").local()
    before = digests(folder)
    toy.folder.child("report").delete()
    execute(STAGE, toy.config)
    assert digests(folder) == before


def test_nothing_to_do_when_nothing_changed(toy: Any) -> None:
    assert execute(STAGE, toy.config)[1] is False


def test_a_stage_more_makes_another_report(new_run: Any) -> None:
    new_run.crawl()
    execute(STAGE, new_run.config)
    assert execute(STAGE, new_run.config)[1] is False
    new_run.ingest()
    assert execute(STAGE, new_run.config)[1] is True


@pytest.mark.parametrize(("name", "value"), [("target_tokens", 0), ("samples", -1), ("sample_chars", 0)])
def test_impossible_values(new_run: Any, name: str, value: int) -> None:
    with pytest.raises(ConfigurationError, match=f"{name}: got {value}; expected"):
        execute(STAGE, replace(new_run.config, **{name: value}))


def test_a_run_in_which_nothing_has_finished(new_run: Any) -> None:
    with pytest.raises(ConfigurationError, match="no stage has finished"):
        execute(STAGE, new_run.config)


def test_no_texts_without_samples(new_run: Any) -> None:
    new_run.ingest()
    execute(STAGE, replace(new_run.config, samples=0))
    assert "កសិករនៅខេត្តបាត់ដំបង" not in new_run.folder.child("report").read("index.html").decode()


def test_the_command_line_prints_where_the_dashboard_is(toy: Any) -> None:
    words = [f"run={toy.config.run}", f"runs={toy.config.runs}", "target_tokens=10000"]
    done = subprocess.run(
        [sys.executable, "-m", "report", *words], cwd=HOUSE, capture_output=True, text=True, check=True
    )
    path = done.stdout.splitlines()[-1].removeprefix("dashboard: ")
    assert Path(path).read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
