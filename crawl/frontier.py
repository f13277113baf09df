"""The durable frontier: every URL known, what became of it, and how far the WARC is valid."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from corpus.errors import StageError
from crawl.policy.robots import Robots
from crawl.policy.site import Site
from crawl.urls import host_of, url_key
from crawl.warc import Position

TABLES = """
CREATE TABLE IF NOT EXISTS host (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, fetched INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS url (
  seq INTEGER PRIMARY KEY, key INTEGER NOT NULL UNIQUE, host INTEGER NOT NULL, depth INTEGER NOT NULL,
  hops INTEGER NOT NULL, done INTEGER NOT NULL, url TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS pending ON url (host, seq) WHERE done = 0;
CREATE TABLE IF NOT EXISTS site (
  origin TEXT PRIMARY KEY, robots_state TEXT NOT NULL, robots TEXT NOT NULL, tdmrep TEXT, ai_txt TEXT,
  fetched_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS tally (
  kind TEXT NOT NULL, name TEXT NOT NULL, documents INTEGER NOT NULL, bytes INTEGER NOT NULL,
  PRIMARY KEY (kind, name));
CREATE TABLE IF NOT EXISTS warc (one INTEGER PRIMARY KEY CHECK (one = 1), file INTEGER, offset INTEGER);
"""


class Link(NamedTuple):
    """A URL found: how many links from a seed, and how many redirects led to it."""

    url: str
    depth: int = 0
    hops: int = 0


class Pending(NamedTuple):
    """A URL to be fetched, by its place in the frontier."""

    seq: int
    url: str
    depth: int
    hops: int


@dataclass
class Batch:
    """What happened since the last commit."""

    done: list[int] = field(default_factory=list)
    fetched: Counter[int] = field(default_factory=Counter)  # by host
    links: dict[int, Link] = field(default_factory=dict)  # by key
    sites: dict[str, Site] = field(default_factory=dict)
    documents: Counter[tuple[str, str]] = field(default_factory=Counter)
    bytes: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, links: Iterable[Link]) -> None:
        """Remember URLs; the first way to each counts."""
        for link in links:
            self.links.setdefault(url_key(link.url), link)

    def count(self, kind: str, name: str, n_bytes: int = 0) -> None:
        """Count one more of a kind: `kept`, `dropped` by reason, `status`, `unfollowed` by reason."""
        self.documents[kind, name] += 1
        self.bytes[kind, name] += n_bytes


class Frontier:
    """A SQLite file in WAL mode; each commit is one transaction. `n_pending` URLs are not taken yet.

    A URL is known by its 64-bit key: among 100 million, two share one with a chance of 0.0003.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path, isolation_level=None)
        with self._faults_named():
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute(
                "PRAGMA synchronous = NORMAL"
            )  # safe: the WARC is on disk before each commit
            self._database.executescript(TABLES)
        self._hosts: dict[str, int] = {
            name: host for host, name in self._database.execute("SELECT id, name FROM host")
        }
        self.n_pending: int = self._database.execute("SELECT count(*) FROM url WHERE done = 0").fetchone()[0]

    def commit(self, batch: Batch, position: Position) -> set[int]:
        """Make a batch durable, and the WARC valid up to `position`; returns the hosts that have new URLs."""
        with self._faults_named(), self._transaction():
            touched = self._write(batch, position)
        self.n_pending += sum(touched.values()) - len(batch.done)
        return set(touched)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise

    @contextmanager
    def _faults_named(self) -> Iterator[None]:
        """A full disk or a damaged file ends the stage with one line."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            if isinstance(error, (sqlite3.ProgrammingError, sqlite3.IntegrityError, sqlite3.InterfaceError)):
                raise
            msg = f"{self._path}: {error}. What was committed is kept. Try: the same command again goes on from it"
            raise StageError(msg) from error

    def _write(self, batch: Batch, position: Position) -> Counter[int]:
        """Returns the new URLs by host."""
        run = self._database.executemany
        touched = Counter(
            host for key, link in batch.links.items() if (host := self._insert(key, link)) is not None
        )
        run("UPDATE url SET done = 1 WHERE seq = ?", ((seq,) for seq in batch.done))
        run("UPDATE host SET fetched = fetched + ? WHERE id = ?", ((n, h) for h, n in batch.fetched.items()))
        run("INSERT OR REPLACE INTO site VALUES (?, ?, ?, ?, ?, ?)", map(_site_row, batch.sites.values()))
        run(
            "INSERT INTO tally VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
            " SET documents = documents + excluded.documents, bytes = bytes + excluded.bytes",
            ((*key, n, batch.bytes[key]) for key, n in batch.documents.items()),
        )
        self._database.execute(
            "INSERT OR REPLACE INTO warc VALUES (1, ?, ?)", (position.file, position.offset)
        )
        return touched

    def _insert(self, key: int, link: Link) -> int | None:
        """The link's host, if the URL was not known."""
        name = host_of(link.url)
        host = self._hosts.get(name)
        if host is None:
            inserted = self._database.execute(
                "INSERT OR IGNORE INTO host (name, fetched) VALUES (?, 0)", (name,)
            )
            host = self._hosts[name] = inserted.lastrowid or 0
        row = self._database.execute(
            "INSERT OR IGNORE INTO url (key, host, depth, hops, done, url) VALUES (?, ?, ?, ?, 0, ?)",
            (key, host, link.depth, link.hops, link.url),
        )
        return host if row.rowcount else None

    def hosts(self) -> Iterator[tuple[int, str, int]]:
        """Number, name and pages fetched of every host."""
        yield from self._database.execute("SELECT id, name, fetched FROM host ORDER BY id")

    def pending(self, host: int, after: int, max_depth: int, limit: int) -> list[Pending]:
        """The next URLs of a host after a place in the frontier, in the order in which they were found."""
        rows = self._database.execute(
            "SELECT seq, url, depth, hops FROM url WHERE host = ? AND done = 0 AND seq > ? AND depth <= ?"
            " ORDER BY seq LIMIT ?",
            (host, after, max_depth, limit),
        )
        return [Pending(*row) for row in rows]

    def sites(self) -> Iterator[Site]:
        """The policy files that are known."""
        for origin, state, robots, tdmrep, ai_txt, fetched_at in self._database.execute("SELECT * FROM site"):
            yield Site(origin, Robots(state, robots), tdmrep, ai_txt, fetched_at)

    def position(self) -> Position:
        """How far the WARC is valid."""
        row = self._database.execute("SELECT file, offset FROM warc").fetchone()
        return Position(*row) if row else Position()

    def tallies(self) -> list[tuple[str, str, int, int]]:
        """Kind, name, documents and bytes of all that was counted, sorted."""
        return self._database.execute("SELECT * FROM tally ORDER BY kind, name").fetchall()

    def n_too_deep(self, max_depth: int) -> int:
        """URLs that are further from a seed than is allowed; a later run with a higher limit takes them."""
        query = "SELECT count(*) FROM url WHERE done = 0 AND depth > ?"
        return int(self._database.execute(query, (max_depth,)).fetchone()[0])

    def close(self) -> None:
        """Fold the write-ahead log into the file and close it."""
        self._database.close()


def _site_row(site: Site) -> tuple[object, ...]:
    assert site.robots is not None
    return site.origin, site.robots.state, site.robots.text, site.tdmrep, site.ai_txt, site.fetched_at
