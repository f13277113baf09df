"""Peers stand pinned; what datatrove writes is read as clusters."""

from __future__ import annotations

import struct
from pathlib import Path

import bench.peers
from bench.peers.duplicates import SETTINGS, _clusters


def test_the_clusters_of_datatrove(tmp_path: Path) -> None:
    (tmp_path / "000000.remove").write_bytes(struct.pack("<3I", 2, 4, 5))
    (tmp_path / "000000.clusters").write_bytes(struct.pack("<10I", 1, 7, 2, 7, 3, 8, 4, 8, 5, 8))
    outcome = _clusters(tmp_path, 7)
    assert outcome.cluster == [0, 1, 1, 3, 3, 3, 6]
    assert outcome.kept == [True, True, False, True, False, False, True]


def test_without_duplicates_it_writes_nothing(tmp_path: Path) -> None:
    assert _clusters(tmp_path, 2) == ([0, 1], [True, True])


def test_every_peer_is_pinned() -> None:
    folder = Path(bench.peers.__file__).parent
    pinned = (folder / "requirements.txt").read_text() + (folder / "without_dependencies.txt").read_text()
    names = {line.partition("==")[0] for line in pinned.splitlines() if "==" in line}
    assert {package for package, _ in SETTINGS.values()} <= names
