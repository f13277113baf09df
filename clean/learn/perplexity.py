"""Estimates an n-gram model: `python -m clean.learn.perplexity to=FILE (run=NAME | TEXTS.jsonl.zst …)`.

Text is that of a run's kept documents (`run=NAME`, or `runs=FOLDER run=NAME`) or of files of JSON lines with a text,
each a document. The one that is shipped, clean/ngram/khmer.safetensors, is estimated from openly licensed texts;
its note says which.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from itertools import chain, islice, pairwise
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from clean.learn.command import answer
from clean.learn.texts import normal
from clean.ngram.kneser_ney import LONGEST, START, count, estimate
from clean.ngram.model import NgramModel
from corpus.document import DOCUMENT
from corpus.errors import ConfigurationError
from corpus.lines import rows_of
from corpus.manifest import Manifest
from corpus.paths import Folder
from corpus.shards import read_batches
from khmer.clusters import Units, khmer_share, unit_hashes

USAGE: Final = "python -m clean.learn.perplexity to=FILE (run=NAME [runs=FOLDER] | TEXTS.jsonl.zst …)"
MOST_UNITS: Final = (
    16_000_000  # take about 2 GB while counted; of more text every second document is left out
)
LEAST_OCCURRENCES: Final = 3  # of a cluster in the vocabulary: typing errors are mostly rarer
MOST_VOCABULARY: Final = 65_000
LEAST_KHMER: Final = 0.7  # share of letters: tables and code of other documents say little of Khmer
MOST_NGRAMS: Final = 365_000  # 0.7 of 2^19 slots, which take 2 MiB
FLOORS: Final = tuple((1, max(k // 2, 1), k, k) for k in range(2, 10_000))
BATCH: Final = 1000
COLUMNS: Final = ("text", "source", "licence")
_NOT_CLUSTERS: Final = r"[^\x{1780}-\x{17D3}\x{17DD}\x{200C}]+"


class Sample:
    """Units of texts, with the hashes of those that are Khmer clusters; thinned out evenly where there are too many."""

    def __init__(self, most_units: int = MOST_UNITS) -> None:
        self.most_units = most_units
        self.n_texts = 0
        self.stride = 1
        self._units: list[tuple[int, Units]] = []  # with the number of the first text
        self.clusters = np.empty(0, np.uint64)

    def add(self, texts: pa.Array) -> None:
        """Take more texts, in canonical order and tidy."""
        chosen = pa.array(np.arange(self.n_texts, self.n_texts + len(texts)) % self.stride == 0)
        first = -(-self.n_texts // self.stride)
        self.n_texts += len(texts)
        texts = texts.filter(chosen)
        self._units.append((first, unit_hashes(texts)))
        plain = unit_hashes(pc.replace_substring_regex(texts, _NOT_CLUSTERS, " "))
        self.clusters = np.union1d(self.clusters, plain.hashes)
        while self.n_units > self.most_units:
            self.stride *= 2
            self._units = [
                ((first + 1) // 2, _every_second(units, first % 2)) for first, units in self._units
            ]

    @property
    def n_units(self) -> int:
        return sum(len(units.hashes) for _, units in self._units)

    def texts(self) -> Iterator[NDArray[np.uint64]]:
        """The units of each text."""
        for _, units in self._units:
            for start, end in pairwise(units.offsets.tolist()):
                yield units.hashes[start:end]


def _every_second(units: Units, first: int) -> Units:
    kept = np.arange(first, len(units.offsets) - 1, 2)
    parts = [units.hashes[units.offsets[i] : units.offsets[i + 1]] for i in kept]
    offsets = np.cumsum([0, *map(len, parts)])
    return Units(offsets, np.concatenate([np.empty(0, np.uint64), *parts]))


def learn(sample: Sample, note: dict[str, Any]) -> NgramModel:
    """The model of a sample: its frequent clusters, with every n-gram frequent enough for all to find room."""
    vocabulary, occurrences = _vocabulary(sample)
    if not len(vocabulary):
        msg = f"got {sample.n_units:,} units; expected some cluster to occur {LEAST_OCCURRENCES} times. Try: more text"
        raise ConfigurationError(msg)
    units = _numbered(sample, vocabulary)
    counted = count(units, LONGEST)
    for floors in FLOORS:
        sizes = [
            int((c.occurrences >= least).sum()) for c, least in zip(counted[1:], floors[1:], strict=True)
        ]
        if sum(sizes) <= MOST_NGRAMS:
            break
    note = {
        **note,
        "texts": sample.n_texts,
        "taken_of_each": sample.stride,
        "units": sample.n_units,
        "vocabulary": len(vocabulary),
        "covered": round(float(occurrences.sum()) / max(sample.n_units, 1), 6),
        "least_occurrences": list(floors),
        "ngrams": sizes,
    }
    return NgramModel.pack(vocabulary, estimate(counted, floors), note)


def _vocabulary(sample: Sample) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Hashes of the frequent clusters and their occurrences, the most frequent first."""
    hashes, occurrences = np.unique(
        np.concatenate([np.empty(0, np.uint64), *sample.texts()]), return_counts=True
    )
    frequent = (occurrences >= LEAST_OCCURRENCES) & np.isin(hashes, sample.clusters)
    hashes, occurrences = hashes[frequent], occurrences[frequent]
    order = np.argsort(-occurrences, kind="stable")[:MOST_VOCABULARY]
    return hashes[order], occurrences[order]


