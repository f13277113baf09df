"""Rows of Hugging Face `datasets`, streamed: from the hub, from addresses, or from a folder laid out like one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import ConfigurationError, StageError
from corpus.paths import Folder
from crawl.sources.compressed import Fault
from crawl.sources.files import Row

_COMMIT = re.compile(r"^hf://datasets/[^@]+@([0-9a-f]{40})/")
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
        raise ConfigurationError(f"{msg}{_hint()}") from error
    splits = list(builder.info.splits or builder.config.data_files or [])
    if splits and dataset.split not in splits:
        msg = f"{dataset}: split: got {dataset.split!r}; expected one of {', '.join(map(str, splits))}"
        raise ConfigurationError(msg)
    features = builder.info.features
    if features is not None and text_column not in features and text_column.partition(".")[0] not in features:
        msg = f"{dataset}: no column {text_column!r} of type string, got {', '.join(features)}"
        raise ConfigurationError(f"{msg}. Try: columns: {{text: NAME}} in its source")


def _hint() -> str:
    import datasets

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
    """A row for each example of the split, in order; reading stops where its data are damaged.

    Raises StageError when the data cannot be fetched.
    """
    import datasets

    position = 0
    try:
        for fields in datasets.load_dataset(**dataset.arguments(), split=dataset.split, streaming=True):
            yield Row(position, fields)
            position += 1
    except ValueError as error:  # Arrow's and JSON's errors are such
        faults.append(Fault(position, f"damaged: {error}"))
    except OSError as error:
        msg = f"{dataset}: row {position:,}: cannot be fetched ({error}). Try: the same command again"
        raise StageError(msg) from error
