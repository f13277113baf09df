from __future__ import annotations

import pytest

from bench.conformance import checks
from bench.crawl.conformance import EARLY_SECONDS, READERS, _least_pause, _share
from bench.manners import Asked


def asked(at: float, until: float) -> Asked:
    return Asked("a", "/", at, until, 1, 200)


def test_a_pause_lasts_from_an_answer_to_the_next_request():
    assert _least_pause([asked(0, 1), asked(3, 4), asked(5.5, 6)]) == 1.5 + EARLY_SECONDS
    assert _least_pause([asked(0, 1)]) == float("inf")


@pytest.mark.parametrize("name", READERS)
def test_other_readers_pass_some_rows_and_not_all(name):
    accesses = [check.access for check in checks() if check.access and not check.is_beyond]
    assert 0.5 < _share(accesses, READERS[name]) < 1
