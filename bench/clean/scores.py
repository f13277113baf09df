"""All text scores together, beside datatrove with FineWeb2's Khmer filters on the same documents."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import pyarrow as pa

from bench.realdata import PEERS, json_lines, real_data
from bench.rows import Row, against, cpu_seconds, measured
from clean.audit import fineweb2
from clean.scores import SCORES
from clean.scores.texts import Texts
from clean.whitespace import tidy
from corpus.errors import SastraError
from khmer.normalize import normalize
from khmer.words import words

MOST_CHARS: Final = 1000  # of a document: about a screen of news
N_DOCUMENTS: Final = 1000  # a batch of the stage; eleven seconds of datatrove
ROUNDS: Final = 3
WORDS: Final = "words_"  # scores that need dictionary words
ASIDE: Final = ("page_", "quality_")  # facts of extraction; what is computed from other scores
RULES: Final = (
    "khmer_",
    "gopher_",
    "c4_",
    "fineweb_",
    "shape_",
)  # like for like: what the peer's filters are about
PEER: Final = "datatrove, khm_Khmr"


def rows() -> Iterator[Row]:
    """Documents per CPU second; without real data or without the peers' environment there are none."""
    data = real_data()
    if data is None:
        return
    texts = news(data)
    everything = [name for name in SCORES if not name.startswith(ASIDE)]
    without_words = [name for name in everything if not name.startswith(WORDS)]
    rules = [name for name in everything if name.startswith(RULES)]
    try:
        theirs = [_datatrove(texts) for _ in range(ROUNDS)]
    except SastraError as error:
        print(error, file=sys.stderr)
        return
    sets = {"scores": everything, "scores_no_words": without_words, "scores_rules": rules}
    for name, scores in sets.items():
        _ours(texts, scores)
        pairs = [(_ours(texts, scores), speed) for speed in theirs]
        yield against(f"clean.{name}.vs_datatrove", pairs, "documents/s", PEER)
    n_bytes = sum(len(text.encode()) for text in texts.to_pylist())
    yield measured("clean.words", n_bytes / cpu_seconds(lambda: words(texts)) / 1e6, "MB/s")


def news(data: Path) -> pa.LargeStringArray:
    """News articles cut to MOST_CHARS and normalised."""
    lines = islice(json_lines(data / "corpus" / "news_phylypo.jsonl.zst"), N_DOCUMENTS)
    raw = pa.array([line["text"][:MOST_CHARS] for line in lines], pa.large_string())
    return tidy(normalize(raw))


def _ours(texts: pa.LargeStringArray, scores: list[str]) -> float:
    """Documents per CPU second; nothing is computed before the clock starts."""
    batch = Texts.without_pages(texts)
    return len(batch) / cpu_seconds(lambda: [SCORES[name](batch) for name in scores])


def _datatrove(texts: pa.LargeStringArray) -> float:
    fineweb2.check(str(PEERS))
    rows = pa.table({"id": [str(n) for n in range(len(texts))], "text": texts})
    return len(rows) / fineweb2.judge(rows, str(PEERS)).cpu_seconds
