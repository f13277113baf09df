"""The embedded web crawled, cleaned and deduplicated, and the outcome held against what is known of every page."""

from pathlib import Path

import pytest

from demo.run import run_demo
from demo.score import Score, score

STAGES = ("crawl", "crawl.ingest", "clean", "dedup")


@pytest.fixture(scope="module")
def outcome(web, tmp_path_factory) -> Score:
    runs = tmp_path_factory.mktemp("runs")
    run_demo(["run=demo", "recipe=demo", f"runs={runs}", "workers=1"], STAGES)
    return score(web, Path(runs) / "demo")


@pytest.mark.slow
def test_the_pipeline_does_right_by_the_embedded_web(outcome, capsys):
    with capsys.disabled():
        print("", *outcome.lines(), sep="\n")
    assert outcome.leaked == []
    assert outcome.trespassed == []
    assert outcome.repeated == []
    assert outcome.n_masked >= 24
    assert outcome.passes
