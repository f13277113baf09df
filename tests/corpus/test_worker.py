"""The worker: what hangs, swells, dies or raises costs itself alone."""

from __future__ import annotations

import multiprocessing
import operator
import os
import signal
import subprocess
import sys
import time
import types
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from corpus.engine import CONTEXT
from corpus.errors import StageError
from corpus.worker import BATCH_JOBS, Lost, Outcome, Worker, kept_worker

MEMORY = 64 << 20
ENDLESS = range(10**12)


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker[object]]:
    """Calls the first argument with the others: operator.call stands in for the work."""
    with Worker(operator.call, seconds=0.5, memory_bytes=MEMORY) as made:
        yield made


def outcomes(results: list[object]) -> list[object]:
    return [result.outcome if isinstance(result, Lost) else result for result in results]


def test_results_come_in_order_over_many_batches(worker: Worker[object]) -> None:
    jobs = [(operator.add, n, n) for n in range(3 * BATCH_JOBS + 1)]
    assert worker.map(jobs) == [2 * n for n in range(3 * BATCH_JOBS + 1)]


def test_no_work_starts_no_child() -> None:
    before = set(multiprocessing.active_children())
    with Worker(operator.call, 1, MEMORY) as idle:
        assert idle.map([]) == []
        assert set(multiprocessing.active_children()) == before


def test_the_child_stays(worker: Worker[object]) -> None:
    [first], [second] = worker.map([(os.getpid,)]), worker.map([(os.getpid,)])
    assert first == second != os.getpid()


def test_large_jobs_and_results_pass(worker: Worker[object]) -> None:
    jobs = [(bytes.upper, b"a" * (3 << 20))] * 5
    assert [len(result) for result in worker.map(jobs)] == [3 << 20] * 5


@pytest.mark.parametrize(
    ("job", "outcome"),
    [
        ((time.sleep, 60), Outcome.TOO_SLOW),
        ((list, ENDLESS), Outcome.TOO_LARGE),
        ((len, b"x" * 2 * MEMORY), Outcome.TOO_LARGE),
        ((signal.raise_signal, signal.SIGKILL), Outcome.CRASHED),
        ((int, "ក"), Outcome.FAILED),
    ],
)
def test_a_bad_piece_costs_itself_alone(worker: Worker[object], job: tuple, outcome: Outcome) -> None:
    jobs = [(operator.add, "ក", "ខ"), job, (operator.add, "គ", "ឃ")]
    assert outcomes(worker.map(jobs)) == ["កខ", outcome, "គឃ"]


def test_bad_pieces_in_a_row(worker: Worker[object]) -> None:
    jobs = [(os._exit, 3), (os._exit, 3), (time.sleep, 60), (int, "x")]
    expected = [Outcome.CRASHED, Outcome.CRASHED, Outcome.TOO_SLOW, Outcome.FAILED]
    assert outcomes(worker.map(jobs)) == expected


def test_an_interrupt_is_the_parents(worker: Worker[object]) -> None:
    assert worker.map([(signal.raise_signal, signal.SIGINT), (operator.add, 1, 2)]) == [None, 3]


def test_what_cannot_be_sent_back_has_failed(worker: Worker[object]) -> None:
    assert outcomes(worker.map([(open, os.devnull)])) == [Outcome.FAILED]


def test_a_child_ended_from_outside_costs_nothing(worker: Worker[object]) -> None:
    [child] = worker.map([(os.getpid,)])
    os.kill(child, signal.SIGKILL)
    assert worker.map([(operator.add, 1, 2), (operator.add, 3, 4)]) == [3, 7]


def test_a_closed_worker_leaves_no_child() -> None:
    before = set(multiprocessing.active_children())
    with Worker(operator.call, 5, MEMORY) as made:
        [child] = made.map([(os.getpid,)])
    assert set(multiprocessing.active_children()) == before
    assert not Path(f"/proc/{child}").exists()


def broken_jobs() -> Iterator[tuple[object, ...]]:
    yield from [(operator.add, n, n) for n in range(BATCH_JOBS + 1)]
    raise LookupError


def test_jobs_that_cannot_be_read_leave_no_answers_behind(worker: Worker[object]) -> None:
    with pytest.raises(LookupError):
        worker.map(broken_jobs())
    assert worker.map([(operator.add, "ក", "ខ")]) == ["កខ"]


def test_a_kept_worker_is_one() -> None:
    first = kept_worker(operator.call, 5.0, MEMORY)
    assert first is kept_worker(operator.call, 5.0, MEMORY)
    assert first is not kept_worker(operator.call, 6.0, MEMORY)


def test_in_a_worker_of_a_pool() -> None:
    with ProcessPoolExecutor(1, CONTEXT) as pool:
        task = operator.methodcaller("map", [(operator.add, 1, 2)])
        assert pool.submit(task, Worker(operator.call, 5, MEMORY)).result() == [3]


def test_a_function_that_the_child_cannot_import_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    here = types.ModuleType("only_here")
    exec("def work(): pass", here.__dict__)
    monkeypatch.setitem(sys.modules, "only_here", here)
    with Worker(here.work, 5, MEMORY) as made, pytest.raises(StageError, match=r"only_here: .* exit code 1"):
        made.map([()])


PARENT = """
import operator, os, time
from corpus.worker import Worker
if __name__ == "__main__":
    worker = Worker(operator.call, 60, 1 << 26)
    print(worker.map([(os.getpid,)])[0], flush=True)
    worker.map([(time.sleep, 50)])
"""


def test_the_child_goes_with_its_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 20
    while is_running(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_running(child)


def is_running(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
