"""One small model on one arm's tokens, and what it gives held-out text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from train.backends import PlainBackend
from train.config import Job, TokenizerFacts, TrainConfig
from train.data import TokenStream, TrainingOrder, micro_batches
from train.evaluate import bits_per_byte, model_nats, total_nats
from train.loop import new_model, prepare
from train.ngram import NgramModel
from train.schedule import learning_rate

NGRAM_ORDER = 5


@dataclass(frozen=True)
class Arm:
    """Token files: an arm's own, and those of the held-out sources by name; the bytes that each id stands for."""

    tokens: str
    held_out: dict[str, str]
    token_bytes: NDArray[np.int32]


def train_model(arm: Arm, config: TrainConfig) -> dict[str, float]:
    """Bits per byte of each held-out source after `config.steps` steps; the seed draws weights and order."""
    prepare(n_threads=1)
    facts = TokenizerFacts("ablation", "", len(arm.token_bytes), bos_id=1, eos_id=2, pad_id=3, unk_id=0)
    job = Job(config, "", facts, "", [arm.tokens], [], [])
    backend = PlainBackend(new_model(job), config)
    order = TrainingOrder(TokenStream(job.train), config.sequence_length, config.batch_size, config.seed)
    for step in range(config.steps):
        for rows in micro_batches(config.batch_size, config.micro_batch_size, rank=0, world=1):
            tokens, targets = map(torch.from_numpy, order.rows(step, rows))
            backend.accumulate(tokens, targets)
        backend.update(learning_rate(config, step))
    figures = {}
    for source, path in arm.held_out.items():
        stream = TokenStream([path])
        n_bytes = arm.token_bytes[stream.read(1, len(stream))]
        nats = model_nats(backend.model, stream, len(stream) - 1)
        figures[source] = bits_per_byte(total_nats(nats, n_bytes), n_bytes)
    return figures


def n_tokens_of(arm: Arm) -> int:
    """How many tokens the arm has in all."""
    return len(TokenStream([arm.tokens]))


def count_ngrams(arm: Arm, n_tokens: int, seed: int) -> dict[str, float]:
    """Bits per byte under a 5-gram model of `n_tokens` of the arm's tokens, from a place that the seed draws."""
    stream = TokenStream([arm.tokens])
    start = int(np.random.Philox(key=seed).random_raw() % max(len(stream) - n_tokens, 1))
    model = NgramModel(
        stream.read(start, min(start + n_tokens, len(stream))), len(arm.token_bytes), NGRAM_ORDER
    )
    figures = {}
    for source, path in arm.held_out.items():
        ids = TokenStream([path]).read(0, Path(path).stat().st_size // 2)
        n_bytes = arm.token_bytes[ids[1:]]
        figures[source] = bits_per_byte(total_nats(-np.log(model.probabilities(ids)[1:]), n_bytes), n_bytes)
    return figures


def pooled(figures: Sequence[dict[str, float]]) -> dict[str, dict[str, float]]:
    """Mean, least and most of each source's figure over the seeds."""
    return {
        source: {
            "mean": float(np.mean(values)),
            "least": float(np.min(values)),
            "most": float(np.max(values)),
        }
        for source in figures[0]
        for values in [[figure[source] for figure in figures]]
    }
