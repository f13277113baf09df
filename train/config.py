"""What a training run is told, and what it is handed."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from corpus.errors import ConfigurationError
from corpus.stage import StageConfig, option


@dataclass(frozen=True)
class Shape:
    """Width of the residual stream, layers, query heads, key and value heads."""

    width: int
    depth: int
    heads: int
    kv_heads: int


SIZES = {
    "nano": Shape(64, 2, 4, 4),
    "micro": Shape(128, 4, 4, 4),
    "tiny": Shape(192, 6, 6, 6),
    "small": Shape(256, 6, 8, 4),
    "medium": Shape(512, 8, 8, 4),
    "base": Shape(768, 12, 12, 4),
    "large": Shape(1024, 24, 16, 8),
    "1b": Shape(2048, 16, 32, 8),
}
SCHEDULES = ("cosine", "wsd")
PRECISIONS = ("float32", "bfloat16")
BACKENDS = ("deepspeed", "plain")
MOST_TIMES = 100  # that an epoch may see a document


@dataclass
class TrainConfig(StageConfig):
    """One training run; the model's shape follows from `size` alone."""

    size: str = option("micro", f"the model: {', '.join(SIZES)}")
    sequence_length: int = option(256, "tokens that the model sees at once")
    batch_size: int = option(16, "sequences in a step, over all ranks")
    micro_batch_size: int = option(8, "sequences that one rank takes through the model at once")
    steps: int = option(1000, "optimiser steps in all")
    learning_rate: float = option(3e-3, "at the peak of the schedule")
    final_learning_rate: float = option(0.1, "share of the peak left at the last step")
    schedule: str = option(
        "cosine", "after the warm-up: cosine, or wsd (constant, then a straight line down)"
    )
    warmup_steps: int = option(100, "steps over which the learning rate rises")
    decay_share: float = option(0.2, "share of all steps over which wsd goes down")
    weight_decay: float = option(0.1, "on matrices, not on gains")
    beta1: float = option(0.9, "AdamW's first moment")
    beta2: float = option(0.95, "AdamW's second moment")
    gradient_clip: float = option(1.0, "largest norm of all gradients together")
    max_skipped_steps: int = option(
        20, "steps in a row with a loss or gradient that is not finite, then stop"
    )
    precision: str = option("float32", "of matrix products: float32, or bfloat16 where the processor has it")
    seed: int = option(1, "of the weights, the order of the data, and the samples")
    upweight: dict[int, float] = option(
        {},
        "how often an epoch sees a document whose duplicate cluster has so many members or more: "
        "+upweight={2:2,4:3,26:1}; 1.5 = every other one twice; empty = each document once",
    )
    backend: str = option("deepspeed", "deepspeed (ZeRO-1 on all ranks), or plain (one process)")
    ranks: int = option(2, "processes; on GPUs one for each")
    threads: int = option(1, "CPU threads of each rank; another number may round losses differently")
    validate_every: int = option(250, "steps between two validations")
    validation_tokens: int = option(
        65_536, "most tokens in a validation during training; the evaluation at the end takes all"
    )
    checkpoint_every: int = option(250, "steps between two checkpoints", volatile=True)
    keep_checkpoints: int = option(2, "newest checkpoints that stay", volatile=True)
    samples: int = option(10, "continuations to generate from held-out documents")
    prompt_tokens: int = option(8, "tokens of a document that a continuation starts from")
    sample_tokens: int = option(64, "most tokens generated for one continuation")
    temperature: float = option(0.8, "of sampling")
    top_k: int = option(50, "likeliest tokens that sampling chooses from")

    @property
    def shape(self) -> Shape:
        """The model's shape."""
        return SIZES[self.size]

    @property
    def world(self) -> int:
        """Processes that train together."""
        return self.ranks if self.backend == "deepspeed" else 1


@dataclass(frozen=True)
class TokenizerFacts:
    """What the tokenizer's manifest says of it."""

    name: str
    sha256: str
    vocabulary: int
    bos_id: int
    eos_id: int
    pad_id: int
    unk_id: int


@dataclass(frozen=True)
class Job:
    """All that the training processes are handed; paths are local."""

    config: TrainConfig
    folder: str
    tokenizer: TokenizerFacts
    tokenizer_folder: str
    train: Sequence[str]  # token files, in order
    validation: Sequence[str]
    places: Sequence[str]  # tables of the documents' places in the validation files
    train_places: Sequence[str] = ()  # the same of the training files

    def to_json(self) -> dict[str, Any]:
        """A form that `from_json` reads."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Job:
        """The job of a form."""
        upweight = {int(members): weight for members, weight in values["config"]["upweight"].items()}
        parts = {
            "config": TrainConfig(**{**values["config"], "upweight": upweight}),
            "tokenizer": TokenizerFacts(**values["tokenizer"]),
        }
        return cls(**{**values, **parts})

    @classmethod
    def load(cls, path: Path) -> Job:
        """The job in a file."""
        return cls.from_json(json.loads(path.read_text(encoding="utf-8")))


def check(config: TrainConfig) -> None:
    """Raise ConfigurationError for values that cannot work."""
    for name, allowed in (
        ("size", tuple(SIZES)),
        ("schedule", SCHEDULES),
        ("precision", PRECISIONS),
        ("backend", BACKENDS),
    ):
        if getattr(config, name) not in allowed:
            raise _impossible(config, name, f"one of {', '.join(allowed)}")
    _check_ranges(config)
    if not all(members >= 1 and 1 <= weight <= MOST_TIMES for members, weight in config.upweight.items()):
        expected = f"members of a cluster, 1 or more, each with a weight from 1 to {MOST_TIMES}"
        raise _impossible(config, "upweight", f"{expected}. Try: +upweight={{2:2,5:3,20:1}}")
    together = config.world * config.micro_batch_size
    if config.batch_size % together:
        raise _impossible(config, "batch_size", f"a multiple of ranks × micro_batch_size = {together}")
    if config.prompt_tokens + config.sample_tokens >= config.sequence_length:
        raise _impossible(config, "sequence_length", "more than prompt_tokens + sample_tokens")


def _check_ranges(config: TrainConfig) -> None:
    for field in fields(config):
        value = getattr(config, field.name)
        if isinstance(value, float) and not math.isfinite(value):
            raise _impossible(config, field.name, "a finite number")
    positive = (
        "sequence_length batch_size micro_batch_size steps max_skipped_steps ranks threads validate_every "
        "validation_tokens checkpoint_every keep_checkpoints prompt_tokens sample_tokens top_k"
    )
    for name in positive.split():
        if getattr(config, name) < 1:
            raise _impossible(config, name, "1 or more")
    for name in ("learning_rate", "gradient_clip", "temperature"):
        if not getattr(config, name) > 0:
            raise _impossible(config, name, "more than 0")
    for name in ("warmup_steps", "weight_decay", "samples", "seed"):
        if not getattr(config, name) >= 0:
            raise _impossible(config, name, "0 or more")
    for name in ("final_learning_rate", "decay_share"):
        if not 0 <= getattr(config, name) <= 1:
            raise _impossible(config, name, "0 to 1")
    for name in ("beta1", "beta2"):
        if not 0 <= getattr(config, name) < 1:
            raise _impossible(config, name, "0 or more, and less than 1")
    if config.warmup_steps > config.steps:
        raise _impossible(config, "warmup_steps", f"at most steps = {config.steps}")


def _impossible(config: TrainConfig, name: str, expected: str) -> ConfigurationError:
    return ConfigurationError(f"{name}: got {getattr(config, name)!r}; expected {expected}")
