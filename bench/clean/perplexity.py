"""The language model: how fast it is looked up, and how well it tells articles from the same ones spoilt."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

import pyarrow as pa

from bench.plants import misread
from bench.realdata import json_lines, real_data
from bench.rows import ROUNDS, Row, cpu_seconds, measured
from clean.learn.quality import auc
from clean.learn.texts import normal
from clean.ngram.model import SHIPPED, loaded
from clean.scores.perplexity import bits_of
from khmer.clusters import counts, unit_hashes
from khmer.words import words

SOURCE: Final = "news_phylypo"
MOST: Final = 500
LENGTH: Final = slice(200, 1200)  # characters of an article
SEED: Final = 1

Spoiling = Callable[[random.Random, str], str]


def rows() -> Iterator[Row]:
    """Speed, then the area under the ROC curve for misread characters and for words in another order."""
    folder = real_data()
    if folder is None:
        return
    documents = json_lines(folder / "corpus" / f"{SOURCE}.jsonl.zst")
    articles = [row["text"][LENGTH] for row in documents if len(row["text"]) > LENGTH.stop][:MOST]
    yield measured("clean.perplexity.speed", speed(articles), "MB/s")
    spoilt: dict[str, Spoiling] = {
        "misread_2": partial(misread, 0.02),
        "misread_5": partial(misread, 0.05),
        "shuffled": shuffled,
    }
    for name, spoil in spoilt.items():
        yield measured(
            f"clean.perplexity_{name}", told_apart(articles, spoil), f"AUC, {len(articles)} articles"
        )


def speed(articles: list[str]) -> float:
    """MB of text a CPU second of look-up, units at hand."""
    texts = normal(articles)
    units, model = unit_hashes(texts), loaded(SHIPPED)
    model.bits(units)
    n_bytes = sum(len(text.encode()) for text in texts.to_pylist())
    return statistics.median(n_bytes / cpu_seconds(lambda: model.bits(units)) / 1e6 for _ in range(ROUNDS))


def told_apart(articles: list[str], spoil: Spoiling) -> float:
    """How often a spoilt article costs more than one as it was."""
    generator = random.Random(SEED)
    texts = normal([*articles, *(spoil(generator, article) for article in articles)])
    bits = bits_of(loaded(SHIPPED).bits(unit_hashes(texts)), counts(texts).n_clusters)
    return auc(
        bits, pa.array([False] * len(articles) + [True] * len(articles)).to_numpy(zero_copy_only=False)
    )


def shuffled(generator: random.Random, text: str) -> str:
    """The dictionary words of a text in another order."""
    data = text.encode()
    parts = [data[start:end].decode() for start, end in words(pa.array([text])).spans.tolist()]
    generator.shuffle(parts)
    return "".join(parts)
