"""What our own stage does of texts, told as the peers' is: `python -m bench.peers.ours`, in our own environment."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Final

from bench.deduplicated import decisions
from bench.peers.duplicates import Outcome, measured
from corpus.cli import configure
from corpus.document import DOCUMENT, documents_table
from corpus.ledger import Ledger
from corpus.manifest import Manifest
from corpus.paths import Folder
from corpus.shards import ShardWriter
from corpus.stage import execute
from dedup.stage import STAGE

RUN: Final = "peers"
SHARD: Final = 10_000  # documents
NO_PASSAGES: Final = (f"least_passage={1 << 14}", f"least_line={1 << 14}")


def deduplicate(texts: list[str]) -> Outcome:
    """The whole stage over one source, from Parquet to Parquet, in this process.

    A document's cluster is the document kept for it. Repeated passages stay: no peer looks for them.
    """
    cluster, kept = list(range(len(texts))), [True] * len(texts)
    with tempfile.TemporaryDirectory() as runs:
        _write_clean(Folder(runs).child(RUN).child("clean"), texts)
        execute(STAGE, configure(STAGE, [f"run={RUN}", f"runs={runs}", "workers=1", *NO_PASSAGES]))
        for name, (_, _, evidence) in decisions(Path(runs), RUN).dropped.items():
            number = int(name, 16)
            cluster[number], kept[number] = int(evidence, 16), False
    return Outcome(cluster, kept)


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
    Manifest("clean", RUN, {}, {}, outputs, ledger.rows(), {}).save(clean)


def _row(number: int, text: str) -> dict[str, Any]:
    origin = {"file": "texts", "position": number}
    return {"id": f"{number:032x}", "text": text, "source": RUN, "licence": "CC0-1.0", "origin": origin}


if __name__ == "__main__":
    print(measured("sastra", deduplicate))
