"""The same tokenizer as Hugging Face files, with equal ids and no code of its own."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sentencepiece import sentencepiece_model_pb2 as pb

from tokenizer.learn import BOS, CONTROL, EOS, PAD, SPACE, UNK, Kind


def hugging_face_json(model: pb.ModelProto) -> str:
    """`tokenizer.json`: a BPE with byte fallback whose merges are all splits of each piece, in order of rank."""
    pieces = {piece.piece: n for n, piece in enumerate(model.pieces)}
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [_added(n, CONTROL[n]) for n in (UNK, BOS, EOS, PAD)],
        "normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": SPACE},
        "pre_tokenizer": None,
        "post_processor": None,
        "decoder": {
            "type": "Sequence",
            "decoders": [
                {"type": "Replace", "pattern": {"String": SPACE}, "content": " "},
                {"type": "ByteFallback"},
                {"type": "Fuse"},
            ],
        },
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": CONTROL[UNK],
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": True,
            "ignore_merges": False,
            "vocab": pieces,
            "merges": _merges(model, pieces),
        },
    }
    return json.dumps(tokenizer, ensure_ascii=False, indent=1) + "\n"


def _added(n: int, content: str) -> dict[str, object]:
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return {"id": n, "content": content, **flags}


def _merges(model: pb.ModelProto, pieces: dict[str, int]) -> list[list[str]]:
    normal = {piece.piece for piece in model.pieces if piece.type == Kind.NORMAL}
    ranked = (p.piece for p in model.pieces if p.piece in normal and len(p.piece) > 1)
    splits = ((piece[:i], piece[i:]) for piece in ranked for i in range(1, len(piece)))
    return [
        [left, right]
        for left, right in splits
        if left in normal and right in normal and left + right in pieces
    ]


def hugging_face_config(model_max_length: int) -> str:
    """`tokenizer_config.json`: text that spells a special token stays text."""
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "unk_token": CONTROL[UNK],
        "bos_token": CONTROL[BOS],
        "eos_token": CONTROL[EOS],
        "pad_token": CONTROL[PAD],
        "clean_up_tokenization_spaces": False,
        "split_special_tokens": True,
        "model_max_length": model_max_length,
    }
    return json.dumps(config, ensure_ascii=False, indent=1) + "\n"


def token_bytes(model: pb.ModelProto) -> NDArray[np.int32]:
    """UTF-8 bytes that each id stands for, `(vocabulary,) int32`; 0 for control tokens."""
    return np.array([_length(piece) for piece in model.pieces], np.int32)


def _length(piece: Any) -> int:
    if piece.type in (Kind.CONTROL, Kind.UNKNOWN):
        return 0
    return 1 if piece.type == Kind.BYTE else len(piece.piece.replace(SPACE, " ").encode())
