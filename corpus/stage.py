"""The stage runner: idempotent file → file tasks, receipts, the ledger, and a manifest written last."""

from __future__ import annotations

import fcntl
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from omegaconf import MISSING
from pyarrow.fs import LocalFileSystem

from corpus.engine import Workers, worker_count
from corpus.errors import ConfigurationError, StageError
from corpus.ledger import Ledger
from corpus.manifest import MANIFEST, Manifest, decisive, fingerprint
from corpus.paths import Folder, resolve
from corpus.progress import Progress, log_to
from corpus.task import Task

PLAN = "plan.json"
WORK = "work"  # intermediate files: deleted once the manifest stands
LOCK = ".lock"


def option(default: Any, text: str, *, volatile: bool = False) -> Any:
    """A config field with its line of `--help`; a volatile one does not decide what the output is."""
    metadata = {"help": text, "volatile": volatile}
    if isinstance(default, (list, dict)):
        return field(default_factory=lambda: type(default)(default), metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass
class StageConfig:
    """What every stage is told; stages add their own fields."""

    run: str = option(MISSING, "name of the run; its files go to <runs>/<run>/<stage>", volatile=True)
    runs: str = option(
        "runs", "folder, or address such as s3://bucket/path, that holds the runs", volatile=True
    )
    workers: int = option(0, "worker processes; 0 = one per core, 1 = work in this process", volatile=True)


C = TypeVar("C", bound=StageConfig)


@dataclass(frozen=True)
class _Job(Generic[C]):
    """A phase's function with its tasks, as handed to workers."""

    phase: str
    function: Callable[[Task[C]], Any]

    def __call__(self, task: Task[C]) -> dict[str, Any]:
        task = replace(task, ledger=Ledger(), files=[])  # a task may serve several phases
        facts = self.function(task)
        receipt = {"task": task.name, "files": task.files, "ledger": task.ledger.rows(), "facts": facts}
        task.folder.write_json(f"receipts/{self.phase}/{task.name}.json", receipt)
        return receipt


def _no_names(_config: Any) -> Sequence[str]:
    return ()


def _no_check(_config: Any) -> None:
    return None


def _nothing(_manifest: Manifest) -> str:
    return ""


def _never(_manifest: Manifest) -> bool:
    return False


@dataclass(frozen=True)
class Stage(Generic[C]):
    """A stage of the pipeline: its name, its config's schema and its algorithm.

    `module` is what `python -m` runs, the name itself unless given. `upstream` names the stages it
    reads, `sources` the URIs of files from outside; `check` raises ConfigurationError for impossible
    values; `told` gives lines on what came out, for the command line. `gathers` marks output that cannot
    be made again (a crawl): a changed configuration goes on from it, where other stages start afresh; `goes_on`
    tells of a finished one whether there is more to gather by now.
    `memory` names a folder of the stage's own that outlives changed inputs: it may make the output cheaper,
    never different, and is no part of it. `reused` names output folders that outlive them too: tasks may adopt
    their files, and what none adopts is deleted in the end.
    """

    name: str
    config: type[C]
    run: Callable[[StageRun[C]], None]
    module: str = ""
    upstream: Callable[[C], Sequence[str]] = _no_names
    sources: Callable[[C], Sequence[str]] = _no_names
    check: Callable[[C], None] = _no_check
    told: Callable[[Manifest], str] = _nothing
    gathers: bool = False
    goes_on: Callable[[Manifest], bool] = _never
    memory: str = ""
    reused: Sequence[str] = ()

    @property
    def inner(self) -> tuple[str, ...]:
        """Folders whose files are no output."""
        return tuple(f"{folder}/" for folder in (WORK, self.memory) if folder)

    @property
    def command(self) -> str:
        """The command that runs it."""
        return f"python -m {self.module or self.name}"


class StageRun(Generic[C]):
    """One run of a stage: what its algorithm works with."""

    def __init__(self, stage: Stage[C], config: C, workers: Workers) -> None:
        self._workers = workers
        self.stage = stage
        self.config = config
        self.folder = run_folder(config).child(stage.name)
        self.upstream = {name: finished(config, name) for name in stage.upstream(config)}
        self.facts: dict[str, Any] = {}
        self.receipts: list[dict[str, Any]] = []

    def shards(self, upstream: str, kind: str = "documents") -> list[str]:
        """URIs of an upstream stage's output shards."""
        return self.upstream[upstream].shards(run_folder(self.config).child(upstream), kind)

    def task(self, name: str, source: str = "", arguments: Mapping[str, Any] | None = None) -> Task[C]:
        """A task of this stage."""
        return Task(
            name, self.stage.name, self.folder, self.config, source, arguments or {}, inner=self.stage.inner
        )

    def tasks(self, sources: Sequence[str]) -> list[Task[C]]:
        """A task for each input file, named after it."""
        return [self.task(_stem(source), source) for source in sources]

    def map(
        self,
        phase: str,
        function: Callable[[Task[C]], Any],
        tasks: Sequence[Task[C]],
        n_documents: int | None = None,
    ) -> list[dict[str, Any]]:
        """The receipts of all tasks, in order; those that already have one are not run again."""
        receipts = self._receipts(phase, tasks)
        assert len(receipts) == len(tasks), f"two tasks of one name in {phase}"
        todo = [task for task in tasks if receipts[task.name] is None]

        def done(receipt: dict[str, Any]) -> None:
            receipts[receipt["task"]] = receipt

        progress = Progress(f"{self.stage.name} {phase}", len(todo), n_documents)
        self._workers.run(_Job(phase, function), todo, done, progress)
        ordered = [receipts[task.name] for task in tasks]
        self.receipts += ordered  # type: ignore[arg-type]
        return ordered  # type: ignore[return-value]

    def _receipts(self, phase: str, tasks: Sequence[Task[C]]) -> dict[str, dict[str, Any] | None]:
        """The receipt of each task by its name; None for those that are still to run."""
        if not self.folder.sizes(f"receipts/{phase}"):
            return {task.name: None for task in tasks}
        sizes = self.folder.sizes()
        return {task.name: self._receipt(phase, task.name, sizes) for task in tasks}

    def _receipt(self, phase: str, name: str, sizes: Mapping[str, int]) -> dict[str, Any] | None:
        """The task's receipt, if it has one whose files stand there; a damaged one is none."""
        path = f"receipts/{phase}/{name}.json"
        if path not in sizes:
            return None
        try:
            receipt: dict[str, Any] = self.folder.read_json(path)
            whole = all(sizes.get(file["path"]) == file["bytes"] for file in receipt["files"])
        except (ValueError, TypeError, KeyError):
            return None
        return receipt if whole else None

    def finish(self, inputs: Mapping[str, str], mark: str) -> Manifest:
        """Check the conservation law and write the manifest."""
        ledger = Ledger(row for receipt in self.receipts for row in receipt["ledger"])
        ledger.check(self.stage.name)
        self._check_handover(ledger)
        written = [file for receipt in self.receipts for file in receipt["files"]]
        outputs = [file for file in written if not file["path"].startswith(self.stage.inner)]
        outputs.sort(key=lambda file: str(file["path"]))
        manifest = Manifest(
            self.stage.name, mark, decisive(self.config), dict(inputs), outputs, ledger.rows(), self.facts
        )
        manifest.save(self.folder)
        _sweep(self.stage, self.folder, manifest)
        return manifest

    def _check_handover(self, ledger: Ledger) -> None:
        """What came in is what the stages before kept, source by source."""
        handed = Ledger(r for m in self.upstream.values() for r in m.ledger if r["fate"] == "kept")
        if not ledger.amounts or not handed.amounts or not self.upstream:
            return
        for source in handed.sources():
            given, taken = handed.total("kept", source).documents, ledger.total("in", source).documents
            if given != taken:
                handed_over = f"{given:,} documents of source {source!r} were handed over"
                msg = f"{self.stage.name}: {handed_over}, {taken:,} were read"
                raise StageError(msg)


def run_folder(config: StageConfig) -> Folder:
    """The folder of the run that a config names."""
    return Folder(config.runs).child(config.run)


def execute(stage: Stage[C], config: C) -> tuple[Manifest, bool]:
    """The stage's manifest, and whether any work was needed for it."""
    _check_common(config)
    stage.check(config)
    inputs = _input_marks(stage, config)
    mark = fingerprint(stage.name, stage.module or stage.name, config, inputs)
    folder = run_folder(config).child(stage.name)
    with _only_one(folder):
        manifest = Manifest.load(folder)
        if manifest and manifest.fingerprint == mark and manifest.intact(folder):
            if not stage.goes_on(manifest):
                _sweep(stage, folder, manifest)
                return manifest, False
            folder.delete("receipts")
        _prepare(stage, folder, mark)
        with _logging(stage, config), Workers(worker_count(config.workers)) as workers:
            run = StageRun(stage, config, workers)
            stage.run(run)
            return run.finish(inputs, mark), True


def _logging(stage: Stage[C], config: C) -> AbstractContextManager[object]:
    """The run's log file of the stage; a run that is not on this machine has none."""
    run = run_folder(config)
    return log_to(run.local() / "logs" / f"{stage.name}.log") if _is_local(run) else nullcontext()


def check_run_name(name: str) -> None:
    """Raise ConfigurationError for a name that could lead out of the folder of runs."""
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.-]*", name):
        msg = f"run: got {name!r}; expected letters from a to z, digits, '.', '_' or '-'. Try: run=dev"
        raise ConfigurationError(msg)


