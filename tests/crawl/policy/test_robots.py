"""RFC 9309, section by section."""

from __future__ import annotations

import pytest

from crawl.policy.robots import MAX_BYTES, Robots

DENY = b"User-agent: *\nDisallow: /\n"


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (200, b"", "allowed"),
        (200, DENY, "disallowed"),
        (204, b"", "allowed"),
        (301, DENY, "absent"),  # 2.3.1.2: after more redirects than are followed
        (401, DENY, "absent"),  # 2.3.1.3
        (403, DENY, "absent"),
        (404, DENY, "absent"),
        (410, DENY, "absent"),
        (429, b"", "unreachable"),  # stricter than the RFC
        (500, b"", "unreachable"),  # 2.3.1.4
        (503, b"", "unreachable"),
        (0, b"", "unreachable"),  # no answer
    ],
)
def test_states(status, body, verdict):
    assert Robots.of_response(status, body).verdict("http://a.kh/x") == verdict


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("Disallow: /x", "/x/y", False),
        ("Disallow: /x", "/X", True),  # 2.2.2: case matters
        ("Disallow: /x\nAllow: /x/y", "/x/y", True),  # the longest match
        ("Disallow: /x\nAllow: /x", "/x", True),  # of equals, the one that allows
        ("Disallow: /*.php$", "/a.php", False),  # 2.2.3
        ("Disallow: /*.php$", "/a.php?x", True),
        ("Disallow: /ព័ត៌មាន", "/%E1%9E%96%E1%9F%90%E1%9E%8F%E1%9F%8C%E1%9E%98%E1%9E%B6%E1%9E%93", False),
        ("Disallow:", "/x", True),
    ],
)
def test_rules(rules, path, allowed):
    robots = Robots.of_response(200, f"User-agent: *\n{rules}\n".encode())
    assert robots.verdict(f"http://a.kh{path}") == ("allowed" if allowed else "disallowed")


def test_our_group_beats_that_of_all():
    robots = Robots.of_response(
        200, b"User-agent: *\nDisallow: /\n\nUser-Agent: sastrabot\nDisallow: /x\nCrawl-delay: 7\n"
    )
    assert robots.verdict("http://a.kh/") == "allowed"
    assert robots.verdict("http://a.kh/x") == "disallowed"
    assert robots.crawl_delay == 7.0


def test_what_stands_beyond_500_kib_is_not_read():
    padding = b"#" + b"x" * MAX_BYTES + b"\n"
    assert (
        Robots.of_response(200, b"User-agent: *\n" + padding + b"Disallow: /\n").verdict("http://a.kh/")
        == "allowed"
    )
    assert (
        Robots.of_response(200, b"User-agent: *\nDisallow: /\n" + padding).verdict("http://a.kh/")
        == "disallowed"
    )


def test_bytes_that_are_not_utf_8_do_no_harm():
    body = b"\xef\xbb\xbfUser-agent: *\n# \xff\xfe\nDisallow: /x\n"
    assert Robots.of_response(200, body).verdict("http://a.kh/x") == "disallowed"
