"""Documents from files of JSON lines, plain or zstd."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import zstandard

from clean.whitespace import tidy
from khmer.normalize import normalize


def rows_of_file(path: Path) -> Iterator[dict[str, Any]]:
    """The objects of a file, in order."""
    with (
        path.open("rb") as raw,
        _plain(raw, path.suffix) as stream,
        io.TextIOWrapper(stream, "utf-8") as lines,
    ):
        yield from map(json.loads, lines)


def _plain(raw: IO[bytes], suffix: str) -> Any:
    return zstandard.ZstdDecompressor().stream_reader(raw) if suffix == ".zst" else raw


def normal(texts: list[str]) -> pa.LargeStringArray:
    """Texts as cleaning has them: in canonical order and tidy."""
    return tidy(normalize(pa.array(texts, pa.large_string())))
