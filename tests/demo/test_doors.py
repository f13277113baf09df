"""The doors of the embedded web: whole posts, each once; an end to them; none to the calendar."""

from __future__ import annotations

import gzip
import json
import re

import pytest


def posts(web, host, address, step):
    """The links of all posts that an interface gives, page after page until it has no more."""
    found = []
    for number in range(1, 100):
        reply = web.reply(host, address.format(number if step == 1 else 1 + (number - 1) * step))
        rows = json.loads(reply.body)
        rows = rows["feed"]["entry"] if isinstance(rows, dict) and "feed" in rows else rows
        if reply.status != 200 or not rows:
            return found, reply.status
        found += rows
    pytest.fail("no end")


def test_wordpress_gives_every_post_of_its_host_and_then_its_error(web):
    found, status = posts(web, "school.khmer.test", "/wp-json/wp/v2/posts?per_page=2&page={}", 1)
    assert status == 400
    articles = {p.url for p in web.pages.values() if p.truth.kind == "article" and "://school." in p.url}
    assert articles <= {post["link"] for post in found}
    assert len({post["link"] for post in found}) == len(found)
    assert [post["date_gmt"] for post in found] == sorted((p["date_gmt"] for p in found), reverse=True)
    page = next(p for p in web.pages.values() if p.url == found[0]["link"])
    plain = re.sub(r"<[^>]*>|\s", "", found[0]["content"]["rendered"])
    assert plain == re.sub(r"\s", "", page.text)


def test_blogger_gives_every_post_of_its_host(web):
    address = "/feeds/posts/default?alt=json&start-index={}&max-results=3"
    found, status = posts(web, "tales.khmer.test", address, 3)
    assert status == 200
    links = [post["link"][0]["href"] for post in found]
    articles = {p.url for p in web.pages.values() if p.truth.kind == "article" and "://tales." in p.url}
    assert len(set(links)) == len(links)
    assert articles <= set(links)


def test_a_sitemap_in_parts_names_every_page_that_a_whole_one_would(web):
    index = web.pages["http://kitchen.khmer.test/sitemap.xml"].reply.body.decode()
    parts = re.findall("<loc>([^<]*)</loc>", index)
    assert len(parts) > 1
    named = [
        url
        for part in parts
        for url in re.findall("<loc>([^<]*)</loc>", gzip.decompress(web.pages[part].reply.body).decode())
    ]
    articles = {p.url for p in web.pages.values() if p.truth.kind == "article" and "://kitchen." in p.url}
    assert articles <= set(named)


@pytest.mark.parametrize("target", ["/calendar/2026/01/", "/calendar/1875/12/", "/calendar/3000/07/19/"])
def test_the_calendar_has_no_end(web, target):
    reply = web.reply("commune.khmer.test", target)
    assert reply.status == 200
    assert len(re.findall(r'href="http://commune\.khmer\.test/calendar/', reply.body.decode())) >= 2
    assert web.reply("news.khmer.test", target).status == 404
