"""Rows of Hugging Face `datasets`, streamed: from the hub, or from a folder laid out like one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from corpus.errors import ConfigurationError
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
    import datasets  # noqa: PLC0415 (two seconds that other sources need not pay)

    try:
        features = datasets.load_dataset_builder(**dataset.arguments()).info.features
    except (ValueError, OSError, ImportError) as error:
        reason = str(error).strip().partition("\n")[0]
        msg = f"{dataset}: not a dataset that can be loaded ({reason}); expected a hub id or a folder"
        raise ConfigurationError(msg) from error
    if features is not None and text_column not in features:
        msg = f"{dataset}: no column {text_column!r} of type string, got {', '.join(features)}"
        raise ConfigurationError(f"{msg}. Try: columns: {{text: NAME}} in its source")


def dataset_rows(dataset: DatasetName) -> Iterator[Row]:
    """A row for each example of the split, in order."""
    import datasets  # noqa: PLC0415

    examples = datasets.load_dataset(**dataset.arguments(), split=dataset.split, streaming=True)
    for position, fields in enumerate(examples):
        yield Row(position, fields)
