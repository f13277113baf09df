"""Every row of the published suite."""

from __future__ import annotations

import re

import pytest

from bench.conformance import SUITE, checks, rows_of

CHECKS = list(checks())
FILES = sorted(path.stem for path in SUITE.glob("*.yaml"))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_we_conform(check):
    assert check.holds()


def test_every_row_of_every_file_is_run():
    assert FILES == ["answers", "pauses", "reservations", "robots"]
    run = {re.match(r"(\w+ \d+)", check.name)[1] for check in CHECKS}
    assert run == {f"{file} {number}" for file in FILES for number in range(1, len(rows_of(file)) + 1)}


@pytest.mark.parametrize("file", FILES)
def test_every_row_cites_a_text_and_says_what_it_demands(file):
    assert all(row["cites"] and row["says"] for row in rows_of(file))


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("robots", {"allowed", "disallowed", "crawl_delay", "sitemaps"}),
        ("answers", {"allowed", "disallowed"}),
        ("reservations", {"training", "following"}),
        ("pauses", {"seconds"}),
    ],
)
def test_every_row_expects_something(file, expected):
    assert all(expected & row.keys() for row in rows_of(file))
