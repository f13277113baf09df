"""A measured row, its floor, and how two pieces of work are compared."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

FLOORS = Path(__file__).with_name("floors.yaml")
ROUNDS = 5


@dataclass(frozen=True)
class Row:
    """What was measured, beside a peer in the same run; `ok` is None for a row without a floor."""

    name: str
    value: float
    unit: str
    peer: str
    peer_value: float
    ratio: float
    floor: float | None
    ok: bool | None


@cache
def floors() -> dict[str, float]:
    """The least ratio of each row."""
    return {
        str(name): float(least) for name, least in yaml.safe_load(FLOORS.read_text(encoding="utf-8")).items()
    }


def compare(
    name: str, ours: tuple[Callable[[], object], int], peer: tuple[str, Callable[[], object], int]
) -> Row:
    """Bytes per CPU second of our work against a peer's: each a function and the UTF-8 bytes that one call reads.

    The two take turns, after one call of each that is not counted; the ratio is the median over the rounds.
    """
    work, n_bytes = ours
    peer_name, peer_work, peer_bytes = peer
    work(), peer_work()
    pairs = [(n_bytes / _seconds(work), peer_bytes / _seconds(peer_work)) for _ in range(ROUNDS)]
    ratio = statistics.median(speed / other for speed, other in pairs)
    speed, other = (statistics.median(column) / 1e6 for column in zip(*pairs, strict=True))
    floor = floors().get(name)
    return Row(
        name, round(speed, 2), "MB/s", peer_name, round(other, 2), round(ratio, 1), floor, _met(ratio, floor)
    )


def _met(ratio: float, floor: float | None) -> bool | None:
    return None if floor is None else ratio >= floor


def _seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return max(time.process_time() - started, 1e-9)
