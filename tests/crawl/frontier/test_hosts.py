from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

from crawl.config import CrawlConfig
from crawl.frontier.batch import Link
from crawl.frontier.fetch import Fetch
from crawl.frontier.hosts import Hosts
from crawl.journal import Journal, Part
from tests.crawl.conftest import read_warcs

PAGE_BYTES = 10_000


def queues(folder: Path, *links: str | Link, **limits: object) -> tuple[Hosts, Journal]:
    journal = Journal(folder, Part(), 1 << 30, {})
    journal.link(Link(link) if isinstance(link, str) else link for link in links)
    journal.commit()
    return Hosts(CrawlConfig(**({"run": "t", "delay": 0.0} | limits)), journal), journal


def answer(hosts: Hosts, fetch: Fetch, robots: bytes = b"", n_khmer: int = 0) -> None:
    if fetch.is_policy:
        fetch.site.learn(fetch.kind, 200, robots if fetch.kind == "robots" else b"")
    else:
        hosts.gain(fetch, PAGE_BYTES, n_khmer)
    hosts.release(fetch)


def first_page(hosts: Hosts, robots: bytes = b"") -> Fetch:
    """The next page asked for, all policy files before it answered."""
    while (fetch := hosts.next()).is_policy:
        answer(hosts, fetch, robots)
    return fetch


def drained(hosts: Hosts, robots: bytes = b"", khmer: str = "/") -> list[str]:
    """The pages asked for until nothing is left; those with `khmer` in their URL hold text."""
    pages = []
    while hosts.ready_at is not None:
        while (fetch := hosts.next()) is not None:
            pages += [] if fetch.is_policy else [fetch.url]
            answer(hosts, fetch, robots, 2000 if khmer in fetch.url else 0)
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
        fetch = hosts.next()
        before = time.monotonic()
        answer(hosts, fetch, f"User-agent: *\nCrawl-delay: {asked}".encode())
        assert before + waits <= hosts.ready_at <= time.monotonic() + waits


def test_a_slow_answer_is_waited_after(tmp_path):
    hosts, _ = queues(tmp_path, "http://a.kh/1")
    fetch, before = hosts.next(), time.monotonic()
    hosts.release(fetch, 3.0)
    assert before + 15 <= hosts.ready_at <= time.monotonic() + 15


def test_a_pause_is_of_the_host_and_lasts_over_a_restart(tmp_path):
    hosts, journal = queues(tmp_path, "http://a.kh/1", "http://b.kh/1", patience=100.0)
    fetch = hosts.next()
    hosts.fail(fetch, 50.0, "http_503")
    assert hosts.n_failures(fetch) == 1
    other = hosts.next()
    assert {other.host, fetch.host} == {1, 2}
    hosts.release(other)
    hosts.fail(hosts.next(), 5000.0, "http_429")
    assert hosts.ready_at > time.monotonic() + 40
    assert hosts.n_paused == 1
    journal.commit()
    journal.close()
    again, journal = queues(tmp_path, patience=100.0)
    assert 40 < again.ready_at - time.monotonic() <= 50
    assert (again.n_paused, again.next()) == (1, None)
    assert [(row.n_failures, row.why) for row in journal.frontier.hosts()] == [
        (1, "http_503"),
        (1, "http_429"),
    ]
    assert Hosts(CrawlConfig(run="t", patience=9000.0), journal).n_paused == 0


def test_what_is_put_back_comes_after_the_others_and_is_not_lost(tmp_path):
    hosts, journal = queues(tmp_path, *(f"http://a.kh/{n}" for n in range(1, 4)))
    fetch = first_page(hosts)
    assert fetch.url == "http://a.kh/1"
    fetch.tries = 1
    hosts.put_back(fetch)
    hosts.release(fetch)
    assert drained(hosts) == ["http://a.kh/2", "http://a.kh/3", "http://a.kh/1"]
    journal.commit()
    assert [tries for (tries,) in journal.frontier.rows("SELECT tries FROM url ORDER BY seq")] == [1, 0, 0]


def test_the_budget_leaves_the_rest_in_the_frontier(tmp_path):
    urls = [f"http://a.kh/{i}" for i in range(300)]
    hosts, journal = queues(tmp_path, *urls, max_pages_per_host=250)
    assert drained(hosts) == urls[:250]
    assert journal.frontier.n_pending == 300


