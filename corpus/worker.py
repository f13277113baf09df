"""Work on hostile input, done in a child process that is killed when a piece takes too long or too much memory.

Code in C that hangs or eats memory cannot be stopped from inside its process. Here it costs the piece that it was
given, with the reason, and the work goes on behind it in a new child.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from enum import StrEnum
from functools import cache
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Generic, NamedTuple, Self, TypeVar

import pyarrow as pa

from corpus.engine import CONTEXT, die_with_parent
from corpus.errors import StageError

R = TypeVar("R")
Job = tuple[Any, ...]

BATCH_JOBS: Final = 32
BATCH_BYTES: Final = 4 << 20
START_SECONDS: Final = 300.0  # to import what the work needs, on a machine that is busy
READY: Final = "ready"
STARTS: Final = 3


class Outcome(StrEnum):
    """Why a piece of work has no result."""

    TOO_SLOW = "too_slow"
    TOO_LARGE = "too_large"  # in memory
    CRASHED = "crashed"  # it ended its process, twice
    FAILED = "failed"  # it raised


class Lost(NamedTuple):
    """Stands where the result of a lost piece of work would."""

    outcome: Outcome
    detail: str


class Worker(Generic[R]):
    """One function, called in a child process that starts with the first work and stays for all that follows.

    `function` is found by its module and name, so it stands at the top of a module. `seconds` is the wall time of
    one call, `memory_bytes` what it may allocate beyond what the child has when it is ready (Linux; elsewhere
    there is no such limit). The child ends with this object, and with this process however that ends.
    """

    def __init__(self, function: Callable[..., R], seconds: float, memory_bytes: int) -> None:
        self._function = function
        self._seconds = seconds
        self._memory_bytes = memory_bytes
        self._process: BaseProcess | None = None
        self._link: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def map(self, jobs: Iterable[Job]) -> list[R | Lost]:
        """The result of each job, arguments of the function, in order."""
        try:
            return [result for batch in _batches(jobs) for result in self._batch_results(batch)]
        except BaseException:  # whatever it is, answers may be under way that nobody will ask for
            self.close()
            raise

    def close(self) -> None:
        """End the child, whatever it does; the next work starts another."""
        if self._link is not None:
            self._link.close()
            self._link = None
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self._process = None

    def _batch_results(self, batch: list[Job]) -> Iterator[R | Lost]:
        n_done, suspect = 0, -1
        while n_done < len(batch):
            for result in self._answers(batch[n_done:]):
                if isinstance(result, Lost) and result.outcome is Outcome.CRASHED and suspect != n_done:
                    suspect = (
                        n_done  # perhaps ended from outside, as when memory runs out: it is tried once more
                    )
                    break
                n_done += 1
                yield result

    def _answers(self, jobs: list[Job]) -> Iterator[R | Lost]:
        """Results in order, up to the first job that cost the child."""
        link = self._started()
        with suppress(OSError):  # if it has ended since the last batch, the first answer tells
            link.send(jobs)
        for _ in jobs:
            answer = self._answer(link, self._seconds)
            costs_child = isinstance(answer, Lost) and answer.outcome is not Outcome.FAILED
            if costs_child:
                self.close()
            yield answer
            if costs_child:
                return

    def _answer(self, link: Connection, seconds: float) -> Any:
        try:
            return link.recv() if link.poll(seconds) else Lost(Outcome.TOO_SLOW, f"over {seconds:g} s")
        except (EOFError, OSError):
            return Lost(Outcome.CRASHED, f"exit code {self._exit_code()}")

    def _exit_code(self) -> int | None:
        if self._process is None:
            return None
        self._process.join(self._seconds)
        return self._process.exitcode

    def _started(self) -> Connection:
        """The link to the child that is running, or to a new one; one that dies before it is ready is tried again."""
        code = None
        for _ in range(STARTS):
            if self._link is None:
                code = self._start()
            if self._link is not None:
                return self._link
        module = self._function.__module__
        told = f"its child process ended {STARTS} times before it was ready, exit code {code}"
        msg = f"{module}: {told}. Try: a larger page_memory, or fewer workers"
        raise StageError(msg)

    def _start(self) -> int | None:
        """Start a child; its exit code if it ended before it was ready."""
        link, theirs = CONTEXT.Pipe()
        with theirs:  # closed here, so that its end is seen when the child ends
            process = CONTEXT.Process(
                target=_serve, args=(theirs, self._function, self._memory_bytes), daemon=True
            )
            process.start()
        self._link, self._process = link, process
        if self._answer(link, START_SECONDS) == READY:
            return None
        code = process.exitcode
        self.close()
        return code


@cache
def kept_worker(function: Callable[..., R], seconds: float, memory_bytes: int) -> Worker[R]:
    """The worker of this process for such work: it stays from task to task, and ends with the process."""
    return Worker(function, seconds, memory_bytes)


def _batches(jobs: Iterable[Job]) -> Iterator[list[Job]]:
    """The jobs in order, some at a time: sending one by one costs as much as a small page."""
    batch: list[Job] = []
    n_bytes = 0
    for job in jobs:
        size = sum(len(part) for part in job if isinstance(part, (bytes, str)))
        if batch and (len(batch) == BATCH_JOBS or n_bytes + size > BATCH_BYTES):
            yield batch
            batch, n_bytes = [], 0
        batch.append(job)
        n_bytes += size
    if batch:
        yield batch


def _serve(link: Connection, function: Callable[..., Any], memory_bytes: int) -> None:
    """The child: answers every job of every batch, until its parent is gone."""
    die_with_parent()
    parent = multiprocessing.parent_process()
    if parent is None or parent.pid != os.getppid():
        os._exit(1)  # the parent died while this process was starting
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal's Ctrl-C is the parent's to answer
    pa.set_cpu_count(1)
    _limit_memory(memory_bytes)
    link.send(READY)
    while True:
        try:
            jobs = link.recv()
        except (EOFError, OSError):
            return
        except MemoryError:
            link.send(Lost(Outcome.TOO_LARGE, "in transport"))
            continue
        for job in jobs:
            _do(link, function, job)


def _do(link: Connection, function: Callable[..., Any], job: Job) -> None:
    try:
        link.send(function(*job))
    except MemoryError:
        link.send(Lost(Outcome.TOO_LARGE, "out of the memory allowed"))
    except Exception as error:  # the pieces are independent: one that fails is told of, the others go on
        link.send(Lost(Outcome.FAILED, f"{type(error).__name__}: {error}"))


def _limit_memory(n_bytes: int) -> None:
    """Let this process allocate so much more than it has; the kernel counts writable memory, touched or not."""
    status = Path("/proc/self/status")
    if not status.exists():
        return
    [held] = (line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmData:"))
    limit = int(held) * 1024 + n_bytes
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
