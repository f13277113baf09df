"""Pauses and delays are whole, finite and bounded, whatever a host answers; the table of cases is the suite's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawl.policy.politeness import MAX_PAUSE_SECONDS, least_delay, pause_seconds, retry_after_seconds


@given(st.integers(0, 999), st.text(max_size=80), st.integers(-5, 10**9))
def test_no_answer_asks_for_more_than_a_day(status, retry_after, n_before):
    assert 0 <= pause_seconds(status, retry_after, n_before) <= MAX_PAUSE_SECONDS


@given(st.integers(0, 12))
def test_each_further_refusal_doubles_the_pause(n_before):
    assert pause_seconds(429, "", n_before + 1, 1.0) == 2 * pause_seconds(429, "", n_before, 1.0)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("7.5", 0),
        ("9" * 400, MAX_PAUSE_SECONDS),
        ("", 0),
        ("1, 20, x", 20),
        ("Mon 99", 0),
    ],
)
def test_numbers(value, seconds):
    assert retry_after_seconds(value) == seconds


@pytest.mark.parametrize("zone", [UTC, None])
def test_a_date_counts_from_now(zone):
    moment = datetime.now(UTC) + timedelta(hours=1)
    value = format_datetime(moment, usegmt=True) if zone else moment.strftime("%a, %d %b %Y %H:%M:%S -0000")
    assert 3590 < retry_after_seconds(value) <= 3600


@given(*[st.floats(0, 1e6)] * 4)
def test_a_delay_is_its_own_or_what_is_granted(own, asked, most, latency):
    delay = least_delay(own, asked, most, latency)
    assert own <= delay <= max(own, most)
    assert delay >= min(asked, most)
