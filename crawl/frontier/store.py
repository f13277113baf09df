"""The durable frontier: every URL known, what became of it, and how far the WARC is valid."""

from __future__ import annotations

import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from corpus.errors import StageError
from crawl.discovery.kinds import LISTINGS
from crawl.discovery.shapes import prior, shape_of
from crawl.frontier.batch import KINDS, Batch, Committed, HostRow, LaneRow, Link, Pending
from crawl.frontier.focus import LISTING_LEVEL, level_of
from crawl.frontier.recrawl import Visit
from crawl.policy.robots import Robots
from crawl.policy.site import Site
from crawl.urls import host_of
from crawl.warc import Position

VERSION = 2
PENDING, DONE, COVERED, TOO_DEEP = range(4)  # written out in queries, which partial indexes need
MAX_LANES = 100  # of a host; what has yet another shape goes to the lane of all the rest
REST = "*"
DAMAGED = (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
N_LANES = 1 << 13  # whose numbers are in memory
N_KNOWN = 1 << 18  # keys of the latest URLs, in 2 MB, so that few links of a page are looked up
TABLES = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE host (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, n_fetched INTEGER NOT NULL, n_failures INTEGER NOT NULL,
  n_failed_urls INTEGER NOT NULL, paused_until REAL NOT NULL, why TEXT NOT NULL, budget INTEGER NOT NULL,
  is_parked INTEGER NOT NULL, bytes REAL NOT NULL, khmer REAL NOT NULL);
CREATE TABLE lane (
  id INTEGER PRIMARY KEY, host INTEGER NOT NULL, level INTEGER NOT NULL, shape TEXT NOT NULL,
  n_fetched INTEGER NOT NULL, budget INTEGER NOT NULL, is_parked INTEGER NOT NULL, bytes REAL NOT NULL,
  khmer REAL NOT NULL, credit REAL NOT NULL, UNIQUE (host, shape, level));
CREATE TABLE url (
  seq INTEGER PRIMARY KEY, key INTEGER NOT NULL UNIQUE, lane INTEGER NOT NULL, depth INTEGER NOT NULL,
  hops INTEGER NOT NULL, kind INTEGER NOT NULL, tries INTEGER NOT NULL, via INTEGER NOT NULL, state INTEGER NOT NULL,
  url TEXT NOT NULL);
CREATE INDEX pending ON url (lane, seq) WHERE state = 0;
CREATE INDEX deep ON url (depth) WHERE state = 3;
CREATE TABLE visit (
  seq INTEGER PRIMARY KEY, due REAL NOT NULL, interval REAL NOT NULL, date TEXT NOT NULL, digest TEXT NOT NULL,
  etag TEXT NOT NULL, modified TEXT NOT NULL);
CREATE TABLE site (
  origin TEXT PRIMARY KEY, robots_state TEXT NOT NULL, robots TEXT NOT NULL, tdmrep TEXT, ai_txt TEXT,
  fetched_at REAL NOT NULL, read_at REAL NOT NULL);
CREATE TABLE tally (
  host INTEGER NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, documents INTEGER NOT NULL, bytes INTEGER NOT NULL,
  PRIMARY KEY (host, kind, name)) WITHOUT ROWID;
CREATE TABLE day (day TEXT NOT NULL, what TEXT NOT NULL, amount INTEGER NOT NULL, PRIMARY KEY (day, what))
  WITHOUT ROWID;
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY, key INTEGER NOT NULL UNIQUE, partition INTEGER NOT NULL, depth INTEGER NOT NULL,
  hops INTEGER NOT NULL, kind INTEGER NOT NULL, is_khmer INTEGER NOT NULL, url TEXT NOT NULL);
CREATE TABLE cursor (partition INTEGER PRIMARY KEY, id INTEGER NOT NULL);
PRAGMA user_version = {VERSION};
"""


@contextmanager
def faults_named(path: Path) -> Iterator[None]:
    """A full disk or a damaged database ends the stage with one line, which names the path."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if isinstance(error, (sqlite3.ProgrammingError, sqlite3.IntegrityError, sqlite3.InterfaceError)):
            raise
        is_damaged = getattr(error, "sqlite_errorcode", 0) & 0xFF in DAMAGED
        way = "another run=" if is_damaged else "the same command again goes on from it"
        msg = f"{path}: {error}. What was committed is kept. Try: {way}"
        raise StageError(msg) from error


