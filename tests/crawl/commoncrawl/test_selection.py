"""The rule that chooses records, as a table."""

from __future__ import annotations

import pyarrow as pa
import pytest

from crawl.commoncrawl.selection import Rule, surt

HOSTS = ["a.gov.test", "a.gov.test", "b.test", "b.test", "a.gov.test", "b.test", "b.test", "c.test"]
LANGUAGES = ["khm", "eng,khm", "khm,eng", "eng", None, "khm", "khm", "khmu,eng"]
COLUMNS = {
    "host": pa.array(HOSTS),
    "languages": pa.array(LANGUAGES, pa.string()),
    "status": pa.array([200, 200, 200, 200, 200, 404, 200, 200]),
    "mime": pa.array([*["text/html"] * 6, "image/png", "text/html"]),
}


@pytest.mark.parametrize(
    ("language", "rank", "hosts", "numbers"),
    [
        ("khm", "first", (), [1, 3]),
        ("khm", "any", (), [1, 2, 3]),
        ("khm", "unasked", (), [1, 2, 3, 4, 5, 8]),
        ("khm", "first", ("*.gov.test",), [1, 5]),
        ("khm", "any", ("b.test",), [3]),
        ("khm", "unasked", ("b.test", "c.test"), [3, 4, 8]),
        ("eng", "any", (), [2, 3, 4, 8]),
        ("khm", "any", ("gov.test",), []),
        ("khm", "any", ("a_gov.test",), []),
    ],
)
def test_records_are_chosen(language: str, rank: str, hosts: tuple[str, ...], numbers: list[int]) -> None:
    mask = Rule(language, rank, hosts, ("text/html",)).mask(COLUMNS)
    assert [n for n, is_taken in enumerate(mask.to_pylist(), 1) if is_taken] == numbers


@pytest.mark.parametrize(
    ("pattern", "key"), [("moeys.gov.kh", "kh,gov,moeys)"), ("*.gov.kh", "kh,gov"), ("*.kh", "kh")]
)
def test_keys_begin_with_the_host_backwards(pattern: str, key: str) -> None:
    assert surt(pattern) == key


@pytest.mark.parametrize(
    ("hosts", "first", "last", "may_hold"),
    [
        ((), "com,a)/", "com,b)/", True),
        (("*.gov.kh",), "kh,gov,a)/", "kh,gov,b)/", True),
        (("*.gov.kh",), "kh,com,a)/", "kh,org,b)/", True),
        (("*.gov.kh",), "kh,org,a)/", "kh,org,b)/", False),
        (("moeys.gov.kh",), "com,a)/", "kh,gov,moeys)/", True),
        (("moeys.gov.kh",), "com,a)/", "kh,gov,mo)/", False),
        (("moeys.gov.kh", "z.com"), "com,z)/a", "com,z)/b", True),
    ],
)
def test_a_row_group_is_passed_over_by_its_keys(
    hosts: tuple[str, ...], first: str, last: str, may_hold: bool
) -> None:
    assert Rule("khm", "any", hosts, ()).may_hold(first, last) is may_hold
