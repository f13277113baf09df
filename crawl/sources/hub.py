"""Rows of Hugging Face `datasets`, streamed: from the hub, or from a folder laid out like one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from corpus.errors import ConfigurationError, StageError
from crawl.sources.compressed import Fault
from crawl.sources.files import Row


@dataclass(frozen=True)
class DatasetName:
    """What names a dataset: hub id or folder, configuration, split, revision (empty = its default)."""

    path: str
    config: str = ""
    split: str = "train"
    revision: str = ""

    def __str__(self) -> str:
        revision = f"@{self.revision}" if self.revision else ""
        config = f"/{self.config}" if self.config else ""
        return f"{self.path}{revision}{config}/{self.split}"

    def arguments(self) -> dict[str, Any]:
        """What `datasets` calls these; never code that comes with a dataset."""
        return {"path": self.path, "name": self.config or None, "revision": self.revision or None}


def check_dataset(dataset: DatasetName, text_column: str) -> None:
    """Raise ConfigurationError unless the dataset can be found and, where that is known, has the text column."""
    import datasets

    try:
        builder = datasets.load_dataset_builder(**dataset.arguments())
    except (ValueError, OSError, ImportError) as error:
        reason = str(error).strip().partition("\n")[0]
        msg = f"{dataset}: not a dataset that can be loaded ({reason}); expected a hub id or a folder"
        raise ConfigurationError(msg) from error
    splits = list(builder.info.splits or builder.config.data_files or [])
    if splits and dataset.split not in splits:
        msg = f"{dataset}: split: got {dataset.split!r}; expected one of {', '.join(map(str, splits))}"
        raise ConfigurationError(msg)
    features = builder.info.features
    if features is not None and text_column not in features:
        msg = f"{dataset}: no column {text_column!r} of type string, got {', '.join(features)}"
        raise ConfigurationError(f"{msg}. Try: columns: {{text: NAME}} in its source")


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
