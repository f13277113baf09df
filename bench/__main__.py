"""`python -m bench AREA[.ROOM] … [--json]`: exit 1 if a floor is missed.

So it is where a whole area was measured, with real data and the peers' environment, and a floor of it has no row.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Collection, Iterator
from dataclasses import asdict
from pathlib import Path

from bench.realdata import PEERS, real_data
from bench.rows import Row, floors

HERE = Path(__file__).parent
AREAS = ("clean", "crawl", "dedup")
ROOMS = [f"{area}.{path.stem}" for area in AREAS for path in sorted((HERE / area).glob("[a-z]*.py"))]


def main(words: list[str]) -> int:
    """Measure the rooms of the areas named and print their rows; the exit code."""
    asked = [word for word in words if not word.startswith("-")]
    rooms = [room for room in ROOMS if any(room == word or room.startswith(f"{word}.") for word in asked)]
    unknown = [word for word in asked if not any(f"{room}.".startswith(f"{word}.") for room in ROOMS)]
    if not rooms or unknown:
        print(f"usage: python -m bench AREA[.ROOM] … [--json]; rooms: {', '.join(ROOMS)}", file=sys.stderr)
        return 2
    if real_data() is None:
        print("SASTRA_REAL_DATA names no folder: rows about real data are left out", file=sys.stderr)
    missed, names = 0, set()
    for row in measure(rooms):
        missed += row.ok is False
        names.add(row.name)
        print(json.dumps(asdict(row)) if "--json" in words else told(row), flush=True)
    without = [name for area in AREAS if area in asked and is_complete() for name in without_row(area, names)]
    for name in without:
        print(f"{name}: MISSING, no room measured it (floor {floors()[name].limit:g})", file=sys.stderr)
    return 1 if missed or without else 0


def is_complete() -> bool:
    """Whether there is all that the rows of an area need."""
    return real_data() is not None and (PEERS / "bin" / "python").exists()


def without_row(area: str, names: Collection[str]) -> list[str]:
    """The floors of an area that are none of these rows'."""
    return [name for name in floors() if name.startswith(f"{area}.") and name not in names]


def measure(rooms: list[str]) -> Iterator[Row]:
    """The rows of each room."""
    for room in rooms:
        yield from importlib.import_module(f"bench.{room}").rows()


def told(row: Row) -> str:
    """A row as a line for people."""
    verdict = "" if row.ok is None else "" if row.ok else "  MISSED"
    peer = "" if row.peer is None else f", {row.peer} {row.peer_value}: {row.ratio} ×"
    floor = "" if row.floor is None else f" (floor {row.floor:g})"
    return f"{row.name}: {row.value} {row.unit}{peer}{floor}{verdict}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
