from __future__ import annotations

import time

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


HOUR = 3600.0


def aged(hours: float) -> Site:
    """A site that disallows /x and reserves /y, as it was learnt so long ago."""
    site = learnt((200, b"User-agent: *\nDisallow: /x"), tdmrep=b'[{"location":"/y","tdm-reservation":1}]')
    site.fetched_at -= hours * HOUR
    site.read_at -= hours * HOUR
    return site


def test_old_rules_serve_while_robots_txt_is_out_of_reach():
    old = aged(hours=30)
    site = old.renewed()
    assert (old.is_old, site.is_old, site.missing()) == (True, False, "robots")
    site.learn("robots", 503, b"")
    assert [site.verdict(f"http://a.kh/{path}").refusal for path in "xyz"] == ["robots", "opt_out", ""]
    assert (site.read_at, site.missing()) == (old.read_at, None)
    assert time.time() - site.fetched_at > MAX_AGE_SECONDS - 1.5 * HOUR, (
        "it is asked for again within the hour"
    )
    again = site.renewed()
    again.learn("robots", 0, b"")
    assert again.verdict("http://a.kh/z").refusal == ""


@pytest.mark.parametrize("hours", [31 * 24, 10_000])
def test_after_thirty_days_they_do_not(hours):
    site = aged(hours).renewed()
    site.learn("robots", 503, b"")
    assert site.verdict("http://a.kh/z").refusal == "robots_unreachable"


def test_new_rules_take_their_place():
    site = aged(hours=30).renewed()
    site.learn("robots", 404, b"")
    assert site.verdict("http://a.kh/x").refusal == ""
    assert site.missing() == "tdmrep"


def test_what_was_out_of_reach_serves_nobody():
    site = learnt((503, b"")).renewed()
    site.learn("robots", 503, b"")
    assert site.verdict("http://a.kh/z").refusal == "robots_unreachable"


def test_a_refusal_names_its_rule():
    verdict = learnt((200, b"User-agent: *\nDisallow: /a\nDisallow: /*.php$ # scripts")).verdict(
        "http://a.kh/x.php"
    )
    assert (verdict.robots, verdict.rule) == ("disallowed", "Disallow: /*.php$")


def test_links_to_policy_files_are_known():
    assert is_policy_file("http://a.kh/robots.txt")
    assert not is_policy_file("http://a.kh/x/robots.txt")


def test_files_of_the_future_are_old():
    """As a clock that is set back leaves them."""
    site = learnt((404, b""))
    site.fetched_at = time.time() + 2 * MAX_AGE_SECONDS
    assert site.is_old
