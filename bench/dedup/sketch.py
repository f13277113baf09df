"""Text to sketch of 128 slots, in documents per core-second, beside datasketch, rensa and datatrove.

datasketch and rensa make no shingles themselves: they get those that `dedup` uses, runs of five units, from the plain
Python of `bench.peers.shingles`. datatrove has its own, five words of khmer-nltk. Rows are of three kinds, by what the
peer finds: texts; its shingles ready made, against our texts (`ready`); shingles hashed, against our units (`kernel`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import xxhash
from datasketch import MinHash

from bench.bruteforce import alike
from bench.bruteforce import shingles as true_shingles
from bench.copies import Copies
from bench.dedup.peers import planted, real
from bench.peers.call import call_peer
from bench.peers.shingles import shingles
from bench.realdata import json_lines, real_data
from bench.rows import Row, against, cpu_seconds, measured
from clean.whitespace import tidy
from corpus.errors import SastraError
from corpus.shards import BATCH_ROWS
from dedup.sketch import sketch
from dedup.sketch_kernels import SLOTS, Numbers
from khmer.clusters import flagged_units
from khmer.normalize import normalize

SEED: Final = 7
ROUNDS: Final = 5
N_DOCUMENTS: Final = 10_000  # fewer are over before a processor that did something else is warm
WIDTH: Final = 5
LEAST: Final = 0.5  # similarity of the pairs that sketches are held against
Speeds = dict[str, float]  # documents per CPU second, by the kind of row


class Peer(NamedTuple):
    """Its name, how many documents are a second or two of its work, and what measures one round of them."""

    name: str
    n_documents: int
    measure: Callable[[list[str]], tuple[str, Speeds]]


def rows() -> Iterator[Row]:
    """Articles of the generator, with floors; lines of OSCAR without, where there is real data."""
    inputs = {"dedup.sketch": (Copies.of(SEED).texts(0, N_DOCUMENTS).to_pylist(), planted)}
    data = real_data()
    if data is not None:
        inputs["dedup.sketch.short"] = (_lines(data), lambda: real(data))
    for prefix, (texts, with_copies) in inputs.items():
        for peer in PEERS:
            try:
                yield from _compared(prefix, peer, texts)
            except SastraError as error:
                print(error, file=sys.stderr)
        yield from errors(prefix, with_copies())


def errors(prefix: str, texts: list[str]) -> Iterator[Row]:
    """How far the similarities that sketches tell are from the true ones, ours and datasketch's.

    Over pairs of a similarity from 0.5 to under 1, each text once as the second of a pair. `error` is the
    root of the mean square, of what 128 independent slots would have; `bias` the mean.
    """
    texts = list(dict.fromkeys(texts))
    pairs = {pair.second: pair for pair in alike(true_shingles(texts), LEAST) if pair.similarity < 1}
    true = np.array([pair.similarity for pair in pairs.values()])
    ideal = np.sqrt((true * (1 - true) / SLOTS).mean())
    first = [texts[pair.first] for pair in pairs.values()]
    second = [texts[place] for place in pairs]
    for who, sketches in {"": _our_slots, ".datasketch": _datasketch_slots}.items():
        apart = (sketches(first) == sketches(second)).mean(axis=1) - true
        yield measured(f"{prefix}.error{who}", np.sqrt((apart**2).mean()) / ideal, "of independent slots'")
        yield measured(f"{prefix}.bias{who}", apart.mean(), "of similarity")


def _our_slots(texts: list[str]) -> Numbers:
    offsets, units = flagged_units(pa.array(texts, pa.large_string()))
    return sketch(units, offsets, WIDTH)


def _datasketch_slots(texts: list[str]) -> Numbers:
    sets = [[run.encode() for run in shingles(text)] for text in texts]
    return np.array([found.hashvalues for found in MinHash.bulk(sets, num_perm=SLOTS)])


def _lines(data: Path) -> list[str]:
    """Lines of OSCAR, normalised."""
    found = [row["text"] for row in islice(json_lines(data / "corpus" / "oscar.jsonl.zst"), N_DOCUMENTS)]
    texts: list[str] = tidy(normalize(pa.array(found, pa.large_string()))).to_pylist()
    return texts


def _compared(prefix: str, peer: Peer, texts: list[str]) -> Iterator[Row]:
    """The rows of one peer, ours and the peer's measured turn about.

    A slow peer gets the first texts only; its speed in bytes is told as documents of the mean length of all. Ours never
    gets the same few texts again and again: the processor would learn their branches.
    """
    few = texts[: peer.n_documents]
    longer = _mean_bytes(few) / _mean_bytes(texts)
    pairs: dict[str, list[tuple[float, float]]] = {}
    who = peer.name
    _ours(texts)
    for _ in range(ROUNDS):
        ours = _ours(texts)
        who, theirs = peer.measure(few)
        for kind, speed in theirs.items():
            pairs.setdefault(kind, []).append((ours[kind], speed * longer))
    for kind, found in pairs.items():
        name = f"{prefix}.vs_{peer.name}" if kind == "text" else f"{prefix}.{kind}.vs_{peer.name}"
        yield against(name, found, "documents/s", who)


def _mean_bytes(texts: list[str]) -> float:
    return sum(len(text.encode()) for text in texts) / len(texts)


def _ours(texts: list[str]) -> Speeds:
    """As the stage sketches batches: units into memory that stands ready, sketches from units."""
    batches = [
        pa.chunked_array([pa.array(texts[a : a + BATCH_ROWS], pa.large_string())])
        for a in range(0, len(texts), BATCH_ROWS)
    ]
    room = np.ones(max(batch.nbytes for batch in batches), np.uint32)
    found = [flagged_units(batch) for batch in batches]

    def whole() -> None:
        for batch in batches:
            offsets, units = flagged_units(batch, room)
            sketch(units, offsets, WIDTH)

    def kernel() -> None:
        for offsets, units in found:
            sketch(units, offsets, WIDTH)

    speed = len(texts) / cpu_seconds(whole)
    return {"text": speed, "ready": speed, "kernel": len(texts) / cpu_seconds(kernel)}


def _datasketch(texts: list[str]) -> tuple[str, Speeds]:
    """Its quickest call for many documents, with its own hash (SHA-1), as shipped; `kernel` finds 32-bit hashes."""
    made = [[run.encode() for run in shingles(text)] for text in texts]
    hashed = [[xxhash.xxh32_intdigest(run) for run in row] for row in made]
    works: dict[str, Callable[[], object]] = {
        "text": lambda: MinHash.bulk(
            [[run.encode() for run in shingles(text)] for text in texts], num_perm=SLOTS
        ),
        "ready": lambda: MinHash.bulk(made, num_perm=SLOTS),
        "kernel": lambda: MinHash.bulk(hashed, num_perm=SLOTS, hashfunc=int),
    }
    return f"datasketch {version('datasketch')}", {
        k: len(texts) / cpu_seconds(work) for k, work in works.items()
    }


def _called(peer: str) -> Callable[[list[str]], tuple[str, Speeds]]:
    """One round of a peer in its own environment."""

    def measure(texts: list[str]) -> tuple[str, Speeds]:
        answer = call_peer("sketches", peer, texts)
        return str(answer["version"]), answer["documents_per_second"]

    return measure


PEERS: Final = (
    Peer("datasketch", 300, _datasketch),
    Peer("rensa", 1000, _called("rensa")),
    Peer("datatrove", 40, _called("datatrove")),
)
