"""How long work shows itself: a bar on a terminal, and one line a minute in a log file."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.context import BaseContext
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

LOG_SECONDS = 60.0
logger = logging.getLogger("sastra")


@dataclass
class Meter:
    """Documents and bytes read so far, counted by all worker processes together."""

    documents: Synchronized[int]
    bytes: Synchronized[int]

    @classmethod
    def shared(cls, context: BaseContext) -> Meter:
        """A meter that can be handed to worker processes when they start."""
        return cls(context.Value("q", 0), context.Value("q", 0))

    def reset(self) -> None:
        """Begin at nothing, for a phase that begins."""
        self.documents.value = self.bytes.value = 0

    def count(self, documents: int, n_bytes: int) -> None:
        """Add what was just read."""
        with self.documents.get_lock():
            self.documents.value += documents
        with self.bytes.get_lock():
            self.bytes.value += n_bytes


@dataclass
class Progress:
    """Shows a phase's meter; `tick` as often as wanted, it decides what to print."""

    label: str
    n_tasks: int
    n_documents: int | None = None
    tasks_done: int = 0
    started: float = field(default_factory=time.monotonic)
    logged: float = field(default_factory=time.monotonic)

    def tick(self, meter: Meter) -> None:
        """Bring the bar up to date, and the log once a minute."""
        now = time.monotonic()
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{self.line(meter, now)}")
            sys.stderr.flush()
        if now - self.logged >= LOG_SECONDS:
            self.logged = now
            logger.info(self.line(meter, now))

    def line(self, meter: Meter, now: float) -> str:
        """Documents, MB/s and time left, in one line."""
        seconds = max(now - self.started, 1e-9)
        documents, n_bytes = meter.documents.value, meter.bytes.value
        parts = [f"{self.label}: {self.tasks_done}/{self.n_tasks} shards"]
        if documents:
            of = f"/{self.n_documents:,}" if self.n_documents else ""
            parts += [f"{documents:,}{of} documents", f"{n_bytes / seconds / 1e6:.1f} MB/s"]
        done = documents / self.n_documents if self.n_documents else self.tasks_done / max(self.n_tasks, 1)
        if 0 < done < 1:
            parts.append(f"{_clock(seconds * (1 - done) / done)} left")
        return ", ".join(parts)

    @contextmanager
    def shown(self, meter: Meter) -> Iterator[None]:
        """Wipe the bar when the block ends, however it does, and log the last line."""
        try:
            yield
        finally:
            if sys.stderr.isatty():
                sys.stderr.write("\r\x1b[K")
            now = time.monotonic()
            logger.info("%s; %s", self.line(meter, now), _clock(now - self.started))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"


class _LogFile(logging.FileHandler):
    """A log that a full disk does not let interrupt the command that will tell of it."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (logging's name)
        """Nothing: the stage's own writing fails next, and says so in a line."""

    def close(self) -> None:
        with suppress(OSError):
            super().close()


@contextmanager
def log_to(path: Path) -> Iterator[None]:
    """Send the log to a file while the block runs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = _LogFile(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()
