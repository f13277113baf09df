"""A crawl that kills itself where it hurts: `python -m bench.killedcrawl PLACE NTH WORD…`, the words being the crawl's.

The process ends as by `kill -9`, the NTH time that it is at the place: with half a batch written to the WARC, after a
batch is on disk and before the transaction begins, before the transaction is committed, or right after.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Callable
from typing import Any, Final

from corpus.cli import main as run_stage
from crawl.stage import STAGE

PLACES: Final = ("half_written", "synced", "uncommitted", "committed")


class _Countdown:
    """Kills the process the nth time that it is called."""

    def __init__(self, n: int) -> None:
        self._left = n

    @property
    def is_last(self) -> bool:
        return self._left == 1

    def __call__(self) -> None:
        self._left -= 1
        if not self._left:
            os.kill(os.getpid(), signal.SIGKILL)


def _half_written(die: _Countdown) -> None:
    whole = os.pwrite

    def write(descriptor: int, data: memoryview, offset: int) -> int:
        written = whole(descriptor, data[: len(data) // 2] if die.is_last else data, offset)
        die()
        return written

    os.pwrite = write  # type: ignore[assignment]


def _synced(die: _Countdown) -> None:
    sync = os.fdatasync

    def synced(descriptor: int) -> None:
        sync(descriptor)
        die()

    os.fdatasync = synced  # type: ignore[assignment]


def _at_commit(before: Callable[[], None], after: Callable[[], None]) -> None:
    connect = sqlite3.connect

    class Connection(sqlite3.Connection):
        def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
            is_commit = sql.strip().upper().startswith("COMMIT")
            before() if is_commit else None
            done = super().execute(sql, *arguments)
            after() if is_commit else None
            return done

    sqlite3.connect = lambda *a, **k: connect(*a, **k, factory=Connection)  # type: ignore[assignment]


def main(words: list[str]) -> None:
    """Lay the trap and crawl."""
    place, die = words[1], _Countdown(int(words[2]))
    match place:
        case "half_written":
            _half_written(die)
        case "synced":
            _synced(die)
        case "uncommitted":
            _at_commit(die, lambda: None)
        case "committed":
            _at_commit(lambda: None, die)
    sys.argv[1:] = words[3:]
    run_stage(STAGE)


if __name__ == "__main__":
    main(sys.argv)