def test_a_host_without_khmer_text_is_parked_after_its_trial(tmp_path):
    urls = [f"http://{host}.kh/{i}" for i in range(40) for host in "ab"]
    hosts, journal = queues(tmp_path, *urls, trial_pages=10, min_yield=0.005)
    pages = drained(hosts, khmer="a.kh")
    assert sum("a.kh" in url for url in pages) == 40
    assert sum("b.kh" in url for url in pages) == 10
    assert hosts.n_parked == 1
    journal.commit()
    assert [row.is_parked for row in journal.frontier.hosts()] == [0, 1]
    again = Hosts(CrawlConfig(run="t", delay=0.0), journal)
    assert again.n_parked == 1
    assert not any("b.kh" in url for url in drained(again))


def test_a_lane_that_brings_nothing_new_is_parked_alone(tmp_path):
    urls = [f"http://a.kh/{kind}/{i}" for i in range(60) for kind in ("news", "trap")]
    hosts, journal = queues(tmp_path, *urls, trial_pages=1000, lane_pages=20)
    pages = drained(hosts, khmer="news")
    assert sum("news" in url for url in pages) == 60
    assert sum("trap" in url for url in pages) == 20
    assert hosts.n_parked == 0
    journal.commit()
    assert {row.shape: row.is_parked for row in journal.frontier.lanes()} == {"/news/N": 0, "/trap/N": 1}


def test_a_lane_that_leads_to_text_goes_on(tmp_path):
    lists = [Link(f"http://a.kh/list/{i}") for i in range(60)]
    hosts, journal = queues(tmp_path, *lists, trial_pages=1000, lane_pages=20)
    [lane] = [row.id for row in journal.frontier.lanes()]
    journal.link(Link(f"http://a.kh/read/{i}", via=lane) for i in range(60))
    hosts.grow(journal.commit())
    pages = drained(hosts, khmer="read")
    assert sum("list" in url for url in pages) == 60
    journal.commit()
    assert next(row for row in journal.frontier.lanes()).credit > 0


def test_no_more_hosts_are_asked_than_may_be(tmp_path):
    hosts, _ = queues(tmp_path, *(f"http://{host}.kh/" for host in "abcd"), concurrency=2)
    fetch = hosts.next()
    assert hosts.next() is not None
    assert hosts.next() is None
    answer(hosts, fetch)
    assert hosts.next() is not None


def test_the_lane_with_the_best_yield_comes_first(tmp_path):
    urls = [f"http://a.kh/{kind}/{i}" for i in range(20) for kind in ("poor", "rich")]
    hosts, _ = queues(tmp_path / "yield", *urls)
    pages = drained(hosts, khmer="rich")
    assert sum("rich" in url for url in pages[:22]) == 20
    breadth, _ = queues(tmp_path / "breadth", *urls, order="breadth")
    assert drained(breadth, khmer="rich") == urls


def test_khmer_links_come_before_foreign_ones(tmp_path):
    links = [Link(f"http://a.kh/{language}/{i}") for i in range(5) for language in ("en", "km")]
    hosts, _ = queues(tmp_path, *links)
    assert ["km" in url for url in drained(hosts)] == [True] * 5 + [False] * 5


def test_sitemaps_come_first_as_long_as_few_pages_wait(tmp_path):
    pages = [Link(f"http://a.kh/{i}") for i in range(3)]
    sitemaps = [Link(f"http://a.kh/sitemap-{i}.xml", kind="sitemap") for i in range(3)]
    hosts, _ = queues(tmp_path / "few", *pages, *sitemaps)
    assert ["sitemap" in url for url in drained(hosts)] == [True] * 3 + [False] * 3
    many = [Link(f"http://a.kh/{i}") for i in range(520)]
    hosts, _ = queues(tmp_path / "many", *many, *sitemaps)
    asked = drained(hosts)
    assert not any("sitemap" in url for url in asked[:15])
    assert sum("sitemap" in url for url in asked) == 3


def test_of_two_hosts_the_better_one_is_asked_first(tmp_path):
    hosts, _ = queues(tmp_path, *(f"http://{host}.kh/{i}" for i in range(30) for host in "ab"))
    for _ in range(20):
        fetch = hosts.next()
        answer(hosts, fetch, n_khmer=3000 if "b.kh" in fetch.url else 0)
    time.sleep(0.02)
    assert "b.kh" in hosts.next().url


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


def test_a_host_that_must_not_be_asked_has_its_urls_dropped(tmp_path):
    hosts, journal = queues(tmp_path, "http://a.kh/1", "http://a.kh/2", "http://b.kh/1")
    fetch = hosts.next()
    hosts.refuse(fetch, "private_address")
    host = {1: "a.kh", 2: "b.kh"}[3 - fetch.host]
    assert all(host in url for url in drained(hosts))
    journal.commit()
    dropped = [(name, n) for kind, name, n, _ in journal.frontier.tallies() if kind == "dropped"]
    assert dropped == [("private_address", 2 if host == "b.kh" else 1)]


