"""The stage `ablation`: draw → judge → tokens of three arms → models of each, with several seeds."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import sentencepiece

from bench.ablation.arms import ARMS, FINEWEB2, OURS, apart_from, draw
from clean.audit import fineweb2
from corpus.errors import ConfigurationError, StageError
from corpus.manifest import Manifest
from corpus.stage import WORK, Stage, StageConfig, StageRun, option
from corpus.task import Task

FACTS: Final = "ablation.json"
DRAWN: Final = f"{WORK}/drawn.parquet"
HELD_OUT: Final = f"{WORK}/held-out.parquet"
TOKENIZER: Final = f"{WORK}/tokenizer.model"
JUDGED_AT_ONCE: Final = 4000
KINDS: Final = ("model", "five_gram", "five_gram_all")


@dataclass
class AblationConfig(StageConfig):
    """What is compared, on how much text, with which model."""

    source: str = option("oscar", "the source whose documents are filtered")
    source_bytes: int = option(40_000_000, "UTF-8 bytes drawn from it")
    held_out: list[str] = option([], "clean sources that the models are measured on")
    held_out_bytes: int = option(400_000, "UTF-8 bytes of each of them")
    vocabulary: int = option(
        4096, "pieces of the tokenizer, learnt from the unfiltered text, that all arms share"
    )
    size: str = option("micro", "the model, as in `python -m train --help`")
    sequence_length: int = option(128, "tokens that the model sees at once")
    batch_size: int = option(16, "sequences in a step")
    steps: int = option(700, "optimiser steps of each model")
    learning_rate: float = option(3e-3, "at the peak of the schedule")
    seeds: int = option(3, "models of each arm")
    peers: str = option(".venv-peers", "the environment that `make bench-peers` builds", volatile=True)

    @property
    def n_tokens(self) -> int:
        """Tokens that each model is trained on."""
        return self.steps * self.batch_size * self.sequence_length


def check(config: AblationConfig) -> None:
    """Refuse a comparison of nothing."""
    if not config.held_out or config.source in config.held_out:
        msg = f"held_out: got {config.held_out}; expected sources other than {config.source!r}. Try: held_out=[wiki_5k]"
        raise ConfigurationError(msg)
    for name in (
        "source_bytes",
        "held_out_bytes",
        "steps",
        "seeds",
        "batch_size",
        "sequence_length",
        "vocabulary",
    ):
        if getattr(config, name) < 1:
            msg = f"{name}: got {getattr(config, name)}; expected 1 or more. Try: without {name}"
            raise ConfigurationError(msg)
    fineweb2.check(config.peers)


def run(stage: StageRun[AblationConfig]) -> None:
    """Draw, judge, encode, learn."""
    shards = {kind: stage.shards("clean", kind) for kind in ("documents", "dropped")}
    [drawn] = stage.map("draw", draw_texts, [stage.task("texts", arguments=shards)])
    chunks = range(0, drawn["facts"]["documents"], JUDGED_AT_ONCE)
    judged = stage.map("judge", judge, [stage.task(f"{n:07d}", arguments={"first": n}) for n in chunks])
    reasons = Counter[str]()
    for receipt in judged:
        reasons.update(receipt["facts"]["reasons"])
    stage.map("tokenizer", learn_tokenizer, [stage.task("tokenizer")])
    names = [receipt["task"] for receipt in judged]
    sizes = stage.map(
        "encode", encode, [stage.task(arm, arguments={"judged": names}) for arm in (*ARMS, "held-out")]
    )
    runs = [
        stage.task(f"{arm}-{seed}", arguments={"arm": arm, "seed": seed})
        for seed in range(1, stage.config.seeds + 1)
        for arm in ARMS
    ]
    learnt = stage.map("learn", learn, runs)
    stage.facts["arms"] = {receipt["task"]: receipt["facts"] for receipt in sizes}
    stage.facts["fineweb2_reasons"] = dict(reasons.most_common())
    stage.facts["models"] = _by_arm(learnt)
    stage.facts["tokens"] = stage.config.n_tokens
    stage.folder.write_json(FACTS, stage.facts)


def draw_texts(task: Task[AblationConfig]) -> dict[str, int]:
    """Write the texts to filter, without any that held-out text is part of, and the held-out texts."""
    config, given = task.config, task.arguments
    held_out = draw(given["documents"], given["dropped"], config.held_out, config.held_out_bytes)
    texts = draw(given["documents"], given["dropped"], [config.source], config.source_bytes)
    if not len(held_out) or not len(texts):
        msg = f"ablation: no text of {config.source!r} or of {config.held_out} in this run. Try: make real DATA=…"
        raise StageError(msg)
    texts = apart_from(texts, held_out)
    for path, table in ((DRAWN, texts), (HELD_OUT, held_out)):
        with task.create(path) as file:
            pq.write_table(table, file)
    return {"documents": len(texts), "held_out": len(held_out)}


def judge(task: Task[AblationConfig]) -> dict[str, Any]:
    """Write which of some texts FineWeb2's rules keep."""
    texts = _table(task, DRAWN).slice(task.arguments["first"], JUDGED_AT_ONCE)
    reasons = fineweb2.judge(texts, task.config.peers).reasons
    with task.create(f"{WORK}/judged/{task.name}.json") as file:
        file.write(json.dumps([reason is None for reason in reasons]).encode())
    return {"reasons": Counter(reason or "kept" for reason in reasons)}


