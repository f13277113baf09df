"""What deduplicating real corpora costs and removes: web lines, whose median is 200 characters, and whole documents.

Texts are brought into canonical order and tidied as cleaning does; nothing is dropped before. No figure has a floor.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from bench.deduplicated import decisions, deduplicate, forget, text_bytes, warm_up, write_clean
from bench.realdata import json_lines, real_data
from bench.rows import Row, measured
from clean.whitespace import tidy
from corpus.document import document_id, documents_table
from khmer.normalize import normalize

CORPORA: Final = {
    "oscar": ("oscar",),
    "others": (
        "constitution", "folktales_golden", "gtts_prompts", "lohelp", "news_phylypo", "niptict_seg",
        "tess_training", "udhr", "wiki_5k",
    ),
}  # fmt: skip
SHARD_DOCUMENTS: Final = 100_000
ROUNDS: Final = 3


def rows() -> Iterator[Row]:
    """MB per CPU second up to what becomes of each document, the median of three, and the share that goes."""
    folder = real_data()
    if folder is None:
        return
    warm_up()
    for name, sources in CORPORA.items():
        with tempfile.TemporaryDirectory(prefix="bench-dedup-") as runs:
            yield from _of(
                Path(runs), name, [folder / "corpus" / f"{source}.jsonl.zst" for source in sources]
            )


def _of(runs: Path, name: str, paths: Sequence[Path]) -> Iterator[Row]:
    write_clean(runs, name, _shards(paths))
    seconds = []
    for _ in range(ROUNDS):
        forget(runs, name)
        seconds.append(deduplicate(runs, name, "decide").cpu_seconds)
    yield measured(
        f"dedup.real.{name}", text_bytes(runs, name) / statistics.median(seconds) / 1e6, "MB/s per core"
    )
    forget(runs, name)
    deduplicate(runs, name)
    kept, dropped = decisions(runs, name)
    n = len(kept) + len(dropped)
    yield measured(f"dedup.real.{name}_removed", len(dropped) / n, f"of {n} documents")


def _shards(paths: Sequence[Path]) -> Iterator[pa.Table]:
    for path in paths:
        texts = [row["text"] for row in json_lines(path)]
        normal = tidy(normalize(pa.array(texts, pa.large_string())))
        for first in range(0, len(texts), SHARD_DOCUMENTS):
            part = normal.slice(first, SHARD_DOCUMENTS).to_pylist()
            yield documents_table([_document(path.stem, first + n, text) for n, text in enumerate(part)])


def _document(source: str, position: int, text: str) -> dict[str, Any]:
    origin = {"file": source, "position": position}
    identity = {"id": document_id(source, str(position)), "source": source, "origin": origin}
    return {**identity, "text": text, "licence": "LicenseRef-unknown"}
