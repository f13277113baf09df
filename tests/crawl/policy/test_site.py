from __future__ import annotations

import pytest

from crawl.policy.site import MAX_AGE_SECONDS, Site, is_policy_file


def learnt(robots: tuple[int, bytes], tdmrep: bytes = b"", ai_txt: bytes = b"") -> Site:
    site = Site("http://a.kh")
    site.learn("robots", *robots)
    site.learn("tdmrep", 200, tdmrep)
    site.learn("ai_txt", 200, ai_txt)
    return site


@pytest.mark.parametrize(
    ("site", "refusal"),
    [
        (learnt((404, b"")), ""),
        (learnt((200, b"User-agent: *\nDisallow: /x")), "robots"),
        (learnt((503, b"")), "robots_unreachable"),
        (learnt((200, b"User-agent: *\nContent-Signal: ai-train=no")), "opt_out"),
        (learnt((404, b""), tdmrep=b'[{"location":"/x","tdm-reservation":1}]'), "opt_out"),
        (learnt((404, b""), ai_txt=b"User-agent: *\nDisallow: /x"), "opt_out"),
    ],
)
def test_verdicts(site, refusal):
    assert site.verdict("http://a.kh/x").refusal == refusal


def test_files_are_asked_for_one_after_the_other():
    site = Site("http://a.kh")
    asked = []
    while file := site.missing():
        asked.append(file)
        site.learn(file, 404, b"")
    assert asked == ["robots", "tdmrep", "ai_txt"]


@pytest.mark.parametrize(("status", "body"), [(503, b""), (200, b"User-agent: *\nDisallow: /")])
def test_nothing_more_is_asked_of_a_site_that_forbids_it(status, body):
    site = Site("http://a.kh")
    site.learn("robots", status, body)
    assert site.missing() is None


def test_what_is_known_grows_old():
    assert not Site("http://a.kh").is_old
    assert Site("http://a.kh", fetched_at=Site("x").fetched_at - MAX_AGE_SECONDS - 1).is_old


def test_links_to_policy_files_are_known():
    assert is_policy_file("http://a.kh/robots.txt")
    assert not is_policy_file("http://a.kh/x/robots.txt")
