"""What text-dedup, datatrove and rensa make of the same texts as our stage, judged by `bench.bruteforce`.

Rows `dedup.peers.INPUT.SYSTEM.FIGURE`, none with a floor. Systems: ours and the settings of `bench.peers.duplicates`.
Figures: `recall`, of the pairs of a true Jaccard similarity of 0.8 and more, the share of which at most one document
stays; `removed`, documents; `wrong`, of these, whose similarity to every kept document of their cluster is under 0.8,
and `far`, under 0.7; `seconds` of CPU, from texts to decisions; `memory`, the most held by one process.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from bench.bruteforce import Shingles, alike, jaccard, shingles
from bench.copies import Copies
from bench.peers.call import call, call_peer
from bench.peers.duplicates import SETTINGS, Outcome
from bench.realdata import json_lines, real_data
from bench.rows import Row, measured
from clean.whitespace import tidy
from corpus.errors import SastraError
from khmer.normalize import normalize

SEED: Final = 11
N_PLANTED: Final = 6000  # 21 MB
N_LINES: Final = 20_000  # of OSCAR: 14 MB, beside all 1,594 news articles, 7 MB
THRESHOLD: Final = 0.8
FAR: Final = 0.7


class Truth(NamedTuple):
    """Shingles of each text, and the pairs `(n, 2)` that resemble each other."""

    found: Sequence[Shingles]
    pairs: NDArray[np.int64]


def rows() -> Iterator[Row]:
    """Generated documents with planted copies; news and lines of OSCAR together where there is real data."""
    inputs: dict[str, Callable[[], list[str]]] = {"planted": planted}
    data = real_data()
    if data is not None:
        inputs["real"] = lambda: real(data)
    for name, texts_of in inputs.items():
        texts = texts_of()
        truth = truth_of(texts)
        yield measured(f"dedup.peers.{name}.pairs", len(truth.pairs), "pairs")
        for system, answer in _answers(texts):
            outcome = Outcome(answer["cluster"], answer["kept"])
            for figure, (value, unit) in {**judged(truth, outcome), **_cost(answer)}.items():
                yield measured(f"dedup.peers.{name}.{system}.{figure}", value, unit)


def planted() -> list[str]:
    """The texts of the generator's first documents."""
    copies = Copies.of(SEED)
    texts: list[str] = []
    while len(texts) < N_PLANTED:
        texts += copies.texts(len(texts), min(N_PLANTED - len(texts), 2000)).to_pylist()
    return texts


def real(data: Path) -> list[str]:
    """News and lines of OSCAR, normalised."""
    found: list[str] = []
    for source in ("news_phylypo", "oscar"):
        lines = json_lines(data / "corpus" / f"{source}.jsonl.zst")
        found += [row["text"] for row in islice(lines, N_LINES)]
    texts: list[str] = tidy(normalize(pa.array(found, pa.large_string()))).to_pylist()
    return texts


def truth_of(texts: Sequence[str]) -> Truth:
    """All pairs of texts that resemble each other, whoever planted them."""
    found = shingles(texts)
    pairs = [(pair.first, pair.second) for pair in alike(found, THRESHOLD)]
    return Truth(found, np.array(pairs, np.int64).reshape(-1, 2))


def _answers(texts: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What each system says, ours first; one that cannot be run is told and left out."""
    yield "ours", call(sys.executable, ["ours"], texts)
    for setting in SETTINGS:
        try:
            yield setting, call_peer("duplicates", setting, texts)
        except SastraError as error:
            print(error, file=sys.stderr)


def judged(truth: Truth, outcome: Outcome) -> dict[str, tuple[float, str]]:
    """The figures of an outcome that the texts decide, with their units."""
    kept = np.array(outcome.kept)
    both_stay = kept[truth.pairs].all(axis=1)
    similar = _similarities_to_kept(truth.found, outcome)
    return {
        "recall": (1 - both_stay.mean() if both_stay.size else float("nan"), "of pairs"),
        "removed": (similar.size, "documents"),
        "wrong": (int((similar < THRESHOLD).sum()), "documents"),
        "far": (int((similar < FAR).sum()), "documents"),
    }


def _similarities_to_kept(found: Sequence[Shingles], outcome: Outcome) -> NDArray[np.float64]:
    """Of each removed document, the similarity to the nearest kept one of its cluster; 0 where none is kept.

    Texts too short for a shingle count as the same: who ties them does it for all that they say.
    """
    members = defaultdict(list)
    for number, (cluster, stays) in enumerate(zip(outcome.cluster, outcome.kept, strict=True)):
        if stays:
            members[cluster].append(number)

    def similarity(a: int, b: int) -> float:
        return jaccard(found[a], found[b]) if found[a].size or found[b].size else 1.0

    removed = [number for number, stays in enumerate(outcome.kept) if not stays]
    nearest = [max((similarity(n, k) for k in members[outcome.cluster[n]]), default=0.0) for n in removed]
    return np.array(nearest, np.float64)


def _cost(answer: dict[str, Any]) -> dict[str, tuple[float, str]]:
    return {"seconds": (answer["cpu_seconds"], "s"), "memory": (answer["peak_bytes"] / 1e9, "GB")}
