"""What the tokenizer stage is told."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.errors import ConfigurationError
from corpus.stage import StageConfig, option

MAX_VOCABULARY = 1 << 16  # ids are stored in 16 bits


@dataclass
class TokenizerConfig(StageConfig):
    """What a tokenizer is learnt from, and how large it becomes."""

    name: str = option("", "name that every token count carries; empty = sastra-<vocabulary>")
    vocabulary: int = option(32_000, "pieces in all, special and byte pieces included; at most 65,536")
    least_cluster: int = option(2, "a cluster seen this often becomes a letter of the alphabet")
    learn_bytes: int = option(
        100_000_000, "text to learn from, in UTF-8 bytes; an even sample of all documents"
    )
    validation_share: float = option(0.005, "share of documents kept out of training, chosen by id")
    evaluate_documents: int = option(1000, "held-out documents that the tokenizer is measured and checked on")
    model_max_length: int = option(2048, "context length written into the Hugging Face files")


def check(config: TokenizerConfig) -> None:
    """Raise ConfigurationError for values that cannot work."""
    bounds = {
        "vocabulary": (300, MAX_VOCABULARY),
        "least_cluster": (1, None),
        "learn_bytes": (1, None),
        "validation_share": (0, 0.5),
        "evaluate_documents": (0, None),
        "model_max_length": (1, None),
    }
    for name, (least, most) in bounds.items():
        value = getattr(config, name)
        if not (least <= value and (most is None or value <= most)):  # a NaN is neither
            allowed = f"{least} to {most}" if most is not None else f"{least} or more"
            msg = f"{name}: got {value}; expected {allowed}. Try: {name}={getattr(TokenizerConfig, name)}"
            raise ConfigurationError(msg)
