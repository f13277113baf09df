"""What a run has left behind: the manifests of its finished stages and the files that they name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds

from corpus.errors import StageError
from corpus.manifest import MANIFEST, Manifest
from corpus.paths import Folder, resolve
from corpus.stage import StageConfig, run_folder

STAGES = ("crawl", "ingest", "clean", "dedup", "tokenizer", "train")
TEXT_STAGES = ("ingest", "clean", "dedup")
TRIALS = ("audit", "ablation")


@dataclass(frozen=True)
class RunRecord:
    """A run's folder, the manifests of the stages that have finished, in the order of the pipeline, and of trials."""

    folder: Folder
    manifests: dict[str, Manifest]
    trials: dict[str, Manifest]

    @classmethod
    def open(cls, config: StageConfig) -> RunRecord:
        """The record of the run that a config names."""
        folder = run_folder(config)
        return cls(folder, _loaded(folder, STAGES), _loaded(folder, TRIALS))

    @property
    def corpus(self) -> str | None:
        """The last finished stage that writes documents; its documents are the corpus."""
        return next((name for name in reversed(TEXT_STAGES) if name in self.manifests), None)

    def files(self, stage: str, kind: str) -> list[str]:
        """URIs of a stage's output files below `kind/`; none if it has not finished."""
        if stage not in self.manifests:
            return []
        self.check(stage, f"{kind}/")
        return self.manifests[stage].shards(self.folder.child(stage), kind)

    def check(self, stage: str, beginning: str) -> None:
        """Raise StageError if an output whose path begins so is missing or has lost some of its bytes."""
        folder = self.folder.child(stage)
        sizes = folder.sizes(beginning.rpartition("/")[0])
        for file in self.manifests[stage].outputs:
            path, written, size = file["path"], file["bytes"], sizes.get(file["path"])
            if path.startswith(beginning) and size != written:
                found = "missing" if size is None else f"{size:,} of {written:,} bytes"
                run = self.folder.uri.rpartition("/")[2]
                msg = f"{folder.at(path)}: not a readable shard ({found}). Try: make {stage} RUN={run}"
                raise StageError(msg)

    def tables(self, stage: str, kind: str) -> list[str]:
        """URIs of those that are Parquet files."""
        return [uri for uri in self.files(stage, kind) if uri.endswith(".parquet")]

    def dataset(self, stage: str, kind: str) -> ds.Dataset | None:
        """A stage's Parquet files of one kind as one data set; None if there are none."""
        uris = self.tables(stage, kind)
        return dataset(uris) if uris else None

    def stale(self, stage: str) -> list[str]:
        """Stages that have been run again since `stage` read them."""
        inputs = self.manifests[stage].inputs
        return [name for name in self.manifests if name in inputs and inputs[name] != self._mark(name)]

    def _mark(self, stage: str) -> str:
        return hashlib.sha256(self.folder.child(stage).read(MANIFEST)).hexdigest()


def _loaded(folder: Folder, names: Sequence[str]) -> dict[str, Manifest]:
    found = {name: Manifest.load(folder.child(name)) for name in names}
    return {name: manifest for name, manifest in found.items() if manifest}


def dataset(uris: Sequence[str]) -> ds.Dataset:
    """Parquet files of one schema as one data set."""
    filesystem, _ = resolve(uris[0])
    with reading(uris):
        return ds.dataset([resolve(uri)[1] for uri in uris], format="parquet", filesystem=filesystem)


def rows(data: ds.Dataset, columns: Sequence[str], chosen: ds.Expression | None = None) -> pa.Table:
    """The chosen rows, or all, read a few row groups at a time; columns that the data lacks are left out."""
    known = [name for name in columns if name in data.schema.names]
    scanner = data.scanner(columns=known, filter=chosen, batch_readahead=2, fragment_readahead=1)
    with reading(data.files):
        return scanner.to_table()


@contextmanager
def reading(shards: Sequence[str]) -> Iterator[None]:
    """Turn what Arrow, DuckDB over it and FastWARC raise for a file whose bytes have changed into a StageError."""
    try:
        yield
    except (OSError, pa.ArrowInvalid, duckdb.InvalidInputException) as error:
        among = shards[0] if len(shards) == 1 else f"one of {len(shards)} in {shards[0].rpartition('/')[0]}"
        msg = f"{among}: not a readable shard ({error}). Try: delete it and run the stage that wrote it again"
        raise StageError(msg) from error