def _numbered(sample: Sample, vocabulary: NDArray[np.uint64]) -> NDArray[np.int64]:
    """All units as numbers from 1 on; START stands before each text and for what is not in the vocabulary."""
    order = np.argsort(vocabulary)
    parts: list[NDArray[np.int64]] = []
    for hashes in sample.texts():
        place = np.minimum(np.searchsorted(vocabulary, hashes, sorter=order), len(vocabulary) - 1)
        found = order[place]
        parts += [np.array([START]), np.where(vocabulary[found] == hashes, found + 1, START)]
    return np.concatenate(parts)


def documents_of_file(uri: str) -> Iterator[pa.Table]:
    """Text, source and licence of the documents in a file of JSON lines."""
    lines = rows_of(uri)
    while rows := list(islice(lines, BATCH)):
        texts, *columns = ([row.get(name, "") for row in rows] for name in COLUMNS)
        yield pa.table([normal(texts), *columns], list(COLUMNS))


def documents_of_run(run: Folder) -> Iterator[pa.Table]:
    """The documents that a run's cleaning kept."""
    folder = run.child("clean")
    manifest = Manifest.load(folder)
    if manifest is None:
        msg = f"{folder.uri}: the stage 'clean' has not finished. Try: python -m clean run={run.uri.rpartition('/')[2]}"
        raise ConfigurationError(msg)
    for uri in manifest.shards(folder, "documents"):
        yield from read_batches(uri, DOCUMENT)


def gather(words: Sequence[str]) -> tuple[Path, Sample, dict[str, str]]:
    """Where the model goes, its texts, and the licence of each source of them."""
    options = dict(word.split("=", 1) for word in words if "=" in word)
    uris = [word for word in words if "=" not in word]
    odd = set(options) - {"to", "run", "runs"}
    if odd or not options.get("to") or bool(uris) == ("run" in options):
        msg = f"got {' '.join(words)!r}; expected {USAGE}. Try: python -m clean.learn.perplexity --help"
        raise ConfigurationError(msg)
    to = Path(options["to"])
    if to.is_dir() or not to.parent.is_dir():
        msg = f"to: got {options['to']!r}; expected a file in a folder that exists. Try: mkdir -p {to.parent}"
        raise ConfigurationError(msg)
    sample, licences = Sample(), dict[str, str]()
    run = Folder(options.get("runs", "runs")).child(options.get("run", ""))
    batches = chain.from_iterable(map(documents_of_file, uris)) if uris else documents_of_run(run)
    for documents in batches:
        texts = documents["text"].combine_chunks()
        sample.add(texts.filter(pa.array(khmer_share(texts) >= LEAST_KHMER)))
        licences |= dict(zip(documents["source"].to_pylist(), documents["licence"].to_pylist(), strict=True))
    return to, sample, licences


def write(words: Sequence[str]) -> str:
    """Estimate a model and write it; the note of it."""
    to, sample, licences = gather(words)
    model = learn(sample, {"licences": licences})
    to.write_bytes(model.to_bytes())
    return json.dumps(model.note, ensure_ascii=False)


def main(words: Sequence[str]) -> None:
    """Answer a command line."""
    answer(words, __doc__, write)


if __name__ == "__main__":
    main(sys.argv[1:])
