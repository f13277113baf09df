"""A Llama: RMSNorm, rotary positions, grouped-query attention, SwiGLU, one matrix for input and output embeddings.

Modules carry the names of transformers.LlamaModel, so the export copies tensors without renaming them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

CPU_CHUNK_TOKENS = 128  # with 32,768 ids a quarter more tokens/s than 512 or more; 64 is no better
GPU_CHUNK_TOKENS = 4096


@dataclass(frozen=True)
class ModelConfig:
    """The shape of a model; the key and value heads may be fewer than the query heads."""

    vocabulary: int
    sequence_length: int
    width: int
    depth: int
    heads: int
    kv_heads: int
    hidden: int
    rope_theta: float = 10_000.0
    norm_epsilon: float = 1e-5

    @property
    def head_width(self) -> int:
        """Channels of one attention head."""
        return self.width // self.heads


def chunk_tokens(device: torch.device) -> int:
    """Tokens whose logits exist at a time: all of a micro-batch's would take half a gigabyte."""
    return CPU_CHUNK_TOKENS if device.type == "cpu" else GPU_CHUNK_TOKENS


def rotary_table(config: ModelConfig) -> tuple[Tensor, Tensor]:
    """Cosines and sines of every position: two tensors (sequence_length, head_width) float32 (RoFormer, Su 2021)."""
    exponents = torch.arange(0, config.head_width, 2, dtype=torch.int64).float() / config.head_width
    angles = torch.outer(torch.arange(config.sequence_length).float(), 1.0 / config.rope_theta**exponents)
    angles = torch.cat([angles, angles], dim=-1)
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cosines: Tensor, sines: Tensor) -> Tensor:
    """Turn the channel pairs (i, i + head_width / 2) of each position by that position's angles."""
    left, right = x.chunk(2, dim=-1)
    return x * cosines + torch.cat([-right, left], dim=-1) * sines


class RMSNorm(nn.Module):
    """Root mean square normalisation with a gain per channel."""

    def __init__(self, width: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, x: Tensor) -> Tensor:
        return functional.rms_norm(x, self.weight.shape, self.weight, self.epsilon)


