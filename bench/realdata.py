"""The folder of real data that SASTRA_REAL_DATA names, for rows that are about it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from corpus.lines import rows_of

PEERS: Final = Path(__file__).resolve().parents[1] / ".venv-peers"  # what `make bench-peers` builds


def real_data() -> Path | None:
    """The folder, or None where none is named: the rows that need it are then left out, and say so."""
    named = os.environ.get("SASTRA_REAL_DATA")
    return Path(named) if named and Path(named).is_dir() else None


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file of JSON lines, in order."""
    return rows_of(str(path))
