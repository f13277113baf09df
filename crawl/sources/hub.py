"""Rows of Hugging Face `datasets`, streamed: from the hub, from addresses, or from a folder laid out like one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from gzip import BadGzipFile
from pathlib import Path
from typing import Any

from corpus.errors import ConfigurationError, StageError
from corpus.paths import Folder
from crawl.sources.compressed import Fault
from crawl.sources.files import Row

_COMMIT = re.compile(r"^hf://datasets/[^@]+@([0-9a-f]{40})/")
MOST_CHARS = 300
READERS: Mapping[str, Mapping[str, Any]] = {
    "json": {},
    "parquet": {},
    "text": {"sample_by": "paragraph"},  # documents stand between empty lines
}


@dataclass(frozen=True)
class DatasetName:
    """What names a dataset: hub id or folder, configuration, split, revision (empty = its default).

    One that is only files has a `reader` for them, and their patterns within it, or their addresses, in `files`, or
    the address of a list with one on each line in `listed_in`. `mirror` is a folder that stands for the network:
    datasets under their ids, what has an address under its host and path.
    """

    path: str
    config: str = ""
    split: str = "train"
    revision: str = ""
    files: tuple[str, ...] = ()
    listed_in: str = ""
    reader: str = ""
    mirror: str = ""

    def __str__(self) -> str:
        revision = f"@{self.revision}" if self.revision else ""
        config = f"/{self.config}" if self.config else ""
        return f"{self.path}{revision}{config}/{self.split}"

    @property
    def folder(self) -> str:
        """Where it stands on this machine; empty for one on the hub."""
        if self.mirror:
            return f"{self.mirror.rstrip('/')}/{self.path}"
        return self.path if Path(self.path).is_dir() else ""

    def arguments(self) -> dict[str, Any]:
        """What `datasets` calls these; never code that comes with a dataset."""
        if self.reader:
            return {
                "path": self.reader,
                "data_files": {self.split: self.data_files()},
                **READERS[self.reader],
            }
        revision = self.revision if self.revision and not self.folder else None
        return {"path": self.folder or self.path, "name": self.config or None, "revision": revision}

    def data_files(self) -> list[str]:
        """Patterns and addresses of its files, as they are found here."""
        return [self._found(name) for name in (*self.files, *self._listed())]

    def _listed(self) -> list[str]:
        if not self.listed_in:
            return []
        import fsspec

        with fsspec.open(self._found(self.listed_in), "rt", encoding="utf-8") as lines:
            return [line.strip() for line in lines if line.strip()]

    def _found(self, name: str) -> str:
        if ".." in name.split("/"):
            msg = f"{self}: files: got {name!r}; expected a place within it"
            raise ConfigurationError(msg)
        if "://" in name:
            return f"{self.mirror.rstrip('/')}/{name.partition('://')[2]}" if self.mirror else name
        root = self.folder or f"hf://datasets/{self.path}@{self.revision or 'main'}"
        return f"{root}/{name}"


def local_files(dataset: DatasetName) -> list[str]:
    """URIs of its files on this machine; none for one that is elsewhere."""
    folder = Folder(dataset.folder)
    return [folder.at(name) for name in folder.sizes()] if dataset.folder else []


def check_dataset(dataset: DatasetName, text_column: str) -> None:
    """Raise ConfigurationError unless the dataset can be found and, where that is known, has the text column."""
    import datasets

    if dataset.reader not in ("", *READERS):
        msg = f"{dataset}: reader: got {dataset.reader!r}; expected one of {', '.join(READERS)}"
        raise ConfigurationError(msg)
    try:
        builder = datasets.load_dataset_builder(**dataset.arguments())
    except (ValueError, OSError, ImportError) as error:
        reason = str(error).strip().partition("\n")[0]
        msg = f"{dataset}: not a dataset that can be loaded ({reason}); expected a hub id or a folder"
        raise ConfigurationError(f"{msg}{_hint(dataset)}") from error
    splits = list(builder.info.splits or builder.config.data_files or [])
    if splits and dataset.split not in splits:
        msg = f"{dataset}: split: got {dataset.split!r}; expected one of {', '.join(map(str, splits))}"
        raise ConfigurationError(msg)
    features = builder.info.features
    if features is not None and text_column not in features and text_column.partition(".")[0] not in features:
        msg = f"{dataset}: no column {text_column!r} of type string, got {', '.join(features)}"
        raise ConfigurationError(f"{msg}. Try: columns: {{text: NAME}} in its source")


def _hint(dataset: DatasetName) -> str:
    import datasets

    if dataset.mirror:
        return f". Try: a copy of it in {dataset.folder}"

    return ". Try: HF_HUB_OFFLINE=0, or mirror=FOLDER" if datasets.config.HF_HUB_OFFLINE else ""


def revision_of(addresses: Iterable[str]) -> str:
    """The commit that the hub's addresses of a dataset's files name; empty where they name none."""
    found = (_COMMIT.search(address) for address in addresses)
    return next((commit[1] for commit in found if commit), "")


def resolved_revision(dataset: DatasetName) -> str:
    """The commit of a dataset on the hub that is read now; empty for one that is elsewhere."""
    if dataset.folder or dataset.listed_in:
        return ""
    import datasets

    files = datasets.load_dataset_builder(**dataset.arguments()).config.data_files or {}
    return revision_of(str(file) for split in files.values() for file in split)


def dataset_rows(dataset: DatasetName, faults: list[Fault]) -> Iterator[Row]:
    """A row for each example of the split, in order, file by file; of a damaged file, what comes before the damage.

    Raises StageError when the data cannot be fetched.
    """
    position = 0
    for where, opened in _parts(dataset):
        try:
            for fields in opened():
                yield Row(position, fields)
                position += 1
        except Exception as error:  # what lies below `datasets` has errors of its own for each coding
            _check_given(dataset, error, position)
            what = f"{where}: damaged: {type(error).__name__}: {error}"
            faults.append(Fault(position, what[:MOST_CHARS]))


Part = tuple[str, Callable[[], Iterable[Mapping[str, Any]]]]


def _parts(dataset: DatasetName) -> list[Part]:
    """A dataset's files, each with what opens it: in one stream, or each alone where the first is damaged."""
    import datasets

    arguments = dataset.arguments()
    try:
        stream = datasets.load_dataset(**arguments, split=dataset.split, streaming=True)
    except Exception as error:  # it reads the first file for its columns
        _check_given(dataset, error, 0)
        builder = datasets.load_dataset_builder(**arguments)
        files = [str(file) for file in (builder.config.data_files or {}).get(dataset.split, [])]
        alone = {**(arguments if dataset.reader else {}), "path": dataset.reader or builder.name}
        return [(file, partial(_stream_of, alone, file)) for file in files]
    n_files = stream.num_shards
    return [(f"file {at + 1} of {n_files}", partial(stream.shard, n_files, at)) for at in range(n_files)]


def _stream_of(arguments: Mapping[str, Any], file: str) -> Iterable[Mapping[str, Any]]:
    import datasets

    stream: Iterable[Mapping[str, Any]] = datasets.load_dataset(
        **{**arguments, "data_files": [file]}, split="train", streaming=True
    )
    return stream


def _check_given(dataset: DatasetName, error: Exception, position: int) -> None:
    """Raise StageError for a failure to fetch; any other is damage."""
    is_here = bool(dataset.folder or dataset.mirror)
    if isinstance(error, OSError) and not is_here and not isinstance(error, BadGzipFile):
        msg = f"{dataset}: row {position:,}: cannot be fetched ({error}). Try: the same command again"
        raise StageError(msg) from error