class Attention(nn.Module):
    """Causal self-attention over (batch, sequence, width)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        kv_width = config.kv_heads * config.head_width
        self.q_proj = nn.Linear(config.width, config.width, bias=False)
        self.k_proj = nn.Linear(config.width, kv_width, bias=False)
        self.v_proj = nn.Linear(config.width, kv_width, bias=False)
        self.o_proj = nn.Linear(config.width, config.width, bias=False)

    def forward(self, x: Tensor, cosines: Tensor, sines: Tensor) -> Tensor:
        q, k, v = (self._heads(projection(x)) for projection in (self.q_proj, self.k_proj, self.v_proj))
        q, k = rotate(q, cosines, sines).to(v.dtype), rotate(k, cosines, sines).to(v.dtype)
        grouped = self.config.kv_heads < self.config.heads
        y = functional.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=grouped)
        return self.o_proj(y.transpose(1, 2).flatten(2))  # type: ignore[no-any-return]

    def _heads(self, x: Tensor) -> Tensor:
        return x.view(*x.shape[:-1], -1, self.config.head_width).transpose(1, 2)


class MLP(nn.Module):
    """SwiGLU (Shazeer 2020)."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(config.width, config.hidden, bias=False)
        self.up_proj = nn.Linear(config.width, config.hidden, bias=False)
        self.down_proj = nn.Linear(config.hidden, config.width, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.down_proj(functional.silu(self.gate_proj(x)) * self.up_proj(x))  # type: ignore[no-any-return]


class Layer(nn.Module):
    """Attention and MLP, each on the normalised residual stream."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.input_layernorm = RMSNorm(config.width, config.norm_epsilon)
        self.self_attn = Attention(config)
        self.post_attention_layernorm = RMSNorm(config.width, config.norm_epsilon)
        self.mlp = MLP(config)

    def forward(self, x: Tensor, cosines: Tensor, sines: Tensor) -> Tensor:
        x = x + self.self_attn(self.input_layernorm(x), cosines, sines)
        return x + self.mlp(self.post_attention_layernorm(x))  # type: ignore[no-any-return]


class Llama(nn.Module):
    """The language model; `forward` is its training loss."""

    cosines: Tensor
    sines: Tensor

    def __init__(self, config: ModelConfig, autocast: torch.dtype | None = None) -> None:
        super().__init__()
        self.config = config
        self.autocast = autocast
        self.embed_tokens = nn.Embedding(config.vocabulary, config.width)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.depth))
        self.norm = RMSNorm(config.width, config.norm_epsilon)
        cosines, sines = rotary_table(config)
        self.register_buffer("cosines", cosines, persistent=False)
        self.register_buffer("sines", sines, persistent=False)

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self.embed_tokens.weight.device

    def initialise(self, seed: int) -> Llama:
        """Draw the weights: normal, 0.02 wide, those that write to the residual stream narrower (GPT-2)."""
        generator = torch.Generator().manual_seed(seed)
        for name, parameter in self.named_parameters():
            if parameter.dim() > 1:
                writes = name.endswith(("o_proj.weight", "down_proj.weight"))
                spread = 0.02 / math.sqrt(2 * self.config.depth) if writes else 0.02
                nn.init.normal_(parameter, std=spread, generator=generator)
        return self

    def forward(self, tokens: Tensor, targets: Tensor) -> Tensor:
        """The mean nats per target; `tokens` and `targets` are (batch, sequence) int64."""
        with self._precision(tokens):
            states = self.states(tokens).flatten(0, 1)
            loss: Tensor = MeanNats.apply(  # type: ignore[no-untyped-call]
                states, self.embed_tokens.weight, targets.flatten()
            )
        return loss

    @torch.no_grad()
    def nats(self, tokens: Tensor, targets: Tensor) -> Tensor:
        """The nats of every target, (batch, sequence) float32."""
        with self._precision(tokens):
            size = chunk_tokens(self.device)
            states, expected = self.states(tokens).flatten(0, 1), targets.flatten()
            chunks = zip(torch.split(states, size), torch.split(expected, size), strict=True)
            logits = ((functional.linear(s, self.embed_tokens.weight).float(), t) for s, t in chunks)
            nats = [functional.cross_entropy(chunk, t, reduction="none") for chunk, t in logits]
        return torch.cat(nats).view_as(targets)

    def logits(self, tokens: Tensor) -> Tensor:
        """(batch, sequence, vocabulary) float32 scores of the token after each position."""
        with self._precision(tokens):
            return functional.linear(self.states(tokens), self.embed_tokens.weight).float()

    def states(self, tokens: Tensor) -> Tensor:
        """(batch, sequence, width) normalised output of the last layer."""
        x = self.embed_tokens(tokens)
        cosines, sines = self.cosines[: tokens.shape[1]], self.sines[: tokens.shape[1]]
        for layer in self.layers:
            x = layer(x, cosines, sines)
        return self.norm(x)  # type: ignore[no-any-return]

    def _precision(self, tokens: Tensor) -> torch.autocast:
        return torch.autocast(tokens.device.type, self.autocast, enabled=self.autocast is not None)


class MeanNats(torch.autograd.Function):
    """Mean cross-entropy of `states @ embedding.T`, a chunk of tokens at a time.

    The gradients are taken in the forward pass, while a chunk's logits exist: no second pass over the vocabulary.
    """

    @staticmethod
    def forward(ctx: Any, states: Tensor, embedding: Tensor, targets: Tensor) -> Tensor:
        nats = states.new_zeros((), dtype=torch.float32)
        to_states, to_embedding = torch.empty_like(states), torch.zeros_like(embedding)
        size = chunk_tokens(states.device)
        for start in range(0, len(targets), size):
            rows = slice(start, start + size)
            chunk, expected = states[rows], targets[rows, None]
            scores = functional.linear(chunk, embedding).float()
            totals = scores.logsumexp(-1, keepdim=True)
            nats += (totals - scores.gather(-1, expected)).sum()
            slope = scores.sub_(totals).exp_()
            slope.scatter_add_(-1, expected, torch.full_like(expected, -1, dtype=slope.dtype))
            to_states[rows] = slope @ embedding
            to_embedding += slope.T @ chunk
        ctx.save_for_backward(to_states, to_embedding)
        ctx.n_targets = len(targets)
        return nats / len(targets)

    @staticmethod
    def backward(ctx: Any, outer: Tensor) -> tuple[Tensor, Tensor, None]:
        to_states, to_embedding = ctx.saved_tensors
        scale = outer / ctx.n_targets
        return to_states * scale.to(to_states.dtype), to_embedding * scale, None
