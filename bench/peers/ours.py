"""What our own stage does of texts, told as the peers' is: `python -m bench.peers.ours`, in our own environment."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Final

from bench import deduplicated
from bench.peers.duplicates import Outcome, measured
from corpus.document import DOCUMENT, documents_table
from corpus.ledger import Ledger
from corpus.manifest import Manifest
from corpus.paths import Folder
from corpus.shards import ShardWriter

RUN: Final = "peers"
SHARD: Final = 10_000  # documents
COPIES: Final = ("exact_duplicate", "near_duplicate")


def deduplicate(texts: list[str]) -> Outcome:
    """The whole stage over one source, from Parquet to Parquet, in this process.

    A document's cluster is the document kept for it. One that goes because nothing but repeated passages is in it
    counts as kept: no peer looks for these.
    """
    cluster, kept = list(range(len(texts))), [True] * len(texts)
    with tempfile.TemporaryDirectory() as folder:
        runs = Path(folder)
        _write_clean(Folder(folder).child(RUN).child("clean"), texts)
        deduplicated.deduplicate(runs, RUN)
        for name, (reason, _, evidence) in deduplicated.decisions(runs, RUN).dropped.items():
            if reason in COPIES:
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
