"""Runs of the deduplication stage whose cost is known, and what they decided.

As a command, `python -m bench.deduplicated RUNS RUN WORKERS PHASES`, it runs the stage in a process of its own, warmed
up, and prints the cost as JSON.
"""

from __future__ import annotations

import json
import multiprocessing
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from bench.copies import Copies, add_shards
from corpus.cli import configure
from corpus.document import DOCUMENT
from corpus.ledger import Ledger
from corpus.manifest import Manifest
from corpus.paths import Folder
from corpus.shards import ShardWriter
from corpus.stage import StageRun, Task, execute
from dedup.config import DedupConfig
from dedup.stage import STAGE, decide, input_shards

WARM_BYTES: Final = 2_000_000
CHUNK: Final = 8 << 20

Run = Callable[[StageRun[DedupConfig]], Any]


@dataclass
class Cost:
    """What a run took: CPU seconds of the process that ran it, wall seconds of its phases, the most resident bytes."""

    cpu_seconds: float = 0
    wall_seconds: float = 0  # from when its workers, if any, are warm
    own_bytes: int = 0  # of the process that runs the stage
    worker_bytes: int = 0  # of its largest worker; 0 where it works itself
    phases: dict[str, float] = field(default_factory=dict)  # CPU seconds of the same process

    @property
    def resident_bytes(self) -> int:
        """The peak of the process and that of its largest worker, added."""
        return self.own_bytes + self.worker_bytes


class Decisions(NamedTuple):
    """What became of each document, by its id."""

    kept: set[str]
    dropped: dict[str, tuple[str, float | None, str]]  # reason, similarity, id of the document kept for it


def up_to_decisions(stage: StageRun[DedupConfig]) -> None:
    """All phases but the last, which copies the documents: from Parquet to what becomes of each."""
    decide(stage, input_shards(stage))


PHASES: Final[dict[str, Run]] = {"decide": up_to_decisions, "all": STAGE.run}


class _Timed(StageRun[DedupConfig]):
    """A run that keeps the CPU time of its phases."""

    def __init__(self, run: StageRun[DedupConfig], seconds: dict[str, float]) -> None:
        self.__dict__ = run.__dict__
        self._seconds = seconds

    def map(self, phase: str, *arguments: Any, **options: Any) -> list[dict[str, Any]]:
        """As the run does."""
        started = time.process_time()
        receipts = super().map(phase, *arguments, **options)
        self._seconds[phase] = self._seconds.get(phase, 0) + time.process_time() - started
        return receipts


def deduplicate(runs: Path, run: str, phases: str = "all", workers: int = 1) -> Cost:
    """The cost of the stage on a run whose cleaning has finished, with the project's configuration.

    What the stage has made of the run before is of use to it: `forget` that where all is to be measured.
    """
    config = configure(STAGE, [f"run={run}", f"runs={runs}", f"workers={workers}"])
    cost = Cost()

    def watched(stage: StageRun[DedupConfig]) -> None:
        if workers > 1:
            stage.map("warm", _warm_worker, [stage.task(f"warm-{n}") for n in range(2 * workers)])
        started = time.monotonic()
        PHASES[phases](_Timed(stage, cost.phases))
        cost.wall_seconds = time.monotonic() - started
        peaks = [_peak_bytes(str(worker.pid)) for worker in multiprocessing.active_children()]
        cost.worker_bytes = max(peaks, default=0)

    before = time.process_time()
    execute(replace(STAGE, run=watched), config)
    cost.cpu_seconds, cost.own_bytes = time.process_time() - before, _peak_bytes("self")
    return cost


def _warm_worker(_task: Task[DedupConfig]) -> None:
    warm_up()


def _peak_bytes(process: str) -> int:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    fields = dict(line.split(":", 1) for line in lines if line.startswith("VmHWM"))
    return 1024 * int(fields["VmHWM"].split()[0])


def forget(runs: Path, run: str) -> None:
    """Remove all that the stage has made of a run, its index too."""
    shutil.rmtree(runs / run / "dedup", ignore_errors=True)


