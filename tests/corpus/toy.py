"""A small two-phase stage for the runner's tests: `python -m tests.corpus.toy run=NAME …`."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

import corpus.cli
from corpus.document import DOCUMENT, documents_table
from corpus.errors import ConfigurationError
from corpus.shards import read_batches
from corpus.stage import Stage, StageConfig, StageRun, Task, option


@dataclass
class ToyConfig(StageConfig):
    shards: int = option(3, "shards to make")
    least: int = option(4, "shortest text kept, in code points")
    wait: float = option(0.0, "seconds that each task takes", volatile=True)
    fault: str = option("", "what goes wrong: '', kill, lose, full", volatile=True)


def make(task: Task[ToyConfig]) -> dict[str, int]:
    n = int(task.arguments["n"])
    rows = [
        {
            "id": f"{n:02d}-{i:04d}",
            "text": "ខ្មែរ " * (i % 5),
            "source": "even" if i % 2 == 0 else "odd",
            "licence": "CC0-1.0",
            "origin": {"file": "toy", "position": i},
            "n_bytes": len(("ខ្មែរ " * (i % 5)).encode()),
        }
        for i in range(250)
    ]
    table = documents_table(rows)
    with task.create(f"work/{task.name}.arrow") as file, pa.ipc.new_file(file, DOCUMENT) as writer:
        writer.write_table(table)
    return {"rows": len(rows)}


def choose(task: Task[ToyConfig]) -> None:
    time.sleep(task.config.wait)
    if task.config.fault == "kill":
        os.kill(os.getpid(), 9)
    with pa.memory_map(task.folder.local().joinpath(f"work/{task.name}.arrow").as_posix()) as file:
        table = pa.ipc.open_file(file).read_all()
    with task.outcome() as out:
        out.read(table)
        if task.config.fault == "full" and task.name.endswith("1"):
            raise OSError(28, "No space left on device")
        if task.config.fault == "lose":
            table = table.slice(1)
        short = pc.less(table["n_bytes"], task.config.least)
        out.drop(table.filter(short), "short", pc.cast(table.filter(short)["n_bytes"], pa.float64()))
        out.keep(table.filter(pc.invert(short)))


def run(stage: StageRun[ToyConfig]) -> None:
    tasks = [stage.task(f"part-{n:05d}", arguments={"n": n}) for n in range(stage.config.shards)]
    made = stage.map("make", make, tasks)
    stage.facts["made"] = sum(receipt["facts"]["rows"] for receipt in made)
    stage.map("choose", choose, tasks, stage.facts["made"])


def check(config: ToyConfig) -> None:
    if config.shards < 0:
        msg = f"shards: got {config.shards}; expected 0 or more"
        raise ConfigurationError(msg)


STAGE = Stage(name="toy", config=ToyConfig, run=run, check=check, module="tests.corpus.toy")


def rows_of(folder: Path) -> list[str]:
    return [
        i
        for path in sorted(folder.glob("*.parquet"))
        for t in read_batches(str(path), DOCUMENT)
        for i in t["id"].to_pylist()
    ]


if __name__ == "__main__":
    from tests.corpus import toy  # the name under which worker processes find the functions

    corpus.cli.CONFIGS = Path(__file__).parent / "toy_configs"
    corpus.cli.main(toy.STAGE)
