"""A finished cleaning stage of given documents, and the deduplication of it."""

from __future__ import annotations

import json
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


def write_clean(runs: Path, shards: Sequence[Rows]) -> None:
    folder, ledger, outputs = Folder(str(runs / "t" / "clean")), Ledger(), []
    for n, rows in enumerate(shards):
        path, table = f"documents/part-{n:05d}.parquet", documents_table(rows)
        with ShardWriter(folder.create(path), DOCUMENT) as writer:
            writer.write(table)
        ledger.add_table(table, "in")
        ledger.add_table(table, "kept")
        outputs.append({"path": path, "bytes": folder.sizes()[path], "sha256": "", "rows": len(table)})
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

    def contents(self) -> dict[str, bytes]:
        files = (p for p in sorted(self.folder.rglob("*")) if p.is_file() and p.name != ".lock")
        return {str(p.relative_to(self.folder)): p.read_bytes() for p in files}

    def facts(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / "manifest.json").read_text())["facts"])


@pytest.fixture
def deduplicate(tmp_path: Path) -> Callable[..., Deduplicated]:
    def run(*shards: Rows, runs: Path = tmp_path, **config: Any) -> Deduplicated:
        write_clean(runs, shards)
        manifest, _ = execute(STAGE, DedupConfig(**{"run": "t", "runs": str(runs), "workers": 1, **config}))
        return Deduplicated(runs / "t" / "dedup", manifest)

    return run


@pytest.fixture
def make_document() -> Callable[..., dict[str, Any]]:
    return document
