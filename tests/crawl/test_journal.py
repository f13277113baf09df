from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawl.frontier import Link
from crawl.hosts import Fetch
from crawl.journal import Journal
from crawl.policy.site import Site
from crawl.warc import Exchange

from .conftest import read_warcs


def exchange(url: str) -> Exchange:
    return Exchange(
        url, datetime.now(UTC), "", b"GET / HTTP/1.1\r\n\r\n", 200, b"HTTP/1.1 200 OK", (), url.encode()
    )


def opened(folder: Path) -> Journal:
    return Journal(folder, 1 << 30, {})


def taken(journal: Journal) -> list[Fetch]:
    """What a start would fetch."""
    pending = [
        p for host, _, _ in journal.frontier.hosts() for p in journal.frontier.pending(host, 0, 99, 99)
    ]
    return [Fetch(p.url, 1, Site("http://a.kh"), "page", p.seq, p.depth) for p in pending]


def stored(folder: Path) -> list[str]:
    return [record.url for record in read_warcs(folder / "warc") if record.kind == "response"]


class Killed(BaseException):
    pass


def killed(*_: object) -> None:
    raise Killed


def kill_before_the_transaction(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal.frontier, "commit", killed)


def kill_inside_the_transaction(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    write = journal.frontier._write
    monkeypatch.setattr(journal.frontier, "_write", lambda *batch: (write(*batch), killed()))


def kill_in_the_middle_of_a_record(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    append = journal._warc.append
    monkeypatch.setattr(journal._warc, "append", lambda members: (append(members[:-40]), killed()))


@pytest.mark.parametrize(
    "kill", [kill_before_the_transaction, kill_inside_the_transaction, kill_in_the_middle_of_a_record]
)
def test_a_commit_that_does_not_end_never_was(tmp_path, monkeypatch, kill):
    journal = opened(tmp_path)
    journal.link([Link("http://a.kh/1"), Link("http://a.kh/2"), Link("http://a.kh/robots.txt")])
    journal.commit()
    one, two = taken(journal)
    journal.keep(one, exchange(one.url), {})
    journal.commit()
    journal.keep(two, exchange(two.url), {})
    journal.link([Link("http://a.kh/3")])
    kill(journal, monkeypatch)
    with pytest.raises(Killed):
        journal.commit()
    del journal

    again = opened(tmp_path)
    assert [fetch.url for fetch in taken(again)] == ["http://a.kh/2"]
    for fetch in taken(again):
        again.keep(fetch, exchange(fetch.url), {})
    again.drop(Fetch("http://a.kh/3", 1, Site("http://a.kh")), "robots", {})
    again.commit()
    again.close()
    assert stored(tmp_path) == ["http://a.kh/1", "http://a.kh/2"]
    tallies = opened(tmp_path).frontier.tallies()
    assert tallies == [("dropped", "robots", 1, 0), ("kept", "", 2, 26), ("status", "200", 2, 26)]
