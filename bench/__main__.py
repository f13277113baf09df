"""`python -m bench AREA[.ROOM] … [--json]`: exit 1 if a floor is missed."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from bench.realdata import real_data
from bench.rows import Row

HERE = Path(__file__).parent
AREAS = ("clean",)
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
    missed = 0
    for row in measure(rooms):
        missed += row.ok is False
        print(json.dumps(asdict(row)) if "--json" in words else told(row), flush=True)
    return 1 if missed else 0


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
