"""What our own stage does of texts, told as the peers' is: `python -m bench.peers.ours`, in our own environment."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from bench.deduplicated import decisions, write_clean
from bench.peers.duplicates import Outcome, measured
from corpus.cli import configure
from corpus.document import documents_table
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
        write_clean(Path(runs), RUN, _shards(texts))
        execute(STAGE, configure(STAGE, [f"run={RUN}", f"runs={runs}", "workers=1", *NO_PASSAGES]))
        for name, (_, _, evidence) in decisions(Path(runs), RUN).dropped.items():
            number = int(name, 16)
            cluster[number], kept[number] = int(evidence, 16), False
    return Outcome(cluster, kept)


def _shards(texts: list[str]) -> Iterator[pa.Table]:
    for first in range(0, len(texts), SHARD):
        part = texts[first : first + SHARD]
        yield documents_table([_row(first + k, text) for k, text in enumerate(part)])


def _row(number: int, text: str) -> dict[str, Any]:
    origin = {"file": "texts", "position": number}
    return {"id": f"{number:032x}", "text": text, "source": RUN, "licence": "CC0-1.0", "origin": origin}


if __name__ == "__main__":
    print(measured("sastra", deduplicate))
