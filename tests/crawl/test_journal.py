from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from corpus.errors import StageError
from crawl.frontier.batch import Link
from crawl.frontier.fetch import Fetch
from crawl.frontier.recrawl import first_visit
from crawl.journal import Journal, Part
from crawl.policy.site import Site
from crawl.warc import Exchange
from tests.crawl.conftest import read_warcs


def exchange(url: str) -> Exchange:
    return Exchange(
        url, datetime.now(UTC), "", b"GET / HTTP/1.1\r\n\r\n", 200, b"HTTP/1.1 200 OK", (), url.encode()
    )


def opened(folder: Path) -> Journal:
    return Journal(folder, Part(), 1 << 30, {})


def taken(journal: Journal) -> list[Fetch]:
    """What a start would fetch."""
    pending = [p for lane in journal.frontier.lanes() for p in journal.frontier.pending(lane.id, 0, 99)]
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
    journal.keep(one, exchange(one.url), {}, None)
    journal.commit()
    journal.keep(two, exchange(two.url), {}, None)
    journal.link([Link("http://a.kh/3")])
    kill(journal, monkeypatch)
    with pytest.raises(Killed):
        journal.commit()
    del journal

    again = opened(tmp_path)
    assert [fetch.url for fetch in taken(again)] == ["http://a.kh/2"]
    for fetch in taken(again):
        again.keep(fetch, exchange(fetch.url), {}, None)
    again.drop(Fetch("http://a.kh/3", 1, Site("http://a.kh")), "robots", {})
    again.commit()
    again.close()
    assert stored(tmp_path) == ["http://a.kh/1", "http://a.kh/2"]
    tallies = opened(tmp_path).frontier.tallies()
    assert tallies == [
        ("dropped", "robots", 1, 0),
        ("kept", "", 2, 26),
        ("kind", "page", 2, 26),
        ("status", "200", 2, 26),
    ]


def test_links_to_hosts_of_another_part_go_into_the_mail(tmp_path):
    urls = [f"http://{host}.kh/" for host in "abcdef"]
    parts = [Part(number, 2) for number in range(2)]
    kept = []
    for part in parts:
        journal = Journal(tmp_path, part, 1 << 30, {})
        journal.link(map(Link, urls))
        journal.commit()
        kept.append({fetch.url for fetch in taken(journal)})
        sent = journal.frontier.rows("SELECT partition, url FROM outbox")
        assert {(1 - part.number, url) for url in urls if url not in kept[-1]} == set(sent)
        journal.close()
    assert kept[0] | kept[1] == set(urls)
    assert not kept[0] & kept[1]
    assert all(kept)


def test_a_revisit_refers_to_what_is_stored(tmp_path):
    journal = opened(tmp_path)
    journal.link([Link("http://a.kh/1")])
    journal.commit()
    [fetch] = taken(journal)
    first = exchange(fetch.url)
    visit = first_visit(first, is_listing=False)
    journal.keep(fetch, first, {}, visit)
    journal.commit()
    fetch.visit = visit
    for status in (200, 304):
        journal.revisit(fetch, replace(first, status=status), {}, visit)
    journal.commit()
    tallies = journal.frontier.tallies()
    journal.close()
    response, *revisits = [r for r in read_warcs(tmp_path / "warc") if r.kind in ("response", "revisit")]
    assert [r.headers["WARC-Profile"].rpartition("/")[2] for r in revisits] == [
        "identical-payload-digest",
        "server-not-modified",
    ]
    for revisit in revisits:
        assert revisit.headers["WARC-Refers-To-Date"] == response.headers["WARC-Date"]
        assert revisit.headers["WARC-Payload-Digest"] == response.headers["WARC-Payload-Digest"]
    assert [t for t in tallies if t[0] in ("kept", "dropped")] == [
        ("dropped", "unchanged", 2, 26),
        ("kept", "", 1, 13),
    ]


def test_a_frontier_that_is_lost_does_not_cut_the_warc(tmp_path):
    written = tmp_path / "warc" / "crawl-00-00000.warc.gz"
    Journal(tmp_path, Part(), 1 << 30, {}).close()
    written.write_bytes(b"records")
    Journal(tmp_path, Part(), 1 << 30, {}).close()
    assert written.read_bytes() == b"", "nothing was committed"
    written.write_bytes(b"records")
    (tmp_path / Part().frontier).unlink()
    for _ in range(2):
        with pytest.raises(StageError, match="it is lost"):
            Journal(tmp_path, Part(), 1 << 30, {})
    assert written.read_bytes() == b"records"


def test_the_frontier_of_another_partition_is_refused(tmp_path):
    Journal(tmp_path, Part(1, 2), 1 << 30, {}).close()
    (tmp_path / "frontier-01.sqlite").rename(tmp_path / "frontier-00.sqlite")
    with pytest.raises(StageError, match="frontier of partition 1"):
        Journal(tmp_path, Part(0, 2), 1 << 30, {})
