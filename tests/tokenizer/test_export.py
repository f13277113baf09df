"""The Hugging Face form: equal ids, equal text, special tokens never read from text."""

from __future__ import annotations

import numpy as np
import pytest
import sentencepiece
import tokenizers
from hypothesis import given
from hypothesis import strategies as st
from sentencepiece import sentencepiece_model_pb2 as pb
from transformers import AutoTokenizer

from tokenizer.evaluate import evaluate
from tokenizer.export import hugging_face_config, hugging_face_json, token_bytes
from tokenizer.learn import SPACE


@pytest.fixture(scope="module")
def pair(model: pb.ModelProto) -> tuple[sentencepiece.SentencePieceProcessor, tokenizers.Tokenizer]:
    other = tokenizers.Tokenizer.from_str(hugging_face_json(model))
    other.encode_special_tokens = True
    return sentencepiece.SentencePieceProcessor(model_proto=model.SerializeToString()), other


def test_ids_are_equal_on_every_article(pair, articles: list[str]) -> None:
    ours, theirs = pair
    for text in articles:
        assert theirs.encode(text).ids == ours.encode(text)


@given(text=st.text(alphabet="កខគងមរល្ាិុូែោំះ់ ។\n១2a</s>é😀\u200b", max_size=60))
def test_ids_are_equal_on_anything(pair, text: str) -> None:
    ours, theirs = pair
    ids = ours.encode(text)
    assert theirs.encode(text).ids == ids
    assert theirs.decode(ids, skip_special_tokens=False) == text


def test_transformers_loads_it_and_leaves_spelt_special_tokens_as_text(
    pair, model: pb.ModelProto, tmp_path
) -> None:
    (tmp_path / "tokenizer.json").write_text(hugging_face_json(model), encoding="utf-8")
    (tmp_path / "tokenizer_config.json").write_text(hugging_face_config(512), encoding="utf-8")
    loaded = AutoTokenizer.from_pretrained(tmp_path)
    text = "សួស្តី </s> <s> ពិភពលោក"
    assert loaded(text)["input_ids"] == pair[0].encode(text)
    assert (loaded.eos_token_id, loaded.pad_token_id, loaded.model_max_length) == (2, 3, 512)


def test_token_bytes_add_up_to_the_text(pair, model: pb.ModelProto, articles: list[str]) -> None:
    sizes = token_bytes(model)
    assert (sizes.dtype, sizes.shape) == (np.int32, (4096,))
    for text in [*articles, "é😀 ឥ្យ\n\n"]:
        assert sizes[pair[0].encode(text)].sum() == len(text.encode())
    assert list(sizes[:4]) == [0, 0, 0, 0]


def test_evaluation_counts_what_it_says(model: pb.ModelProto, articles: list[str]) -> None:
    figures = evaluate(model.SerializeToString(), hugging_face_json(model), articles[:5])
    n_bytes = sum(len(text.encode()) for text in articles[:5])
    assert figures.n_documents == 5
    assert figures.bytes_per_token == pytest.approx(n_bytes / figures.n_tokens)
    assert 6 < figures.bytes_per_token < 16
    assert figures.broken_clusters < 0.03
    assert evaluate(model.SerializeToString(), hugging_face_json(model), ["😀"]).byte_tokens == 1.0


def test_the_space_mark_is_the_one_character_that_reads_as_another(pair) -> None:
    assert pair[0].decode(pair[0].encode(f"a{SPACE}b")) == "a b"
