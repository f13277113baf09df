from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from contextlib import closing

import pytest

from corpus.errors import StageError
from crawl.frontier.batch import Link
from crawl.frontier.mail import Post, at_work, unread
from crawl.journal import Journal, Part
from tests.crawl.conftest import HOUSE, html

N_HOSTS = 6
TWO = (Part(0, 2), Part(1, 2))


def linked_hosts(web, n_pages: int) -> list[str]:
    """Hosts that link to each other on every page; returns what a crawl of all of them stores."""
    for host in range(N_HOSTS):
        web.pages[f"h{host}.test/"] = html(f"http://h{(host + 1) % N_HOSTS}.test/", "/p0")
        for page in range(n_pages):
            after = f"/p{(page + 1) % n_pages}"
            web.pages[f"h{host}.test/p{page}"] = html(after, f"http://h{(host + 2) % N_HOSTS}.test{after}")
    beside = ("robots.txt", "ai.txt", ".well-known/tdmrep.json", "sitemap.xml")
    return sorted({*web.pages, *(f"h{host}.test/{file}" for host in range(N_HOSTS) for file in beside)})


def owner(url: str) -> int:
    return Part(0, 2).owner(url.partition("/")[0])


def test_parts_find_each_others_hosts_one_after_the_other(web, crawl):
    wanted = linked_hosts(web, 4)
    assert {owner(url) for url in wanted} == {0, 1}
    words = ["seeds=[http://h0.test/]", "hosts=['*.test']", "partitions=2", "workers=1"]
    assert crawl(*words).returncode == 0
    responses = crawl.responses()
    assert sorted(responses) == wanted
    assert max(web.asked.values()) == 1
    for number in range(2):
        names = {path.name for path in (crawl.folder / "warc").glob(f"crawl-{number:02d}-*.warc.gz")}
        assert names == {f"crawl-{number:02d}-00000.warc.gz"}
    manifest = crawl.manifest()
    assert crawl.ledger() == {("in", ""): len(wanted), ("kept", ""): len(wanted)}
    assert manifest["facts"]["hosts"] == N_HOSTS
    assert "nothing to do" in crawl(*words).stdout


def test_parts_side_by_side_lose_nothing_by_kill_9(web, crawl):
    wanted = linked_hosts(web, 12)
    words = ["seeds=[http://h0.test/]", "hosts=['*.test']", "partitions=2", "workers=2", "delay=0.03"]
    process = subprocess.Popen(crawl.command(*words), cwd=HOUSE, stdout=subprocess.DEVNULL)
    while web.asked.total() < 50 and process.poll() is None:
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert crawl(*words).returncode == 0
    assert sorted(crawl.responses()) == wanted


def journals(folder) -> list[Journal]:
    return [Journal(folder, part, 1 << 30, {}) for part in TWO]


def test_a_letter_is_read_once_and_lasts_until_then(tmp_path):
    url = next(f"http://h{n}.test/" for n in range(99) if owner(f"h{n}.test/") == 1)
    sender, reader = journals(tmp_path)
    sender.link([Link(url, 3, is_khmer=True)])
    post = Post(tmp_path, reader)
    assert not post.fetch()
    sender.commit()
    assert unread(tmp_path, TWO[1], TWO[0]) == [(1, Link(url, 3, 0, "page", True))]
    assert post.may_come()
    assert post.fetch()
    assert unread(tmp_path, TWO[1], TWO[0]), "as long as the reader has not committed"
    reader.commit()
    assert not unread(tmp_path, TWO[1], TWO[0])
    assert not post.may_come()
    assert reader.frontier.n_pending == 1
    sender.link([Link(url)])
    sender.commit()
    assert not post.fetch(), "the same link is not sent twice"


def test_a_part_at_work_may_send_until_it_is_idle(tmp_path):
    one, other = journals(tmp_path)
    post = Post(tmp_path, other)
    assert not post.may_come()
    with at_work(tmp_path, TWO[0]):
        assert post.may_come()
        own = Post(tmp_path, one)
        own.tell(is_idle=True)
        assert not post.may_come()
        own.tell(is_idle=False)
        assert post.may_come()
    assert not post.may_come()


def test_a_crawl_is_not_dealt_anew(tmp_path):
    Journal(tmp_path, TWO[0], 1 << 30, {}).close()
    with pytest.raises(StageError, match="2 partitions, got 3"):
        Journal(tmp_path, Part(0, 3), 1 << 30, {})


def test_a_part_that_has_no_tables_yet_has_sent_nothing(tmp_path):
    (tmp_path / TWO[0].frontier).touch()
    (tmp_path / TWO[1].frontier).touch()
    assert unread(tmp_path, *TWO) == []


def test_a_damaged_part_is_named(tmp_path):
    for journal in journals(tmp_path):
        journal.close()
    path = tmp_path / TWO[0].frontier
    path.write_bytes(b"no database at all. " * 500)
    with pytest.raises(StageError, match=r"frontier-00\.sqlite: file is not a database"):
        unread(tmp_path, TWO[1], TWO[0])


def test_what_a_killed_round_had_left_is_crawled_when_the_mail_is_read(web, crawl):
    """As if it was killed in a round of which other rounds' receipts tell, its mail read and committed."""
    wanted = linked_hosts(web, 4)
    words = ["seeds=[http://h0.test/]", "hosts=['*.test']", "partitions=2", "workers=1"]
    assert crawl(*words).returncode == 0
    (crawl.folder / "manifest.json").unlink()
    for number in range(2):
        with closing(sqlite3.connect(crawl.folder / TWO[number].frontier)) as database:
            database.execute("UPDATE url SET state = 0 WHERE url LIKE '%/p1'")
            database.commit()
    before = web.asked.total()
    assert crawl(*words).returncode == 0
    assert web.asked.total() == before + len([url for url in wanted if url.endswith("/p1")])
    assert crawl.manifest()["facts"]["pending"] == 0
