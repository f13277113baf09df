"""Lines and the crawlers that they address; the table of cases is the suite's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawl.policy.agents import AI_AGENTS
from crawl.policy.groups import Line, read_groups, token_of
from crawl.policy.robots import Robots

NAMES = st.sampled_from(["user-agent", "disallow", "allow", "crawl-delay", "sitemap", "x", "content-signal"])
VALUES = st.sampled_from(["*", "SastraBot", "GPTBot", "/", "/x", "", "5", "ai-train=no", "#"])


def test_lines_are_kept_in_order_with_their_values_as_written():
    groups = read_groups("User-agent: A\nAllow: /Y\nContent-Signal: ai-train=no\nDisallow: /Z", ["A"])
    assert groups.binding("a") == [
        Line("allow", "/Y"),
        Line("content-signal", "ai-train=no"),
        Line("disallow", "/Z"),
    ]


def test_groups_of_others_are_not_kept():
    groups = read_groups("User-agent: other\nDisallow: /\n", ["A"])
    assert groups.lines == {}
    assert not groups.names("other")


@pytest.mark.parametrize(
    ("value", "token"),
    [
        ("SastraBot", "sastrabot"),
        ("SastraBot/1.0 (+https://a.kh)", "sastrabot"),
        ("Kangaroo Bot", "kangaroo"),
        ("* # all", "*"),
        ("", ""),
        ("(x)", ""),
    ],
)
def test_tokens(value, token):
    assert token_of(value) == token


def test_no_two_crawlers_share_a_token():
    tokens = [token_of(agent) for agent in AI_AGENTS]
    assert len(set(tokens)) == len(tokens)
    assert not {"*", "", "spider", "bot", "crawler", "sastrabot"} & set(tokens)


@given(st.lists(st.tuples(NAMES, VALUES), max_size=20), st.sampled_from(["\n", "\r", "\r\n", "\n\n"]))
def test_ends_of_lines_and_case_make_no_difference(lines, end):
    plain = "\n".join(f"{name}: {value}" for name, value in lines)
    other = end.join(f"  {name.upper()}\t:{value}  " for name, value in lines)
    assert read_groups(plain, ["SastraBot", "GPTBot"]) == read_groups(other, ["SastraBot", "GPTBot"])


@given(st.integers(0, 600), st.binary(max_size=300))
def test_any_answer_is_read(status, body):
    robots = Robots.of_response(status, body)
    assert robots.verdict("http://a.kh/x") in ("allowed", "absent", "disallowed", "unreachable")
    assert robots.crawl_delay >= 0
    assert all(robots.sitemaps)


@pytest.mark.parametrize(
    "body",
    [
        b"".join(b"User-agent: a%d\n" % n for n in range(40_000)) + b"Disallow: /\n" * 1000,
        b"User-agent: *\n" + b"Disallow: /" + b"*a" * 200_000 + b"\n",
        b"User-agent: *\n" + b"".join(b"Disallow: /%d/*x$\n" % n for n in range(30_000)),
        b"\n" * 600_000,
        b":" * 600_000,
        b"User-agent" * 60_000,
        b"\xe1\x9e" * 300_000,
    ],
    ids=["crawlers", "stars", "rules", "empty lines", "colons", "no colon", "broken letters"],
)
def test_a_hostile_file_is_read_in_linear_time(body):
    robots = Robots.of_response(200, body)
    assert robots.verdict("http://a.kh/" + "a" * 2000) == "allowed"
