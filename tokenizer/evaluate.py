"""What a tokenizer costs and whether it can be trusted: fertility, broken clusters, round trips, equal ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sentencepiece
import tokenizers

from corpus.errors import StageError
from khmer.codepoints import CLUSTER
from tokenizer.learn import SPACE


@dataclass(frozen=True)
class Evaluation:
    """Measured on held-out documents; ratios over all of them together."""

    n_documents: int
    n_tokens: int
    bytes_per_token: float
    chars_per_token: float
    clusters_per_token: float
    broken_clusters: float  # share of tokens that end inside a cluster
    byte_tokens: float  # share of tokens that are single bytes of rare characters


def evaluate(model: bytes, hugging_face: str, texts: Sequence[str]) -> Evaluation:
    """Figures over `texts`. Raises StageError if one does not come back, or the two forms differ on one."""
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    other = tokenizers.Tokenizer.from_str(hugging_face)
    other.encode_special_tokens = True
    n_tokens = n_broken = n_bytes = n_clusters = 0
    for text in texts:
        ids = processor.encode(text)
        theirs = other.encode(text, add_special_tokens=False)
        _check(text, ids, processor.decode(ids), theirs.ids)
        clusters = [match.span() for match in CLUSTER.finditer(text)]
        n_tokens += len(ids)
        n_bytes += sum(map(processor.is_byte, ids))
        n_clusters += len(clusters)
        n_broken += _broken(theirs.offsets, clusters)
    tokens = max(n_tokens, 1)
    sizes = (sum(len(t.encode()) for t in texts), sum(map(len, texts)), n_clusters, n_broken, n_bytes)
    return Evaluation(len(texts), n_tokens, *(size / tokens for size in sizes))


def _check(text: str, ids: list[int], back: str, theirs: list[int]) -> None:
    if back != text.replace(SPACE, " "):
        msg = f"tokenizer: a text of {len(text)} characters does not come back: {text[:60]!r} → {back[:60]!r}"
        raise StageError(msg)
    if theirs != ids:
        at = next(
            (i for i, pair in enumerate(zip(ids, theirs, strict=False)) if pair[0] != pair[1]), len(ids)
        )
        msg = f"tokenizer: sentencepiece and Hugging Face ids differ at token {at} of {text[:60]!r}"
        raise StageError(msg)


def _broken(tokens: list[tuple[int, int]], clusters: list[tuple[int, int]]) -> int:
    """Tokens that end inside a cluster; both as code point spans of one text."""
    inside = {position for start, end in clusters for position in range(start + 1, end)}
    return sum(end in inside for start, end in tokens if end > start)
