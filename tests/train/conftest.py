"""A small run whose tokenizer stage has finished: Khmer sentences as token shards, with their tokenizer."""

from __future__ import annotations

import hashlib
import io
import json
import random
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sentencepiece

from corpus.manifest import Manifest
from corpus.paths import Folder
from train.config import Job, TokenizerFacts, TrainConfig

SUBJECTS = ["ខ្ញុំ", "គ្រូ", "កសិករ", "សិស្ស", "ជីដូន", "អ្នកនេសាទ", "គ្រូពេទ្យ", "ចៅអធិការ"]
VERBS = ["ទៅ", "មកពី", "រក្សា", "សរសេរអំពី", "និទានរឿងអំពី", "ដើរកាត់"]
PLACES = ["ផ្សារ", "វត្តចាស់", "វាលស្រែ", "សាលារៀន", "មាត់ទន្លេ", "ភូមិកំណើត", "ព្រៃភ្នំ", "បណ្ណាល័យ"]
TIMES = ["ព្រឹកនេះ", "ម្សិលមិញ", "រាល់ថ្ងៃ", "នៅរដូវវស្សា", "មុនថ្ងៃលិច"]
SOURCES = ("news", "stories")
MEMBERS = [1, 1, 2, 1, 1, 5, 1, 1, 1, 40]  # of the duplicate clusters of a shard's documents, over and over


def sentences(n: int, seed: int) -> list[str]:
    draw = random.Random(seed)
    return [
        f"{draw.choice(SUBJECTS)}{draw.choice(VERBS)}{draw.choice(PLACES)} {draw.choice(TIMES)}។"
        for _ in range(n)
    ]


SMALL = {
    "size": "nano",
    "sequence_length": 32,
    "batch_size": 8,
    "micro_batch_size": 2,
    "steps": 12,
    "warmup_steps": 3,
    "validate_every": 4,
    "checkpoint_every": 3,
    "backend": "plain",
    "prompt_tokens": 4,
    "sample_tokens": 8,
}


@dataclass(frozen=True)
class TokenizedRun:
    """A run folder as the tokenizer stage leaves it."""

    runs: Path
    facts: dict[str, object]

    @property
    def tokenizer(self) -> Path:
        return self.runs / "demo" / "tokenizer" / "tokenizer"

    def values(self, **values: object) -> dict[str, object]:
        return {"run": "demo", "runs": str(self.runs), **SMALL, **values}

    def config(self, **values: object) -> TrainConfig:
        return TrainConfig(**self.values(**values))  # type: ignore[arg-type]

    def job(self, folder: Path, **values: object) -> Job:
        def files(split: str, kind: str) -> list[str]:
            return sorted(map(str, (self.tokenizer.parent / "tokens" / split).glob(f"*.{kind}")))

        folder.mkdir(parents=True, exist_ok=True)
        return Job(
            config=self.config(**values),
            folder=str(folder),
            tokenizer=TokenizerFacts(**{k: self.facts[k] for k in TokenizerFacts.__dataclass_fields__}),  # type: ignore[arg-type]
            tokenizer_folder=str(self.tokenizer),
            train=files("train", "bin"),
            validation=files("validation", "bin"),
            places=files("validation", "parquet"),
            train_places=files("train", "parquet"),
        )


@pytest.fixture
def own_run(tokenized: TokenizedRun, tmp_path: Path) -> TokenizedRun:
    """A copy that the test may write into."""
    shutil.copytree(tokenized.tokenizer.parent, tmp_path / "runs" / "demo" / "tokenizer")
    return TokenizedRun(tmp_path / "runs", tokenized.facts)


@pytest.fixture(scope="session")
def tokenized(tmp_path_factory: pytest.TempPathFactory) -> TokenizedRun:
    runs = tmp_path_factory.mktemp("tokenized") / "runs"
    folder = runs / "demo" / "tokenizer"
    (folder / "tokenizer").mkdir(parents=True)
    model = _learn(sentences(400, seed=0))
    (folder / "tokenizer" / "sastra.model").write_bytes(model)
    processor = sentencepiece.SentencePieceProcessor(model_proto=model)
    _write_tokenizer_files(folder / "tokenizer", processor)
    for split, seeds in (("train", (1, 2)), ("validation", (3, 4))):
        for n, seed in enumerate(seeds):
            _write_shard(folder / "tokens" / split, n, seed, processor)
    facts = {
        "name": "test-300",
        "sha256": hashlib.sha256(model).hexdigest(),
        "vocabulary": processor.vocab_size(),
        "unk_id": 0,
        "bos_id": 1,
        "eos_id": 2,
        "pad_id": 3,
    }
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    outputs = [{"path": str(p.relative_to(folder)), "bytes": p.stat().st_size} for p in paths]
    Manifest("tokenizer", "f" * 64, {}, {}, outputs, [], {"tokenizer": facts}).save(Folder(str(folder)))
    return TokenizedRun(runs, facts)


def _learn(lines: list[str]) -> bytes:
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=model,
        model_type="bpe",
        vocab_size=400,
        byte_fallback=True,
        normalization_rule_name="identity",
        add_dummy_prefix=False,
        remove_extra_whitespaces=False,
        pad_id=3,
        hard_vocab_limit=False,
        minloglevel=2,
    )
    return model.getvalue()


def _write_tokenizer_files(folder: Path, processor: sentencepiece.SentencePieceProcessor) -> None:
    ids = range(processor.vocab_size())
    vocabulary = {processor.id_to_piece(n): n for n in ids}
    model = {"type": "BPE", "vocab": vocabulary, "merges": [], "unk_token": "<unk>", "byte_fallback": True}
    (folder / "tokenizer.json").write_text(json.dumps({"version": "1.0", "added_tokens": [], "model": model}))
    names = {"unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>", "pad_token": "<pad>"}
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", **names}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings))
    lengths = [
        0
        if n < 4
        else 1
        if processor.is_byte(n)
        else len(processor.id_to_piece(n).replace("▁", " ").encode())
        for n in ids
    ]
    np.save(folder / "token_bytes.npy", np.array(lengths, np.int32))


def _write_shard(folder: Path, n: int, seed: int, processor: sentencepiece.SentencePieceProcessor) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    texts = [" ".join(sentences(4, seed=100 * seed + i)) for i in range(20)]
    ids = [[*processor.encode(text), 2] for text in texts]
    np.concatenate([np.array(i, "<u2") for i in ids]).tofile(folder / f"part-{n:05d}.bin")
    lengths = np.array([len(i) for i in ids], np.int64)
    table = pa.table(
        {
            "id": [f"{seed:02x}{i:030x}" for i in range(len(ids))],
            "url": pa.nulls(len(ids), pa.string()),
            "source": [SOURCES[i % 2] for i in range(len(ids))],
            "start": np.cumsum(lengths) - lengths,
            "n_tokens": lengths,
            "n_bytes": [len(text.encode()) for text in texts],
            "n_members": pa.array(MEMBERS * (len(ids) // len(MEMBERS)), pa.int32()),
        }
    )
    pq.write_table(table, folder / f"part-{n:05d}.parquet")
