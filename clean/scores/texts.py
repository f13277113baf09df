"""The columns that scores are computed from, with what several of them share computed once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from khmer.clusters import Counts, Units, counts, unit_hashes

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]


class Lines(NamedTuple):
    """The non-empty lines of all texts, and the text that each belongs to."""

    values: pa.LargeStringArray
    text: Integers
    n_chars: Integers


@dataclass(frozen=True)
class Texts:
    """A batch of normalised documents; facts about their pages are null where a text came without one."""

    table: pa.Table
    page: pa.Table

    def __len__(self) -> int:
        return len(self.table)

    def filter(self, chosen: Booleans) -> Texts:
        """The chosen texts alone."""
        return Texts(self.table.filter(pa.array(chosen)), self.page.filter(pa.array(chosen)))

    @cached_property
    def text(self) -> pa.LargeStringArray:
        """The texts, `(n,)`."""
        return self.table["text"].combine_chunks()

    @cached_property
    def counts(self) -> Counts:
        """Characters by kind and orthographic clusters, each `(n,)`."""
        return counts(self.text)

    @cached_property
    def units(self) -> Units:
        """The units of each text (clusters, Latin words, numbers) as hashes."""
        return unit_hashes(self.text)

    def page_fact(self, name: str) -> Floats:
        """A numeric fact about the pages, null as NaN."""
        column = pc.cast(self.page[name], pa.float64()).combine_chunks()
        return np.asarray(column.to_numpy(zero_copy_only=False))

    def matches(self, pattern: str) -> Integers:
        """How often an RE2 pattern occurs in each text."""
        return _integers(pc.count_substring_regex(self.text, pattern))

    @cached_property
    def lines(self) -> Lines:
        """Lines without surrounding white space, empty ones left out."""
        parts = pc.split_pattern(self.text, "\n")
        owners = _integers(pc.list_parent_indices(parts))
        values = pc.utf8_trim_whitespace(parts.flatten())
        n_chars = _integers(pc.utf8_length(values))
        filled = n_chars > 0
        return Lines(values.filter(pa.array(filled)), owners[filled], n_chars[filled])

    def share_of_lines(self, marked: Booleans) -> Floats:
        """Share of each text's lines that are marked, 0 where there are none."""
        return ratio(self.per_text(marked.astype(np.float64)), self.n_lines)

    def lines_match(self, pattern: str) -> Booleans:
        """Which lines an RE2 pattern occurs in."""
        return _booleans(pc.match_substring_regex(self.lines.values, pattern))

    @cached_property
    def repeated_lines(self) -> Booleans:
        """Which lines are equal to an earlier one of the same text."""
        codes = _integers(self.lines.values.dictionary_encode().indices)
        n_codes = int(codes.max(initial=0)) + 1
        _, first = np.unique(self.lines.text * n_codes + codes, return_index=True)
        repeated = np.ones(len(codes), bool)
        repeated[first] = False
        return repeated

    def per_text(self, of_lines: Floats) -> Floats:
        """The sum of a figure over each text's lines."""
        return np.bincount(self.lines.text, of_lines, len(self)).astype(np.float64)

    @cached_property
    def n_lines(self) -> Floats:
        """Non-empty lines of each text."""
        return self.per_text(np.ones(len(self.lines.text)))


def ratio(part: NDArray[Any], whole: NDArray[Any]) -> Floats:
    """The part by the whole, 0 where there is no whole."""
    return np.asarray(np.divide(part, whole, out=np.zeros(len(part)), where=whole > 0))


def _integers(column: pa.Array) -> Integers:
    return np.asarray(column.to_numpy(zero_copy_only=False)).astype(np.int64)


def _booleans(column: pa.Array) -> Booleans:
    return np.asarray(column.to_numpy(zero_copy_only=False)).astype(bool)
