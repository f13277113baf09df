"""Rows of jsonl and Parquet: good ones with their fields, bad ones with a reason, none that stops the rest."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from corpus.errors import ConfigurationError
from crawl.sources.compressed import Fault
from crawl.sources.files import Row, check_parquet, jsonl_rows, parquet_rows, value_at

LINE = json.dumps({"id": "a", "text": "សួស្តី"}, ensure_ascii=False).encode()


def rows_of(data: bytes, limit: int = 10_000) -> tuple[list[Row], list[Fault]]:
    faults: list[Fault] = []
    return list(jsonl_rows(io.BytesIO(data), limit, faults)), faults


def test_each_line_is_a_row_and_blank_lines_are_none() -> None:
    rows, faults = rows_of(b"\xef\xbb\xbf" + LINE + b"\n\n" + LINE + b"\r\n")
    assert [(row.position, row.fields["text"]) for row in rows] == [(0, "សួស្តី"), (2, "សួស្តី")]
    assert faults == []


def test_empty_file() -> None:
    assert rows_of(b"") == ([], [])


@pytest.mark.parametrize(
    ("line", "reason", "raw", "evidence"),
    [
        (b'{"text": "\xe1\x9e"}', "invalid_utf8", '{"text": "\ufffd"}', "byte 10 of the line"),
        (b'{"text": "a"', "invalid_json", '{"text": "a"', "delimiter"),
        (b"[1, 2]", "invalid_json", "[1, 2]", "a list, not an object"),
        (b"[" * 5_000, "invalid_json", "[" * 5_000, "recursion"),
        (
            b'{"text": "' + b"x" * 20_000 + b'"}',
            "too_long",
            '{"text": "' + "x" * 9_990,
            "a line of 20,012 bytes",
        ),
    ],
)
def test_a_bad_line_costs_only_itself(line: bytes, reason: str, raw: str, evidence: str) -> None:
    rows, faults = rows_of(b"\n".join([LINE, line, LINE]))
    assert [row.reason for row in rows] == ["", reason, ""]
    assert rows[1].raw == raw
    assert evidence in rows[1].evidence
    assert faults == []


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress], ids=["gzip", "zstd"])
def test_truncated_gzip_and_zstd_give_the_rows_that_are_there(pack: object) -> None:
    text = b"".join(LINE.replace(b'"a"', b'"%d"' % number) + b"\n" for number in range(50_000))
    packed = pack(text)  # type: ignore[operator]
    cut = packed[: len(packed) * 2 // 3]
    rows, [fault] = rows_of(cut)
    assert 100 < len(rows) < 50_000
    assert [row.fields.get("id") for row in rows[:-1]] == [str(number) for number in range(len(rows) - 1)]
    assert rows[-1].reason in ("", "truncated")
    assert fault == Fault(len(cut), "truncated: the file ends within compressed data")


def parquet(path: Path, **columns: pa.Array) -> Path:
    pq.write_table(pa.table(columns), path)
    return path


def test_parquet_with_missing_column_is_refused_by_file_and_column(tmp_path: Path) -> None:
    path = parquet(tmp_path / "a.parquet", content=pa.array(["ក"]), n=pa.array([1]))
    with path.open("rb") as file, pytest.raises(ConfigurationError) as error:
        check_parquet(str(path), file, "text")
    assert f"{path}: no column 'text' of type string, got content, n" in str(error.value)


@pytest.mark.parametrize("column", [pa.array([1]), pa.array([b"a"]), pa.array([["a"]])])
def test_parquet_with_a_wrong_type_is_refused(tmp_path: Path, column: pa.Array) -> None:
    path = parquet(tmp_path / "a.parquet", text=column)
    with path.open("rb") as file, pytest.raises(ConfigurationError, match="expected string or large_string"):
        check_parquet(str(path), file, "text")


@pytest.mark.parametrize("data", [b"", b"PAR1 and no more"])
def test_what_is_no_parquet_is_refused(data: bytes) -> None:
    with pytest.raises(ConfigurationError, match=r"x\.parquet: not a Parquet file"):
        check_parquet("x.parquet", io.BytesIO(data), "text")


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_parquet_rows_have_the_columns_asked_for(tmp_path: Path, kind: pa.DataType) -> None:
    path = parquet(tmp_path / "a.parquet", text=pa.array(["ក", None]).cast(kind), other=pa.array([1, 2]))
    with path.open("rb") as file:
        check_parquet(str(path), file, "text")
        rows = list(parquet_rows(file, ["text", "url"], []))
    assert rows == [Row(0, {"text": "ក"}), Row(1, {"text": None})]


def test_invalid_utf8_in_parquet_costs_only_its_row(tmp_path: Path) -> None:
    bad = pa.Array.from_buffers(pa.string(), 3, pa.array([b"a", b"\xe1\x9e", b"b"]).buffers())
    path = parquet(tmp_path / "a.parquet", text=bad)
    with path.open("rb") as file:
        rows = list(parquet_rows(file, ["text"], []))
    assert [(row.reason, row.raw) for row in rows] == [("", ""), ("invalid_utf8", "\ufffd"), ("", "")]


def test_a_time_beyond_the_calendar_is_none(tmp_path: Path) -> None:
    times = pa.array([0, 1 << 60, None]).cast(pa.timestamp("ms"))
    path = parquet(tmp_path / "a.parquet", text=pa.array(["ក", "ខ", "គ"]), fetched_at=times)
    with path.open("rb") as file:
        rows = list(parquet_rows(file, ["text", "fetched_at"], []))
    assert [(row.fields["text"], row.fields["fetched_at"] is None) for row in rows] == [
        ("ក", False),
        ("ខ", True),
        ("គ", True),
    ]


def test_a_damaged_page_of_parquet_is_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"text": [f"អត្ថបទ {n}" for n in range(5_000)]}), path, row_group_size=1_000)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 4_000] = b"\xff" * 4_000
    faults: list[Fault] = []
    rows = list(parquet_rows(io.BytesIO(data), ["text"], faults))
    assert 0 < len(rows) < 5_000
    assert [fault.position for fault in faults] == [len(rows)]


@pytest.mark.parametrize(
    ("fields", "path", "value"),
    [
        ({"text": "ក"}, "text", "ក"),
        ({"a.b": "ក", "a": {"b": "ខ"}}, "a.b", "ក"),
        ({"head": {"warc-date": "ក"}}, "head.warc-date", "ក"),
        ({"text": [{"text": "ក"}, {"text": "ខ"}]}, "text.text", "ក\nខ"),
        ({"text": {"text": ["ក", "ខ"]}}, "text.text", "ក\nខ"),
        ({"text": [{"text": "ក"}, None]}, "text.text", ["ក", None]),
        ({"head": None}, "head.date", None),
        ({"head": "ក"}, "head.date", None),
        ({}, "head.date.day", None),
        ({"text": []}, "text.text", ""),
    ],
)
def test_a_column_may_stand_in_another(fields: dict[str, object], path: str, value: object) -> None:
    assert value_at(fields, path) == value


def test_columns_within_others_are_read_from_parquet(tmp_path: Path) -> None:
    table = pa.table({"content": ["ក"], "head": [{"date": "2026-01-01", "id": "x"}], "more": [1]})
    pq.write_table(table, tmp_path / "a.parquet")
    with (tmp_path / "a.parquet").open("rb") as file:
        check_parquet("a", file, "content")
        [row] = parquet_rows(file, ["content", "head.date", "absent", "absent.too"], [])
    assert row.fields == {"content": "ក", "head": {"date": "2026-01-01"}}
