"""What follows training: the newest checkpoint's model evaluated, exported and sampled."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from corpus.task import Task
from train.checkpoint import Checkpoints
from train.config import Job, TrainConfig
from train.data import TokenStream, TrainingOrder
from train.evaluate import compare, load_token_bytes
from train.export import TOKENIZER_FILES, config_file, weights_file
from train.generate import continuations
from train.loop import device, model_config, prepare
from train.model import Llama
from train.upweight import times_seen, training_stream


def load(task: Task[TrainConfig]) -> tuple[Job, Llama]:
    """The job and its trained model; this process takes the threads of all ranks."""
    job = Job.from_json(task.arguments["job"])
    prepare(task.config.threads * task.config.world)
    model = Llama(model_config(job))
    model.load_state_dict(Checkpoints(Path(job.folder)).weights())
    return job, model.to(device())


def evaluate(task: Task[TrainConfig]) -> dict[str, Any]:
    """Write `evaluation.json`: bits per byte of the model and the baselines over the validation tokens."""
    job, model = load(task)
    config, train, stream = task.config, TokenStream(job.train), training_stream(job)
    n_chunks = TrainingOrder(stream, config.sequence_length, config.batch_size, config.seed).n_chunks
    n_tokens = config.steps * config.batch_size * config.sequence_length
    figures = {
        "tokenizer": {"name": job.tokenizer.name, "sha256": job.tokenizer.sha256},
        "model": {
            "size": config.size,
            "parameters": sum(parameter.numel() for parameter in model.parameters()),
            "embedding_parameters": model.embed_tokens.weight.numel(),
        },
        "training": {
            "steps": config.steps,
            "skipped_steps": Checkpoints(Path(job.folder)).progress().skipped_steps,
            "tokens": n_tokens,
            "epochs": n_tokens / (n_chunks * config.sequence_length),
            "corpus_tokens": len(train),
            "epoch_tokens": len(stream),
            "times_seen": times_seen(job) if config.upweight else [],
        },
        "validation": compare(model, train, job, load_token_bytes(job.tokenizer_folder)),
    }
    with task.create("evaluation.json") as file:
        file.write((json.dumps(figures, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode())
    return figures


def export(task: Task[TrainConfig]) -> None:
    """Write `model/`: the weights, the shape and the tokenizer in transformers' format."""
    job, model = load(task)
    files = {
        "model.safetensors": weights_file(
            {name: tensor.cpu() for name, tensor in model.state_dict().items()}
        ),
        "config.json": config_file(model.config, job.tokenizer),
    }
    for name in TOKENIZER_FILES:
        files[name] = (Path(job.tokenizer_folder) / name).read_bytes()
    for name, data in files.items():
        with task.create(f"model/{name}") as file:
            file.write(data)


def sample(task: Task[TrainConfig]) -> None:
    """Write `samples.jsonl`: continuations of held-out documents."""
    job, model = load(task)
    with task.create("samples.jsonl") as file:
        for row in continuations(model, job):
            file.write((json.dumps(row, ensure_ascii=False) + "\n").encode())
