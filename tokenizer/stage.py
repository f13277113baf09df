"""The stage `tokenizer`: count clusters → learn → encode, with exact token counts for the ledger."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from sentencepiece import sentencepiece_model_pb2 as pb

from corpus.document import DOCUMENT
from corpus.errors import ConfigurationError
from corpus.shards import read_batches
from corpus.stage import Stage, StageConfig, StageRun, option
from corpus.task import Task
from tokenizer.alphabet import Alphabet
from tokenizer.evaluate import evaluate
from tokenizer.export import hugging_face_config, hugging_face_json, token_bytes
from tokenizer.learn import BOS, EOS, PAD, UNK, learn
from tokenizer.shards import ID_SPACE, encode_shard, split_of

MAX_VOCABULARY = 1 << 16  # ids are stored in 16 bits
MODEL = "tokenizer/sastra.model"


@dataclass
class TokenizerConfig(StageConfig):
    """What a tokenizer is learnt from, and how large it becomes."""

    name: str = option("sastra-32k", "name that every token count carries")
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
        if value < least or (most is not None and value > most):
            msg = (
                f"{name}: got {value}; expected {least} to {most}"
                if most
                else f"{name}: got {value}; expected {least} or more"
            )
            raise ConfigurationError(msg)


def run(stage: StageRun[TokenizerConfig]) -> None:
    """Count, learn, encode."""
    tasks = stage.tasks(stage.shards("dedup"))
    handed = stage.upstream["dedup"].books().total("kept")
    counted = stage.map("count", count_shard, tasks, handed.documents)
    arguments = {
        "counted": [receipt["task"] for receipt in counted],
        "shards": [task.source for task in tasks],
        "sample": min(1.0, stage.config.learn_bytes / max(handed.bytes, 1)),
    }
    learnt = stage.map("learn", learn_model, [stage.task("model", arguments=arguments)])
    encoded = stage.map("encode", encode_shard, tasks, handed.documents)
    stage.facts["tokenizer"] = learnt[0]["facts"]["tokenizer"]
    stage.facts["evaluation"] = learnt[0]["facts"]["evaluation"]
    for split in ("train", "validation"):
        stage.facts[f"{split}_tokens"] = sum(receipt["facts"][f"{split}_tokens"] for receipt in encoded)


def count_shard(task: Task[TokenizerConfig]) -> None:
    """Write how often each cluster occurs in one shard."""
    from khmer.clusters import count_clusters

    counts: Counter[str] = Counter()
    for table in read_batches(task.source, DOCUMENT):
        counts.update(count_clusters(table["text"]))
    with task.create(f"work/clusters/{task.name}.json") as file:
        file.write(json.dumps(counts, ensure_ascii=False, sort_keys=True).encode())


def learn_model(task: Task[TokenizerConfig]) -> dict[str, object]:
    """Learn the tokenizer and write it in both forms, checked against each other on held-out documents."""
    counts: Counter[str] = Counter()
    for name in task.arguments["counted"]:
        counts.update(task.folder.read_json(f"work/clusters/{name}.json"))
    alphabet = Alphabet.choose(counts, task.config.least_cluster)
    model = learn(_lines(task), alphabet, task.config.vocabulary)
    plain, hugging_face = model.SerializeToString(deterministic=True), hugging_face_json(model)
    _write_files(task, model, {MODEL: plain, "tokenizer/tokenizer.json": hugging_face.encode()})
    return {
        "tokenizer": {
            "name": task.config.name,
            "sha256": hashlib.sha256(plain).hexdigest(),
            "vocabulary": len(model.pieces),
            "clusters": len(alphabet.clusters),
            "unk_id": UNK,
            "bos_id": BOS,
            "eos_id": EOS,
            "pad_id": PAD,
        },
        "evaluation": asdict(evaluate(plain, hugging_face, _held_out(task))),
    }


def _write_files(task: Task[TokenizerConfig], model: pb.ModelProto, files: dict[str, bytes]) -> None:
    import numpy as np

    files["tokenizer/tokenizer_config.json"] = hugging_face_config(task.config.model_max_length).encode()
    for path, data in files.items():
        with task.create(path) as file:
            file.write(data)
    with task.create("tokenizer/token_bytes.npy") as file:
        np.lib.format.write_array(file, token_bytes(model), version=(1, 0))


def _lines(task: Task[TokenizerConfig]) -> Iterator[str]:
    """Lines of the documents to learn from: an even sample of those that are not held out."""
    for shard in task.arguments["shards"]:
        for table in read_batches(shard, DOCUMENT):
            for document, text in zip(table["id"].to_pylist(), table["text"].to_pylist(), strict=True):
                if split_of(document, task.config.validation_share) == "train" and _sampled(document, task):
                    yield from filter(None, text.split("\n"))


def _sampled(document_id: str, task: Task[TokenizerConfig]) -> bool:
    """Chosen by other digits of the id than the split is."""
    return bool(int(document_id[8:16], 16) < task.arguments["sample"] * ID_SPACE)


def _held_out(task: Task[TokenizerConfig]) -> list[str]:
    texts: list[str] = []
    for shard in task.arguments["shards"]:
        for table in read_batches(shard, DOCUMENT):
            for document, text in zip(table["id"].to_pylist(), table["text"].to_pylist(), strict=True):
                if len(texts) == task.config.evaluate_documents:
                    return texts
                if split_of(document, task.config.validation_share) == "validation":
                    texts.append(text)
    return texts


STAGE = Stage(name="tokenizer", config=TokenizerConfig, run=run, check=check, upstream=lambda _: ("dedup",))
