"""Near-duplicates among generated documents: the planted copies that are found, and what is removed wrongly.

Truth is by `bench.bruteforce`, from the texts. Pairs are those within a family (all copies of one another, all
documents of one template), of documents of at least 30 units: shorter ones are copies only where their units are the
same. A pair counts as found if at most one of the two stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from bench.bruteforce import Integers, alike, pairs_within, runs, shingles, similarities, unit_numbers
from bench.deduplicated import Decisions, decisions, deduplicate, generated
from bench.rows import Row, measured
from corpus.manifest import Manifest
from corpus.paths import Folder

THRESHOLD: Final = 0.8
LEAST_UNITS: Final = 30
SMALL_BYTES: Final = 60_000_000
LARGE_BYTES: Final = 600_000_000
SHARD_BYTES: Final = 20_000_000
AT_ONCE: Final = 4000  # documents whose shingles are held, and among which every pair is tried
SAMPLE: Final = 5000  # removals of the large corpus that are checked, and pairs that should be far apart


class Corpus(NamedTuple):
    """Documents by number, and what became of them."""

    ids: list[str]
    texts: list[str]
    decided: Decisions

    @property
    def stays(self) -> NDArray[np.bool_]:
        """Whether each document is kept."""
        return np.array([member in self.decided.kept for member in self.ids])


class Pairs(NamedTuple):
    """Pairs of documents by number, `(n, 2)`, and their true similarities."""

    pairs: Integers
    similarity: NDArray[np.float64]

    def missed(self, stays: NDArray[np.bool_]) -> int:
        """Of those as alike as the threshold, how many are left whole."""
        return int(stays[self.pairs[self.similarity >= THRESHOLD]].all(axis=1).sum())

    @property
    def n_alike(self) -> int:
        """How many are as alike as the threshold."""
        return int((self.similarity >= THRESHOLD).sum())


class Checked(NamedTuple):
    """Removals held against the texts."""

    n: int
    n_wrong: int  # less alike than the threshold
    error: float  # the most between a stored similarity and the true one


def rows() -> Iterator[Row]:
    """Of 600 MB, and of 60 MB, where every removal is checked and some thousand documents are tried pair by pair."""
    with generated(LARGE_BYTES, 5 * SHARD_BYTES) as (folder, copies):
        deduplicate(folder, "copies")
        corpus = read(folder, "copies")
        yield from _figures("", corpus, copies.families(len(corpus.ids)), SAMPLE)
    with generated(SMALL_BYTES, SHARD_BYTES) as (folder, copies):
        deduplicate(folder, "copies")
        corpus = read(folder, "copies")
        families = copies.families(len(corpus.ids))
        yield from _figures("_60mb", corpus, families, len(corpus.ids))
        yield from _of_all_pairs(corpus, families)


def _figures(suffix: str, corpus: Corpus, families: Integers, n_checked: int) -> Iterator[Row]:
    planted = planted_pairs(corpus.texts, families)
    n_missed = planted.missed(corpus.stays)
    recall = 1 - n_missed / max(planted.n_alike, 1)
    told = f"of {planted.n_alike} pairs, of {len(planted.pairs)} planted"
    yield measured(f"dedup.recall{suffix}", recall, told)
    near = check_near(corpus, n_checked)
    yield measured(f"dedup.wrong_removals{suffix}", near.n_wrong, f"of {near.n} removals")
    yield measured(f"dedup.similarity_error{suffix}", near.error, "between stored and true, at most")
    n, n_unequal = check_exact(corpus)
    yield measured(
        f"dedup.wrong_exact{suffix}", n_unequal, f"of {n} removals with other units than what is kept"
    )


def _of_all_pairs(corpus: Corpus, families: Integers) -> Iterator[Row]:
    units = unit_numbers(corpus.texts[:AT_ONCE])
    found = runs(units)
    long = [number for number, row in enumerate(units) if row.size >= LEAST_UNITS]
    pairs = [(long[a], long[b]) for a, b, _ in alike([found[number] for number in long], THRESHOLD)]
    both = corpus.stays[np.array(pairs, np.int64).reshape(-1, 2)].all(axis=1)
    told = f"of {len(pairs)} pairs among {len(long)} documents, planted or not"
    yield measured("dedup.recall_all_pairs", 1 - int(both.sum()) / max(len(pairs), 1), told)
    drawn = np.random.default_rng(5).integers(0, len(found), (SAMPLE, 2))
    apart = drawn[families[drawn[:, 0]] != families[drawn[:, 1]]]
    nearest = float(similarities(found, apart).max())
    yield measured(
        "dedup.planted_apart", nearest, f"of similarity at most in {len(apart)} pairs of other families"
    )


def read(folder: Path, run: str) -> Corpus:
    """The documents of a run that has been deduplicated."""
    clean = Folder(str(folder)).child(run).child("clean")
    manifest = Manifest.load(clean)
    assert manifest is not None
    tables = [pq.read_table(path, columns=["id", "text"]) for path in manifest.shards(clean)]
    ids, texts = ([value for table in tables for value in table[name].to_pylist()] for name in ("id", "text"))
    return Corpus(ids, texts, decisions(folder, run))


def planted_pairs(texts: list[str], families: Integers) -> Pairs:
    """The pairs of one family, of documents of at least LEAST_UNITS units; a part of the families at a time."""
    pairs = pairs_within(families)
    kept, similarity = [np.empty((0, 2), np.int64)], [np.empty(0)]
    for part in _parts(pairs):
        members, places = np.unique(part, return_inverse=True)
        units = unit_numbers(texts[member] for member in members.tolist())
        is_long = np.array([row.size >= LEAST_UNITS for row in units])
        rows = places.reshape(-1, 2)
        long = is_long[rows].all(axis=1)
        kept.append(part[long])
        similarity.append(similarities(runs(units), rows[long]))
    return Pairs(np.concatenate(kept), np.concatenate(similarity))


def _parts(pairs: Integers) -> Iterator[Integers]:
    """Consecutive pairs, of at most AT_ONCE documents together."""
    first = 0
    while first < len(pairs):
        part = pairs[first : first + AT_ONCE // 2]
        first += len(part)
        yield part


def check_near(corpus: Corpus, n_checked: int) -> Checked:
    """Up to `n_checked` of the documents removed as near-duplicates, drawn, against the documents kept for them."""
    number_of = {member: number for number, member in enumerate(corpus.ids)}
    removed = [
        (number_of[member], number_of[of], score)
        for member, (why, score, of) in sorted(corpus.decided.dropped.items())
        if why == "near_duplicate"
    ]
    drawn = np.random.default_rng(5).permutation(len(removed))[:n_checked]
    pairs = np.array([removed[i][:2] for i in drawn], np.int64).reshape(-1, 2)
    stored = np.array([removed[i][2] for i in drawn], np.float64)
    true = np.concatenate([np.empty(0), *(_true(corpus.texts, part) for part in _parts(pairs))])
    wrong, error = int((true < THRESHOLD).sum()), float(np.abs(true - stored).max(initial=0))
    return Checked(len(pairs), wrong, error)


def _true(texts: list[str], pairs: Integers) -> NDArray[np.float64]:
    members, places = np.unique(pairs, return_inverse=True)
    return similarities(shingles(texts[member] for member in members.tolist()), places.reshape(-1, 2))


def check_exact(corpus: Corpus) -> tuple[int, int]:
    """Documents removed as exact duplicates, and of these, those whose units are not those of the document kept."""
    number_of = {member: number for number, member in enumerate(corpus.ids)}
    n = n_unequal = 0
    for member, (why, _, of) in corpus.decided.dropped.items():
        if why != "exact_duplicate":
            continue
        gone, kept = unit_numbers(corpus.texts[number_of[one]] for one in (member, of))
        n += 1
        n_unequal += not np.array_equal(gone, kept)
    return n, n_unequal