def learn_tokenizer(task: Task[AblationConfig]) -> None:
    """Learn the tokenizer that all arms share."""
    from khmer.clusters import count_clusters
    from tokenizer.alphabet import Alphabet
    from tokenizer.learn import learn as learn_pieces

    texts = _table(task, DRAWN)["text"]
    lines = (line for text in texts.to_pylist() for line in text.split("\n") if line)
    model = learn_pieces(lines, Alphabet.choose(count_clusters(texts), 50), task.config.vocabulary)
    with task.create(TOKENIZER) as file:
        file.write(model.SerializeToString(deterministic=True))


def encode(task: Task[AblationConfig]) -> dict[str, Any]:
    """Write the tokens of an arm, or of each held-out source."""
    processor = sentencepiece.SentencePieceProcessor(model_proto=task.folder.read(TOKENIZER))
    if task.name not in ARMS:
        held_out = _table(task, HELD_OUT)
        return {
            source: _write_tokens(
                task, processor, held_out.filter(pa.compute.equal(held_out["source"], source)), source
            )
            for source in task.config.held_out
        }
    texts = _table(task, DRAWN)
    if task.name == OURS:
        texts = texts.filter(texts["kept"])
    if task.name == FINEWEB2:
        kept = [
            k
            for name in task.arguments["judged"]
            for k in task.folder.read_json(f"{WORK}/judged/{name}.json")
        ]
        texts = texts.filter(pa.array(kept))
    return _write_tokens(task, processor, texts, task.name)


def _write_tokens(task: Task[AblationConfig], processor: Any, texts: pa.Table, name: str) -> dict[str, int]:
    from tokenizer.learn import EOS

    rows = processor.encode(texts["text"].to_pylist())
    ids = np.fromiter((token for row in rows for token in (*row, EOS)), "<u2")
    with task.create(f"{WORK}/tokens/{name}.bin") as file:
        file.write(ids.tobytes())
    return {
        "documents": len(texts),
        "tokens": len(ids),
        "bytes": sum(map(len, texts["text"].cast(pa.large_binary()).to_pylist())),
    }


def learn(task: Task[AblationConfig]) -> dict[str, Any]:
    """Train one model, and count one n-gram model, of an arm with a seed."""
    from sentencepiece import sentencepiece_model_pb2 as pb

    from bench.ablation.learn import Arm, count_ngrams, n_tokens_of, train_model
    from tokenizer.export import token_bytes
    from train.config import TrainConfig

    config, tokens = task.config, task.folder.local() / WORK / "tokens"
    model = pb.ModelProto.FromString(task.folder.read(TOKENIZER))
    held_out = {source: str(tokens / f"{source}.bin") for source in config.held_out}
    arm = Arm(str(tokens / f"{task.arguments['arm']}.bin"), held_out, token_bytes(model))
    trained = TrainConfig(
        run=config.run,
        size=config.size,
        sequence_length=config.sequence_length,
        batch_size=config.batch_size,
        micro_batch_size=config.batch_size,
        steps=config.steps,
        warmup_steps=max(config.steps // 20, 1),
        learning_rate=config.learning_rate,
        seed=task.arguments["seed"],
        backend="plain",
    )
    return {
        "arm": task.arguments["arm"],
        "model": train_model(arm, trained),
        "five_gram": count_ngrams(arm, config.n_tokens, task.arguments["seed"]),
        "five_gram_all": count_ngrams(arm, n_tokens_of(arm), task.arguments["seed"]),
    }


def _by_arm(receipts: list[dict[str, Any]]) -> dict[str, Any]:
    from bench.ablation.learn import pooled

    facts = [receipt["facts"] for receipt in receipts]
    return {
        arm: {kind: pooled([f[kind] for f in facts if f["arm"] == arm]) for kind in KINDS} for arm in ARMS
    }


def _table(task: Task[AblationConfig], path: str) -> pa.Table:
    return pq.read_table(task.folder.local() / path)


def told(manifest: Manifest) -> str:
    """The table for people: bits per byte of held-out text, the mean over seeds and their spread."""
    facts = manifest.facts
    lines = [f"bits per byte after {facts['tokens']:,} tokens; mean of the seeds (least to most)"]
    for arm in ARMS:
        size = facts["arms"][arm]
        lines.append(f"{arm}: {size['documents']:,} documents, {size['tokens']:,} tokens")
        for kind, sources in facts["models"][arm].items():
            shown = (
                f"{s} {f['mean']:.4f} ({f['least']:.4f} to {f['most']:.4f})"
                for s, f in sorted(sources.items())
            )
            lines.append(f"  {kind}: " + ", ".join(shown))
    return "\n".join(lines)


STAGE = Stage(
    name="ablation",
    module="bench.ablation",
    config=AblationConfig,
    run=run,
    upstream=lambda _config: ("clean",),
    check=check,
    told=told,
)
