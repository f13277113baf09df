"""The clock."""

from __future__ import annotations

import signal
import threading

import pytest

from clean.extract.limits import TooSlowError, time_limit


def work_forever() -> None:
    while True:
        pass


def test_endless_work_ends() -> None:
    with pytest.raises(TooSlowError), time_limit(0.05):
        work_forever()


def test_the_alarm_and_its_handler_are_put_back() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with time_limit(30):
        assert signal.getsignal(signal.SIGALRM) is not before
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), 1e300, -1.0])
def test_a_time_that_no_clock_can_take_leaves_no_handler(seconds: float) -> None:
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises((ValueError, OverflowError, OSError)), time_limit(seconds):
        pass
    assert signal.getsignal(signal.SIGALRM) is before


def test_other_threads_go_without() -> None:
    done = []

    def work() -> None:
        with time_limit(30):
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]
