"""Documents seen more than once in an epoch, by the members of their duplicate cluster.

FineWeb2 (Penedo et al. 2025, arXiv:2506.20920) calls it rehydration: duplicates are removed, then a kept document is
repeated by the size of its cluster. Its weights are a step function for each language and for a maximum of 3 to 10
(github.com/huggingface/fineweb-2, misc/rehydration): 1 for sizes of which its filters, which come after, remove as
large a share as of all documents or more; the maximum for the size of which they remove least; a straight line in
between, averaged over five sizes and rounded. For Khmer they are highest at 4 and 5 members and at 21 and 22, and 1
from 26 to 28 on. Here filters come before duplicates are removed and leave no such shares, so weights are configured.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from corpus.errors import ConfigurationError
from train.config import Job
from train.data import Stream, TokenStream

Longs = NDArray[np.int64]

MEMBERS: Final = "n_members"
PARTS: Final = 1000  # weights count to a thousandth, so that no sum of them is rounded


class Weights:
    """How often documents are seen in an epoch, for documents given in the order of the stream."""

    def __init__(self, upweight: Mapping[int, float]) -> None:
        self._least_members = np.array(sorted(upweight), np.int64)
        weights = [1.0, *(upweight[least] for least in self._least_members.tolist())]
        self._parts = [round(weight * PARTS) for weight in weights]
        self._given = [0] * len(weights)

    def times_seen(self, n_members: NDArray[Any]) -> Longs:
        """Whole numbers for the next documents, of the weight of the largest key that each one's cluster reaches.

        Of the documents of a key, the first n are seen floor(n × weight) times together.
        """
        step = np.searchsorted(self._least_members, n_members, side="right")
        times = np.empty(len(step), np.int64)
        for n, parts in enumerate(self._parts):
            rows = np.flatnonzero(step == n)
            counted = np.arange(self._given[n], self._given[n] + len(rows) + 1)
            times[rows] = np.diff(counted * parts // PARTS)
            self._given[n] += len(rows)
        return times


@dataclass(frozen=True)
class Documents:
    """Consecutive documents: where each begins in the stream, its tokens, and how often an epoch sees it."""

    starts: Longs
    n_tokens: Longs
    times: Longs


def documents(places: Sequence[str], upweight: Mapping[int, float]) -> Iterator[Documents]:
    """The documents of each table of places, in the order of the stream."""
    weights, start = Weights(upweight), 0
    for path in places:
        table = pq.read_table(path, columns=["n_tokens", MEMBERS])
        n_tokens = table["n_tokens"].to_numpy()
        ends = start + np.cumsum(n_tokens)
        yield Documents(ends - n_tokens, n_tokens, weights.times_seen(table[MEMBERS].to_numpy()))
        start += int(n_tokens.sum())


class UpweightedStream:
    """A stream once, then again what is seen more often.

    Pass 1 is the whole stream, pass p the documents seen p times or more, most often first, so that each of the later
    passes is the beginning of the one before it. Two copies of a token stand at least a pass apart: a chunk holds two
    of a document only if a pass is shorter than a chunk, or at the end of pass 1. Memory: 16 bytes for each document
    that is seen more than once.
    """

    def __init__(self, stream: TokenStream, seen: Iterator[Documents]) -> None:
        starts, n_tokens, times = _seen_again(seen)
        self._stream = stream
        self._ends = np.cumsum(n_tokens, dtype=np.int64)  # in a later pass
        self._shifts = starts + n_tokens - self._ends  # from a later pass to the stream
        most = int(times[0]) if len(times) else 1
        n_documents = np.searchsorted(-times, -np.arange(2, most + 1), side="right")
        self._pass_ends = np.cumsum([len(stream), *self._ends[n_documents - 1]], dtype=np.int64)

    def __len__(self) -> int:
        return int(self._pass_ends[-1])

    def read(self, start: int, stop: int) -> NDArray[np.uint16]:
        """The ids of positions `start` to `stop`, across documents and passes."""
        pieces = []
        stop = min(stop, len(self))
        while start < stop:
            pieces.append(self._piece(start, stop))
            start += len(pieces[-1])
        return np.concatenate(pieces) if pieces else np.empty(0, np.uint16)

    def _piece(self, start: int, stop: int) -> NDArray[np.uint16]:
        """The ids from `start` on, to the first of: `stop`, the end of pass 1, the end of the document."""
        n = int(np.searchsorted(self._pass_ends, start, "right"))
        if n == 0:
            return self._stream.read(start, min(stop, int(self._pass_ends[0])))
        before = int(self._pass_ends[n - 1])
        document = int(np.searchsorted(self._ends, start - before, "right"))
        shift = int(self._shifts[document]) - before
        return self._stream.read(
            start + shift, min(stop - before, int(self._ends[document])) + before + shift
        )


def _seen_again(seen: Iterator[Documents]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Starts, tokens and times of the documents seen more than once, most often first, then as in the stream."""
    columns: list[list[NDArray[Any]]] = [[np.empty(0, kind)] for kind in (np.int64, np.int32, np.int8)]
    for part in seen:
        again = part.times > 1
        for column, values in zip(columns, (part.starts, part.n_tokens, part.times), strict=True):
            column.append(values[again].astype(column[0].dtype))
    starts, n_tokens, times = map(np.concatenate, columns)
    del columns
    order = np.argsort(-times, kind="stable")
    return starts[order], n_tokens[order], times[order]


def training_stream(job: Job) -> Stream:
    """What an epoch reads: the training tokens once, or documents with duplicates more often if the job says so."""
    stream = TokenStream(job.train)
    if not job.config.upweight:
        return stream
    return UpweightedStream(stream, documents(job.train_places, job.config.upweight))


def times_seen(job: Job) -> list[dict[str, int]]:
    """For each number of times that an epoch sees documents: how many documents, and their tokens counted once."""
    totals: dict[int, NDArray[np.int64]] = {}
    for part in documents(job.train_places, job.config.upweight):
        for times in np.unique(part.times).tolist():
            chosen = part.times == times
            total = totals.setdefault(times, np.zeros(2, np.int64))
            total += np.array([chosen.sum(), part.n_tokens[chosen].sum()])
    return [
        {"times": times, "documents": int(total[0]), "tokens": int(total[1])}
        for times, total in sorted(totals.items())
    ]


def check_places(job: Job) -> None:
    """Raise ConfigurationError if documents are to be seen by their clusters, and the token shards tell no clusters."""
    for path in job.train_places if job.config.upweight else ():
        if MEMBERS not in pq.read_schema(path).names:
            msg = f"{path}: no column {MEMBERS!r}; expected it for upweight. Try: make tokenizer again"
            raise ConfigurationError(msg)
