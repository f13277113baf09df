"""The stage `train`: learn on all ranks → evaluate, export and sample the last checkpoint's model."""

from __future__ import annotations

from corpus.paths import Folder
from corpus.stage import WORK, Stage, StageRun, run_folder
from corpus.task import Task
from train.config import Job, TokenizerFacts, TrainConfig, check
from train.data import check_data
from train.launch import run_ranks
from train.records import METRICS
from train.upweight import check_places

JOB = f"{WORK}/job.json"


def run(stage: StageRun[TrainConfig]) -> None:
    """Learn, evaluate, export, sample."""
    job = job_of(stage)
    check_data(job)
    check_places(job)
    task = stage.task("model", arguments={"job": job.to_json()})
    stage.map("learn", learn, [task])

    from train import results  # torch takes three seconds to import, which a refusal need not pay

    (evaluated,) = stage.map("evaluate", results.evaluate, [task])
    stage.map("export", results.export, [task])
    stage.map("sample", results.sample, [task])
    stage.facts.update(evaluated["facts"])


def job_of(stage: StageRun[TrainConfig]) -> Job:
    """What the training processes are handed, from the tokenizer's manifest and files."""
    tokenizer = run_folder(stage.config).child("tokenizer")
    facts = stage.upstream["tokenizer"].facts["tokenizer"]
    files = {split: _token_files(stage, split, ".bin") for split in ("train", "validation")}
    return Job(
        config=stage.config,
        folder=str(stage.folder.local()),
        tokenizer=TokenizerFacts(**{name: facts[name] for name in TokenizerFacts.__dataclass_fields__}),
        tokenizer_folder=str(tokenizer.child("tokenizer").local()),
        train=files["train"],
        validation=files["validation"],
        places=_token_files(stage, "validation", ".parquet"),
        train_places=_token_files(stage, "train", ".parquet"),
    )


def _token_files(stage: StageRun[TrainConfig], split: str, ending: str) -> list[str]:
    uris = stage.shards("tokenizer", f"tokens/{split}")
    return [str(Folder(uri).local()) for uri in uris if uri.endswith(ending)]


def learn(task: Task[TrainConfig]) -> None:
    """Train on all ranks; checkpoints, metrics and timings stand in the stage's folder."""
    folder = task.folder.local()
    task.folder.write_json(JOB, task.arguments["job"])
    run_ranks(task.config, folder / JOB, folder.parent / "logs" / "train.ranks.log")
    task.adopt(METRICS)


STAGE = Stage(name="train", config=TrainConfig, run=run, check=check, upstream=lambda _: ("tokenizer",))
