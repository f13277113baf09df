"""Runs of the cleaning stage on records planted as its input."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from clean.config import CleanConfig
from clean.stage import STAGE
from corpus.cli import configure
from corpus.document import RECORD
from corpus.ledger import Ledger
from corpus.manifest import Manifest
from corpus.paths import Folder
from corpus.shards import ShardWriter

Record = dict[str, Any]
RUN = "t"


def record(name: str, payload: bytes | None = None, **fields: Any) -> Record:
    """A page of the web, or an imported text where there is no payload."""
    text, host = fields.pop("text", ""), fields.pop("host", "a.example")
    return {
        "id": name,
        "text": text,
        "url": f"https://{host}/{name}",
        "host": host if payload is not None else None,
        "source": "web" if payload is not None else "imported",
        "licence": "CC0-1.0",
        "origin": {"file": "planted", "position": 0},
        "payload": payload,
        "n_bytes": len(text.encode()) if payload is None else len(payload),
        "n_chars": len(text),
        "n_clusters": 0,
        **fields,
    }


def write_ingest(runs: Path, shards: Sequence[Sequence[Record]]) -> None:
    """A finished ingest of these records."""
    folder, ledger, outputs = Folder(str(runs / RUN / "ingest")), Ledger(), []
    for n, rows in enumerate(shards):
        path, batch = f"documents/part-{n:05d}.parquet", pa.Table.from_pylist(list(rows), RECORD)
        with ShardWriter(folder.create(path), RECORD) as writer:
            writer.write(batch)
        ledger.add_table(batch, "in")
        ledger.add_table(batch, "kept")
        outputs.append({"path": path, "bytes": folder.sizes()[path], "sha256": "", "rows": len(batch)})
    Manifest("ingest", "planted", {}, {}, outputs, ledger.rows(), {}).save(folder)


def options(runs: Path, *words: str) -> list[str]:
    """The words that clean the planted records."""
    return [f"run={RUN}", f"runs={runs}", "workers=1", *words]


def config(runs: Path, *words: str) -> CleanConfig:
    """The configuration of such a run."""
    return configure(STAGE, options(runs, *words))


def cleaned_folder(runs: Path) -> Path:
    """Where the stage's output is."""
    return runs / RUN / STAGE.name


def manifest_of(runs: Path) -> Manifest:
    """The manifest of the finished stage."""
    manifest = Manifest.load(Folder(str(cleaned_folder(runs))))
    assert manifest is not None
    return manifest


def rows_of(runs: Path, kind: str) -> dict[str, Record]:
    """The rows of documents, dropped or attributes, by id."""
    paths = sorted((cleaned_folder(runs) / kind).glob("*.parquet"))
    return {row["id"]: row for path in paths for row in pq.read_table(path).to_pylist()}


def fates(runs: Path) -> dict[str, str | None]:
    """The reason for which each document was dropped, None for those kept."""
    kept = dict.fromkeys(rows_of(runs, "documents"))
    return kept | {name: row["reason"] for name, row in rows_of(runs, "dropped").items()}
