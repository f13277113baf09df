from __future__ import annotations

import json
import time

from crawl.frontier import Link
from crawl.hosts import Fetch, Hosts
from crawl.journal import Journal
from crawl.stage import CrawlConfig

from .conftest import read_warcs


def queues(folder, *urls: str, **limits: object) -> tuple[Hosts, Journal]:
    journal = Journal(folder, 1 << 30, {})
    journal.link(Link(url) for url in urls)
    journal.commit()
    return Hosts(CrawlConfig(**({"run": "t", "delay": 0.0} | limits)), journal), journal


def answer(hosts: Hosts, fetch: Fetch, robots: bytes = b"") -> None:
    if fetch.kind != "page":
        fetch.site.learn(fetch.kind, 200, robots if fetch.kind == "robots" else b"")
    hosts.release(fetch)


def drained(hosts: Hosts, robots: bytes = b"") -> list[str]:
    """The pages asked for until nothing is left."""
    pages = []
    while hosts.ready_at is not None:
        while (fetch := hosts.next()) is not None:
            pages += [fetch.url] if fetch.kind == "page" else []
            answer(hosts, fetch, robots)
        time.sleep(0.002)
    return pages


def test_one_request_per_host_at_a_time_and_policy_first(tmp_path):
    hosts, _ = queues(tmp_path, "http://a.kh/1", "http://a.kh/2", "http://b.kh/1")
    first, second = hosts.next(), hosts.next()
    assert {first.url, second.url} == {"http://a.kh/robots.txt", "http://b.kh/robots.txt"}
    assert hosts.next() is None
    assert hosts.n_active == 2
    hosts.release(second)
    hosts.release(first)
    assert sorted(drained(hosts)) == ["http://a.kh/1", "http://a.kh/2", "http://b.kh/1"]


def test_a_host_waits_for_its_delay_and_another_does_not(tmp_path):
    hosts, _ = queues(tmp_path, "http://a.kh/1", "http://b.kh/1", delay=60.0)
    fetches = [hosts.next(), hosts.next()]
    before = time.monotonic()
    for fetch in fetches:
        answer(hosts, fetch)
    assert before + 60 <= hosts.ready_at <= time.monotonic() + 60
    assert hosts.next() is None


def test_a_sites_crawl_delay_counts_up_to_the_cap(tmp_path):
    for asked, waits in ((30, 30), (500, 60)):
        hosts, _ = queues(tmp_path / str(asked), "http://a.kh/1", max_crawl_delay=60.0)
        while (fetch := hosts.next()).kind != "page":
            answer(hosts, fetch, f"User-agent: *\nCrawl-delay: {asked}".encode())
        before = time.monotonic()
        answer(hosts, fetch)
        assert before + waits <= hosts.ready_at <= time.monotonic() + waits


def test_a_pages_retry_waits_and_comes_first(tmp_path):
    hosts, _ = queues(tmp_path, "http://a.kh/1", "http://a.kh/2")
    while (fetch := hosts.next()).kind != "page":
        answer(hosts, fetch)
    hosts.again(fetch, 0.01)
    assert hosts.next() is None
    time.sleep(0.011)
    assert hosts.next() is fetch


def test_the_budget_leaves_the_rest_in_the_frontier(tmp_path):
    urls = [f"http://a.kh/{i}" for i in range(300)]
    hosts, journal = queues(tmp_path, *urls, max_pages_per_host=250)
    assert drained(hosts) == urls[:250]
    assert journal.frontier.n_pending == 300


def test_refusals_are_written_down_without_asking(tmp_path):
    hosts, journal = queues(tmp_path, *(f"http://a.kh/{i}" for i in range(150)), "http://a.kh/x")
    assert drained(hosts, b"User-agent: *\nDisallow: /1\nDisallow: /x") == [
        f"http://a.kh/{i}" for i in range(150) if not str(i).startswith("1")
    ]
    journal.commit()
    journal.close()
    decisions = [json.loads(record.content) for record in read_warcs(tmp_path / "warc")[1:]]
    assert len(decisions) == 62
    assert {(d["decision"], d["reason"], d["robots"]) for d in decisions} == {
        ("dropped", "robots", "disallowed")
    }
