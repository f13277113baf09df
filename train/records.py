"""What a training run writes down while it runs."""

from __future__ import annotations

import json
import math
import os
import sys
import time
from pathlib import Path
from typing import Any

from corpus.errors import StageError

METRICS = "metrics.jsonl"  # a function of the job: a resumed run's file equals an uninterrupted one's
TIMINGS = "timings.jsonl"  # of this machine and day
PROGRESS = "progress: "  # begins the lines that the stage shows as they come
PROGRESS_SECONDS = 0.5


class Records:
    """The files that rank 0 appends to, and its progress line on standard output."""

    def __init__(self, folder: Path, metrics_bytes: int) -> None:
        """Open them; of the metrics the first `metrics_bytes` stay, what a checkpoint knows of."""
        path = folder / METRICS
        self._metrics = path.open("ab")
        if self._metrics.tell() < metrics_bytes:
            expected = f"{metrics_bytes:,} bytes or more, which the checkpoint knows of"
            msg = f"{path}: got {self._metrics.tell():,} bytes; expected {expected}. Try: make wipe"
            raise StageError(msg)
        self._metrics.truncate(metrics_bytes)
        self._timings = (folder / TIMINGS).open("ab")
        self._shown = self._last = time.monotonic()

    def metrics(self, **values: float) -> None:
        """Append a row to the metrics; what is not finite becomes null."""
        self._append(self._metrics, {k: v if math.isfinite(v) else None for k, v in values.items()})

    def step(self, step: int, steps: int, n_tokens: int, loss: float) -> None:
        """Append a step's time since the last one to the timings, and show how far the run is."""
        now = time.monotonic()
        seconds, self._last = now - self._last, now
        rate = n_tokens / seconds
        self._append(self._timings, {"step": step, "seconds": seconds, "tokens_per_second": rate})
        if now - self._shown >= PROGRESS_SECONDS or step == steps:
            self._shown = now
            left = round((steps - step) * seconds)
            line = f"step {step:,}/{steps:,}, loss {loss:.3f}, {rate:,.0f} tokens/s, {left // 60}:{left % 60:02d} left"
            sys.stdout.write(f"{PROGRESS}{line}\n")
            sys.stdout.flush()

    def sync(self) -> int:
        """Put the metrics on disk; their size in bytes."""
        self._metrics.flush()
        os.fsync(self._metrics.fileno())
        return self._metrics.tell()

    def close(self) -> None:
        """Close the files."""
        self._metrics.close()
        self._timings.close()

    @staticmethod
    def _append(file: Any, row: dict[str, Any]) -> None:
        file.write((json.dumps(row) + "\n").encode())
        file.flush()
