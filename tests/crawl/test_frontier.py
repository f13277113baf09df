from __future__ import annotations

import sqlite3

import pytest

from corpus.errors import StageError
from crawl.frontier import Batch, Frontier, Link, Pending
from crawl.policy.robots import Robots
from crawl.policy.site import Site
from crawl.warc import Position


def committed(path, *links: Link) -> Frontier:
    frontier = Frontier(path)
    batch = Batch()
    batch.add(links)
    frontier.commit(batch, Position())
    return frontier


def test_every_url_enters_once_and_in_order(tmp_path):
    frontier = committed(
        tmp_path / "f", Link("http://a.kh/1"), Link("http://b.kh/"), Link("http://a.kh/2", 3, 1)
    )
    batch = Batch()
    batch.add([Link("http://a.kh/1", 5), Link("http://c.kh/"), Link("http://c.kh/")])
    assert frontier.commit(batch, Position()) == {3}
    assert [name for _, name, _ in frontier.hosts()] == ["a.kh", "b.kh", "c.kh"]
    assert frontier.pending(1, 0, 9, 9) == [
        Pending(1, "http://a.kh/1", 0, 0),
        Pending(3, "http://a.kh/2", 3, 1),
    ]
    assert [p.seq for p in frontier.pending(1, 1, 9, 9)] == [3]
    assert [p.seq for p in frontier.pending(1, 0, 2, 9)] == [1]
    assert (frontier.n_pending, frontier.n_too_deep(2)) == (4, 1)
    frontier.close()


def test_a_commit_is_all_or_nothing_and_lasts(tmp_path):
    frontier = committed(tmp_path / "f", Link("http://a.kh/1"))
    batch = Batch(done=[1])
    batch.fetched[1] += 1
    batch.count("kept", "", 10)
    batch.count("kept", "", 5)
    site = Site("http://a.kh", Robots("parsed", "User-agent: *"), "[]", None, 7.0)
    batch.sites[site.origin] = site
    frontier.commit(batch, Position(1, 99))
    again = Frontier(tmp_path / "f")
    assert again.tallies() == [("kept", "", 2, 15)]
    assert again.position() == Position(1, 99)
    assert list(again.sites()) == [site]
    assert list(again.hosts()) == [(1, "a.kh", 1)]
    assert again.pending(1, 0, 9, 9) == []
    assert again.n_pending == 0
    broken = Batch(done=[object()])  # what SQLite cannot store
    broken.add([Link("http://lost.kh/")])
    with pytest.raises(sqlite3.Error):
        again.commit(broken, Position(2, 0))
    assert again.position() == Position(1, 99)
    assert [name for _, name, _ in Frontier(tmp_path / "f").hosts()] == ["a.kh"]


def test_a_file_that_is_no_frontier_is_named(tmp_path):
    (tmp_path / "f").write_bytes(b"no database" * 100)
    with pytest.raises(StageError, match="f: file is not a database"):
        Frontier(tmp_path / "f")
