"""The trained model as files that transformers loads without any code of ours."""

from __future__ import annotations

import json
from typing import Any

import torch
from safetensors.torch import save

from train.config import TokenizerFacts
from train.model import ModelConfig

PREFIX = "model."  # transformers.LlamaForCausalLM holds its LlamaModel by this name
TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "sastra.model")


def weights_file(weights: dict[str, torch.Tensor]) -> bytes:
    """`model.safetensors`; the tied output matrix is the input one and is not stored twice."""
    data: bytes = save({PREFIX + name: tensor for name, tensor in weights.items()}, metadata={"format": "pt"})
    return data


def config_file(model: ModelConfig, tokenizer: TokenizerFacts) -> bytes:
    """`config.json` of a LlamaForCausalLM."""
    config: dict[str, Any] = {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "dtype": "float32",
        "vocab_size": model.vocabulary,
        "hidden_size": model.width,
        "intermediate_size": model.hidden,
        "num_hidden_layers": model.depth,
        "num_attention_heads": model.heads,
        "num_key_value_heads": model.kv_heads,
        "head_dim": model.head_width,
        "max_position_embeddings": model.sequence_length,
        "hidden_act": "silu",
        "rms_norm_eps": model.norm_epsilon,
        "rope_theta": model.rope_theta,  # read by transformers 4
        "rope_parameters": {"rope_type": "default", "rope_theta": model.rope_theta},  # read by transformers 5
        "attention_bias": False,
        "mlp_bias": False,
        "tie_word_embeddings": True,
        "bos_token_id": tokenizer.bos_id,
        "eos_token_id": tokenizer.eos_id,
        "pad_token_id": tokenizer.pad_id,
    }
    return (json.dumps(config, indent=2, sort_keys=True) + "\n").encode()
