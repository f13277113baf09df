"""Benchmark items planted with edits into web text, and real text that holds none."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bench.realdata import json_lines, real_data
from bench.rows import ROUNDS, Row, cpu_seconds, measured
from clean.decontaminate.benchmarks import Benchmark
from clean.decontaminate.index import Index, contamination, index_of
from khmer.clusters import split_clusters, unit_hashes
from khmer.normalize import normalize

THRESHOLD: Final = 0.4  # as in configs/clean.yaml
EDITS: Final = (0, 1, 2, 3, 5)
EVERY: Final = 10  # documents of the web sample
SEED: Final = 20260101


def rows() -> Iterator[Row]:
    """Every row of this room."""
    folder = real_data()
    if folder is None:
        return
    benchmark = Benchmark(str(folder / "eval" / "flores200_devtest.jsonl.zst"))
    index = index_of([benchmark])
    sentences = [row["text"] for row in json_lines(Path(benchmark.path))]
    web = [
        row["text"] for n, row in enumerate(json_lines(folder / "corpus/oscar.jsonl.zst")) if n % EVERY == 0
    ]
    for n_edits in EDITS:
        shares = _shares(_planted(sentences, web, n_edits), index)
        found = float(np.mean(shares >= THRESHOLD))
        yield measured(f"clean.contamination_recall.{n_edits}_edits", found, "of planted sentences")
    yield measured(
        "clean.contamination_chance", float(_shares(web, index).max()), "of an item at most, by chance"
    )
    yield speed(web, index)


def speed(texts: list[str], index: Index) -> Row:
    """The look-up with the units that it reads, which other scores share."""
    column = normalize(pa.array(texts, pa.large_string()))
    n_bytes = sum(len(text.encode()) for text in column.to_pylist())
    times = [cpu_seconds(lambda: contamination(unit_hashes(column), index)) for _ in range(ROUNDS)]
    return measured("clean.contamination_speed", n_bytes / sorted(times)[ROUNDS // 2] / 1e6, "MB/s")


def _planted(sentences: Sequence[str], web: Sequence[str], n_edits: int) -> list[str]:
    """Each sentence between two web texts, with clusters exchanged, left out or put in."""
    choice = random.Random(SEED + n_edits)
    texts = []
    for sentence in sentences:
        edited = sentence
        for _ in range(n_edits):
            cluster = choice.choice(split_clusters(edited))
            other = choice.choice(("", cluster + "កា", "ណាំ", "ឃើ"))
            at = edited.index(cluster, choice.randrange(edited.rindex(cluster) + 1))
            edited = edited[:at] + other + edited[at + len(cluster) :]
        texts.append(" ".join((choice.choice(web), edited, choice.choice(web))))
    return texts


def _shares(texts: list[str], index: Index) -> NDArray[np.float64]:
    return contamination(unit_hashes(normalize(pa.array(texts, pa.large_string()))), index).share
