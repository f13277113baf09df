"""Noise and spam planted in real documents, against what the configured rules drop; clean documents beside them.

Every planted document is made from a real one by the plants in turn, with a fixed seed. Recall is the share of the
planted that is dropped, for whatever reason; precision the share of the planted among all dropped, as many clean
documents being judged beside them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bench.plants import NOISE, SPAM, Plant
from bench.realdata import json_lines, real_data
from bench.rows import Row, measured
from clean.decide import Decisions, decide
from clean.scores import SCORES, score
from clean.scores.texts import Texts
from clean.stage import STAGE
from clean.whitespace import tidy
from corpus.cli import configure
from khmer.clusters import counts
from khmer.normalize import normalize

SOURCES: Final = ("news_phylypo", "wiki_5k", "folktales_golden", "niptict_seg")
PER_SOURCE: Final = 260
LEAST_CLUSTERS: Final = 150
LONGEST: Final = 20_000  # characters
BATCH: Final = 500


class Judged(NamedTuple):
    """The planted documents and the clean ones, and what the rules decide of each."""

    planted: Decisions
    clean: Decisions


def rows() -> Iterator[Row]:
    """Recall and precision of noise and of spam."""
    folder = real_data()
    if folder is None:
        return
    texts = clean_texts(folder)
    for name, plants in (("noise", NOISE), ("spam", SPAM)):
        judged = judge(texts, plants)
        caught, lost = dropped(judged.planted), dropped(judged.clean)
        yield measured(f"clean.planted_{name}_recall", caught / len(texts), f"of {len(texts)} planted")
        precision = caught / max(caught + lost, 1)
        yield measured(f"clean.planted_{name}_precision", precision, f"of {caught + lost} dropped")


def clean_texts(folder: Path) -> list[str]:
    """As many documents of at least 150 clusters from each source, drawn with a fixed seed."""
    chosen: list[str] = []
    for source in SOURCES:
        texts = [row["text"] for row in json_lines(folder / f"corpus/{source}.jsonl.zst")]
        long = counts(pa.array(texts, pa.large_string())).n_clusters >= LEAST_CLUSTERS
        pool = [texts[position][:LONGEST] for position in np.flatnonzero(long)]
        chosen += random.Random(source).sample(pool, min(PER_SOURCE, len(pool)))
    return chosen


def judge(texts: Sequence[str], plants: Mapping[str, Plant]) -> Judged:
    """Each text with the next of the plants, and as it was, before the configured rules."""
    generator = random.Random("planted")
    order = generator.sample(texts, len(texts))
    planted = [plant(generator, text) for plant, text in zip(cycle(plants.values()), order, strict=False)]
    return Judged(decisions(planted), decisions(texts))


def decisions(texts: Sequence[str]) -> Decisions:
    """What the configured rules decide of texts that came without a page, normalised as the stage does."""
    config = configure(STAGE, ["run=planted"])
    normal = tidy(normalize(pa.array(texts, pa.large_string())))
    batches = [normal.slice(start, BATCH) for start in range(0, len(normal), BATCH)]
    rules = [
        rule for rule in config.rules if rule.score in SCORES
    ]  # the others are about sizes and benchmarks
    return decide(pa.concat_tables([score(Texts.without_pages(batch)) for batch in batches]), rules)


def dropped(decided: Decisions) -> int:
    """How many documents are dropped."""
    return int(pc.sum(pc.invert(decided.kept)).as_py())