def deduplicate_apart(runs: Path, run: str, phases: str = "all", workers: int = 1) -> Cost:
    """The same in a process of its own, after a small run in it, so that nothing has to be loaded or compiled."""
    command = [sys.executable, "-m", __name__, str(runs), run, phases, str(workers)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


@contextmanager
def memory_in_use(path: Path) -> Iterator[None]:
    """Fill free memory with pages of an empty file, which the system takes back as soon as it needs one.

    So it is on a machine that has been up for a while. A virtual machine gives free memory back to its host, and the
    first byte written to a page then costs 2.3 ns where it costs .3 else, as often as not.
    """
    fields = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
    with path.open("w+b", buffering=0) as file:
        file.truncate(1024 * int(fields["MemFree"].split()[0]))
        room = bytearray(CHUNK)
        while file.readinto(room):
            pass
        yield


@contextmanager
def generated(n_bytes: int, shard_bytes: int, seed: int = 1) -> Iterator[tuple[Path, Copies]]:
    """A folder of runs whose run `copies` has finished cleaning, and the documents it has."""
    copies = Copies.of(seed)
    with tempfile.TemporaryDirectory(prefix="bench-dedup-") as folder:
        add_shards(Folder(f"{folder}/copies"), copies, n_bytes, shard_bytes)
        yield Path(folder), copies


def write_clean(runs: Path, run: str, shards: Iterable[pa.Table]) -> None:
    """Let a run have finished cleaning with these shards of documents."""
    clean, ledger, outputs = Folder(str(runs)).child(run).child("clean"), Ledger(), []
    for number, table in enumerate(shards):
        task = Task(f"part-{number:05d}", "clean", clean, None)
        with ShardWriter(task.create(f"documents/{task.name}.parquet"), DOCUMENT) as documents:
            documents.write(table)
        ledger.add_table(table, "in")
        ledger.add_table(table, "kept")
        outputs += task.files
    Manifest("clean", "given", {}, {}, outputs, ledger.rows(), {}).save(clean)


def warm_up() -> None:
    """Deduplicate a few documents and then some more, in this process and its memory alone."""
    with generated(WARM_BYTES, WARM_BYTES // 2) as (runs, copies):
        deduplicate(runs, "copies")
        add_shards(Folder(f"{runs}/copies"), copies, WARM_BYTES // 2, WARM_BYTES // 2)
        deduplicate(runs, "copies")


def decisions(runs: Path, run: str) -> Decisions:
    """What a finished run decided."""
    kept, dropped = set[str](), {}
    for table in _tables(runs, run, "documents", ["id"]):
        kept.update(table["id"].to_pylist())
    for table in _tables(runs, run, "dropped", ["id", "reason", "score", "evidence"]):
        columns = [table[name].to_pylist() for name in ("id", "reason", "score", "evidence")]
        dropped.update({member: (why, score, of) for member, why, score, of in zip(*columns, strict=True)})
    return Decisions(kept, dropped)


def output_texts(runs: Path, run: str) -> dict[str, str]:
    """The texts that a finished run hands on, by id."""
    tables = list(_tables(runs, run, "documents", ["id", "text"]))
    columns = ([value for table in tables for value in table[name].to_pylist()] for name in ("id", "text"))
    return dict(zip(*columns, strict=True))


def _tables(runs: Path, run: str, kind: str, columns: list[str]) -> Iterator[pa.Table]:
    folder = Folder(str(runs)).child(run).child("dedup")
    manifest = Manifest.load(folder)
    assert manifest is not None
    for path in manifest.shards(folder, kind):
        yield pq.read_table(path, columns=columns)


def output_digests(runs: Path, run: str) -> dict[str, str]:
    """The digests of all files that a finished run has put out, by path."""
    manifest = Manifest.load(Folder(str(runs)).child(run).child("dedup"))
    assert manifest is not None
    return {file["path"]: file["sha256"] for file in manifest.outputs}


def text_bytes(runs: Path, run: str) -> int:
    """UTF-8 bytes of the texts that cleaning handed over."""
    manifest = Manifest.load(Folder(str(runs)).child(run).child("clean"))
    assert manifest is not None
    return manifest.books().total("kept").bytes


def main(words: list[str]) -> None:
    """Warm up, run, print."""
    runs, run, phases, workers = words
    warm_up()
    print(json.dumps(asdict(deduplicate(Path(runs), run, phases, int(workers)))))


if __name__ == "__main__":
    main(sys.argv[1:])
