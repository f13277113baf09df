"""The columns that scores are computed from, with what several of them share computed once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from clean.extract.tables import PAGE_FACTS
from clean.language.scan import Scan, scan
from clean.ngram.model import SHIPPED, Bits, loaded
from clean.scores.kernels import (
    Mark,
    Shape,
    Table,
    add_runs,
    copy_spans,
    count_marks,
    find_lines,
    first_rows,
    join_lines,
    mark_repeated,
    roles,
)
from clean.scores.occurrences import occurrences
from clean.scores.repetition import Repetition, repetition
from corpus.document import DOCUMENT
from khmer.buffers import Utf8, large_strings, utf8
from khmer.clusters import Counts, Units, counts_of, read, units_of
from khmer.reading import Reading
from khmer.words import Words, words

NGRAMS: Final = (5, 8, 10, 13, 18, 26)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]


@dataclass(frozen=True)
class Lines:
    """The non-empty lines of all texts without the blanks around them, and the text that each belongs to."""

    found: Table
    data: NDArray[np.uint8]

    @property
    def text(self) -> Integers:
        """The text that each line belongs to."""
        return self.found.text

    @property
    def n_chars(self) -> Integers:
        """Code points of each line."""
        return self.found.n_chars

    def are(self, shape: Shape) -> Booleans:
        """Which lines have a shape."""
        return np.asarray(self.found.shapes & np.uint8(shape) != 0)

    @cached_property
    def values(self) -> pa.LargeStringArray:
        """The lines themselves."""
        spans = self.found.spans
        out = np.empty(int(np.diff(spans).sum()), np.uint8)
        offsets = np.zeros(len(spans) + 1, np.int64)
        copy_spans(self.data, spans, out, offsets)
        return large_strings(out, offsets)


class Paragraphs(NamedTuple):
    """Runs of lines without an empty line between them, each `(m,)`."""

    text: Integers
    n_chars: Integers
    repeated: Booleans  # equal to an earlier one of the same text


@dataclass(frozen=True)
class Texts:
    """A batch of normalised documents; facts about their pages are null where a text came without one."""

    table: pa.Table
    page: pa.Table
    language_model: Path = SHIPPED  # what perplexity is measured with

    @classmethod
    def without_pages(cls, texts: pa.LargeStringArray) -> Self:
        """Normalised texts of which nothing else is known."""
        columns = {field.name: pa.nulls(len(texts), field.type) for field in DOCUMENT}
        page = pa.table([pa.nulls(len(texts), field.type) for field in PAGE_FACTS], PAGE_FACTS)
        return cls(pa.table({**columns, "text": texts}), page)

    def __len__(self) -> int:
        return len(self.table)

    def filter(self, chosen: Booleans) -> Texts:
        """The chosen texts alone."""
        rows = pa.array(chosen)
        return replace(self, table=self.table.filter(rows), page=self.page.filter(rows))

    @cached_property
    def text(self) -> pa.LargeStringArray:
        """The texts, `(n,)`."""
        return self.table["text"].combine_chunks()

    @cached_property
    def utf8(self) -> Utf8:
        """The bytes of the texts, checked."""
        return utf8(self.text)

    @cached_property
    def reading(self) -> Reading:
        """Counts, units and the characters between Khmer letters, from one scan."""
        return read(self.utf8)

    @cached_property
    def counts(self) -> Counts:
        """Characters by kind and orthographic clusters, each `(n,)`."""
        return counts_of(self.reading.counts)

    @cached_property
    def scan(self) -> Scan:
        """Scripts by line and letter, and how the Khmer clusters pair."""
        return scan(self.reading)

    @cached_property
    def units(self) -> Units:
        """The units of each text (clusters, Latin words, numbers) as hashes."""
        return units_of(self.reading)

    @cached_property
    def repetition(self) -> dict[int, Repetition]:
        """What n-grams of units cover, by their lengths NGRAMS."""
        return repetition(self.units, NGRAMS)

    @cached_property
    def foreseen(self) -> Bits:
        """What the language model makes of the clusters of each text."""
        return loaded(self.language_model).bits(self.units)

    @cached_property
    def words(self) -> Words:
        """Dictionary words, segmented once: more than all other scores cost together."""
        return words(self.utf8)

    @cached_property
    def marks(self) -> Integers:
        """What single characters tell, a column for each Mark."""
        marks = np.zeros((len(self), len(Mark)), np.int64)
        count_marks(self.reading.signs, roles(), marks)
        return marks

    @cached_property
    def phrases(self) -> Integers:
        """Occurrences of each group of `clean.scores.wording`."""
        from clean.scores.wording import PHRASES

        return occurrences(self.reading, PHRASES)

    @cached_property
    def names_advertised(self) -> Booleans:
        """Which texts name anything of what `clean.scores.spam` looks for."""
        from clean.scores.wording import ADVERTISED_COLUMN

        return np.asarray(self.phrases[:, ADVERTISED_COLUMN] > 0)

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
        data, offsets = self.utf8
        room = len(self) + int(np.count_nonzero(data[offsets[0] : offsets[-1]] == ord("\n")))
        found = Table(
            np.empty(room, np.int64),
            np.empty(room, np.int64),
            np.empty((room, 2), np.int64),
            np.empty(room, np.int64),
            np.empty(room, np.uint64),
            np.empty(room, np.uint8),
        )
        n_lines = find_lines(self.utf8, roles(), found)
        return Lines(first_rows(found, n_lines), data)

    @cached_property
    def paragraphs(self) -> Paragraphs:
        """What empty lines separate."""
        found = self.lines.found
        room = len(found.text)
        text, n_chars, keys = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.uint64)
        n = join_lines(found, text, n_chars, keys)
        return Paragraphs(text[:n], n_chars[:n], _repeated(text[:n], keys[:n]))

    def share_of_lines(self, marked: Booleans) -> Floats:
        """Share of each text's lines that are marked, 0 where there are none."""
        return ratio(self.per_text(marked.astype(np.float64)), self.n_lines)

    def lines_match(self, pattern: str) -> Booleans:
        """Which lines an RE2 pattern occurs in."""
        return _booleans(pc.match_substring_regex(self.lines.values, pattern))

    @cached_property
    def repeated_lines(self) -> Booleans:
        """Which lines are equal to an earlier one of the same text."""
        return _repeated(self.lines.text, self.lines.found.keys)

    def chars_in_runs(self, marked: Booleans, least: int) -> Integers:
        """Characters of each text in runs of at least so many marked lines."""
        sums = np.zeros(len(self), np.int64)
        add_runs(self.lines.text, marked, self.lines.n_chars, least, sums)
        return sums

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


def _repeated(text: Integers, keys: NDArray[np.uint64]) -> Booleans:
    repeated = np.zeros(len(text), bool)
    mark_repeated(text, keys, repeated)
    return repeated


def _integers(column: pa.Array) -> Integers:
    return np.asarray(column.to_numpy(zero_copy_only=False)).astype(np.int64)


def _booleans(column: pa.Array) -> Booleans:
    return np.asarray(column.to_numpy(zero_copy_only=False)).astype(bool)
