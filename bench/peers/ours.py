"""What our own stage does of texts, told as the peers' is: `python -m bench.peers.ours`, in our own environment."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any, Final

import pyarrow.parquet as pq

from bench.peers.duplicates import Outcome, measured
from corpus.document import DOCUMENT, documents_table
from corpus.ledger import Ledger
from corpus.manifest import Manifest
from corpus.paths import Folder
from corpus.shards import ShardWriter
from corpus.stage import execute
from dedup.config import DedupConfig
from dedup.stage import STAGE

SHARD: Final = 10_000  # documents
COPIES: Final = ("exact_duplicate", "near_duplicate")


def deduplicate(texts: list[str]) -> Outcome:
    """The whole stage over one source, from Parquet to Parquet, in this process.

    A document's cluster is the document kept for it. One that goes because nothing but repeated passages is in it
    counts as kept: no peer looks for these.
    """
    with tempfile.TemporaryDirectory() as runs:
        _write_clean(Folder(runs).child("peers").child("clean"), texts)
        folder = Folder(runs).child("peers").child(STAGE.name)
        manifest, _ = execute(STAGE, DedupConfig(run="peers", runs=runs, workers=1))
        cluster, kept = list(range(len(texts))), [True] * len(texts)
        for row in _dropped(manifest, folder):
            if row["reason"] in COPIES:
                number = int(row["id"], 16)
                cluster[number], kept[number] = int(row["evidence"], 16), False
    return Outcome(cluster, kept)


def _dropped(manifest: Manifest, folder: Folder) -> Iterator[dict[str, Any]]:
    for uri in manifest.shards(folder, "dropped"):
        yield from pq.read_table(uri, columns=["id", "reason", "evidence"]).to_pylist()


def _write_clean(clean: Folder, texts: list[str]) -> None:
    ledger, outputs = Ledger(), []
    for first in range(0, len(texts), SHARD):
        path = f"documents/part-{first // SHARD:05d}.parquet"
        rows = [_row(first + k, text) for k, text in enumerate(texts[first : first + SHARD])]
        table = documents_table(rows)
        with ShardWriter(clean.create(path), DOCUMENT) as writer:
            writer.write(table)
        ledger.add_table(table, "in")
        ledger.add_table(table, "kept")
        outputs.append({"path": path, "bytes": clean.sizes()[path], "sha256": "", "rows": len(rows)})
    Manifest("clean", "peers", {}, {}, outputs, ledger.rows(), {}).save(clean)


def _row(number: int, text: str) -> dict[str, Any]:
    origin = {"file": "texts", "position": number}
    return {"id": f"{number:032x}", "text": text, "source": "peers", "licence": "CC0-1.0", "origin": origin}


if __name__ == "__main__":
    print(measured("sastra", deduplicate))
