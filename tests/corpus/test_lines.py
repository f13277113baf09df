"""Files of lines."""

from __future__ import annotations

import json
from pathlib import Path

import fsspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import ConfigurationError
from corpus.lines import lines_of, rows_of

LINES = ["ទន្លេ\u2028មេគង្គ", "", " ខ\r", "a\x85b\x0c"]


def written(path: Path, *frames: bytes) -> str:
    is_compressed = path.suffix == ".zst"
    path.write_bytes(b"".join(map(zstandard.compress, frames) if is_compressed else frames))
    return str(path)


@pytest.mark.parametrize("name", ["a.txt", "a.txt.zst"])
@pytest.mark.parametrize("end", ["\n", ""])
def test_lines_end_at_line_feeds_alone(tmp_path: Path, name: str, end: str) -> None:
    data = ("\n".join(LINES) + end).encode()
    assert list(lines_of(written(tmp_path / name, data[:5], data[5:]))) == LINES


@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=9), max_size=9))
def test_what_is_written_is_read(texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("lines") / "a.jsonl.zst"
    rows = [{"text": text} for text in texts]
    uri = written(path, *(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows))
    assert list(rows_of(uri)) == rows


def test_addresses_are_read() -> None:
    with fsspec.open("memory://lines/a.jsonl", "wb") as file:
        file.write(b'{"a": 1}\n\n{"a": 2}')
    assert list(rows_of("memory://lines/a.jsonl")) == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    ("name", "data", "where", "complaint"),
    [
        ("a.jsonl", b'{"a": 1}\n\xff\n', "a.jsonl:2: ", "expected UTF-8"),
        ("a.jsonl", b'{"a": 1}\n\n{"a"\n', "a.jsonl:3: ", "expected a JSON object"),
        ("a.jsonl", b"[1]\n", "a.jsonl:1: got list; ", "expected a JSON object"),
        ("a.jsonl.zst", b"no zstd", "a.jsonl.zst: ", "of whole zstd frames"),
        (
            "a.jsonl.zst",
            zstandard.compress(b'{"a": 1}\n' * 999)[:-4],
            "a.jsonl.zst: ",
            "of whole zstd frames",
        ),
    ],
)
def test_what_cannot_be_read_is_named(
    tmp_path: Path, name: str, data: bytes, where: str, complaint: str
) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ConfigurationError, match=complaint) as caught:
        list(rows_of(str(tmp_path / name)))
    assert str(caught.value).startswith(f"{tmp_path}/{where}")
    assert "Try: " in str(caught.value)


@pytest.mark.parametrize(("name", "complaint"), [("", "can be read"), ("none.txt", "no such file")])
def test_what_is_no_file_is_named(tmp_path: Path, name: str, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint):
        list(lines_of(str(tmp_path / name)))
