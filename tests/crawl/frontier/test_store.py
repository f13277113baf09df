from __future__ import annotations

import sqlite3
from pathlib import Path
from string import ascii_lowercase

import pytest

from corpus.errors import StageError
from crawl.frontier.batch import Batch, Committed, HostRow, LaneRow, Link, Pending
from crawl.frontier.focus import LISTING_LEVEL
from crawl.frontier.recrawl import Visit
from crawl.frontier.store import MAX_LANES, Frontier, faults_named
from crawl.policy.robots import Robots
from crawl.policy.site import Site
from crawl.urls import url_key
from crawl.warc import Position


def added(frontier: Frontier, *links: Link) -> Committed:
    batch = Batch()
    batch.add(links)
    return frontier.commit(batch, Position())


def committed(path: Path, *links: Link) -> Frontier:
    frontier = Frontier(path)
    added(frontier, *links)
    return frontier


def waiting(frontier: Frontier) -> list[str]:
    """The URLs of all lanes that wait to be fetched."""
    return [p.url for row in frontier.lanes() for p in frontier.pending(row.id, 0, 999)]


def test_every_url_enters_once_and_in_order(tmp_path):
    frontier = committed(
        tmp_path / "f", Link("http://a.kh/1"), Link("http://b.kh/"), Link("http://a.kh/2", 3, 1, via=9)
    )
    grown = added(frontier, Link("http://a.kh/1", 5), Link("http://c.kh/"), Link("http://c.kh/")).grown
    assert grown == {3: 1}
    assert frontier.host_names() == {1: "a.kh", 2: "b.kh", 3: "c.kh"}
    assert [(row.id, row.host, row.shape) for row in frontier.lanes()] == [
        (1, 1, "/N"),
        (2, 2, "/"),
        (3, 3, "/"),
    ]
    assert [row.id for row in frontier.lanes(3)] == [3]
    assert frontier.pending(1, 0, 9) == [
        Pending(1, "http://a.kh/1", 0, 0, "page"),
        Pending(3, "http://a.kh/2", 3, 1, "page", 0, 9),
    ]
    assert [p.seq for p in frontier.pending(1, 1, 9)] == [3]
    assert frontier.n_waiting() == {1: 2, 2: 1, 3: 1}
    assert frontier.n_pending == 4
    frontier.close()


def test_lanes_part_shapes_promises_and_kinds(tmp_path):
    frontier = committed(
        tmp_path / "f",
        Link("http://a.kh/km/news/1"),
        Link("http://a.kh/en/news/1"),
        Link("http://a.kh/km/news/2", is_khmer=True),
        Link("http://a.kh/sitemap.xml", kind="sitemap"),
        Link("http://a.kh/feed", kind="feed"),
    )
    lanes = {row.shape: row for row in frontier.lanes()}
    assert len(lanes) == 4
    assert lanes["sitemap"].level == lanes["feed"].level == LISTING_LEVEL
    khmer, foreign = (row for row in frontier.lanes() if row.level < LISTING_LEVEL)
    assert khmer.level > foreign.level
    assert [p.kind for p in frontier.pending(lanes["feed"].id, 0, 9)] == ["feed"]


def test_a_host_has_so_many_lanes_and_one_for_the_rest(tmp_path):
    names = [first + second for first in ascii_lowercase for second in ascii_lowercase]
    urls = [f"http://a.kh/x?{name}=1" for name in names[: MAX_LANES + 20]]
    frontier = committed(tmp_path / "f", *map(Link, urls))
    assert len(list(frontier.lanes())) == MAX_LANES + 1
    assert sorted(waiting(frontier)) == sorted(urls)


def test_a_commit_is_all_or_nothing_and_lasts(tmp_path):
    frontier = committed(tmp_path / "f", Link("http://a.kh/1"), Link("http://a.kh/2"))
    visit = Visit(60.0, "2026-11-26T00:00:00Z", "sha1:X", '"e"', "")
    site = Site("http://a.kh", Robots("parsed", "User-agent: *"), "[]", None, 7.0, 6.0)
    host = HostRow(1, 1, 2, 1, 99.0, "http_503", 50, 1, 10.0, 5.0)
    batch = Batch(done={1: visit}, tries={2: 3}, hosts={1: host}, sites={site.origin: site})
    batch.lanes[1] = LaneRow(1, 1, 1, "/N", 1, 500, 0, 10.0, 5.0, 2.0)
    batch.count(1, "kept", "", 10)
    batch.count(1, "kept", "", 5)
    batch.days["2026-11-26", "answers"] = 2
    frontier.commit(batch, Position(1, 99))
    again = Frontier(tmp_path / "f")
    assert again.tallies() == [("kept", "", 2, 15)]
    assert again.position() == Position(1, 99)
    assert again.site("http://a.kh") == site
    assert again.site("http://b.kh") is None
    assert list(again.hosts()) == [host]
    assert list(again.lanes()) == [batch.lanes[1]]
    assert again.pending(1, 0, 9) == [Pending(2, "http://a.kh/2", 0, 0, "page", 3)]
    assert again.n_pending == 1
    broken = Batch(done={object(): None})  # what SQLite cannot store
    broken.add([Link("http://lost.kh/")])
    with pytest.raises(sqlite3.Error):
        again.commit(broken, Position(2, 0))
    assert again.position() == Position(1, 99)
    assert Frontier(tmp_path / "f").host_names() == {1: "a.kh"}


