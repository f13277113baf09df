"""The folder of real data that SASTRA_REAL_DATA names, for rows that are about it."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import zstandard

PEERS: Final = Path(__file__).resolve().parents[1] / ".venv-peers"  # what `make bench-peers` builds


def real_data() -> Path | None:
    """The folder, or None where none is named: the rows that need it are then left out, and say so."""
    named = os.environ.get("SASTRA_REAL_DATA")
    return Path(named) if named and Path(named).is_dir() else None


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a jsonl.zst file, in order."""
    with path.open("rb") as raw, zstandard.ZstdDecompressor().stream_reader(raw) as stream:
        for line in io.TextIOWrapper(stream, encoding="utf-8"):
            yield json.loads(line)
