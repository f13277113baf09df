"""A finished cleaning stage of given documents, and the deduplication of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from corpus.document import DOCUMENT, documents_table
from corpus.ledger import Ledger
from corpus.manifest import Manifest
from corpus.paths import Folder
from corpus.shards import ShardWriter
from corpus.stage import execute
from dedup.config import DedupConfig
from dedup.stage import STAGE

Rows = Sequence[dict[str, Any]]


def document(number: int, text: str, **fields: Any) -> dict[str, Any]:
    origin = {"file": "planted", "position": number}
    return {
        "id": f"{number:032x}",
        "text": text,
        "source": "web",
        "licence": "CC0-1.0",
        "origin": origin,
        **fields,
    }


def write_clean(runs: Path, shards: Sequence[Rows], names: Sequence[str] = ()) -> None:
    folder, ledger, outputs = Folder(str(runs / "t" / "clean")), Ledger(), []
    for name, rows in zip(names or [f"part-{n:05d}" for n in range(len(shards))], shards, strict=True):
        path, table = f"documents/{name}.parquet", documents_table(rows)
        with ShardWriter(folder.create(path), DOCUMENT) as writer:
            writer.write(table)
        ledger.add_table(table, "in")
        ledger.add_table(table, "kept")
        sha256 = hashlib.sha256(folder.read(path)).hexdigest()
        outputs.append({"path": path, "bytes": folder.sizes()[path], "sha256": sha256})
    outputs.sort(key=lambda file: str(file["path"]))
    Manifest("clean", "planted", {}, {}, outputs, ledger.rows(), {}).save(folder)


@dataclass
class Deduplicated:
    folder: Path
    manifest: Manifest

    def rows(self, kind: str) -> list[dict[str, Any]]:
        return [
            row
            for path in sorted(self.folder.glob(f"{kind}/*.parquet"))
            for row in pq.read_table(path).to_pylist()
        ]

    @property
    def kept(self) -> set[str]:
        return {row["id"] for row in self.rows("documents")}

    @property
    def dropped(self) -> dict[str, tuple[str, float | None, str]]:
        return {row["id"]: (row["reason"], row["score"], row["evidence"]) for row in self.rows("dropped")}


@pytest.fixture(scope="session")
def deduplicate(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Deduplicated]:
    def run(
        *shards: Rows, runs: Path | None = None, names: Sequence[str] = (), **config: Any
    ) -> Deduplicated:
        runs = runs or tmp_path_factory.mktemp("runs")
        write_clean(runs, shards, names)
        manifest, _ = execute(STAGE, DedupConfig(**{"run": "t", "runs": str(runs), "workers": 1, **config}))
        return Deduplicated(runs / "t" / "dedup", manifest)

    return run


@pytest.fixture(scope="session")
def make_document() -> Callable[..., dict[str, Any]]:
    return document


@pytest.fixture(scope="session")
def clean_stage() -> Callable[[Path, Sequence[Rows]], None]:
    return write_clean
