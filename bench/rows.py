"""A measured row, its floor, and how two pieces of work are compared."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

FLOORS = Path(__file__).with_name("floors.yaml")
ROUNDS = 5


@dataclass(frozen=True)
class Row:
    """What was measured, beside a peer in the same run if there is one; `ok` is None for a row without a floor."""

    name: str
    value: float
    unit: str
    peer: str | None
    peer_value: float | None
    ratio: float | None
    floor: float | None
    ok: bool | None


class Bound(NamedTuple):
    """What a row must reach: at least so much, or at most."""

    limit: float
    is_ceiling: bool

    def met_by(self, figure: float) -> bool:
        """Whether a figure is on the right side; not a number never is."""
        return figure <= self.limit if self.is_ceiling else figure >= self.limit


@cache
def floors() -> dict[str, Bound]:
    """The bound of each row: of its ratio where it has a peer, else of its value."""
    stated = yaml.safe_load(FLOORS.read_text(encoding="utf-8"))
    return {str(name): _bound(limit) for name, limit in stated.items()}


def _bound(stated: float | dict[str, float]) -> Bound:
    if isinstance(stated, dict):
        return Bound(float(stated["at_most"]), is_ceiling=True)
    return Bound(float(stated), is_ceiling=False)


def measured(name: str, value: float, unit: str) -> Row:
    """A row without a peer: its value is held against the floor."""
    bound = floors().get(name)
    ok = None if bound is None else bound.met_by(value)
    return Row(name, round(value, 4), unit, None, None, None, bound.limit if bound else None, ok)


def against(name: str, pairs: list[tuple[float, float]], unit: str, peer: str) -> Row:
    """A row from speeds of ours and of a peer, measured in turn: the ratio is the median over the pairs."""
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    value, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    bound = floors().get(name)
    ok = None if bound is None else bound.met_by(ratio)
    limit = bound.limit if bound else None
    return Row(name, round(value, 2), unit, peer, round(other, 2), round(ratio, 1), limit, ok)


def compare(
    name: str, ours: tuple[Callable[[], object], int], peer: tuple[str, Callable[[], object], int]
) -> Row:
    """Bytes per CPU second of our work against a peer's: each a function and the UTF-8 bytes that one call reads.

    The two take turns, after one call of each that is not counted; the ratio is the median over the rounds.
    """
    work, n_bytes = ours
    peer_name, peer_work, peer_bytes = peer
    work(), peer_work()
    pairs = [
        (n_bytes / cpu_seconds(work) / 1e6, peer_bytes / cpu_seconds(peer_work) / 1e6) for _ in range(ROUNDS)
    ]
    return against(name, pairs, "MB/s", peer_name)


def cpu_seconds(work: Callable[[], object]) -> float:
    """The CPU time that one call takes in this process, all threads together."""
    started = time.process_time()
    work()
    return max(time.process_time() - started, 1e-9)
