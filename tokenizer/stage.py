"""The stage `tokenizer`: count clusters → learn → count members → encode, with exact token counts for the ledger."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import asdict

import numpy as np
import pyarrow as pa

from corpus.document import DOCUMENT
from corpus.engine import meter
from corpus.errors import ConfigurationError
from corpus.shards import read_batches
from corpus.stage import Stage, StageRun
from corpus.task import Task
from tokenizer.alphabet import Alphabet
from tokenizer.config import TokenizerConfig, check
from tokenizer.evaluate import evaluate
from tokenizer.export import hugging_face_config, hugging_face_json, token_bytes
from tokenizer.learn import BOS, EOS, PAD, UNK, learn
from tokenizer.members import count_members
from tokenizer.sample import held_out, lines_to_learn
from tokenizer.shards import MODEL, encode_shard

SIZED_TEXTS = pa.schema([DOCUMENT.field("text"), DOCUMENT.field("n_bytes")])


def run(stage: StageRun[TokenizerConfig]) -> None:
    """Count clusters, learn, count the members of duplicate clusters, encode."""
    tasks = stage.tasks(stage.shards("dedup"))
    handed = stage.upstream["dedup"].books().total("kept")
    if not handed.documents:
        msg = f"tokenizer: the run {stage.config.run!r} has no documents to learn from. Try: make report, to see why"
        raise ConfigurationError(msg)
    counted = stage.map("count", count_shard, tasks, handed.documents)
    arguments = {
        "counted": [receipt["task"] for receipt in counted],
        "shards": [task.source for task in tasks],
        "sample": min(1.0, stage.config.learn_bytes / max(handed.bytes, 1)),
    }
    [learnt] = stage.map("learn", learn_model, [stage.task("model", arguments=arguments)])
    shards = {
        "clusters": stage.shards("dedup", "clusters"),
        "shards": [(task.name, task.source) for task in tasks],
    }
    stage.map("members", count_members, [stage.task("all", arguments=shards)], handed.documents)
    encoded = stage.map("encode", encode_shard, tasks, handed.documents)
    stage.facts.update(learnt["facts"])
    for split in ("train", "validation"):
        stage.facts[f"{split}_tokens"] = sum(receipt["facts"][f"{split}_tokens"] for receipt in encoded)


def count_shard(task: Task[TokenizerConfig]) -> None:
    """Write how often each cluster occurs in one shard."""
    from khmer.clusters import count_clusters

    counts: Counter[str] = Counter()
    for table in read_batches(task.source, SIZED_TEXTS):
        counts.update(count_clusters(table["text"]))
        meter().count(len(table), sum(table["n_bytes"].to_pylist()))
    with task.create(f"work/clusters/{task.name}.json") as file:
        file.write(json.dumps(counts, ensure_ascii=False, sort_keys=True).encode())


def learn_model(task: Task[TokenizerConfig]) -> dict[str, object]:
    """Learn the tokenizer and write it in both forms, checked against each other on held-out documents."""
    config, shards = task.config, task.arguments["shards"]
    counts: Counter[str] = Counter()
    for name in task.arguments["counted"]:
        counts.update(task.folder.read_json(f"work/clusters/{name}.json"))
    alphabet = Alphabet.choose(counts, config.least_cluster)
    lines = lines_to_learn(shards, config.validation_share, task.arguments["sample"])
    model = learn(lines, alphabet, config.vocabulary)
    plain, hugging_face = model.SerializeToString(deterministic=True), hugging_face_json(model)
    files = {
        MODEL: plain,
        "tokenizer/tokenizer.json": hugging_face.encode(),
        "tokenizer/tokenizer_config.json": hugging_face_config(config.model_max_length).encode(),
    }
    for path, data in files.items():
        with task.create(path) as file:
            file.write(data)
    with task.create("tokenizer/token_bytes.npy") as file:
        np.lib.format.write_array(file, token_bytes(model), version=(1, 0))
    tokenizer = {
        "name": config.name or f"sastra-{config.vocabulary}",
        "sha256": hashlib.sha256(plain).hexdigest(),
        "vocabulary": len(model.pieces),
        "clusters": len(alphabet.clusters),
        "unk_id": UNK,
        "bos_id": BOS,
        "eos_id": EOS,
        "pad_id": PAD,
    }
    texts = held_out(shards, config.validation_share, config.evaluate_documents)
    return {"tokenizer": tokenizer, "evaluation": asdict(evaluate(plain, hugging_face, texts))}


STAGE = Stage(name="tokenizer", config=TokenizerConfig, run=run, check=check, upstream=lambda _: ("dedup",))