def _check_common(config: StageConfig) -> None:
    check_run_name(config.run)
    if not config.runs.strip("/"):
        msg = f"runs: got {config.runs!r}; expected a folder or an address. Try: runs=runs"
        raise ConfigurationError(msg)
    if config.workers < 0:
        msg = f"workers: got {config.workers}; expected 0 (one per core) or more. Try: workers=0"
        raise ConfigurationError(msg)


def _input_marks(stage: Stage[C], config: C) -> dict[str, str]:
    marks = {}
    for name in stage.upstream(config):
        finished(config, name)
        folder = run_folder(config).child(name)
        marks[name] = hashlib.sha256(folder.read(MANIFEST)).hexdigest()
    for uri in stage.sources(config):
        filesystem, path = resolve(uri)
        info = filesystem.get_file_info(path)
        marks[uri] = f"{info.size} bytes, {info.mtime_ns}"
    return marks


def finished(config: StageConfig, name: str) -> Manifest:
    """The manifest of a finished stage of the run; raises ConfigurationError where it has not finished."""
    folder = run_folder(config).child(name)
    manifest = Manifest.load(folder)
    if manifest is None:
        msg = f"{folder.uri}: the stage {name!r} has not finished. Try: make {name} RUN={config.run}"
        raise ConfigurationError(msg)
    return manifest


