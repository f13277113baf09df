"""Local copies of registered datasets: the layout and the schema of each, with rows in Khmer written for the test."""

from __future__ import annotations

import gzip
import json
import lzma
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml
import zstandard

from crawl.registry.entries import Entry

TEXTS = (
    "ព្រឹកនេះ អ្នកស្រុកនាំគ្នាទៅស្ទូងស្រូវនៅវាលខាងកើតភូមិ។\nក្មេងៗដើរតាមក្រោយ ដោយមានសំណើច។",
    "សាលារៀនបើកទ្វារឡើងវិញ បន្ទាប់ពីទឹកជំនន់ស្រកអស់។",
)
MOMENT = "2024-03-05T06:07:08Z"
PACK = {
    "gz": gzip.compress,
    "zst": zstandard.ZstdCompressor().compress,
    "xz": lzma.compress,
}
OWN_FILES = {"mc4": "multilingual/c4-km.tfrecord-00000-of-01024.json.gz"}  # others with a config are Parquet


def write_copy(mirror: Path, name: str, entry: Entry) -> None:
    """The dataset in a mirror: its files, and the card or the list that leads to them."""
    rows = [_row(entry, number) for number in range(len(TEXTS))]
    folder = mirror / entry.id
    if entry.listed_in:
        shard = re.sub(r"\.map$", "/10_1.jsonl.zst", entry.listed_in)
        _write(_mirrored(mirror, entry.listed_in), f"{shard}\n".encode())
        _write_rows(_mirrored(mirror, shard), entry, rows)
    elif entry.files:
        for pattern in entry.files:
            file = pattern.replace("*", "00000")
            _write_rows(_mirrored(mirror, file) if "://" in file else folder / file, entry, rows)
    else:
        file = OWN_FILES.get(name, f"{entry.config}/{entry.split}-00000.parquet")
        _write_rows(folder / file, entry, rows)
        _add_config(folder / "README.md", entry, re.sub("00000.*?([.]|$)", r"*\1", file, count=1))


def _mirrored(mirror: Path, address: str) -> Path:
    return mirror / address.partition("://")[2]


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _add_config(card: Path, entry: Entry, pattern: str) -> None:
    """A dataset's card, with one configuration more."""
    known = yaml.safe_load(card.read_text().split("---")[1])["configs"] if card.exists() else []
    files = [{"split": entry.split, "path": pattern}]
    configs = [*known, {"config_name": entry.config, "data_files": files}]
    _write(card, f"---\n{yaml.safe_dump({'configs': configs})}---\n".encode())


def _write_rows(path: Path, entry: Entry, rows: Sequence[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        schema = pa.schema([(name, arrow_type(text)) for name, text in entry.schema.items()])
        pq.write_table(pa.Table.from_pylist(rows, schema), path)
        return
    if entry.reader == "text":
        data = "\n\n".join(row["text"] for row in rows)
    else:
        data = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_bytes(PACK[path.suffix[1:]](data.encode()))


def _row(entry: Entry, number: int) -> dict[str, Any]:
    ours = {theirs: name for name, theirs in entry.columns.items()}
    return {name: _value(arrow_type(text), name, ours, number, entry) for name, text in entry.schema.items()}


def _value(kind: pa.DataType, path: str, ours: dict[str, str], number: int, entry: Entry) -> Any:
    """A value of a type; what our columns are read from holds what they should be."""
    if pa.types.is_struct(kind):
        return {f.name: _value(f.type, f"{path}.{f.name}", ours, number, entry) for f in kind}
    if pa.types.is_list(kind):
        lines = TEXTS[number].split("\n") if ours.get(f"{path}.text") == "text" else [""]
        return (
            [_value(kind.value_type, path, ours, number, entry) | _line(path, line) for line in lines]
            if (pa.types.is_struct(kind.value_type))
            else [_value(kind.value_type, path, ours, number, entry)]
        )
    if pa.types.is_timestamp(kind):
        return datetime.fromisoformat(MOMENT)
    if pa.types.is_boolean(kind):
        return True
    if not pa.types.is_string(kind):
        return 1
    name = ours.get(path, path if path in ("text", "url", "title") else "")
    text = TEXTS[number].replace("\n", entry.line_end) if entry.line_end else TEXTS[number]
    of_ours = {"text": text, "url": f"https://khmer.test/{number}", "fetched_at": MOMENT, "title": "ភូមិ"}
    return of_ours.get(name, f"{path}-{number}")


def _line(path: str, line: str) -> dict[str, str]:
    return {"text": line} if path == "text" else {}


def arrow_type(text: str) -> pa.DataType:
    """The type that the registry writes in Arrow's own words."""
    text = text.strip()
    if text.startswith("list<"):
        return pa.list_(arrow_type(text[5:-1]))
    if text.startswith("struct<"):
        fields = (field.partition(":") for field in _split(text[7:-1]))
        return pa.struct([(name.strip(), arrow_type(kind)) for name, _, kind in fields])
    return pa.type_for_alias(text)


def _split(text: str) -> list[str]:
    """The fields of a struct: at commas that stand in no brackets."""
    parts, depth = [""], 0
    for letter in text:
        depth += {"<": 1, ">": -1}.get(letter, 0)
        if letter == "," and not depth:
            parts.append("")
        else:
            parts[-1] += letter
    return parts
