"""Token shards as one stream, and the order in which training takes it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ConfigurationError
from train.config import Job

Ids = NDArray[np.int64]


class Stream(Protocol):
    """A flat sequence of token ids."""

    def __len__(self) -> int: ...

    def read(self, start: int, stop: int) -> NDArray[np.uint16]:
        """The ids of positions `start` to `stop`."""
        ...


class TokenStream:
    """The tokens of several files as one flat sequence of ids, memory-mapped."""

    def __init__(self, paths: Sequence[str]) -> None:
        sized = [(Path(path), Path(path).stat().st_size // 2) for path in paths]
        self._parts = [np.memmap(path, "<u2", "r", shape=(n,)) for path, n in sized if n]
        self._ends = np.cumsum([len(part) for part in self._parts], dtype=np.int64)

    def __len__(self) -> int:
        return int(self._ends[-1]) if len(self._ends) else 0

    def read(self, start: int, stop: int) -> NDArray[np.uint16]:
        """The ids of positions `start` to `stop`, across files."""
        pieces = []
        for n in range(int(np.searchsorted(self._ends, start, "right")), len(self._parts)):
            begin = int(self._ends[n]) - len(self._parts[n])
            if begin >= stop:
                break
            pieces.append(self._parts[n][max(start - begin, 0) : stop - begin])
        return np.concatenate(pieces) if pieces else np.empty(0, np.uint16)


@lru_cache(maxsize=2)  # a batch touches two epochs at most
def permutation(seed: int, epoch: int, n: int) -> Ids:
    """The order of an epoch's `n` chunks; numpy promises that Philox's raw output never changes."""
    draws = np.random.Philox(key=(seed << 64) | epoch).random_raw(n)
    return np.argsort(draws, kind="stable")


@dataclass(frozen=True)
class TrainingOrder:
    """Which tokens each step takes: a function of the seed and the step, whoever asks.

    The stream is cut into chunks of `sequence_length`; sample k of the whole training is chunk
    `permutation(seed, k // n_chunks)[k % n_chunks]`. The loader's whole state is the number of the step.
    """

    stream: Stream
    sequence_length: int
    batch_size: int
    seed: int

    @property
    def n_chunks(self) -> int:
        """Chunks in an epoch; the tokens after the last whole one are left out."""
        return (len(self.stream) - 1) // self.sequence_length

    def samples(self, step: int) -> list[int]:
        """The chunks of a step's batch, over all ranks, in order."""
        numbers = range(step * self.batch_size, (step + 1) * self.batch_size)
        places = (divmod(k, self.n_chunks) for k in numbers)
        return [int(permutation(self.seed, epoch, self.n_chunks)[place]) for epoch, place in places]

    def rows(self, step: int, rows: slice) -> tuple[Ids, Ids]:
        """Inputs and targets of some rows of a step's batch: two arrays (rows, sequence_length)."""
        length = self.sequence_length
        chunks = [self.stream.read(n * length, (n + 1) * length + 1) for n in self.samples(step)[rows]]
        ids = np.stack(chunks).astype(np.int64)
        return ids[:, :-1], ids[:, 1:]


def micro_batches(batch_size: int, micro_batch_size: int, rank: int, world: int) -> list[slice]:
    """The rows of a batch that one rank takes, one micro-batch after the other."""
    together = world * micro_batch_size
    starts = range(rank * micro_batch_size, batch_size, together)
    return [slice(start, start + micro_batch_size) for start in starts]


def check_data(job: Job) -> None:
    """Raise ConfigurationError if the tokens do not fit the tokenizer or the configuration."""
    facts, model = job.tokenizer, Path(job.tokenizer_folder) / "sastra.model"
    found = hashlib.sha256(model.read_bytes()).hexdigest()
    if found != facts.sha256:
        msg = (
            f"{model}: the tokenizer's SHA-256 is {found}; expected {facts.sha256}, "
            "with which the token shards were written. Try: make tokenizer again"
        )
        raise ConfigurationError(msg)
    if facts.vocabulary > 1 << 16:
        msg = f"{model}: {facts.vocabulary} pieces; expected at most 65,536, since ids are stored in 16 bits"
        raise ConfigurationError(msg)
    length = job.config.sequence_length
    for split, paths, least, remedy in (
        ("train", job.train, length + 1, "a smaller sequence_length, or more text"),
        ("validation", job.validation, 2, "make tokenizer ARGS=validation_share=0.1"),
    ):
        n_tokens = len(TokenStream(paths))
        if n_tokens < least:
            folder = Path(job.tokenizer_folder).parent / "tokens" / split
            got = f"{split} tokens: got {n_tokens:,}; expected {least:,} or more for sequence_length={length}"
            msg = f"{folder}: {got}. Try: {remedy}"
            raise ConfigurationError(msg)
