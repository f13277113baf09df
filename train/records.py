"""What a training run writes down while it runs."""

from __future__ import annotations

import json
import math
import os
import sys
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import IO, Self

from corpus.errors import StageError
from train.config import TrainConfig

METRICS = "metrics.jsonl"  # a function of the job: a resumed run's file equals an uninterrupted one's
TIMINGS = "timings.jsonl"  # of this machine and day
PROGRESS = "progress: "  # begins the lines that the stage shows as they come
PROGRESS_SECONDS = 0.5


@dataclass(frozen=True)
class Progress:
    """How far a training run has come; the next step's data follow from `step` alone."""

    step: int = 0
    skipped_steps: int = 0
    skipped_in_a_row: int = 0
    metrics_bytes: int = 0

    def after_step(self, skipped: int) -> Progress:
        """One step further; `skipped` is 1 if it left the weights as they were."""
        return replace(
            self,
            step=self.step + 1,
            skipped_steps=self.skipped_steps + skipped,
            skipped_in_a_row=(self.skipped_in_a_row + 1) * skipped,
        )


class Records:
    """The files that rank 0 appends to, and its progress line; the other ranks' records go nowhere."""

    def __init__(self, folder: Path, progress: Progress, rank: int) -> None:
        """Open them; of the metrics stays what the checkpoint behind `progress` knows of."""
        self._speaks = rank == 0
        self._metrics = self._open(folder / METRICS)
        self._timings = self._open(folder / TIMINGS)
        if self._speaks:
            self._cut(folder / METRICS, progress.metrics_bytes)
        self._started_at = progress.step
        self._started = self._shown = self._last = time.monotonic()

    def _open(self, path: Path) -> IO[bytes]:
        return (path if self._speaks else Path(os.devnull)).open("ab")

    def _cut(self, path: Path, metrics_bytes: int) -> None:
        if path.stat().st_size < metrics_bytes:
            self.close()
            expected = f"{metrics_bytes:,} bytes or more, which the checkpoint knows of"
            msg = f"{path}: got {path.stat().st_size:,} bytes; expected {expected}. Try: make wipe"
            raise StageError(msg)
        self._metrics.truncate(metrics_bytes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the files."""
        self._metrics.close()
        self._timings.close()

    def step(
        self, progress: Progress, config: TrainConfig, *, loss: float, rate: float, gradient_norm: float
    ) -> None:
        """Write down a step that was taken, how long it took, and now and then how far the run is."""
        n_tokens = config.batch_size * config.sequence_length
        row = {
            "step": progress.step,
            "tokens": progress.step * n_tokens,
            "loss": loss,
            "learning_rate": rate,
            "gradient_norm": gradient_norm,
            "skipped_steps": progress.skipped_steps,
        }
        self._append(self._metrics, row)
        now = time.monotonic()
        seconds, self._last = now - self._last, now
        timing = {"step": progress.step, "seconds": seconds, "tokens_per_second": n_tokens / seconds}
        self._append(self._timings, timing)
        if self._speaks and (now - self._shown >= PROGRESS_SECONDS or progress.step == config.steps):
            self._shown = now
            line = self._line(progress.step, config.steps, n_tokens)
            sys.stdout.write(f"{PROGRESS}{line}, loss {loss:.3f}\n")
            sys.stdout.flush()

    def validation(self, step: int, bits_per_byte: float) -> None:
        """Write down a validation."""
        self._append(self._metrics, {"step": step, "validation_bits_per_byte": bits_per_byte})

    def sync(self) -> int:
        """Put the metrics on disk; their size in bytes."""
        if self._speaks:
            os.fsync(self._metrics.fileno())
        return self._metrics.tell()

    def _line(self, step: int, steps: int, n_tokens: int) -> str:
        seconds = (time.monotonic() - self._started) / (step - self._started_at)
        left = timedelta(seconds=round(seconds * (steps - step)))
        return f"step {step:,}/{steps:,}, {n_tokens / seconds:,.0f} tokens/s, {left} left"

    @staticmethod
    def _append(file: IO[bytes], row: dict[str, float]) -> None:
        finite = {name: value if math.isfinite(value) else None for name, value in row.items()}
        file.write((json.dumps(finite) + "\n").encode())
        file.flush()
