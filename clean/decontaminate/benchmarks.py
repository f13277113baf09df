"""The items of benchmark files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from corpus.errors import ConfigurationError
from corpus.lines import lines_of
from corpus.paths import resolve

KINDS = (".jsonl", ".jsonl.zst", ".txt", ".txt.zst")


@dataclass
class Benchmark:
    """A benchmark that no document may hold: JSON lines with its texts in `fields`, or a text file, an item a line."""

    path: str
    fields: list[str] = field(default_factory=lambda: ["text"])


def check_benchmarks(benchmarks: Sequence[Benchmark]) -> None:
    """Raise ConfigurationError for a file that is missing, empty, of another kind, or lacks a field."""
    for position, benchmark in enumerate(benchmarks):
        where = f"benchmarks[{position}].path: got {benchmark.path!r}"
        if not benchmark.path.endswith(KINDS):
            what = f"expected a file ending in {', '.join(KINDS)}"
            msg = f"{where}; {what}. Try: a file of JSON lines, or of text with an item a line"
            raise ConfigurationError(msg)
        filesystem, path = resolve(benchmark.path)
        if not filesystem.get_file_info(path).is_file:
            msg = f"{where}; expected a file that exists. Try: a path from the folder of the project, or an address"
            raise ConfigurationError(msg)
        if not benchmark.fields or next(items(benchmark), None) is None:
            what = (
                "expected at least one item and one field. Try: fields: [text], and a file that is not empty"
            )
            msg = f"{where}, fields {benchmark.fields}; {what}"
            raise ConfigurationError(msg)


def items(benchmark: Benchmark) -> Iterator[tuple[str, str]]:
    """Name and text of each item: `flores.jsonl:17`, with the field where there are several.

    Raises ConfigurationError where a line is not as the file's kind wants it.
    """
    name = benchmark.path.rpartition("/")[2]
    for number, line in enumerate(lines_of(benchmark.path), start=1):
        if not line.strip():
            continue
        where = f"{name}:{number}"
        if name.removesuffix(".zst").endswith(".txt"):
            yield where, line.strip()
            continue
        for one in benchmark.fields:
            yield (f"{where}:{one}" if len(benchmark.fields) > 1 else where), _text(line, one, where)


def _text(line: str, name: str, where: str) -> str:
    try:
        fields = json.loads(line)
        text = fields[name]
    except (ValueError, KeyError, TypeError) as error:
        msg = f"{where}: no field {name!r} ({error}); expected a JSON object with it. Try: fields: [NAME, …]"
        raise ConfigurationError(msg) from error
    if not isinstance(text, str):
        msg = f"{where}: field {name!r} is {type(text).__name__}; expected text. Try: fields: [NAME, …] of texts"
        raise ConfigurationError(msg)
    return text


def item_table(benchmarks: Sequence[Benchmark]) -> pa.Table:
    """Columns name and text of the items of all benchmarks, in order."""
    found = [item for benchmark in benchmarks for item in items(benchmark)]
    names, texts = zip(*found, strict=True) if found else ((), ())
    return pa.table({"name": pa.array(names, pa.string()), "text": pa.array(texts, pa.large_string())})