def test_what_a_commit_covers_leaves_the_queue(tmp_path):
    hosts, journal = queues(tmp_path, *(f"http://a.kh/{n}" for n in range(4)))
    fetch = first_page(hosts)
    journal.cover(fetch, [Link("http://a.kh/1"), Link("http://a.kh/3"), Link("http://a.kh/9")])
    hosts.grow(journal.commit())
    answer(hosts, fetch)
    journal.link([Link("http://a.kh/9"), Link("http://a.kh/10")])
    hosts.grow(journal.commit())
    assert drained(hosts) == ["http://a.kh/2", "http://a.kh/10"]


def test_a_host_fails_when_urls_of_it_fail_one_after_the_other(tmp_path):
    hosts, _ = queues(tmp_path, *(f"http://a.kh/{n}" for n in range(20)), patience=10.0)
    fetch = first_page(hosts)
    for n in range(1, 6):
        assert not hosts.is_failing(fetch)
        for tries in range(2):
            fetch.tries = tries
            hosts.fail(fetch, 0.0, "http_500")
            time.sleep(0.011)
            fetch = hosts.next()
        assert hosts.n_failures(fetch) == 2 * n
    assert hosts.is_failing(fetch)
    hosts.release(fetch)
    assert not hosts.is_failing(fetch)


def test_a_url_that_is_put_back_keeps_its_tries_before_a_commit_too(tmp_path):
    hosts, _ = queues(tmp_path, "http://a.kh/1")
    fetch = first_page(hosts)
    for tries in range(1, 4):
        fetch.tries = tries
        hosts.put_back(fetch)
        hosts.fail(fetch, 0.0, "http_500")
        while (again := hosts.next()) is None:
            time.sleep(0.002)
        fetch = again
        assert fetch.tries == tries
    assert hosts.n_failures(fetch) == 3
    assert not hosts.is_failing(fetch), "it is one URL that fails"


def test_who_is_named_by_many_redirects_is_asked_once_at_a_time(tmp_path):
    hosts, _ = queues(tmp_path, *(f"http://{name}.kh/" for name in ("a", "b", "c")), delay=0.05)
    fetches = [hosts.next() for _ in range(3)]
    for fetch in fetches[:2]:
        hosts.again(replace(fetch, url="http://c.kh/policy"))
    assert hosts.next() is None, "c.kh is being asked itself"
    hosts.release(fetches[2])
    asked = []
    while len(asked) < 2:
        fetch = hosts.next()
        if fetch is None:
            time.sleep(0.01)
        elif fetch.url == "http://c.kh/policy":
            beside = hosts.next()
            assert beside is None or "://c.kh" not in beside.url, "neither for another nor for itself"
            asked.append(fetch.site.origin)
            if beside is not None:
                hosts.release(beside)
            answer(hosts, fetch)
        else:
            hosts.release(fetch)
    assert sorted(asked) == ["http://a.kh", "http://b.kh"]


def test_who_is_paused_for_long_is_not_asked_for_others_either(tmp_path):
    hosts, journal = queues(tmp_path, "http://a.kh/", "http://b.kh/", patience=1.0)
    fetches = {fetch.site.origin: fetch for fetch in (hosts.next(), hosts.next())}
    hosts.fail(fetches["http://b.kh"], 5000.0, "http_429")
    hosts.again(replace(fetches["http://a.kh"], url="http://b.kh/policy"))
    assert hosts.next() is None
    assert (hosts.n_paused, hosts.ready_at) == (2, None)
    journal.commit()
    assert [row.why for row in journal.frontier.hosts()] in (
        ["redirect", "http_429"],
        ["http_429", "redirect"],
    )


def test_a_clock_that_was_wrong_costs_a_day_at_most(tmp_path):
    hosts, journal = queues(tmp_path, "http://a.kh/")
    fetch = hosts.next()
    hosts.fail(fetch, 50.0, "http_503")
    [row] = [hosts._hosts[fetch.host].kept()]
    journal.note_host(row._replace(paused_until=time.time() + 1e9))
    journal.commit()
    assert Hosts(CrawlConfig(run="t", patience=86401.0), journal).ready_at <= time.monotonic() + 86400


def test_sitemaps_without_end_neither_starve_pages_nor_go_on(tmp_path):
    sitemaps = [Link(f"http://a.kh/sitemap{n}.xml", kind="sitemap") for n in range(400)]
    pages = [Link(f"http://a.kh/{n}") for n in range(60)]
    hosts, _ = queues(tmp_path, *sitemaps, *pages, trial_pages=1000, lane_pages=100)
    asked = drained(hosts)
    first_pages = [at for at, url in enumerate(asked) if "sitemap" not in url]
    assert len(first_pages) == 60
    assert max(first_pages) < 160
    assert len(asked) - 60 <= 101