class Frontier:
    """A SQLite file in WAL mode; each commit is one transaction. `n_pending` URLs wait to be taken.

    A URL is known by its 64-bit key: among 100 million, two share one with a chance of 0.0003.
    """

    def __init__(self, path: Path, max_depth: int = 1 << 30) -> None:
        self._path = path
        self._max_depth = max_depth
        path.parent.mkdir(parents=True, exist_ok=True)
        self.is_new = False
        with faults_named(path):
            self._database = sqlite3.connect(path, isolation_level=None)
            self._open()
        self._hosts: dict[str, int] = {
            name: host for host, name in self._database.execute("SELECT id, name FROM host")
        }
        self._lanes: dict[tuple[int, str, int], int] = {}
        self._known = array("q", bytes(8 * N_KNOWN))
        self.n_pending = sum(self.n_waiting().values())

    def _open(self) -> None:
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")  # safe: the WARC is on disk before each commit
        version = self._database.execute("PRAGMA user_version").fetchone()[0]
        if version == 0 and not self._database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            self._database.executescript(f"BEGIN IMMEDIATE;{TABLES}COMMIT;")
            self.is_new = True
        elif version != VERSION:
            msg = f"{self._path}: a frontier of version {version}; expected {VERSION}. Try: another run="
            raise StageError(msg)
        with self._transaction():
            self._look_again_at_depths()

    def _look_again_at_depths(self) -> None:
        """Let those URLs wait that are within reach, which may be another than that of the last crawl."""
        if self.meta("max_depth") == self._max_depth:
            return
        run = self._database.execute
        run("UPDATE url SET state = 3 WHERE state = 0 AND depth > ?", (self._max_depth,))
        run("UPDATE url SET state = 0 WHERE state = 3 AND depth <= ?", (self._max_depth,))
        run("INSERT OR REPLACE INTO meta VALUES ('max_depth', ?)", (self._max_depth,))

    def knows(self, key: int) -> bool:
        """Whether a URL is certainly in the frontier; one of long ago may be and not be remembered."""
        return self._known[key & (N_KNOWN - 1)] == key

    def commit(self, batch: Batch, position: Position) -> Committed:
        """Make a batch durable, and the WARC valid up to `position`."""
        with faults_named(self._path), self._transaction():
            committed = self._write(batch, position)
        for key in (key for key, link in batch.links.items() if link.depth <= self._max_depth):
            self._known[key & (N_KNOWN - 1)] = key
        self.n_pending += committed.grown.total() - len(batch.done)
        self.n_pending -= sum(map(len, committed.covered.values()))
        return committed

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

    def _write(self, batch: Batch, position: Position) -> Committed:
        run = self._database.executemany
        inserted = (self._insert(key, link, PENDING) for key, link in batch.links.items())
        grown = Counter(lane for lane in inserted if lane is not None)
        run("UPDATE url SET state = 1 WHERE seq = ?", ((seq,) for seq in batch.done))
        covered = self._cover(batch.covered)
        run("UPDATE url SET tries = ? WHERE seq = ?", ((n, seq) for seq, n in batch.tries.items()))
        run(
            "INSERT OR REPLACE INTO visit VALUES (?, ?, ?, ?, ?, ?, ?)",
            ((seq, visit.due, *visit) for seq, visit in batch.done.items() if visit),
        )
        run(
            "UPDATE host SET n_fetched = ?, n_failures = ?, n_failed_urls = ?, paused_until = ?, why = ?, budget = ?,"
            " is_parked = ?, bytes = ?, khmer = ? WHERE id = ?",
            ((*row[1:], row.id) for row in batch.hosts.values()),
        )
        run(
            "UPDATE lane SET n_fetched = ?, budget = ?, is_parked = ?, bytes = ?, khmer = ?, credit = ? WHERE id = ?",
            ((*row[4:], row.id) for row in batch.lanes.values()),
        )
        run("INSERT OR REPLACE INTO site VALUES (?, ?, ?, ?, ?, ?, ?)", map(_site_row, batch.sites.values()))
        run(
            "INSERT INTO tally VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE"
            " SET documents = documents + excluded.documents, bytes = bytes + excluded.bytes",
            ((*key, n, batch.bytes[key]) for key, n in batch.documents.items()),
        )
        run(
            "INSERT INTO day VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET amount = amount + excluded.amount",
            ((*key, n) for key, n in batch.days.items()),
        )
        self._write_mail(batch)
        self.set_meta("file", position.file)
        self.set_meta("offset", position.offset)
        return Committed(grown, covered)

    def _write_mail(self, batch: Batch) -> None:
        run = self._database.executemany
        run(
            "INSERT OR IGNORE INTO outbox (key, partition, depth, hops, kind, is_khmer, url)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                (key, to, link.depth, link.hops, KINDS.index(link.kind), link.is_khmer, link.url)
                for key, (to, link) in batch.mail.items()
            ),
        )
        run("INSERT OR REPLACE INTO cursor VALUES (?, ?)", batch.read.items())

    def _insert(self, key: int, link: Link, state: int) -> int | None:
        """The lane that has one URL more waiting, if it was not known and may be fetched."""
        known = self._database.execute("SELECT seq, lane, state FROM url WHERE key = ?", (key,)).fetchone()
        if known:
            return self._reached(known, link)
        lane = self._lane(link)
        if state == PENDING and link.depth > self._max_depth:
            state = TOO_DEEP
        self._database.execute(
            "INSERT INTO url (key, lane, depth, hops, kind, tries, via, state, url)"
            " VALUES (?, ?, ?, ?, ?, 0, ?, ?, ?)",
            (key, lane, link.depth, link.hops, KINDS.index(link.kind), link.via, state, link.url),
        )
        return lane if state == PENDING else None

    def _reached(self, known: tuple[int, int, int], link: Link) -> int | None:
        """The lane of a URL that was too far from a seed, if this is a shorter way to it."""
        seq, lane, state = known
        if state != TOO_DEEP or link.depth > self._max_depth:
            return None
        self._database.execute("UPDATE url SET state = 0, depth = ? WHERE seq = ?", (link.depth, seq))
        return lane

    def _cover(self, links: dict[int, Link]) -> dict[int, set[int]]:
        """Mark URLs whose text another answer holds; returns those that had waited, by lane."""
        had_waited: dict[int, set[int]] = {}
        for key, link in links.items():
            row = self._database.execute("SELECT seq, lane, state FROM url WHERE key = ?", (key,)).fetchone()
            if row is None:
                self._insert(key, link, COVERED)
            elif row[2] in (PENDING, TOO_DEEP):
                self._database.execute("UPDATE url SET state = 2 WHERE seq = ?", row[:1])
                if row[2] == PENDING:
                    had_waited.setdefault(row[1], set()).add(row[0])
        return had_waited

    def _lane(self, link: Link) -> int:
        """The number of a URL's lane, which may be new."""
        host = self.host(host_of(link.url))
        if link.kind in LISTINGS:
            key = (host, str(link.kind), LISTING_LEVEL)
        else:
            key = (host, shape_of(link.url), level_of(prior(link.url, link.is_khmer)))
        lane = self._lanes.get(key)
        if lane is None:
            if len(self._lanes) >= N_LANES:
                self._lanes.clear()
            lane = self._lanes[key] = self._find_lane(*key)
        return lane

    def _find_lane(self, host: int, shape: str, level: int) -> int:
        find = "SELECT id FROM lane WHERE host = ? AND shape = ? AND level = ?"
        row = self._database.execute(find, (host, shape, level)).fetchone()
        if row is None and self._n_lanes(host) >= MAX_LANES:
            shape, level = (REST, 0) if level < LISTING_LEVEL else (shape, level)
            row = self._database.execute(find, (host, shape, level)).fetchone()
        if row is None:
            values = LaneRow(0, host, level, shape)[1:]
            insert = (
                "INSERT INTO lane (host, level, shape, n_fetched, budget, is_parked, bytes, khmer, credit)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            )
            return self._database.execute(insert, values).lastrowid or 0
        return int(row[0])

    def _n_lanes(self, host: int) -> int:
        query = "SELECT count(*) FROM lane WHERE host = ?"
        return int(self._database.execute(query, (host,)).fetchone()[0])

    def host(self, name: str) -> int:
        """The number of a host, which may be new; within a transaction it lasts with it."""
        number = self._hosts.get(name)
        if number is None:
            inserted = self._database.execute(
                "INSERT INTO host (name, n_fetched, n_failures, n_failed_urls, paused_until, why, budget, is_parked,"
                " bytes, khmer) VALUES (?, 0, 0, 0, 0, '', 0, 0, 0, 0)",
                (name,),
            )
            number = self._hosts[name] = inserted.lastrowid or 0
        return number

    def number_of(self, name: str) -> int | None:
        """The number of a host; None if it has none."""
        return self._hosts.get(name)

    def reopen(self, due: float) -> int:
        """Let every URL wait again whose next visit is due before a moment, once for each such moment."""
        if not due or self.meta("due") == due:
            return 0
        with faults_named(self._path), self._transaction():
            self.set_meta("due", due)
            n_reopened = self._database.execute(
                "UPDATE url SET state = 0, tries = 0 WHERE state = 1"
                " AND seq IN (SELECT seq FROM visit WHERE due < ?)",
                (due,),
            ).rowcount
            for table in ("host", "lane"):
                self._database.execute(f"UPDATE {table} SET is_parked = 0, budget = 0")  # noqa: S608
        self.n_pending += n_reopened
        return n_reopened

    def hosts(self) -> Iterator[HostRow]:
        """Every host, in the order in which they were found."""
        query = (
            "SELECT id, n_fetched, n_failures, n_failed_urls, paused_until, why, budget, is_parked, bytes, khmer"
            " FROM host ORDER BY id"
        )
        return map(HostRow._make, self._database.execute(query))

    def host_names(self) -> dict[int, str]:
        """The hosts' names by their numbers."""
        return {number: name for name, number in self._hosts.items()}

    def lanes(self, first: int = 1) -> Iterator[LaneRow]:
        """Every lane from a number on."""
        query = "SELECT id, host, level, shape, n_fetched, budget, is_parked, bytes, khmer, credit FROM lane"
        return map(LaneRow._make, self._database.execute(f"{query} WHERE id >= ? ORDER BY id", (first,)))

    def n_waiting(self) -> dict[int, int]:
        """How many URLs wait in each lane that has any."""
        query = "SELECT lane, count(*) FROM url WHERE state = 0 GROUP BY lane"
        return dict(self._database.execute(query))

    def pending(self, lane: int, after: int, limit: int) -> list[Pending]:
        """The next URLs of a lane after a place in the frontier, in the order in which they were found."""
        rows = self._database.execute(
            "SELECT url.seq, url, depth, hops, kind, tries, via, interval, date, digest, etag, modified"
            " FROM url LEFT JOIN visit ON visit.seq = url.seq"
            " WHERE lane = ? AND state = 0 AND url.seq > ? ORDER BY url.seq LIMIT ?",
            (lane, after, limit),
        )
        return [
            Pending(seq, url, depth, hops, KINDS[kind], tries, via, Visit(*visit) if visit[0] else None)
            for seq, url, depth, hops, kind, tries, via, *visit in rows
        ]

    def site(self, origin: str) -> Site | None:
        """What is known of an origin's policy files."""
        row = self._database.execute("SELECT * FROM site WHERE origin = ?", (origin,)).fetchone()
        return Site(row[0], Robots(row[1], row[2]), *row[3:]) if row else None

    def position(self) -> Position:
        """How far the WARC is valid."""
        return Position(int(self.meta("file") or 0), int(self.meta("offset") or 0))

    def meta(self, name: str) -> int | float | None:
        """A number that is known by name."""
        row = self._database.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def set_meta(self, name: str, value: float) -> None:
        """Keep a number by name."""
        self._database.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def tallies(self) -> list[tuple[str, str, int, int]]:
        """Kind, name, documents and bytes of all that was counted, over all hosts, sorted."""
        query = (
            "SELECT kind, name, sum(documents), sum(bytes) FROM tally GROUP BY kind, name ORDER BY kind, name"
        )
        return self._database.execute(query).fetchall()

    def rows(self, query: str) -> Iterable[tuple[Any, ...]]:
        """The rows of a query that only reads."""
        return self._database.execute(query)

    def n_too_deep(self) -> int:
        """URLs that are further from a seed than is allowed; a later run with a higher limit takes them."""
        query = "SELECT count(*) FROM url WHERE state = 3"
        return int(self._database.execute(query).fetchone()[0])

    def delete(self) -> None:
        """Close the file and delete it."""
        self.close()
        self._path.unlink()

    def close(self) -> None:
        """Fold the write-ahead log into the file and close it."""
        self._database.close()


def _site_row(site: Site) -> tuple[object, ...]:
    assert site.robots is not None
    robots = (site.robots.state, site.robots.text)
    return site.origin, *robots, site.tdmrep, site.ai_txt, site.fetched_at, site.read_at
