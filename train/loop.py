"""The training loop: `python -m train.loop JOB.json`, by itself or as a rank of torchrun."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import torch

from corpus.errors import StageError
from train.backends import BACKENDS, Backend
from train.checkpoint import Checkpoints
from train.config import Job
from train.data import TrainingOrder, micro_batches
from train.evaluate import Validation
from train.launch import end_with_parent
from train.model import Llama, ModelConfig
from train.records import Progress, Records
from train.schedule import learning_rate
from train.upweight import training_stream


def train(job: Job, backend: Backend) -> None:
    """Train from the newest checkpoint, or from the start, to the last step."""
    config, folder = job.config, Path(job.folder)
    order = TrainingOrder(training_stream(job), config.sequence_length, config.batch_size, config.seed)
    parts = micro_batches(config.batch_size, config.micro_batch_size, backend.rank, backend.world)
    validation = Validation(job)
    checkpoints = Checkpoints(folder)
    progress = checkpoints.resume(backend)
    with Records(folder, progress, backend.rank) as records:
        while progress.step < config.steps:
            # The step's batch is the same tokens whatever the number of ranks; this rank takes its rows of it.
            loss = torch.zeros((), dtype=torch.float64)
            for rows in parts:
                tokens, targets = map(torch.from_numpy, order.rows(progress.step, rows))
                loss += backend.accumulate(tokens.to(device()), targets.to(device())).cpu()
            loss = backend.total(loss) / (backend.world * len(parts))

            # Gradients that are not finite leave the weights as they were; the step counts all the same.
            rate = learning_rate(config, progress.step)
            update = backend.update(rate)
            progress = progress.after_step(skipped=int(not update.applied))
            if progress.skipped_in_a_row == config.max_skipped_steps:
                raise lost(progress)
            records.step(progress, config, loss=loss.item(), rate=rate, gradient_norm=update.gradient_norm)

            last = progress.step == config.steps
            if last or progress.step % config.validate_every == 0:
                records.validation(progress.step, validation.bits_per_byte(backend))
            if last or progress.step % config.checkpoint_every == 0:
                progress = replace(progress, metrics_bytes=records.sync())
                checkpoints.save(backend, progress, config.keep_checkpoints)


def lost(progress: Progress) -> StageError:
    """The fault that ends a training run whose gradients stay infinite or undefined."""
    steps = f"{progress.skipped_in_a_row} steps in a row, up to step {progress.step}"
    return StageError(f"train: gradients that are not finite in {steps}. Try: a lower learning_rate")


def new_model(job: Job) -> Llama:
    """The job's model on this process's device, with its first weights."""
    config = job.config
    autocast = torch.bfloat16 if config.precision == "bfloat16" else None
    model = Llama(model_config(job), autocast).initialise(config.seed)
    return model.to(device())


def model_config(job: Job) -> ModelConfig:
    """The shape of the job's model: a SwiGLU of 8/3 the width, in steps of 16."""
    shape = job.config.shape
    hidden = round(shape.width * 8 / 3 / 16) * 16
    return ModelConfig(
        vocabulary=job.tokenizer.vocabulary,
        sequence_length=job.config.sequence_length,
        width=shape.width,
        depth=shape.depth,
        heads=shape.heads,
        kv_heads=shape.kv_heads,
        hidden=hidden,
    )


def device() -> torch.device:
    """The GPU of this rank, or the CPU."""
    if torch.cuda.is_available():
        return torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    return torch.device("cpu")


def prepare(n_threads: int) -> None:
    """Make this process compute the same bits every time."""
    torch.set_num_threads(n_threads)
    if torch.cuda.is_available():
        os.environ["CUBLAS_WORKSPACE_CONFIG"] = ":4096:8"
        torch.cuda.set_device(device())
        torch.use_deterministic_algorithms(mode=True)


def main() -> None:
    """Run one rank."""
    end_with_parent()
    job = Job.load(Path(sys.argv[1]))
    prepare(job.config.threads)
    backend = BACKENDS[job.config.backend](new_model(job), job.config)
    train(job, backend)
    backend.close()


if __name__ == "__main__":
    main()
