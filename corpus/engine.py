"""Runs tasks: in this process, or in a pool of worker processes that survives the death of one."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Self, TypeVar

import pyarrow as pa

from corpus.errors import StageError
from corpus.progress import Meter, Progress

T = TypeVar("T")
R = TypeVar("R")

CONTEXT = multiprocessing.get_context("spawn")  # a forked child inherits locks of Arrow's and numba's threads
TICK_SECONDS = 0.5
LIVES = 3
PR_SET_PDEATHSIG = 1

_meter: Meter | None = None


def meter() -> Meter:
    """The meter that this process counts into."""
    global _meter  # noqa: PLW0603 (one per process, set when a worker starts)
    if _meter is None:
        _meter = Meter.shared(CONTEXT)
    return _meter


def die_with_parent() -> None:
    """Let the kernel end this process when its parent ends, however that happens (Linux; elsewhere nothing)."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "prctl"):
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _start_worker(shared: Meter) -> None:
    global _meter  # noqa: PLW0603
    _meter = shared
    die_with_parent()
    parent = multiprocessing.parent_process()
    if parent is None or parent.pid != os.getppid():
        os._exit(1)  # the parent died while this process was starting
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pa.set_cpu_count(1)


class Workers:
    """Worker processes for the phases of one stage, started when first needed; with one worker, this process."""

    def __init__(self, n_workers: int) -> None:
        self._n_workers = n_workers
        self._shared = Meter.shared(CONTEXT)
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None or not issubclass(kind, KeyboardInterrupt):  # workers end with an interrupted process
            self._close()

    def _close(self) -> None:
        if self._pool:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def run(
        self, function: Callable[[T], R], tasks: Sequence[T], done: Callable[[R], None], progress: Progress
    ) -> None:
        """Call `function` on every task, and `done` on every result as it comes.

        A worker that dies takes its tasks with it: they are tried again, until three pools in a row have
        finished none. Raises StageError then, and whatever a task raises; what was done stays done.
        """
        here = self._n_workers == 1 or len(tasks) <= 1
        counted = meter() if here else self._shared
        counted.reset()
        with progress.shown(counted):
            if here:
                _run_here(function, tasks, done, progress)
            else:
                self._run_in_pools(function, tasks, done, progress)

    def _run_in_pools(
        self, function: Callable[[T], R], tasks: Sequence[T], done: Callable[[R], None], progress: Progress
    ) -> None:
        waiting, lives = list(tasks), LIVES
        while waiting and lives:
            left = self._run_in_pool(function, waiting, done, progress)
            lives = LIVES if len(left) < len(waiting) else lives - 1
            waiting = left
        if waiting:
            msg = (
                f"{progress.label}: worker processes were ended from outside {LIVES} times (out of memory?), "
                f"{len(waiting)} tasks are left. Try: the same command with workers=1"
            )
            raise StageError(msg)

    def _run_in_pool(
        self, function: Callable[[T], R], tasks: Sequence[T], done: Callable[[R], None], progress: Progress
    ) -> list[T]:
        """The tasks left undone by the death of a worker; none if all went well."""
        waiting = list(reversed(tasks))
        running: dict[Future[R], T] = {}
        pool = self._pool = self._pool or ProcessPoolExecutor(
            self._n_workers, CONTEXT, _start_worker, (self._shared,)
        )
        try:
            while waiting or running:
                while waiting and len(running) < 2 * self._n_workers:
                    running[pool.submit(function, waiting[-1])] = waiting[-1]
                    waiting.pop()
                finished, _ = wait(running, timeout=TICK_SECONDS, return_when=FIRST_COMPLETED)
                for future in finished:
                    done(future.result())
                    del running[future]
                    progress.tasks_done += 1
                progress.tick(self._shared)
        except BrokenProcessPool:
            self._close()
            return [*running.values(), *reversed(waiting)]
        return []


def _run_here(
    function: Callable[[T], R], tasks: Sequence[T], done: Callable[[R], None], progress: Progress
) -> None:
    for task in tasks:
        done(function(task))
        progress.tasks_done += 1
        progress.tick(meter())


def worker_count(configured: int) -> int:
    """The number of worker processes: as configured, or one per core that this process may use."""
    return configured or len(os.sched_getaffinity(0))
