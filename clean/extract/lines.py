"""The lines of texts, and what makes two of them the same line of a host."""

from __future__ import annotations

from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import xxhash
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

# RE2. Numbers differ from page to page in counters and dates; zero-width characters from edition to edition. The mark
# of an item stands before the first block of one that is kept.
_NUMBER: Final = "[0-9០-៩]+"
_NOTHING: Final = r"^- |[\s\x{A0}\x{AD}\x{200B}-\x{200D}\x{2060}\x{FEFF}]+"
_LETTER: Final = r"\pL"
# Parts of laws and books are numbered alike in all of them: ជំពូកទី ២, មាត្រា ១៥.
_NUMBERED: Final = (
    "^(?:- )?(?:គន្ថី|មាតិកា|ជំពូក|ផ្នែក|កថាភាគ|មាត្រា|ប្រការ|ភាគ|វគ្គ|មេរៀន|ឧបសម្ព័ន្ធ)[\\s\\x{200B}]*(?:ទី)?[\\s\\x{200B}]*"
    "[0-9០-៩IVX]{1,4}[\\s.៖:។–-]*$"
)


class Lines(NamedTuple):
    """The lines of some texts, empty ones too: `text[i]` is the position of the text that line i belongs to."""

    values: pa.LargeStringArray
    text: NDArray[np.int64]


def lines_of(texts: pa.LargeStringArray) -> Lines:
    """Every line of every text, in order."""
    parts = pc.split_pattern(texts, "\n")
    owners = pc.list_parent_indices(parts).to_numpy(zero_copy_only=False)
    return Lines(parts.flatten(), np.asarray(owners, np.int64))


def line_hashes(lines: pa.LargeStringArray) -> Hashes:
    """A hash of each line without its numbers, white space and letter case; 0 for what no host can own.

    That is a line without a letter, and the bare number of a chapter or article.
    """
    folded = pc.replace_substring_regex(lines, _NUMBER, "0")
    folded = pc.utf8_lower(pc.replace_substring_regex(folded, _NOTHING, ""))
    has_letters = pc.match_substring_regex(folded, _LETTER).to_numpy(zero_copy_only=False)
    is_numbered = pc.match_substring_regex(lines, _NUMBERED).to_numpy(zero_copy_only=False)
    return np.where(has_letters & ~is_numbered, string_hashes(folded), np.uint64(0))


def string_hashes(texts: pa.LargeStringArray) -> Hashes:
    """A 64-bit hash of each text, never 0; of nulls that of the empty text."""
    texts = pc.fill_null(texts, "").cast(pa.large_string())
    _, offsets, data = texts.buffers()
    ends = np.frombuffer(offsets, np.int64)[texts.offset : texts.offset + len(texts) + 1].tolist()
    view = memoryview(data) if data is not None else memoryview(b"")
    digest = xxhash.xxh3_64_intdigest
    hashes = [digest(view[start:end]) or 1 for start, end in pairwise(ends)]
    return np.array(hashes, np.uint64)
