"""URLs that never end or that do something, and those that look like it and are pages."""

from __future__ import annotations

import time

import pytest

from crawl.discovery.traps import trap

NEXT = time.gmtime().tm_year + 1


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("", ""),
        ("km/news/2024/05/12/title", ""),
        ("a/" * 21, "deep_path"),
        ("%E1%9E%80" * 100, ""),
        ("x" * 1001, "deep_path"),
        ("a/b/a/b", "repeating_path"),
        ("x/en/news/en/news/y", "repeating_path"),
        ("a/b/c/d/a/b/c/d", "repeating_path"),
        ("a/x/a/y/a/z/a", "repeating_path"),
        ("a/a/a", ""),
        ("2024/05/05/title", ""),
        ("1/1/1/x", ""),
        ("news/title?replytocom=7", "action"),
        ("news/title?share=facebook", "action"),
        ("shop/?add-to-cart=12", "action"),
        ("wiki/ភ្នំពេញ?action=edit&section=2", "action"),
        ("w/index.php?title=x&oldid=5", "action"),
        ("w/index.php?title=x&action=history", "action"),
        ("wp-login.php?redirect_to=x", "action"),
        ("wp-admin/", "action"),
        ("user/login?destination=/x", "action"),
        ("km/login", "action"),
        ("login-to-the-new-system", ""),
        ("checkout/", "action"),
        ("cartography/", ""),
        ("x?action=view", ""),
        ("x?shared=1", ""),
        ("cdn-cgi/l/email-protection", "action"),
        ("x?a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8", ""),
        ("x?a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8&i=9", "many_parameters"),
        ("x?f=1&f=2", ""),
        ("x?f=1&f=2&f=3", "many_parameters"),
        ("?s=សាលា", "search"),
        ("km/?search=x&page=2", "search"),
        ("search/rice/page/2", "search"),
        ("search/", ""),
        ("x?news=1", ""),
        (f"calendar/{NEXT}/05/", ""),
        (f"calendar/{NEXT + 1}/05/", "calendar"),
        ("calendar/1989/05/", "calendar"),
        ("calendar/1990/05/", ""),
        ("events/month/2099-01/", "calendar"),
        ("events/?tribe-bar-date=2099-01-05", "calendar"),
        ("x?month=5&year=2099", "calendar"),
        ("archive/2099/", "calendar"),
        ("history/1863/the-protectorate", ""),
        ("events/12024/title", ""),
        ("article/2099123", ""),
    ],
)
def test_traps(path, reason):
    assert trap(f"https://a.kh/{path}") == reason
