"""Paragraphs that generated documents share: how many stay once only, and whether cutting loses what no document holds.

Articles of different families share paragraphs word for word, as planted. What a cut takes must still stand in another
document that goes on: of a cut document's runs of five units only those across the ends of a cut, four in a row at
each, may be in no document any more. Both are judged by `bench.bruteforce`, from the texts before and after.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.bruteforce import WIDTH, Integers, numbered, unit_numbers, units
from bench.dedup.near import Corpus, read
from bench.deduplicated import deduplicate, generated, output_texts
from bench.rows import Row, measured

N_BYTES: Final = 40_000_000
SHARD_BYTES: Final = 10_000_000
LEAST_UNITS: Final = 100  # of a passage, as configured


def rows() -> Iterator[Row]:
    """The share of repeated paragraphs that are cut, and the cut documents that lose more than joints."""
    with generated(N_BYTES, SHARD_BYTES) as (folder, copies):
        deduplicate(folder, "copies")
        corpus, after = read(folder, "copies"), output_texts(folder, "copies")
        passages = copies.passages(len(corpus.ids))
    repeated, left = repeats(corpus, passages, copies.families(len(corpus.ids)), after)
    told = f"of {repeated} times that a paragraph of {LEAST_UNITS} units stood in one more document"
    yield measured("dedup.passages_cut", 1 - left / max(repeated, 1), told)
    n_cut, n_losing = losses(corpus, after)
    yield measured("dedup.passages_lost", n_losing, f"of {n_cut} documents that were cut")


def repeats(
    corpus: Corpus, passages: Integers, families: Integers, after: Mapping[str, str]
) -> tuple[int, int]:
    """How often a planted paragraph stood in one more kept article before, and after."""
    holders = defaultdict(list)
    for number in np.flatnonzero(
        (passages >= 0) & (families == np.arange(families.size)) & corpus.stays
    ).tolist():
        holders[passages[number]].append(number)
    before = left = 0
    for numbers in holders.values():
        lines = [set(corpus.texts[number].split("\n")) for number in numbers]
        shared = set.intersection(*lines) if len(lines) > 1 else set()
        for line in sorted(shared):
            if len(units(line)) >= LEAST_UNITS:
                before += len(numbers) - 1
                left += max(sum(line in after[corpus.ids[number]] for number in numbers) - 1, 0)
    return before, left


def losses(corpus: Corpus, after: Mapping[str, str]) -> tuple[int, int]:
    """Documents that stay and were cut, and those of them that had a run of shingles, too long for a joint, alone."""
    cut = [
        text for member, text in zip(corpus.ids, corpus.texts, strict=True) if after.get(member, text) != text
    ]
    codes = numbered(unit_numbers([*cut, *after.values()]))
    there = np.unique(np.concatenate(codes[len(cut) :]))
    return len(cut), sum(_longest_run(~np.isin(row, there)) >= WIDTH for row in codes[: len(cut)])


def _longest_run(gone: NDArray[np.bool_]) -> int:
    """Of consecutive true values."""
    ends = np.flatnonzero(np.diff(np.concatenate([[False], gone, [False]]).astype(np.int8)))
    return int((ends[1::2] - ends[::2]).max(initial=0))
