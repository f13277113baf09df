"""Which statement of a site decides and what its evidence says; the table of cases is the suite's."""

from __future__ import annotations

import json

import pytest

from crawl.policy.reservations import SiteFiles, site_signals


def said(url: str = "https://a.kh/news/1", **files: str) -> list[tuple[str, str]]:
    return [(found.name, found.evidence) for found in site_signals(url, SiteFiles(**files))]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"robots": "User-agent: *\nContent-Signal: ai-train=no"},
            ("content-signal: ai-train=no", "robots.txt: content-signal: ai-train=no"),
        ),
        (
            {"robots": "User-agent: GPTBot\nDisallow: /shop\nDisallow: /news"},
            ("robots.txt: GPTBot", "robots.txt, GPTBot: Disallow: /news"),
        ),
        (
            {"ai_txt": "User-agent: *\nDisallow: *.html"},
            ("ai.txt: disallow", "ai.txt, SastraBot: Disallow: *.html"),
        ),
        ({"ai_txt": "User-agent: CCBot\nDisallow: /"}, ("ai.txt: disallow", "ai.txt, CCBot: Disallow: /")),
        ({"ai_txt": "Training: deny"}, ("ai.txt: training", "ai.txt: Training: deny")),
    ],
)
def test_evidence(files, expected):
    assert said(**files) == [expected]


def test_the_policy_of_a_reservation_is_kept_as_evidence():
    rule = {"location": "/", "tdm-reservation": 1, "tdm-policy": "https://a.kh/policy.json"}
    [(name, evidence)] = said(tdmrep=json.dumps([rule]))
    assert name == "tdmrep.json: 1"
    assert "https://a.kh/policy.json" in evidence


def test_every_statement_is_told():
    found = said(
        robots="User-agent: *\nContent-Signal: ai-train=no\n\nUser-agent: GPTBot\nDisallow: /",
        tdmrep='[{"location": "/", "tdm-reservation": 1}]',
        ai_txt="User-agent: *\nDisallow: /\n",
    )
    assert [name for name, _ in found] == [
        "content-signal: ai-train=no",
        "tdmrep.json: 1",
        "robots.txt: GPTBot",
        "ai.txt: disallow",
    ]


@pytest.mark.parametrize(
    "url", ["https://a.kh/", "https://a.kh/news", "https://a.kh/news/?p=1", "https://a.kh/a.html"]
)
def test_every_page_is_a_file_of_html(url):
    assert said(url, ai_txt="User-agent: *\nDisallow: *.html")


@pytest.mark.parametrize("url", ["https://a.kh/a.pdf", "https://a.kh/x.y/a.jpg?x=.html2"])
def test_other_files_are_not(url):
    assert said(url, ai_txt="User-agent: *\nDisallow: *.html$") == []