def _prepare(stage: Stage[C], folder: Folder, mark: str) -> None:
    """Make the folder ready for output of this fingerprint: what another one left is replaced."""
    folder.delete(MANIFEST)
    if _planned(folder) != mark:
        found = {path.split("/")[0] for path in folder.sizes()}
        stale = {"receipts"} if stage.gathers else found - {LOCK, stage.memory, *stage.reused}
        for name in sorted(stale):
            folder.delete(name)
    folder.delete_partial()
    folder.write_json(PLAN, {"fingerprint": mark})


def _sweep(stage: Stage[C], folder: Folder, manifest: Manifest) -> None:
    """Delete what the finished stage no longer needs: intermediate files, and output of before that was not adopted."""
    folder.delete(WORK)
    outputs = {file["path"] for file in manifest.outputs}
    for kind in stage.reused:
        for path in folder.sizes(kind):
            if path not in outputs:
                folder.delete(path)


def _planned(folder: Folder) -> object:
    """The fingerprint that the folder's files belong to; None for an empty folder and for a damaged plan."""
    if not folder.exists(PLAN):
        return None
    try:
        return folder.read_json(PLAN)["fingerprint"]
    except (ValueError, TypeError, KeyError):
        return None


def _is_local(folder: Folder) -> bool:
    return isinstance(resolve(folder.uri)[0], LocalFileSystem)


@contextmanager
def _only_one(folder: Folder) -> Iterator[None]:
    """Hold the folder's lock, so that no two commands write into one stage (local folders only)."""
    if not _is_local(folder):
        yield
        return
    path = folder.local() / LOCK
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = path.open("w")
    except OSError as error:
        msg = f"runs: {folder.uri} cannot be written ({error.strerror}). Try: runs=/another/folder"
        raise ConfigurationError(msg) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            msg = f"{folder.uri}: another process is at work there. Try: wait for it, or choose another run="
            raise StageError(msg) from error
        yield


def _stem(uri: str) -> str:
    return uri.rpartition("/")[2].removesuffix(".parquet")


__all__ = [
    "WORK",
    "Stage",
    "StageConfig",
    "StageRun",
    "Task",
    "check_run_name",
    "execute",
    "finished",
    "option",
    "run_folder",
]
