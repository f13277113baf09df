"""Peers that need an environment of their own: scripts here read JSON lines and print one JSON object.

Their packages are pinned in requirements.txt; the environment is `.venv-peers` beside this package's folder.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
PYTHON: Final = HERE.parents[1] / ".venv-peers" / "bin" / "python"


class NoPeersError(Exception):
    """The peers' environment is missing, or a peer failed in it."""


def peer(script: str, rows: Iterable[Mapping[str, Any]], python: Path = PYTHON) -> dict[str, Any]:
    """What bench/peers/SCRIPT.py prints for rows given as JSON lines. Raises NoPeersError where it cannot run."""
    if not python.exists():
        raise NoPeersError(f"{python}: the peers' environment is missing. Try: make bench-peers")
    given = "".join(json.dumps(dict(row), ensure_ascii=False) + "\n" for row in rows)
    command = [str(python), "-W", "ignore", str(HERE / f"{script}.py")]
    done = subprocess.run(command, input=given.encode(), capture_output=True, check=False)
    if done.returncode:
        told = done.stderr.decode(errors="replace").strip().splitlines()
        raise NoPeersError(f"bench/peers/{script}.py: {told[-1] if told else 'failed without a word'}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
