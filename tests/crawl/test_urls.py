from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawl.urls import (
    _cleaned,
    bare_host,
    clean_url,
    host_of,
    link_url,
    names_host,
    origin_of,
    unwanted,
    url_key,
)


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
        ("http://ខ្មែរ.com/", "http://xn--j2e0cg3n2c.com/"),
        ("http://B.kh./x", "http://b.kh/x"),
        ("http://b..kh/", ""),
        ("http://%62.kh/", ""),
        ("http://b.kh:0/", ""),
        ("http:///x", ""),
        ("http://[2001:DB8::1]:80/x", "http://[2001:db8::1]/x"),
        ("http:\\\\b.kh\\x", "http://b.kh/x"),
        ("//b.kh", "http://b.kh/"),
        ("?", "http://a.kh/d/p?q=1"),
        ("?z", "http://a.kh/d/p?z"),
        ("#x", "http://a.kh/d/p?q=1"),
        ("/x?", "http://a.kh/x"),
        ("http://b.kh?x=1", "http://b.kh/?x=1"),
        ("/x#!/page", "http://a.kh/x"),
        ("/x//y/http://b.kh/z", "http://a.kh/x/y/http://b.kh/z"),
        ("/%41%7e%zz%2f", "http://a.kh/A~%zz%2F"),
        ("/x;jsessionid=0A1B?y=1", "http://a.kh/x?y=1"),
        ("/x;PHPSESSID=1/y", "http://a.kh/x/y"),
        ("/x?PHPSESSID=1&id=7", "http://a.kh/x?id=7"),
        ("/x?id=7&sid=0123456789abcdef0123", "http://a.kh/x?id=7"),
        ("/x?sid=7", "http://a.kh/x?sid=7"),
        ("/index.php", "http://a.kh/index.php"),
        ("/\udcff", ""),
        ("x" * 5000, ""),
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


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        ("/", "http://a.kh/"),
        ("/index.html", "http://a.kh/"),
        ("/km/index.php", "http://a.kh/km/"),
        ("/default.aspx", "http://a.kh/"),
        ("/index.php?id=7", "http://a.kh/index.php?id=7"),
        ("/index.php/km/news", "http://a.kh/index.php/km/news"),
        ("/index-of-laws.html", "http://a.kh/index-of-laws.html"),
        ("", "http://a.kh/d/p?q=1"),
    ],
)
def test_a_link_to_the_index_of_a_directory_is_one_to_the_directory(reference, url):
    assert link_url("http://a.kh/d/p?q=1", reference) == url


BASES = ["http://a.kh/", "http://a.kh/d/p?q=1", "https://b.kh:8443/x/", "http://A.kh:80/y", ""]


@given(st.sampled_from(BASES), st.text(max_size=60) | st.text("/.%ab?&=;:E1\\ #", max_size=30))
def test_any_reference_gives_a_clean_url_or_none(base, reference):
    url = clean_url(base, reference)
    assert url == _cleaned(base, reference.strip("".join(map(chr, range(33)))))
    assert not url or clean_url("", url) == url
    assert not url or (url.isascii() and " " not in url and host_of(url) in url)


def test_hosts_with_and_without_www_are_one_site():
    assert bare_host("https://www.a.kh/x") == bare_host("http://a.kh:81/") == "a.kh"


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
