"""Bits per byte of held-out text: of the model, and of a unigram and a 5-gram model over the same tokens."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from numpy.typing import NDArray

from train.backends import Backend
from train.config import Job
from train.data import TokenStream
from train.model import Llama
from train.ngram import NgramModel

Nats = NDArray[np.float64]
WINDOWS = 16  # taken through the model at once
BASELINES = {"unigram": 1, "five_gram": 5}


def model_nats(model: Llama, stream: TokenStream, n_targets: int, rank: int = 0, world: int = 1) -> Nats:
    """The nats of tokens 1 to `n_targets`, each after those before it in its window of the model's length.

    Of several ranks each fills in its own windows and leaves 0 elsewhere; their sum is the whole.
    """
    length, nats = model.config.sequence_length, np.zeros(n_targets)
    whole = n_targets // length
    spans = [(n, min(n + WINDOWS, whole)) for n in range(rank * WINDOWS, whole, world * WINDOWS)]
    edges = [(first * length, last * length, length) for first, last in spans]
    if rank == 0 and whole * length < n_targets:
        edges.append((whole * length, n_targets, n_targets - whole * length))
    for start, stop, row in edges:
        ids = torch.from_numpy(stream.read(start, stop + 1).astype(np.int64)).to(model.device)
        window = model.nats(ids[:-1].view(-1, row), ids[1:].view(-1, row))
        nats[start:stop] = window.flatten().double().cpu().numpy()
    return nats


class Validation:
    """The validation that is repeated during training, on the first tokens of the validation split."""

    def __init__(self, job: Job) -> None:
        self._stream = TokenStream(job.validation)
        self._n_targets = min(len(self._stream) - 1, job.config.validation_tokens)
        ids = self._stream.read(1, self._n_targets + 1)
        self._n_bytes = load_token_bytes(job.tokenizer_folder)[ids]

    def bits_per_byte(self, backend: Backend) -> float:
        """The figure of the backend's model; all ranks call it, each does its share."""
        nats = model_nats(backend.model, self._stream, self._n_targets, backend.rank, backend.world)
        share = torch.tensor(total_nats(nats, self._n_bytes), dtype=torch.float64)
        return bits_per_byte(backend.total(share).item(), self._n_bytes)


def total_nats(nats: Nats, n_bytes: NDArray[np.int32]) -> float:
    """The nats of the tokens that stand for text: control tokens, of 0 bytes, are left out."""
    return math.fsum(nats[n_bytes > 0])


def bits_per_byte(nats: float, n_bytes: NDArray[np.int32]) -> float:
    """Σ nats / (ln 2 · Σ UTF-8 bytes); 0 for no text."""
    total = int(n_bytes.sum())
    return nats / (math.log(2) * total) if total else 0.0


def baseline_nats(train: TokenStream, validation: NDArray[Any], vocabulary: int, order: int) -> Nats:
    """The nats of validation tokens 1 and on under an n-gram model of the training tokens."""
    model = NgramModel(train.read(0, len(train)), vocabulary, order)
    nats: Nats = -np.log(model.probabilities(validation)[1:])
    return nats


def compare(model: Llama, train: TokenStream, job: Job, token_bytes: NDArray[np.int32]) -> dict[str, Any]:
    """Bits per byte of the model and the baselines, over all validation tokens and by source."""
    validation = TokenStream(job.validation)
    ids = validation.read(0, len(validation))
    n_bytes = token_bytes[ids[1:]]
    nats = {"model": model_nats(model, validation, len(ids) - 1)}
    for name, order in BASELINES.items():
        nats[name] = baseline_nats(train, ids, len(token_bytes), order)
    return {**_figures(nats, n_bytes), "sources": _by_source(nats, n_bytes, job.places)}


def _figures(nats: Mapping[str, Nats], n_bytes: NDArray[np.int32]) -> dict[str, Any]:
    return {
        "tokens": int((n_bytes > 0).sum()),
        "bytes": int(n_bytes.sum()),
        "bits_per_byte": {
            name: bits_per_byte(total_nats(values, n_bytes), n_bytes) for name, values in nats.items()
        },
    }


def _by_source(
    nats: Mapping[str, Nats], n_bytes: NDArray[np.int32], places: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """The figures of each source's documents; `nats` begin at the second token of all."""
    tables = pa.concat_tables(pq.read_table(path, columns=["source", "n_tokens"]) for path in places)
    names, codes = np.unique(tables["source"].to_numpy().astype(str), return_inverse=True)
    source_of_token = np.repeat(codes, tables["n_tokens"].to_numpy())[1:]
    chosen = {str(name): source_of_token == n for n, name in enumerate(names)}
    return {
        name: _figures({which: values[mask] for which, values in nats.items()}, n_bytes[mask])
        for name, mask in chosen.items()
    }


def load_token_bytes(tokenizer_folder: str) -> NDArray[np.int32]:
    """The UTF-8 bytes that each id stands for, `(vocabulary,) int32`."""
    array: NDArray[np.int32] = np.load(Path(tokenizer_folder) / "token_bytes.npy", allow_pickle=False)
    return array
