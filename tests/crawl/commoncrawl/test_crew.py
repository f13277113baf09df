"""Threads that nobody waits for."""

from __future__ import annotations

import threading

import pytest

from crawl.commoncrawl.crew import by_threads


@pytest.mark.parametrize("n_threads", [1, 3, 50])
def test_results_stand_in_order(n_threads: int) -> None:
    assert by_threads(lambda n: n * n, range(20), n_threads) == [n * n for n in range(20)]


def test_an_exception_is_raised_while_others_are_at_work() -> None:
    release = threading.Event()
    begun: list[int] = []

    def work(n: int) -> int:
        begun.append(n)
        if n == 1:
            raise KeyError(n)
        release.wait()
        return n

    with pytest.raises(KeyError):
        by_threads(work, range(50), 2)
    release.set()
    assert max(begun) <= 2
