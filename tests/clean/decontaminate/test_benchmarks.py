"""Benchmark files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import zstandard

from clean.decontaminate.benchmarks import Benchmark, check_benchmarks, items
from corpus.errors import ConfigurationError

ROWS = [{"question": "តើទន្លេណាវែងជាងគេ?", "passage": "ទន្លេមេគង្គ\u2028វែងណាស់។", "n": 1}]


def write(path: Path, text: str) -> str:
    data = text.encode()
    path.write_bytes(zstandard.compress(data) if path.suffix == ".zst" else data)
    return str(path)


@pytest.mark.parametrize("name", ["b.jsonl", "b.jsonl.zst"])
def test_fields_of_json_lines(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, "\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS) + "\n\n")
    assert list(items(Benchmark(path, ["question"]))) == [(f"{name}:1", ROWS[0]["question"])]
    both = list(items(Benchmark(path, ["question", "passage"])))
    assert both == [(f"{name}:1:question", ROWS[0]["question"]), (f"{name}:1:passage", ROWS[0]["passage"])]


@pytest.mark.parametrize("name", ["b.txt", "b.txt.zst"])
def test_lines_of_a_text_file(tmp_path: Path, name: str) -> None:
    path = write(tmp_path / name, "ក\r\n\n ខ \n")
    assert list(items(Benchmark(path))) == [(f"{name}:1", "ក"), (f"{name}:3", "ខ")]


@pytest.mark.parametrize(
    ("name", "text", "fields", "complaint"),
    [
        ("b.csv", "ក", ["text"], "expected a file ending in"),
        ("b.txt", "\n \n", ["text"], "at least one item"),
        ("b.txt", "ក", [], "one field"),
        ("b.jsonl", "{}", ["text"], "no field 'text'"),
        ("b.jsonl", "[1]", ["text"], "no field 'text'"),
        ("b.jsonl", "{", ["text"], "no field 'text'"),
        ("b.jsonl", '{"text": 3}', ["text"], "is int; expected text"),
    ],
)
def test_a_file_that_cannot_serve_is_refused(
    tmp_path: Path, name: str, text: str, fields: list[str], complaint: str
) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        check_benchmarks([Benchmark(write(tmp_path / name, text), fields)])


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="expected a file that exists"):
        check_benchmarks([Benchmark(str(tmp_path / "no.jsonl"))])


@pytest.mark.parametrize("data", [b"\xff\xfe", b"not zstd"])
def test_bytes_that_are_no_text_are_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / ("b.txt.zst" if data.isascii() else "b.txt")
    path.write_bytes(data)
    complaint = "of whole zstd frames" if data.isascii() else "b.txt:1: .*; expected UTF-8"
    with pytest.raises(ConfigurationError, match=complaint):
        check_benchmarks([Benchmark(str(path))])


def test_files_that_serve_pass(tmp_path: Path) -> None:
    check_benchmarks([])
    check_benchmarks([Benchmark(write(tmp_path / "b.txt", "ក"))])