def test_depth_decides_who_waits_and_may_change(tmp_path):
    frontier = Frontier(tmp_path / "f", 1)
    grown = added(frontier, *(Link(f"http://a.kh/{n}", n) for n in range(4))).grown
    assert grown == {1: 2}
    assert (frontier.n_pending, frontier.n_too_deep()) == (2, 2)
    frontier.close()
    deeper = Frontier(tmp_path / "f", 2)
    assert (deeper.n_pending, deeper.n_too_deep(), len(waiting(deeper))) == (3, 1, 3)
    deeper.close()
    shallow = Frontier(tmp_path / "f", 0)
    assert waiting(shallow) == ["http://a.kh/0"]
    assert (shallow.n_pending, shallow.n_too_deep()) == (1, 3)


def test_what_another_answer_holds_is_not_fetched(tmp_path):
    frontier = committed(tmp_path / "f", Link("http://a.kh/1"), Link("http://a.kh/2"))
    batch = Batch(done={2: None})
    urls = ("http://a.kh/1", "http://a.kh/2", "http://a.kh/3")
    other = Batch()
    other.add(map(Link, urls))
    batch.covered = other.links
    assert frontier.commit(batch, Position()).covered == {1: {1}}
    assert frontier.n_pending == 0
    assert added(frontier, Link("http://a.kh/3"), Link("http://a.kh/4")).grown == {1: 1}
    assert waiting(frontier) == ["http://a.kh/4"]


def test_pages_that_are_due_wait_again_with_what_is_known_of_them(tmp_path):
    frontier = committed(tmp_path / "f", *(Link(f"http://a.kh/{n}") for n in range(3)))
    soon, late = Visit(60.0, "d", "sha1:X", '"e"', "m"), Visit(1e9, "d", "sha1:Y", "", "")
    frontier.commit(Batch(done={1: soon, 2: late, 3: None}), Position())
    due = soon.due + 1
    assert frontier.reopen(0.0) == 0
    assert frontier.reopen(due) == 1
    assert frontier.pending(1, 0, 9) == [Pending(1, "http://a.kh/0", 0, 0, "page", 0, 0, soon)]
    assert frontier.n_pending == 1
    frontier.commit(Batch(done={1: soon}), Position())
    assert frontier.reopen(due) == 0, "once for each date"
    assert frontier.reopen(due + 1) == 1


def test_mail_is_kept_in_order_and_once(tmp_path):
    frontier = Frontier(tmp_path / "f")
    link = Link("http://b.kh/1", 2, 0, "page", is_khmer=True)
    for _ in range(2):
        frontier.commit(Batch(mail={7: (1, link)}, read={1: 5}), Position())
    assert list(frontier.rows("SELECT partition, url, depth, is_khmer FROM outbox")) == [(1, link.url, 2, 1)]
    assert list(frontier.rows("SELECT * FROM cursor")) == [(1, 5)]


def test_a_file_that_is_no_frontier_is_named(tmp_path):
    (tmp_path / "f").write_bytes(b"no database" * 100)
    with pytest.raises(StageError, match="f: file is not a database"):
        Frontier(tmp_path / "f")


def test_a_frontier_of_another_version_is_refused(tmp_path):
    old = sqlite3.connect(tmp_path / "f")
    old.execute("CREATE TABLE url (seq INTEGER)")
    old.close()
    with pytest.raises(StageError, match=r"f: a frontier of version 0; expected 2\. Try: another run="):
        Frontier(tmp_path / "f")


def test_known_urls_are_remembered(tmp_path):
    frontier = Frontier(tmp_path / "f")
    batch = Batch()
    batch.add([Link("http://a.kh/")])
    [key] = batch.links
    assert not frontier.knows(key)
    frontier.commit(batch, Position())
    assert frontier.knows(key)


@pytest.mark.parametrize(
    ("code", "way"),
    [
        (sqlite3.SQLITE_CORRUPT, "another run="),
        (sqlite3.SQLITE_FULL, "the same command again goes on from it"),
    ],
)
def test_faults_of_the_disk_are_named(code, way):
    fault = sqlite3.DatabaseError("it is so")
    fault.sqlite_errorcode = code
    said = f"f.sqlite: it is so. What was committed is kept. Try: {way}"
    with pytest.raises(StageError, match=said), faults_named(Path("f.sqlite")):
        raise fault


def test_a_shorter_way_leads_to_what_was_too_deep(tmp_path):
    frontier = Frontier(tmp_path / "f.sqlite", 3)
    url = "http://a.kh/x"
    for depth, n_pending in ((4, 0), (5, 0), (3, 1), (2, 1)):
        assert not frontier.knows(url_key(url)) or n_pending
        batch = Batch()
        batch.add([Link(url, depth)])
        frontier.commit(batch, Position())
        assert (frontier.n_pending, frontier.n_too_deep()) == (n_pending, 1 - n_pending)
