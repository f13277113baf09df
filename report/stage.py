"""The stage `report`: measure every figure once, then write the page and the card from the same figures."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import ConfigurationError
from corpus.manifest import HOUSE
from corpus.stage import Stage, StageConfig, StageRun, option
from corpus.task import Task
from report.cards import write_cards
from report.dashboard import render
from report.figures import Figures, measure
from report.records import STAGES, RunRecord
from report.samples import draw

FIGURES = "figures.json"
PAGE = "index.html"
TEMPLATES = (Path(__file__).parent / "templates", HOUSE / "data_cards")


@dataclass
class ReportConfig(StageConfig):
    """What the page measures the corpus against, and how many texts it shows."""

    target_tokens: int = option(2_000_000_000, "tokens that the corpus shall hold")
    samples: int = option(2000, "texts in the sample browser; 0 shows none")
    sample_chars: int = option(600, "characters of each of these texts")


def check(config: ReportConfig) -> None:
    """Raise ConfigurationError for values that cannot work."""
    for name, least in (("target_tokens", 1), ("samples", 0), ("sample_chars", 1)):
        if getattr(config, name) < least:
            msg = f"{name}: got {getattr(config, name)}; expected {least} or more"
            raise ConfigurationError(msg)


def finished(config: ReportConfig) -> list[str]:
    """The stages of the run that have finished; ConfigurationError if there are none."""
    record = RunRecord.open(config)
    if not record.manifests:
        msg = (
            f"{record.folder.uri}: no stage has finished; expected one of {', '.join(STAGES)}. Try: make demo"
        )
        raise ConfigurationError(msg)
    return [*record.manifests, *record.trials]


def templates(_config: ReportConfig) -> list[str]:
    """The files whose text the outputs hold."""
    return [str(path) for folder in TEMPLATES for path in sorted(folder.rglob("*")) if path.is_file()]


def run(stage: StageRun[ReportConfig]) -> None:
    """Figures, then the page and the card."""
    stage.map("figures", write_figures, [stage.task("figures")])
    stage.map("page", write_page, [stage.task("page")])
    stage.map("card", write_card, [stage.task("card")])


def write_figures(task: Task[ReportConfig]) -> None:
    """Write every figure of the run by its name."""
    figures = measure(RunRecord.open(task.config), task.config.run, task.config.target_tokens)
    text = json.dumps(figures.to_json(), ensure_ascii=False, indent=1, sort_keys=True)
    with task.create(FIGURES) as file:
        file.write((text + "\n").encode())


def write_page(task: Task[ReportConfig]) -> None:
    """Write the dashboard."""
    config = task.config
    samples = draw(RunRecord.open(config), config.samples, config.sample_chars) if config.samples else []
    page = render(_figures(task), samples)
    with task.create(PAGE) as file:
        file.write(page.encode("utf-8", "replace"))


def write_card(task: Task[ReportConfig]) -> None:
    """Write the data card."""
    write_cards(task, RunRecord.open(task.config), _figures(task))


def _figures(task: Task[ReportConfig]) -> Figures:
    return Figures(**task.folder.read_json(FIGURES))


STAGE = Stage(name="report", config=ReportConfig, run=run, upstream=finished, sources=templates, check=check)
