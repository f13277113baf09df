"""Mail between the partitions of a crawl: links to hosts that another one has.

Letters are rows of the sender's own database, committed with the page that they come from. A reader opens it for
reading only, and keeps in its own, with the URLs that it took in, how far it has read: whatever is killed, no letter
is lost and none counts twice.
"""

from __future__ import annotations

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from corpus.errors import StageError
from crawl.frontier.batch import KINDS, Link
from crawl.journal import Journal, Part

MAX_LETTERS = 5_000  # read at a time
IDLE = "is_idle"


class Post:
    """The mail of one partition of a crawl."""

    def __init__(self, folder: Path, journal: Journal) -> None:
        self._folder = folder
        self._journal = journal
        self._part = journal.part
        self._is_idle = False

    def fetch(self) -> bool:
        """Take in what the others have sent, some of it at a time; returns whether there was any."""
        had_mail = [self._fetch_from(other) for other in self._others()]
        return any(had_mail)

    def _fetch_from(self, other: Part) -> bool:
        letters = unread(self._folder, self._part, other)
        if letters:
            self._journal.received(other.number, (link for _, link in letters), letters[-1][0])
        return bool(letters)

    def may_come(self) -> bool:
        """Whether another partition has sent something, or is at work and may yet."""
        return any(
            _is_at_work(self._folder, other) or unread(self._folder, self._part, other)
            for other in self._others()
        )

    def tell(self, is_idle: bool) -> None:  # noqa: FBT001 (the state that is told)
        """Let the others know whether this partition has nothing to do."""
        if self._part.of > 1 and is_idle != self._is_idle:
            self._is_idle = is_idle
            self._journal.frontier.set_meta(IDLE, float(is_idle))

    def _others(self) -> list[Part]:
        return [Part(n, self._part.of) for n in range(self._part.of) if n != self._part.number]


def unread(folder: Path, reader: Part, sender: Part) -> list[tuple[int, Link]]:
    """The next letters to a partition from another, each with its number."""
    cursor = "SELECT id FROM cursor WHERE partition = ?"
    letters = (
        "SELECT id, url, depth, hops, kind, is_khmer FROM outbox WHERE partition = ? AND id > ?"
        " ORDER BY id LIMIT ?"
    )
    read_to = _rows(folder / reader.frontier, cursor, (sender.number,))
    after = read_to[0][0] if read_to else 0
    rows = _rows(folder / sender.frontier, letters, (reader.number, after, MAX_LETTERS))
    return [
        (number, Link(url, depth, hops, KINDS[kind], bool(is_khmer)))
        for number, url, depth, hops, kind, is_khmer in rows
    ]


def _is_at_work(folder: Path, part: Part) -> bool:
    """Whether a process crawls the partition, and is not waiting for mail itself."""
    path = folder / _lock_name(part)
    if not path.exists():
        return False
    with path.open("rb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            found = _rows(folder / part.frontier, "SELECT value FROM meta WHERE name = ?", (IDLE,))
            return not (found and found[0][0])
    return False


@contextmanager
def at_work(folder: Path, part: Part) -> Iterator[None]:
    """Let the other partitions see that this one is being crawled, until the process ends or the block does."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _lock_name(part)).open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _lock_name(part: Part) -> str:
    return f".frontier-{part.name}.lock"


def _rows(path: Path, query: str, values: tuple[int | str, ...]) -> list[tuple[Any, ...]]:
    """Rows of a partition's database, only read; none where it is not there yet, or has no tables yet."""
    if not path.exists():
        return []
    try:
        with closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=30.0)
        ) as database:
            if not database.execute("PRAGMA user_version").fetchone()[0]:
                return []
            return database.execute(query, values).fetchall()
    except sqlite3.DatabaseError as error:
        msg = f"{path}: {error}. The other partitions are kept. Try: another run="
        raise StageError(msg) from error
