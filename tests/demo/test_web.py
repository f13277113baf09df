import gzip
import json
import re
from collections import Counter, defaultdict
from html import unescape
from urllib.parse import urljoin

import pytest

from clean.extract.page import Reading, extract_page
from demo.edits import jaccard
from demo.plan import LEAST_JACCARD
from demo.sites import PRIVATE, read_sites
from demo.web import SEEDS, address, build_web

WHOLE = {
    "article",
    "short_article",
    "personal_data",
    "print_version",
    "republished",
    "near_duplicate",
    "spam",
}
TAG = re.compile(r"<script.*?</script>|<style.*?</style>|<[^>]*>", re.DOTALL | re.IGNORECASE)
SPACE = re.compile(r"\s+")
LINK = re.compile(r'(?i)href="([^"#]+)"')


def html(page):
    body = page.reply.body
    if ("Content-Encoding", "gzip") in page.reply.headers:
        body = gzip.decompress(body)
    if body.startswith(b"\xff\xfe"):
        return body.decode("utf-16")
    return body.decode("utf-8", "replace")


def squeezed(text):
    return SPACE.sub("", text)


def test_it_is_the_same_every_time(web):
    again = build_web()
    assert list(again.pages) == list(web.pages)
    assert again.pages == web.pages


def test_it_is_large_and_varied_enough(web):
    kinds = Counter(page.truth.kind for page in web.pages.values())
    layouts = {site.layout for site in read_sites().values()}
    assert len(web.hosts) >= 12
    assert len(layouts) >= 6
    assert kinds["article"] >= 60
    assert sum(kinds.values()) - kinds["robots"] - kinds["sitemap"] >= 300
    least = {"exact_duplicate": 20, "near_duplicate": 30, "print_version": 20, "listing": 30, "soft_404": 8}
    least |= {
        "spam": 15,
        "keywords": 3,
        "links": 3,
        "pali": 2,
        "english": 5,
        "thai": 4,
        "legacy_font": 4,
        "personal_data": 10,
        "opt_out": 12,
    }
    least |= {"robots_excluded": 6, "robots_unreachable": 4, "redirect": 6, "http_error": 4, "other_media": 4}
    assert {kind: n for kind, n in least.items() if kinds[kind] < n} == {}


def test_every_text_stands_in_its_page(web):
    for page in web.pages.values():
        if page.truth.kind in WHOLE:
            seen = squeezed(unescape(TAG.sub("", html(page))))
            for line in page.text.splitlines():
                assert squeezed(line) in seen, page.url


def test_duplicates_name_a_page_that_is_kept(web):
    copies = [page.truth for page in web.pages.values() if page.truth.duplicate_of]
    assert len(copies) > 100
    for truth in copies:
        assert web.pages[truth.duplicate_of].truth.expected == "keep"
        assert truth.expected in ("drop:exact_duplicate", "drop:near_duplicate")


def test_exact_duplicates_are_the_same_bytes(web):
    for page in web.pages.values():
        if page.truth.kind == "exact_duplicate":
            assert page.reply == web.pages[page.truth.duplicate_of].reply


def test_near_duplicates_state_how_near_they_are(web):
    variants = defaultdict(int)
    for page in web.pages.values():
        if page.truth.kind == "near_duplicate":
            likeness = jaccard(page.text, web.pages[page.truth.duplicate_of].text)
            assert page.truth.jaccard5 == pytest.approx(likeness, abs=1e-4)
            assert likeness >= LEAST_JACCARD
            variants[page.truth.variant] += 1
    assert len(variants) == 4
    assert min(variants.values()) >= 3


def test_texts_that_are_to_be_kept_are_not_alike(web):
    kept = [page for page in web.pages.values() if page.truth.expected == "keep"]
    openings = Counter(page.text[:60] for page in kept)
    assert len(openings) == len(kept) >= 90


def test_every_link_leads_to_a_page(web):
    for page in web.pages.values():
        if b"<" in page.reply.body[:200]:
            for link in LINK.findall(html(page)):
                url = urljoin(page.url, unescape(link))
                is_web = url.startswith("http")
                made = is_web and web.reply(*address(url)).status == 200
                assert url in web.pages or made or url.endswith((".css", "/rss")) or not is_web, page.url


