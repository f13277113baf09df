"""Learn a BPE over the cluster alphabet with sentencepiece, and write it back as a plain BPE in real Khmer."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

import sentencepiece
from sentencepiece import sentencepiece_model_pb2 as pb

from corpus.errors import StageError
from tokenizer.alphabet import Alphabet

UNK, BOS, EOS, PAD = range(4)
CONTROL = ("<unk>", "<s>", "</s>", "<pad>")
SPACE = "▁"  # U+2581, how sentencepiece writes a space
MAX_LINE_BYTES = 65_536
COVERAGE = 0.9999  # rarer characters are written as bytes
DIGITS = "0123456789០១២៣៤៥៦៧៨៩"

Kind = pb.ModelProto.SentencePiece


def learn(lines: Iterable[str], alphabet: Alphabet, vocabulary: int) -> pb.ModelProto:
    """A plain sentencepiece BPE model of exactly `vocabulary` pieces, learnt from lines of text.

    Raises StageError where the text is too little for so many pieces.
    """
    margin = len(alphabet.clusters)  # some learnt pieces spell out what another already is
    learnt = pb.ModelProto.FromString(_train((alphabet.encode(line) for line in lines), vocabulary, margin))
    return _assemble(learnt, alphabet, vocabulary)


def _train(lines: Iterator[str], vocabulary: int, margin: int) -> bytes:
    model = io.BytesIO()
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=lines,
            model_writer=model,
            model_type="bpe",
            vocab_size=vocabulary + margin,
            unk_id=UNK,
            bos_id=BOS,
            eos_id=EOS,
            pad_id=PAD,
            byte_fallback=True,
            split_digits=True,
            split_by_unicode_script=False,  # private use and Khmer would count as different scripts
            normalization_rule_name="identity",
            add_dummy_prefix=False,
            remove_extra_whitespaces=False,
            user_defined_symbols=["\n"],
            max_sentence_length=MAX_LINE_BYTES,
            character_coverage=COVERAGE,
            minloglevel=2,
        )
    except RuntimeError as error:
        raise StageError(_explained(str(error), vocabulary, margin)) from error
    return model.getvalue()


def _explained(said: str, vocabulary: int, margin: int) -> str:
    got = f"tokenizer: vocabulary: got {vocabulary}"
    if "sentences_.empty()" in said:
        return "tokenizer: nothing to learn from: the sample holds no text. Try: more text, or a larger learn_bytes"
    if most := re.search(r"value <= (\d+)", said):
        return f"{got}, more than the text supports. Try: vocabulary={int(most[1]) - margin}, or more text"
    if least := re.search(r"smaller than required_chars.*? vs (\d+)", said):
        needed = int(least[1])
        return f"{got}, the characters alone need {needed}. Try: vocabulary={2 * needed}"
    return f"{got}: sentencepiece could not learn it: {said}"


def _assemble(learnt: pb.ModelProto, alphabet: Alphabet, vocabulary: int) -> pb.ModelProto:
    """The model in real Khmer: special pieces, cluster builders, learnt pieces by rank, single characters.

    Cluster builders have the highest scores, so that every merge inside a cluster comes before any
    merge across clusters. The lowest-ranked learnt pieces make room for them.
    """
    special = [p for p in learnt.pieces if p.type != Kind.NORMAL]
    normal = [alphabet.decode(p.piece) for p in learnt.pieces if p.type == Kind.NORMAL]
    builders = alphabet.building_pieces()
    singles = sorted({c for piece in (*builders, *normal, DIGITS) for c in piece})
    room = vocabulary - len(special) - len(builders) - len(singles)
    if room < 0:
        needed = vocabulary - room
        alone = f"the characters and clusters alone need {needed}"
        msg = f"tokenizer: vocabulary: got {vocabulary}, {alone}. Try: vocabulary={2 * needed}"
        raise StageError(msg)
    known = {*builders, *singles}
    merged = [piece for piece in dict.fromkeys(normal) if len(piece) > 1 and piece not in known][:room]
    if len(merged) < room:
        possible = vocabulary - room + len(merged)
        msg = f"tokenizer: vocabulary: got {vocabulary}, more than the text supports. Try: vocabulary={possible}"
        raise StageError(msg)
    return _model(learnt, special, [*builders, *merged], singles)


def _model(learnt: pb.ModelProto, special: list[Any], merges: list[str], singles: list[str]) -> pb.ModelProto:
    model = pb.ModelProto()
    model.trainer_spec.CopyFrom(learnt.trainer_spec)
    model.normalizer_spec.CopyFrom(learnt.normalizer_spec)
    model.pieces.extend(special)
    for rank, piece in enumerate([*merges, *singles]):
        model.pieces.add(piece=piece, score=-float(rank), type=Kind.NORMAL)
    model.trainer_spec.vocab_size = len(model.pieces)
    return model
