"""Texts to learn from, as cleaning has them, and the labels of some."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from clean.whitespace import tidy
from khmer.normalize import normalize


def normal(texts: list[str]) -> pa.LargeStringArray:
    """Texts in canonical order and tidy."""
    return tidy(normalize(pa.array(texts, pa.large_string())))


def label_rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a table of labels, without its comments."""
    with path.open(encoding="utf-8") as file:
        yield from csv.DictReader((line for line in file if not line.startswith("#")), delimiter="\t")
