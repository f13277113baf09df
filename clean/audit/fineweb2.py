"""FineWeb2's decisions, taken by datatrove itself in an environment of its own (`make bench-peers`)."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyarrow as pa

from corpus.errors import ConfigurationError, StageError

SCRIPT: Final = Path(__file__).with_name("fineweb2_rules.py")


class Judged(NamedTuple):
    """Why datatrove drops each document, None where it keeps it; who judged; the CPU seconds it took."""

    reasons: list[str | None]
    version: str
    cpu_seconds: float


def check(peers: str) -> None:
    """Raise ConfigurationError where the peers' environment is missing."""
    if not _python(peers).exists():
        msg = f"peers: got {peers!r}; expected an environment with datatrove. Try: make bench-peers"
        raise ConfigurationError(msg)


def judge(documents: pa.Table, peers: str) -> Judged:
    """What FineWeb2's Khmer filters decide of each document by its `id` and `text`."""
    rows = documents.select(["id", "text"]).to_pylist()
    given = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    command = [str(_python(peers)), "-W", "ignore", str(SCRIPT)]
    done = subprocess.run(command, input=given.encode(), capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        msg = f"{SCRIPT.name}: {said[-1] if said else 'ended without a word'}. Try: make bench-peers again"
        raise StageError(msg)
    answer: dict[str, Any] = json.loads(done.stdout)
    reasons = [answer["reasons"][row["id"]] for row in rows]
    return Judged(reasons, answer["version"], answer["cpu_seconds"])


def _python(peers: str) -> Path:
    return Path(peers) / "bin" / "python"
