from __future__ import annotations

import re

import pytest

from bench.webs import GrownWeb, StoredWeb


def test_a_page_is_always_the_same_and_no_two_are():
    web = GrownWeb()
    assert web.reply("news0.test", "/news/3") == GrownWeb().reply("news0.test", "/news/3")
    assert web.reply("news0.test", "/news/3").body != web.reply("news1.test", "/news/3").body


def test_a_print_version_says_what_its_page_says():
    web = GrownWeb()
    texts = [
        re.findall("<p>.*?</p>", web.reply("news0.test", path).body.decode())
        for path in ("/news/3", "/news/3/print")
    ]
    assert texts[0] == texts[1] != []


@pytest.mark.parametrize(
    ("host", "target", "status"),
    [
        ("news0.test", "/", 200),
        ("news0.test", "/news/79", 200),
        ("news0.test", "/news/80", 404),
        ("news0.test", "/sitemap.xml", 404),
        ("ministry0.test", "/sitemap.xml", 200),
        ("nobody.test", "/", 404),
    ],
)
def test_answers(host, target, status):
    assert GrownWeb().reply(host, target).status == status


def test_every_link_leads_to_a_page():
    web = GrownWeb()
    for target in ("/", "/news/0", "/tag/39", "/category/politics?page=7"):
        for link in re.findall('href="([^"]+)"', web.reply("news0.test", target).body.decode()):
            host, _, path = (
                link.removeprefix("http://").partition("/") if "://" in link else ("news0.test", "", link[1:])
            )
            assert web.reply(host, f"/{path}").status == 200, link


def test_stored_pages_are_served_from_their_host_alone():
    web = StoredWeb("a.test", {"/x": b"x"})
    assert [web.reply(*asked).status for asked in (("a.test", "/x"), ("b.test", "/x"), ("a.test", "/y"))] == [
        200,
        404,
        404,
    ]
