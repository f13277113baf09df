"""Scripts that run in the peers' environment."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bench import peers


def test_a_missing_environment_is_named_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(peers.NoPeersError, match="bench-peers"):
        peers.peer("fineweb2", [], python=tmp_path / "python")


def test_a_peer_that_fails_says_its_last_word() -> None:
    with pytest.raises(peers.NoPeersError, match=r"absent\.py"):
        peers.peer("absent", [{"id": "1", "text": "ក"}], python=Path(sys.executable))


@pytest.mark.skipif(not peers.PYTHON.exists(), reason="needs make bench-peers")
def test_fineweb2_gives_a_reason_for_each_document() -> None:
    told = peers.peer("fineweb2", [{"id": "a", "text": ""}, {"id": "b", "text": "សាលារៀន"}])
    assert told["reasons"] == {"a": "empty", "b": "gopher_short_doc"}
    assert told["cpu_seconds"] >= 0
