"""Taking repeated passages out of texts, whole sentences and lines at a time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from corpus.document import with_text
from corpus.stage import Task
from dedup.columns import view_array
from dedup.passages.spans import SPAN, Spans, read_lost, stays
from khmer.unit_spans import Pairs, unit_spans

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
LEAST_WHOLE: Final = 0.5  # of a passage's units that must be whole sentences, or it stays

_LINE_ENDS: Final = "\n\r\v\f\x85\u2028\u2029"
_SENTENCE_ENDS: Final = re.compile(rf"[។៕៚?!…{_LINE_ENDS}]|\.\s")
_ANNOUNCES: Final = re.compile(r"\s*[៖:]")
_TAIL: Final = re.compile(
    rf"\A(?:[^\S{_LINE_ENDS}]*[។៕៚?!….,;:៖»”’)\]}}]+)*"
)  # what belongs to the words before it
_OPENING: Final = "«“‘([{"

_LINE_END: Final = re.compile(rf"[{_LINE_ENDS}]")
_READ: Final = ["id", "text", "source"]


class Cut(NamedTuple):
    """A text without its repeated passages, and these."""

    text: str
    passages: list[str]
    runs: list[int]  # which of the runs asked for each of these is


class _Gaps:
    """What stands before each unit of a text, and, as one more, behind the last."""

    def __init__(self, data: bytes, units: Pairs) -> None:
        self.data, self._units, self._last = data, units, len(units)

    def edges(self, i: int) -> tuple[int, int]:
        """First byte and end of a gap."""
        end = int(self._units[i, 0]) if i < self._last else len(self.data)
        return int(self._units[i - 1, 1]) if i else 0, end

    def __getitem__(self, i: int) -> str:
        start, end = self.edges(i)
        return self.data[start:end].decode()

    def parts_sentences(self, i: int) -> bool:
        """Whether one sentence or line ends there and another begins, and the first does not announce the second."""
        if i in (0, self._last):
            return True
        gap = self[i]
        return _SENTENCE_ENDS.search(gap) is not None and _ANNOUNCES.match(gap) is None

    def whole_sentences(self, first: int, stop: int) -> tuple[int, int]:
        """The part of a run of units that is whole sentences; empty where that is less than LEAST_WHOLE of it."""
        begin = next((i for i in range(first, stop) if self.parts_sentences(i)), stop)
        end = next((i for i in range(stop, begin, -1) if self.parts_sentences(i)), begin)
        return (begin, end) if end - begin >= LEAST_WHOLE * (stop - first) else (first, first)


def cut_text(text: str, units: Pairs, runs: Sequence[tuple[int, int]]) -> Cut:
    """The text without runs of units, `(first, stop)` in order, none touching the next.

    `units` are first byte and end of each. The sentences in which a run begins and ends stay whole, and so do runs
    without whole sentences. Where something was cut stand as many line ends as there were, up to two, or one blank.
    """
    gaps = _Gaps(text.encode(), units)
    left, passages, cut, place, n_lines = _Joined(), [], [], 0, 0
    for number, run in enumerate(runs):
        begin, end = gaps.whole_sentences(*run)
        if begin == end:
            continue
        before, after = gaps[begin], gaps[end]
        tail, closing = _matched(_TAIL, before) if begin else "", _matched(_TAIL, after)
        left.add(gaps.data[place : gaps.edges(begin)[0]].decode() + tail, n_lines)
        passages.append(gaps.data[gaps.edges(begin)[1] : gaps.edges(end)[0]].decode() + closing)
        cut.append(number)
        n_lines = max(len(_LINE_END.findall(gap)) for gap in (before, after))
        place = gaps.edges(end)[1] - len(_head(after[len(closing) :]).encode())
    if not cut:
        return Cut(text, [], [])
    left.add(gaps.data[place:].decode(), n_lines)
    return Cut("".join(left.pieces), passages, cut)


def _matched(pattern: re.Pattern[str], gap: str) -> str:
    """The part of a gap that a pattern, which can be empty, finds."""
    return pattern.search(gap).group()  # type: ignore[union-attr]


def _head(gap: str) -> str:
    """The part of a gap that belongs to the words after it: what stands in their line before them, or what opens."""
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
    columns = Spans(*(view_array(task.folder, f"{folder}/spans.{name}", np.uint32) for name in SPAN))
    first, last = np.searchsorted(columns.number, [start, stop])
    spans = columns.take(slice(first, last))
    return spans._replace(keeper=stays(spans.keeper, *read_lost(task.folder, folder)))


def cut_passages(
    documents: pa.Table, numbers: NDArray[np.int64], spans: Spans, ids: dict[int, str]
) -> tuple[pa.Table, pa.Table]:
    """Documents without their repeated passages, and a row of PASSAGES for each of these.

    `numbers` are the documents' and ascend; `spans` are theirs, and may be others' too; `ids` are the keepers'.
    """
    rows = np.flatnonzero(np.isin(numbers, spans.number))
    texts, removed = [], []
    touched = documents.take(pa.array(rows))
    units = unit_spans(touched["text"])
    for at, (number, document) in enumerate(
        zip(numbers[rows].tolist(), touched.select(_READ).to_pylist(), strict=True)
    ):
        first, last = np.searchsorted(spans.number, [number, number + 1])
        own = spans.take(slice(first, last))
        runs = list(zip(own.first.tolist(), own.stop.tolist(), strict=True))
        cut = cut_text(document["text"], units.spans[units.offsets[at] : units.offsets[at + 1]], runs)
        texts.append(cut.text)
        removed += [
            {**document, "text": passage, "reason": REASON, "evidence": ids[int(own.keeper[run])]}
            for passage, run in zip(cut.passages, cut.runs, strict=True)
        ]
    if not removed:
        return documents, PASSAGES.empty_table()
    places = np.arange(len(documents))
    places[rows] = len(documents) + np.arange(rows.size)
    changed = with_text(touched, pa.chunked_array([pa.array(texts, pa.large_string())]))
    whole = pa.concat_tables([documents, changed]).take(pa.array(places))
    return whole, pa.Table.from_pylist(removed, PASSAGES)
