"""How a module of this folder is run in the peers' environment: texts in, one JSON object out."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from bench.realdata import PEERS
from corpus.errors import ConfigurationError, StageError

ROOT: Final = Path(__file__).resolve().parents[2]
# One thread, and no look at the network.
SURROUNDINGS: Final = {
    "PYTHONPATH": str(ROOT),
    "RAYON_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "HF_HUB_OFFLINE": "1",
}


def check() -> None:
    """Raise ConfigurationError where the peers' environment is missing."""
    if not (PEERS / "bin" / "python").exists():
        msg = f"peers: got {PEERS}; expected an environment with the peers. Try: make bench-peers"
        raise ConfigurationError(msg)


def call_peer(module: str, word: str, texts: Iterable[str]) -> dict[str, Any]:
    """What `python -m bench.peers.MODULE WORD` says of texts in the peers' environment."""
    check()
    return call(str(PEERS / "bin" / "python"), [module, word], texts)


def call(python: str, words: Sequence[str], texts: Iterable[str]) -> dict[str, Any]:
    """What `PYTHON -m bench.peers.MODULE WORD` says of texts, which it reads as JSON lines; `words` are those two."""
    module, *others = words
    command = [python, "-W", "ignore", "-m", f"bench.peers.{module}", *others]
    given = "".join(json.dumps(text, ensure_ascii=False) + "\n" for text in texts).encode()
    done = subprocess.run(
        command, input=given, capture_output=True, check=False, env={**os.environ, **SURROUNDINGS}
    )
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        last = said[-1] if said else "ended without a word"
        msg = f"bench.peers.{module}: {last}. Try: make bench-peers, or by hand: {' '.join(command)}"
        raise StageError(msg)
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer
