"""Shapes of URLs as sites in Cambodia have them, and what URLs promise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawl.discovery.shapes import prior, shape_of
from crawl.urls import clean_url


@pytest.mark.parametrize(
    ("url", "shape"),
    [
        ("https://a.kh/", "/"),
        ("https://a.kh/about", "/w"),
        ("https://a.kh/about.html", "/w.html"),
        ("https://a.kh/news/", "/news/"),
        ("https://a.kh/detail/137373", "/detail/N"),
        ("https://a.kh/article/1345678.html", "/article/N.html"),
        ("https://a.kh/politic/2024/05/12/423456/", "/politic/Y/N/N/N/"),
        ("https://a.kh/2024/05/12/the-ministry-of-education/", "/Y/N/N/S/"),
        ("https://a.blogspot.com/2012/05/blog-post_12.html", "/Y/N/S.html"),
        ("https://a.kh/khmer/news/politics/vote-counted-05122024102030.html", "/khmer/news/w/S.html"),
        ("https://a.kh/index.php/km/localnews/348390-2024-05-12.html", "/index.php/km/w/S.html"),
        ("https://km.wikipedia.org/wiki/ភ្នំពេញ", "/wiki/K"),
        ("https://a.kh/អត្ថបទ/ព័ត៌មាន-ថ្មី.html", "/K/K.html"),
        ("https://a.kh/category/politics/page/3/", "/category/politics/w/N/"),
        ("https://a.kh/tag/rice", "/tag/w"),
        ("https://a.kh/wp-content/uploads/2020/01/law_12.pdf", "/wp-content/uploads/Y/N/S.pdf"),
        ("https://a.kh/?p=123", "/?p"),
        ("https://a.kh/x.php?option=com_content&view=article&id=12:slug", "/w.php?id&option=com_content&view=article"),
        ("https://a.kh/news?lang=km&id=7", "/w?id&lang=km"),
        ("https://a.kh/news?id=7&lang=en", "/w?id&lang=en"),
        ("https://a.kh/x?filter[12]=a&filter[13]=b", "/w?filter[N]"),
        ("https://a.kh/a/b/c/d/e/f/g/h/i/j", "/a/b/w/w/w/w/w/w"),
        ("https://a.kh/.well-known/x", "/S/w"),
    ],
)  # fmt: skip
def test_shapes(url, shape):
    assert shape_of(clean_url("", url)) == shape


@given(st.text(min_size=1, max_size=300))
def test_a_shape_is_bounded_and_the_same_for_the_same_url(text):
    url = clean_url("https://a.kh/", text)
    if url:
        assert len(shape_of(url)) <= 100
        assert shape_of(url) == shape_of(url)
        assert 0.0 <= prior(url, is_khmer_anchor=False) <= prior(url, is_khmer_anchor=True) <= 1.0


LOW, MIDDLE, HIGH = range(3)


@pytest.mark.parametrize(
    ("url", "is_khmer_anchor", "level"),
    [
        ("https://a.gov.kh/about", False, MIDDLE),
        ("https://a.gov.kh/about", True, HIGH),
        ("https://a.gov.kh/km/about", False, HIGH),
        ("https://a.gov.kh/about?lang=km", False, HIGH),
        ("https://a.gov.kh/about?lang=kh&id=1", False, HIGH),
        ("https://km.a.org/about", False, HIGH),
        ("https://a.kh/ព័ត៌មាន/១២", False, HIGH),
        ("https://a.kh/khmer/news/1234567.html", False, HIGH),
        ("https://a.kh/2024/05/12/vote-counted/", False, MIDDLE),
        ("https://a.kh/en/about", False, LOW),
        ("https://a.kh/about?lang=en", False, LOW),
        ("https://a.kh/index.php/en-gb/about", False, LOW),
        ("https://english.a.com/news/1234567", False, LOW),
        ("https://a.kh/en/about", True, MIDDLE),
        ("https://a.kh/enquiry/fresh", False, MIDDLE),
        ("https://a.kh/article/1234567/amp", False, LOW),
        ("https://a.kh/article/1234567?print=1", False, LOW),
        ("https://m.a.kh/about", False, LOW),
        ("https://a.kh/tag/rice", False, MIDDLE),
        ("https://a.kh/category/news/page/3/", True, MIDDLE),
    ],
)
def test_what_urls_promise(url, is_khmer_anchor, level):
    """The levels that the queues of a host are divided into."""
    assert int(prior(clean_url("", url), is_khmer_anchor) * 3) == level


def test_a_listing_promises_less_than_an_article():
    assert prior("https://a.kh/tag/x", is_khmer_anchor=True) < prior(
        "https://a.kh/article/1", is_khmer_anchor=True
    )
