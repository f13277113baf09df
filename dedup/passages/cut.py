"""Taking repeated passages out of texts, whole sentences and lines at a time."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from corpus.document import measure
from corpus.stage import Task
from dedup.passages.cut_kernels import ANNOUNCES, BLANK, DOT, ENDS, find_seams
from dedup.passages.spans import Spans, read_lost, stays, view_spans
from khmer.buffers import Utf8
from khmer.clusters import checked_utf8
from khmer.unit_spans import unit_spans

REASON: Final = "repeated_passage"
STEP: Final = "repeated_passages"  # in the ledger
PASSAGES: Final = pa.schema(
    [
        pa.field("id", pa.string(), nullable=False),  # of the document that lost the passage
        pa.field("text", pa.large_string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("evidence", pa.string(), nullable=False),  # id of a better document that has it
        pa.field("source", pa.string(), nullable=False),
    ]
)
GAPS: Final = 256  # kept as read: a few are nearly all

_LINE_ENDS: Final = "\n\r\v\f\x85\u2028\u2029"
_KINDS: Final = ((_LINE_ENDS + "។៕៚?!…", ENDS), (".", DOT), ("៖:", ANNOUNCES))
_TAIL: Final = re.compile(rf"\A(?:[^\S{_LINE_ENDS}]*[។៕៚?!….,;:៖»”’)\]}}]+)*")
_OPENING: Final = "«“‘([{"
_LINE_END: Final = re.compile(rf"[{_LINE_ENDS}]")

Seam = tuple[int, int, int, int]  # first byte and end of the gap before what is cut, and of the gap behind it


@cache
def _kind_table() -> NDArray[np.uint8]:
    """What each code point is to `find_seams`."""
    table = np.array([BLANK * character.isspace() for character in map(chr, range(0x3001))], np.uint8)
    for characters, kind in _KINDS:
        table[[ord(character) for character in characters]] |= kind
    return table


def seams_of(texts: Utf8, runs: NDArray[np.int64]) -> NDArray[np.int64]:
    """The Seam of each run, `(n, 4)`, of zeros where nothing is to be cut; runs are rows of text, first unit and stop.

    The sentences in which a run begins and ends stay whole, and so do runs without whole sentences. One that announces
    the next stays.
    """
    seams = np.zeros((len(runs), 4), np.int64)
    find_seams(texts, unit_spans(texts), _kind_table(), runs, seams)
    return seams


def cut_text(data: bytes, seams: Iterable[Seam]) -> tuple[str, list[str]]:
    """A text without what stands within seams, which are in order, and the passages that these are.

    Where something was cut stand as many line ends as there were, up to two, or one blank.
    """
    left, passages, place, n_lines = _Joined(), [], 0, 0
    for begin, first, stop, end in seams:
        before, after = _read_gap(data[begin:first]), _read_gap(data[stop:end])
        left.add(data[place:begin].decode() + (before.tail if begin else ""), n_lines)
        passages.append(data[first:stop].decode() + after.tail)
        n_lines = max(before.n_lines, after.n_lines)
        place = end - after.head_bytes
    left.add(data[place:].decode(), n_lines)
    return "".join(left.pieces), passages


class _Gap(NamedTuple):
    """What stands between two units."""

    tail: str  # what belongs to the words before it
    head_bytes: int  # of what belongs to those after it
    n_lines: int  # line ends


@lru_cache(GAPS)
def _read_gap(data: bytes) -> _Gap:
    gap = data.decode()
    tail = _TAIL.search(gap).group()  # type: ignore[union-attr]  # it can be empty
    return _Gap(tail, len(_head(gap[len(tail) :]).encode()), len(_LINE_END.findall(gap)))


def _head(gap: str) -> str:
    """What stands in the line of the words after a gap before them, or what opens."""
    line = _LINE_END.split(gap)[-1]
    return line if line and len(line) < len(gap) else gap[len(gap.rstrip(_OPENING)) :]


class _Joined:
    """Pieces of a text with line ends or a blank between them."""

    def __init__(self) -> None:
        self.pieces: list[str] = []

    def add(self, piece: str, n_lines: int) -> None:
        """Add a piece behind so many line ends, at the most two; one without a sign is left out."""
        piece = piece.strip()
        if piece:
            self.pieces += ["\n" * min(n_lines, 2) or " ", piece] if self.pieces else [piece]


def spans_of(task: Task[Any], folder: str, start: int, stop: int) -> Spans:
    """The spans of documents `start` up to `stop` in the state `folder`, with keepers that stay."""
    spans = view_spans(task, folder)
    spans = spans.take(slice(*np.searchsorted(spans.number, [start, stop])))
    return spans._replace(keeper=stays(spans.keeper, *read_lost(task.folder, folder)))


def cut_passages(
    documents: pa.Table, numbers: NDArray[np.int64], spans: Spans, keepers: pa.Array
) -> tuple[pa.Table, pa.Table]:
    """Documents without their repeated passages, and a row of PASSAGES for each of these.

    `numbers` are the documents' and ascend; `spans` are theirs, and may be others' too, with the ids of their keepers.
    """
    own = np.flatnonzero(np.isin(spans.number, numbers))
    rows, text_of = np.unique(np.searchsorted(numbers, spans.number[own]), return_inverse=True)
    texts = checked_utf8(documents["text"].take(pa.array(rows)))
    seams = seams_of(texts, np.stack([text_of, spans.first[own], spans.stop[own]], axis=1))
    is_cut = seams[:, 2] > 0
    if not is_cut.any():
        return documents, PASSAGES.empty_table()
    own, text_of, seams = own[is_cut], text_of[is_cut], seams[is_cut]
    left, passages = _cut(texts, text_of, seams)
    removed = documents.select(["id", "source"]).take(pa.array(rows[text_of]))
    columns = {
        "id": removed["id"],
        "text": pa.array(passages, pa.large_string()),
        "reason": pa.array([REASON] * len(passages)),
        "evidence": keepers.take(pa.array(own)),
        "source": removed["source"],
    }
    changed = np.zeros(len(documents), np.bool_)
    changed[rows[text_of]] = True
    return _replaced(documents, changed, left), pa.table(columns, PASSAGES)


def _cut(texts: Utf8, text_of: NDArray[np.int64], seams: NDArray[np.int64]) -> tuple[list[str], list[str]]:
    """What is left of each text that has a seam, and the passages cut."""
    left, passages = [], []
    starts = np.flatnonzero(np.diff(text_of, prepend=-1))
    for a, b in pairwise([*starts.tolist(), len(seams)]):
        first, end = texts.offsets[text_of[a] : text_of[a] + 2]
        text, cut = cut_text(texts.data[first:end].tobytes(), seams[a:b].tolist())
        left.append(text)
        passages += cut
    return left, passages


def _replaced(documents: pa.Table, rows: NDArray[np.bool_], texts: list[str]) -> pa.Table:
    """The documents, with other texts in some rows."""
    column = pa.array(texts, pa.large_string())
    for name, values in {"text": column, **measure(column)}.items():
        at = documents.schema.get_field_index(name)
        whole = pc.replace_with_mask(documents[name], pa.array(rows), values)
        documents = documents.set_column(at, documents.schema.field(at), whole)
    return documents
