"""The learnt model: exact size, whole clusters, lossless, deterministic."""

from __future__ import annotations

import pytest
import sentencepiece
from hypothesis import given
from hypothesis import strategies as st
from sentencepiece import sentencepiece_model_pb2 as pb

from corpus.errors import StageError
from khmer.codepoints import CLUSTER
from tokenizer.alphabet import Alphabet
from tokenizer.learn import CONTROL, SPACE, Kind, learn


def processor(model: pb.ModelProto) -> sentencepiece.SentencePieceProcessor:
    return sentencepiece.SentencePieceProcessor(model_proto=model.SerializeToString())


def test_the_vocabulary_is_exact_and_begins_with_the_special_pieces(model: pb.ModelProto) -> None:
    assert len(model.pieces) == 4096
    assert [p.piece for p in model.pieces[:5]] == [*CONTROL, "\n"]
    assert len({p.piece for p in model.pieces}) == 4096
    assert sum(p.type == Kind.BYTE for p in model.pieces) == 256


def test_no_piece_holds_a_private_use_character(model: pb.ModelProto) -> None:
    assert [p.piece for p in model.pieces if any("\ue000" <= c <= "\uf8ff" for c in p.piece)] == []


def test_every_known_cluster_is_one_symbol(model: pb.ModelProto, alphabet: Alphabet) -> None:
    encode = processor(model).encode
    assert [c for c in alphabet.clusters if len(encode(c)) != 1] == []


def test_known_clusters_are_never_cut(model: pb.ModelProto, alphabet: Alphabet, articles: list[str]) -> None:
    known = {*alphabet.clusters}
    for text in articles:
        ends, at = set(), 0
        for piece in processor(model).encode(text, out_type=str):
            at += len(piece)
            ends.add(at)
        for match in CLUSTER.finditer(text):
            if match[0] in known:
                assert ends.isdisjoint(range(match.start() + 1, match.end())), match[0]


def test_digits_stand_alone(model: pb.ModelProto) -> None:
    assert processor(model).encode("ឆ្នាំ២០២៥", out_type=str)[-4:] == ["២", "០", "២", "៥"]


@given(text=st.text(alphabet=st.characters(exclude_characters=SPACE, exclude_categories=["Cs"]), max_size=40))
def test_any_text_comes_back(model: pb.ModelProto, text: str) -> None:
    assert processor(model).decode(processor(model).encode(text)) == text


@given(text=st.text(alphabet="កខគឃងមយរលស្ាិីុូួើេែោំះៈ់៉ ។\n១2aé😀\u200b", max_size=60))
def test_any_khmer_comes_back(model: pb.ModelProto, text: str) -> None:
    assert processor(model).decode(processor(model).encode(text)) == text


def test_learning_again_gives_the_same_bytes(articles: list[str], alphabet: Alphabet) -> None:
    first, second = (
        learn(iter(articles[:20]), alphabet, 3000).SerializeToString(deterministic=True) for _ in "ab"
    )
    assert first == second


@pytest.mark.parametrize(
    ("vocabulary", "says"),
    [
        (310, r"alone need \d+\. Try: vocabulary=\d+"),
        (900, "alone need"),
        (65_000, "more than the text supports"),
    ],
)
def test_an_impossible_size_says_what_to_try(
    articles: list[str], alphabet: Alphabet, vocabulary: int, says: str
) -> None:
    with pytest.raises(StageError, match=f"vocabulary: got {vocabulary}, .*{says}"):
        learn(iter(articles[:3]), alphabet, vocabulary)


def test_no_text_is_said_plainly(alphabet: Alphabet) -> None:
    with pytest.raises(StageError, match="nothing to learn from"):
        learn(iter([]), alphabet, 4096)
