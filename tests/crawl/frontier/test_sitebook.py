from __future__ import annotations

import time

import pytest

from crawl.frontier import sitebook
from crawl.frontier.batch import Link
from crawl.frontier.sitebook import SiteBook
from crawl.journal import Journal, Part
from crawl.policy.site import MAX_AGE_SECONDS


@pytest.fixture
def journal(tmp_path):
    opened = Journal(tmp_path, Part(), 1 << 30, {})
    yield opened
    opened.close()


def learnt(journal: Journal, book: SiteBook, origin: str, robots: bytes = b"User-agent: *\nDisallow: /no\n"):
    site = book[origin]
    for file, body in (("robots", robots), ("tdmrep", b""), ("ai_txt", b"")):
        site.learn(file, 200, body)
    journal.learnt(site)
    return site


def test_a_site_is_known_before_and_after_a_commit(journal):
    book = SiteBook(journal)
    assert book["http://a.kh"].missing() == "robots"
    site = learnt(journal, book, "http://a.kh")
    assert book["http://a.kh"] is site
    assert SiteBook(journal)["http://a.kh"] is site
    journal.link([Link("http://a.kh/")])
    journal.commit()
    assert SiteBook(journal)["http://a.kh"] == site
    assert not site.verdict("http://a.kh/x").refusal
    assert site.verdict("http://a.kh/no").refusal == "robots"


def test_what_is_old_is_asked_for_again(journal):
    book = SiteBook(journal)
    learnt(journal, book, "http://a.kh").fetched_at = time.time() - MAX_AGE_SECONDS - 1
    assert book["http://a.kh"].missing() == "robots"


def test_memory_is_bounded_and_nothing_is_forgotten(journal, monkeypatch):
    monkeypatch.setattr(sitebook, "MAX_BYTES", 5 * sitebook.SITE_BYTES)
    book = SiteBook(journal)
    for n in range(20):
        learnt(journal, book, f"http://h{n}.kh", b"")
    assert len(book._sites) <= 5
    assert all(book[f"http://h{n}.kh"].missing() is None for n in range(20))
    learnt(journal, book, "http://large.kh", b"User-agent: *\n" + b"Disallow: /x\n" * 1000)
    for origin in ("http://large.kh", "http://h0.kh"):
        assert book[origin].missing() is None
    assert "http://large.kh" not in book._sites
    assert book["http://large.kh"].verdict("http://large.kh/x").refusal == "robots"
