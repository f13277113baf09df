"""Sentence ends.

A sentence ends at khan (។), bariyoosan (៕), koomuut (៚), camnuc pii kuuh (៖), an ellipsis (…), or at a question or
exclamation mark that no Latin letter or digit follows, as it does in a web address. The repetition sign (ៗ) does not
end a sentence, nor do "et cetera" (។ល។) and beyyal (៘) by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

_ETC: Final = "។ ?ល ?។"
_MARKS: Final = "។៕៚៖…"
_IN_ADDRESS: Final = "A-Za-z0-9=&%/"
_CLOSERS: Final = "»”’\"')\\]"
_BREAK: Final = re.compile(
    f"(?P<etc>{_ETC})|(?:[{_MARKS}]|[?!](?![{_IN_ADDRESS}]))+[{_CLOSERS}]*|\n",
)
# The same ends for RE2, which has no look-ahead.
_END: Final = f"[{_MARKS}][{_MARKS}?!]*|[?!]+(?:[^{_IN_ADDRESS}?!]|$)"


def split_sentences(text: str) -> list[str]:
    """The sentences of a text with their end marks; a line end ends one too."""
    return [piece for piece in _pieces(text) if piece]


def _pieces(text: str) -> Iterator[str]:
    start = 0
    for match in _BREAK.finditer(text):
        if match["etc"] is None:
            yield text[start : match.end()].strip()
            start = match.end()
    yield text[start:].strip()


def count_sentence_ends(texts: pa.Array | pa.ChunkedArray) -> NDArray[np.int64]:
    """Runs of end marks in each text, `(n,)`; line ends do not count, a null has none."""
    without_etc = pc.replace_substring_regex(texts, _ETC, "")
    ends = pc.fill_null(pc.count_substring_regex(without_etc, _END), 0)
    return np.asarray(ends, np.int64)
