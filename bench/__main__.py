"""`python -m bench AREA [--json]`: exit 1 if a floor is missed."""

from __future__ import annotations

import importlib
import json
import sys
from dataclasses import asdict
from pathlib import Path

AREAS = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py") if path.stem != "rows")


def main(words: list[str]) -> int:
    """Measure the areas named and print their rows; the exit code."""
    areas = [word for word in words if not word.startswith("-")]
    if not areas or not set(areas) <= set(AREAS):
        print(f"usage: python -m bench AREA … [--json]; areas: {', '.join(AREAS)}", file=sys.stderr)
        return 2
    missed = 0
    for area in areas:
        for row in importlib.import_module(f"bench.{area}").rows():
            missed += row.ok is False
            against = (
                f"{row.value} {row.unit}, {row.peer} {row.peer_value}: {row.ratio} × (floor {row.floor})"
            )
            print(json.dumps(asdict(row)) if "--json" in words else f"{row.name}: {against}", flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
