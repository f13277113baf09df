"""Continuations of held-out documents, drawn from the model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import sentencepiece
import torch
from torch import Tensor

from train.config import Job
from train.data import TokenStream
from train.model import Llama


@dataclass(frozen=True)
class Prompt:
    """The first tokens of a held-out document."""

    id: str
    tokens: list[int]


def prompts(job: Job) -> list[Prompt]:
    """As many prompts as the job asks for, from documents evenly spaced among those long enough.

    Where these are fewer, one prompt gets several continuations.
    """
    length = job.config.prompt_tokens
    found = [
        Prompt(row["id"], TokenStream([path]).read(row["start"], row["start"] + length).tolist())
        for path, table in zip(job.validation, job.places, strict=True)
        for row in pq.read_table(table, columns=["id", "start", "n_tokens"]).to_pylist()
        if row["n_tokens"] > length
    ]
    if not found:
        return []
    chosen = np.linspace(0, len(found) - 1, job.config.samples).round().astype(int)
    return [found[n] for n in chosen]


@torch.no_grad()
def sample(model: Llama, start: Tensor, job: Job) -> Tensor:
    """Draw `sample_tokens` tokens after each row of `start`, (rows, length) int64, from the `top_k` likeliest."""
    config, tokens = job.config, start
    generator = torch.Generator(start.device).manual_seed(config.seed)
    for _ in range(config.sample_tokens):
        states = model.states(tokens[:, -model.config.sequence_length :])[:, -1]
        scores, ids = (states @ model.embed_tokens.weight.T / config.temperature).topk(
            min(config.top_k, model.config.vocabulary)
        )
        drawn = torch.multinomial(scores.softmax(-1), 1, generator=generator)
        tokens = torch.cat([tokens, ids.gather(-1, drawn)], dim=-1)
    return tokens[:, start.shape[1] :]


def continuations(model: Llama, job: Job) -> Iterator[dict[str, Any]]:
    """One row for each prompt: the document's id, the prompt and its continuation up to the end token."""
    given = prompts(job)
    if not given:
        return
    processor = sentencepiece.SentencePieceProcessor(model_file=f"{job.tokenizer_folder}/sastra.model")
    # In training a document comes after the end token of another one.
    start = torch.tensor([[job.tokenizer.eos_id, *prompt.tokens] for prompt in given])
    start = start.to(model.device)
    for prompt, drawn in zip(given, sample(model, start, job).tolist(), strict=True):
        end = drawn.index(job.tokenizer.eos_id) if job.tokenizer.eos_id in drawn else len(drawn)
        yield {
            "id": prompt.id,
            "prompt": processor.decode(prompt.tokens),
            "continuation": processor.decode(drawn[:end]),
            "ended": end < len(drawn),
        }
