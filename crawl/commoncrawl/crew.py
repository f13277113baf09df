"""Work of threads that nobody waits for: an interrupted process ends at once, whatever they are reading."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def by_threads(function: Callable[[Item], Result], items: Sequence[Item], n_threads: int) -> list[Result]:
    """What the function makes of each item, in order; the first exception is raised at once, no item begun after."""
    todo: SimpleQueue[int] = SimpleQueue()
    done: SimpleQueue[tuple[int, Result | BaseException]] = SimpleQueue()
    for number in range(len(items)):
        todo.put(number)
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            try:
                number = todo.get_nowait()
            except Empty:
                return
            try:
                done.put((number, function(items[number])))
            except BaseException as error:  # raised where the results are waited for
                done.put((number, error))

    for _ in range(min(n_threads, len(items))):
        threading.Thread(target=work, daemon=True).start()
    results: dict[int, Result] = {}
    try:
        while len(results) < len(items):
            number, result = done.get()
            if isinstance(result, BaseException):
                raise result
            results[number] = result
    finally:
        stop.set()
    return [results[number] for number in range(len(items))]