def test_every_page_is_found_from_the_seeds(web):
    found, ahead = set(), list(SEEDS)
    while ahead:
        url = ahead.pop()
        if url in found:
            continue
        found.add(url)
        page = web.pages[url]
        ahead += [value for name, value in page.reply.headers if name == "Location"]
        ahead += [link for link in map(unescape, LINK.findall(html(page))) if link in web.pages]
    policy = {"robots", "sitemap", "tdmrep", "interface"}
    assert [
        url for url, page in web.pages.items() if url not in found and page.truth.kind not in policy
    ] == []


def test_loops_are_bounded(web):
    """Redirects lead into the web, and from every page that is no loop to a page that is no redirect."""
    for page in web.pages.values():
        url, steps = page.url, 0
        while web.pages[url].truth.kind == "redirect" and "/loop/" not in url:
            url, steps = dict(web.pages[url].reply.headers)["Location"], steps + 1
        assert steps <= 3


def test_policies(web):
    assert PRIVATE in web.pages["http://news.khmer.test/robots.txt"].reply.body.decode()
    assert web.pages["http://closed.khmer.test/robots.txt"].reply.status == 503
    assert web.pages["http://school.khmer.test/robots.txt"].reply.status == 404
    assert b"ai-train=no" in web.pages["http://reserved.khmer.test/robots.txt"].reply.body
    [rule] = json.loads(web.pages["http://tdm.khmer.test/.well-known/tdmrep.json"].reply.body)
    assert rule["tdm-reservation"] == 1
    for page in web.pages.values():
        if page.truth.kind == "robots_excluded":
            assert PRIVATE in page.url
            assert page.truth.expected == "unseen"


def test_wrong_declarations_hold_khmer(web):
    by_variant = {page.truth.variant: page for page in web.pages.values() if page.truth.kind == "article"}
    wrong = by_variant["header iso-8859-1"].reply
    assert ("Content-Type", "text/html; charset=ISO-8859-1") in wrong.headers
    assert "ខ្មែរ".encode() in wrong.body or "ការ".encode() in wrong.body
    assert by_variant["utf-16"].reply.body.startswith(b"\xff\xfe")
    assert b"charset" not in by_variant["undeclared"].reply.body
    assert by_variant["gzip"].reply.body.startswith(b"\x1f\x8b")
    assert by_variant["chunked"].reply.framing == "chunked"


def test_legacy_pages_hold_no_khmer_letters(web):
    for page in web.pages.values():
        if page.truth.kind == "legacy_font":
            assert "Limon" in html(page)
            assert not re.search("[\u1780-\u17b3]", page.text)


LEGACY = {
    "legacy-01": "សហគមន៍អភិវឌ្ឍន៍ភូមិព្រែកត្របែក សូមជម្រាបជូនសមាជិកទាំងអស់ឱ្យបានជ្រាបថា នៅថ្ងៃទី ១២ ខែកុម្ភៈ ឆ្នាំ ២០០៦",
    "legacy-02": "គ្រូបង្រៀនមានចំនួន ១១ នាក់ និងត្រូវការបន្ថែមពីរនាក់ទៀតសម្រាប់ថ្នាក់ទីមួយ។",
    "legacy-03": "ទន្សាយចាញ់ ហើយអៀនខ្មាស រត់ចូលព្រៃបាត់ទៅ។",
    "legacy-04": "រួចស្រោចទឹកឱ្យសើម។",
}


def test_legacy_pages_become_khmer(web):
    found = 0
    for page in web.pages.values():
        if page.truth.kind == "legacy_font":
            name = page.url.rpartition("/")[2].removesuffix(".htm")
            text = extract_page(page.reply.body, None, page.url, Reading("blocks", 1 << 20)).text
            assert LEGACY[name] in text
            assert not re.search("[A-Za-z]", text)
            found += 1
    assert found == len(LEGACY)


def test_notices_stand_under_the_articles_of_their_hosts(web):
    for home, notice in web.notices.items():
        pages = [html(p) for p in web.pages.values() if p.truth.kind == "article" and p.url.startswith(home)]
        assert len(pages) >= 3
        assert all(notice in page for page in pages)


def test_truth_is_json(web):
    rows = [json.loads(page.truth.json()) for page in web.pages.values()]
    assert {"url", "class", "expected", "duplicate_of", "jaccard5", "pii", "status"} <= set(rows[0])
    assert sum(bool(row["pii"]) for row in rows) == 10
