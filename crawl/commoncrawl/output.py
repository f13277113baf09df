"""A WARC file that a task writes over more than one life: cut at each start to what its progress says is on disk."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from corpus.ledger import Amount, Fate, Ledger
from corpus.task import Task
from crawl.warc import Position, WarcFiles

MEMORY = "progress"
FOLDER = "warc"
ENDLESS = 1 << 62  # one task, one file


class Output:
    """Takes members with the place that the work has come to; both are on disk when `append` returns.

    `key` names the work: progress that belongs to other work counts for nothing. `not_now` has the reasons why parts
    of it, by their numbers, could not be done yet; it is written with the next append.
    """

    def __init__(self, task: Task[Any], key: str, about: Mapping[str, str]) -> None:
        self._task = task
        self._path = f"{MEMORY}/{task.name}.json"
        self._key = key
        noted = self._noted()
        self.done: int = noted.get("done", 0)
        self.not_now: dict[str, str] = noted.get("not_now", {})
        self.counted = Ledger(noted.get("ledger", []))
        start = Position(0, noted.get("bytes", 0))
        self._warc = WarcFiles(task.folder.local() / FOLDER, start, ENDLESS, about, task.name)

    def _noted(self) -> dict[str, Any]:
        """The progress of an earlier life; none if it is of other work, or its file is gone."""
        noted: Any = {}
        with suppress(FileNotFoundError, ValueError):
            noted = self._task.folder.read_json(self._path)
        is_ours = isinstance(noted, dict) and noted.get("key") == self._key
        held = self._task.folder.sizes(FOLDER).get(f"{FOLDER}/{self._task.name}-00000.warc.gz", 0)
        return noted if is_ours and held >= noted["bytes"] else {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._warc.close()

    def count(self, source: str, fate: Fate, reason: str, n_bytes: int, n_documents: int = 1) -> None:
        """Count records, durably with the next append."""
        self.counted.add(source, fate, reason, Amount(n_documents, bytes=n_bytes))

    def uncount(self, source: str, reason: str, n_bytes: int) -> None:
        """Take back that a record was dropped."""
        self.count(source, "dropped", reason, -n_bytes, -1)
        if not self.counted.amounts[source, "dropped", reason].documents:
            del self.counted.amounts[source, "dropped", reason]

    def append(self, members: bytes, done: int) -> None:
        """Write members, and that the work has come to `done`."""
        position = self._warc.append(members) if members else self._warc.position
        self.done = done
        progress = {
            "key": self._key,
            "done": done,
            "bytes": position.offset,
            "not_now": self.not_now,
            "ledger": self.counted.rows(),
        }
        self._task.folder.write_json(self._path, progress)

    def finish(self) -> None:
        """Take the file and what was counted into the task's receipt."""
        self._task.ledger.extend(self.counted.rows())
        for path in self._warc.paths():
            if path.stat().st_size:
                self._task.adopt(str(path.relative_to(self._task.folder.local())))
