"""The registry's entries: typed, checked, and as sources that `ingest` reads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException

from corpus.errors import ConfigurationError

PATH = Path(__file__).with_name("datasets.yaml")
READERS = ("", "json", "parquet", "text")
FAMILIES = ("common_crawl", "web", "pdf", "wikipedia")
STATES = ("cleaned", "raw", "removed")


@dataclass
class Size:
    """What its publisher, or who is named in `source`, says that it holds; 0 where nothing is said.

    text_bytes are UTF-8 bytes of text, download_bytes those of its files, words what stands between spaces, tokens
    those of a tokenizer of the publisher's.
    """

    documents: int = 0
    text_bytes: int = 0
    download_bytes: int = 0
    words: int = 0
    tokens: int = 0
    source: str = ""
    date: str = ""


@dataclass
class Entry:
    """A dataset: on the Hugging Face hub under `id` with `config`, or as files that `reader` reads.

    files: patterns within the dataset, or addresses; listed_in: the address of a list with a file on each line.
    schema: its columns with their Arrow types. columns: our name → theirs, where they differ.
    line_end: what stands for a line's end within its text, if it is not one.
    family: common_crawl, web (other crawls too), pdf or wikipedia. state: cleaned, raw (chosen by language alone) or
    removed (what a filter took out). holds: entries whose text is among its own.
    unverified: the fields that nobody has confirmed.
    """

    title: str
    id: str
    licence: str
    citation: str
    schema: dict[str, str]
    config: str = ""
    split: str = "train"
    revision: str = ""
    files: list[str] = field(default_factory=list)
    listed_in: str = ""
    reader: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    line_end: str = ""
    gated: bool = False
    family: str = "common_crawl"
    state: str = "cleaned"
    holds: list[str] = field(default_factory=list)
    size: Size = field(default_factory=Size)
    unverified: list[str] = field(default_factory=list)
    notes: str = ""


@cache
def entries(path: Path = PATH) -> dict[str, Entry]:
    """All entries by name, in the file's order; raises ConfigurationError for one that cannot be."""
    try:
        written: Any = OmegaConf.load(path)
    except yaml.YAMLError as error:
        msg = f"{path.name}: not YAML: {' '.join(str(error).split())}"
        raise ConfigurationError(msg) from error
    found: dict[str, Entry] = {}
    for name, fields in written.items():
        try:
            merged = OmegaConf.merge(OmegaConf.structured(Entry), fields)
            found[str(name)] = OmegaConf.to_object(merged)  # type: ignore[assignment]
        except OmegaConfBaseException as error:
            msg = f"{path.name}: {name}: {str(error).splitlines()[0]}"
            raise ConfigurationError(msg) from error
    for name, entry in found.items():
        if fault := _fault(entry, found):
            msg = f"{path.name}: {name}: {fault}"
            raise ConfigurationError(msg)
    return found


def _fault(entry: Entry, known: dict[str, Entry]) -> str:
    """What of an entry cannot be; empty for a sound one."""
    unknown = sorted({*entry.holds} - {*known}) + sorted({*entry.unverified} - {*vars(entry)})
    theirs = [entry.columns.get("text", "text"), *entry.columns.values()]
    absent = [
        name for name in theirs if name not in entry.schema and name.partition(".")[0] not in entry.schema
    ]
    faults = [
        f"got {unknown[0]!r}; expected a known name" if unknown else "",
        f"columns: {absent[0]!r} is not in its schema" if absent else "",
        f"reader: got {entry.reader!r}; expected one of {READERS}" if entry.reader not in READERS else "",
        f"family: got {entry.family!r}; expected one of {FAMILIES}" if entry.family not in FAMILIES else "",
        f"state: got {entry.state!r}; expected one of {STATES}" if entry.state not in STATES else "",
        "reader: files need one" if bool(entry.files or entry.listed_in) != bool(entry.reader) else "",
        "size: a figure needs its source" if _figures(entry.size) and not entry.size.source else "",
        f"size.date: got {entry.size.date!r}" if entry.size.date and not _is_date(entry.size.date) else "",
        ""
        if re.fullmatch(r"[\w./-]+", entry.id)
        else f"id: got {entry.id!r}; expected letters, digits, _ . / -",
    ]
    return next(filter(None, faults), "")


def _figures(size: Size) -> list[int]:
    return [n for n in (size.documents, size.text_bytes, size.download_bytes, size.words, size.tokens) if n]


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def chosen(names: Sequence[str]) -> dict[str, Entry]:
    """The entries of these names; raises ConfigurationError for one that is not registered."""
    known = entries()
    for name in names:
        if name not in known:
            msg = f"registry: got {name!r}; expected one of {', '.join(known)}"
            raise ConfigurationError(msg)
    return {name: known[name] for name in names}
