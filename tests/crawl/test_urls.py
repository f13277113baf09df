from __future__ import annotations

import pytest

from crawl.urls import clean_url, host_of, names_host, origin_of, unwanted, url_key


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        ("", "http://a.kh/d/p?q=1"),
        ("x", "http://a.kh/d/x"),
        ("../../x/./y", "http://a.kh/x/y"),
        ("//B.KH:80/x#part", "http://b.kh/x"),
        ("https://b.kh:443", "https://b.kh/"),
        ("https://b.kh:8443", "https://b.kh:8443/"),
        ("http://user:word@b.kh/", "http://b.kh/"),
        (" /ព័ត៌មាន ថ្មី\n", "http://a.kh/%E1%9E%96%E1%9F%90%E1%9E%8F%E1%9F%8C%E1%9E%98%E1%9E%B6%E1%9E%93%20%E1%9E%90%E1%9F%92%E1%9E%98%E1%9E%B8"),
        ("/%e1%9e%80", "http://a.kh/%E1%9E%80"),
        ("/x?utm_source=fb&id=7&fbclid=Iw", "http://a.kh/x?id=7"),
        ("/x?fbclid=Iw", "http://a.kh/x"),
        ("http://ក.kh/", "http://xn--i2e.kh/"),
        ("javascript:alert(1)", ""),
        ("mailto:a@b.kh", ""),
        ("ftp://b.kh/", ""),
        ("http://b.kh:port/", ""),
        ("http://[bad/", ""),
    ],
)  # fmt: skip
def test_clean_url(reference, url):
    assert clean_url("http://a.kh/d/p?q=1", reference) == url
    assert not url or clean_url("", url) == url


def test_a_clean_url_has_one_key():
    key = url_key("http://a.kh/x?a=1&b=2")
    assert key == url_key("http://a.kh/x?b=2&a=1")
    assert key not in {
        url_key("http://a.kh/x?a=1&b=3"),
        url_key("https://a.kh/x?a=1&b=2"),
        url_key("http://a.kh/x"),
    }
    assert -(1 << 63) <= key < 1 << 63


def test_parts():
    assert host_of("http://a.kh:81/x") == "a.kh"
    assert origin_of("http://a.kh:81/x?y#z") == origin_of("http://a.kh:81?y") == "http://a.kh:81"


@pytest.mark.parametrize(
    ("pattern", "host", "named"),
    [
        ("moeys.gov.kh", "moeys.gov.kh", True),
        ("moeys.gov.kh", "www.moeys.gov.kh", False),
        ("*.gov.kh", "moeys.gov.kh", True),
        ("*.gov.kh", "gov.kh", False),
        ("*.GOV.kh", "notgov.kh", False),
    ],
)
def test_names_host(pattern, host, named):
    assert names_host(pattern, host) is named


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://a.kh/x.JPG?w=3", "not_text"),
        ("http://a.kh/law.pdf", ""),
        ("http://a.kh/x?file=y.jpg", ""),
        ("http://a.kh/" + "x" * 2100, "url_too_long"),
    ],
)
def test_unwanted(url, reason):
    assert unwanted(url) == reason
