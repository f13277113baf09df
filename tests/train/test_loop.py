"""The loop: stopped anywhere and run again it ends with the same bytes; what is not finite moves nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from corpus.errors import StageError
from train import checkpoint
from train.backends import PlainBackend
from train.checkpoint import Checkpoints
from train.loop import new_model, train
from train.records import METRICS, Records


class Killed(BaseException):
    """Stands for SIGKILL: nothing runs after it but a new process."""


def dies_at_call(function: Callable[..., Any], call: int, *, after: bool) -> Callable[..., Any]:
    calls = 0

    def dying(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call and not after:
            raise Killed
        result = function(*args, **kwargs)
        if calls == call:
            raise Killed
        return result

    return dying


def run(job) -> tuple[bytes, bytes]:
    torch.set_num_threads(1)
    train(job, PlainBackend(new_model(job), job.config))
    folder = Path(job.folder)
    newest = Checkpoints(folder).latest()
    return (folder / METRICS).read_bytes(), (newest / "model.safetensors").read_bytes()


def rows(metrics: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in metrics.splitlines()]


@pytest.fixture(scope="module")
def uninterrupted(tokenized, tmp_path_factory) -> tuple[bytes, bytes]:
    return run(tokenized.job(tmp_path_factory.mktemp("uninterrupted")))


BEFORE, AFTER = False, True
MOMENTS = {
    "in the first step": (PlainBackend, "accumulate", 1, AFTER),
    "in a later step": (PlainBackend, "accumulate", 31, BEFORE),
    "between an update and its record": (PlainBackend, "update", 7, AFTER),
    "between two records": (Records, "_append", 15, AFTER),
    "before the first checkpoint": (PlainBackend, "save", 1, BEFORE),
    "in a half-written checkpoint": (PlainBackend, "save", 2, AFTER),
    "before a checkpoint's weights": (checkpoint, "save_file", 2, BEFORE),
    "before a checkpoint's name": (checkpoint, "_sync", 3, AFTER),
    "before a checkpoint is named latest": (checkpoint, "sync_folder", 2, AFTER),
    "before older checkpoints go": (Checkpoints, "_clear", 3, BEFORE),
    "after the last checkpoint": (Checkpoints, "_clear", 5, AFTER),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_anywhere_and_run_again(tokenized, tmp_path, monkeypatch, uninterrupted, moment):
    owner, name, call, after = MOMENTS[moment]
    job = tokenized.job(tmp_path / "killed")
    with monkeypatch.context() as patch:
        dying = dies_at_call(getattr(owner, name), call, after=after)
        patch.setattr(owner, name, staticmethod(dying) if name == "_append" else dying)
        with pytest.raises(Killed):
            run(job)
    assert run(job) == uninterrupted
    left = sorted(path.name for path in (tmp_path / "killed" / "checkpoints").iterdir())
    assert left == ["latest", "step-00000009", "step-00000012"]


def test_a_torn_last_line_is_written_again(tokenized, tmp_path, uninterrupted):
    job = tokenized.job(tmp_path / "torn")
    run(job)
    with (tmp_path / "torn" / METRICS).open("ab") as file:
        file.write(b'{"step": 13, "lo')
    assert run(job) == uninterrupted


def test_metrics_cut_behind_the_checkpoints_back_are_refused(tokenized, tmp_path):
    job = tokenized.job(tmp_path / "cut")
    run(job)
    (tmp_path / "cut" / METRICS).write_bytes(b"")
    with pytest.raises(StageError, match=r"metrics.jsonl: got 0 bytes; expected [\d,]+ bytes"):
        run(job)


def test_accumulation_changes_rounding_only(tokenized, tmp_path, uninterrupted):
    whole, _ = run(tokenized.job(tmp_path / "whole", micro_batch_size=8))
    for a, b in zip(rows(uninterrupted[0]), rows(whole), strict=True):
        assert a == pytest.approx(b, rel=1e-4)


def test_the_loss_falls_and_validation_is_recorded(uninterrupted):
    metrics = rows(uninterrupted[0])
    losses = [row["loss"] for row in metrics if "loss" in row]
    figures = [row["validation_bits_per_byte"] for row in metrics if "loss" not in row]
    assert len(losses) == 12
    assert losses[-1] < losses[0] - 1
    assert len(figures) == 3
    assert figures[0] > figures[-1] > 0


class Exploding(PlainBackend):
    """Its third step onward, for `times` steps, has one gradient that is not a number."""

    def __init__(self, model, config, times: int) -> None:
        super().__init__(model, config)
        self.steps, self.times = 0, times
        self.before: dict[str, torch.Tensor] = {}

    def update(self, learning_rate):
        self.steps += 1
        hit = 3 <= self.steps < 3 + self.times
        if hit:
            self.model.norm.weight.grad[0] = float("nan")
        before = {name: weight.clone() for name, weight in self.model.state_dict().items()}
        update = super().update(learning_rate)
        moved = any(not torch.equal(before[name], now) for name, now in self.model.state_dict().items())
        assert moved is not hit
        return update


def test_a_step_that_is_not_finite_is_skipped_and_counted(tokenized, tmp_path):
    job = tokenized.job(tmp_path / "nan")
    train(job, Exploding(new_model(job), job.config, times=2))
    metrics = [row for row in rows((tmp_path / "nan" / METRICS).read_bytes()) if "loss" in row]
    assert [row["skipped_steps"] for row in metrics[:6]] == [0, 0, 1, 2, 2, 2]
    assert metrics[2]["gradient_norm"] is None
    assert Checkpoints(tmp_path / "nan").progress().skipped_steps == 2


def test_many_skipped_steps_in_a_row_stop_the_run(tokenized, tmp_path):
    job = tokenized.job(tmp_path / "nan", max_skipped_steps=4)
    with pytest.raises(StageError, match=r"4 steps in a row, up to step 6"):
        train(job, Exploding(new_model(job), job.config, times=100))
