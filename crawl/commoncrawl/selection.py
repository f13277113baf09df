"""Which records of an index are taken: by language, host, status and media type."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from crawl.commoncrawl.config import CommonCrawlConfig

_PATH = re.compile(r"[^\x00-\x20\x7f]+")
SELECTED = pa.schema(
    [
        ("url", pa.string()),
        ("file", pa.string()),
        ("offset", pa.int64()),
        ("length", pa.int64()),
        ("digest", pa.string()),
        ("languages", pa.string()),
        ("fetched", pa.string()),
        ("crawl", pa.string()),
        ("subset", pa.string()),
    ]
)


@dataclass(frozen=True)
class Rule:
    """A configuration's choice of records."""

    language: str
    rank: str
    hosts: tuple[str, ...]
    media: tuple[str, ...]

    @classmethod
    def of(cls, config: CommonCrawlConfig) -> Rule:
        """The rule that a configuration states."""
        hosts = tuple(host.lower() for host in config.hosts)
        return cls(config.language, config.rank, hosts, tuple(config.media))

    def mask(self, columns: Mapping[str, pa.Array]) -> pa.Array:
        """Which records are taken, by host, status, mime and languages (null where no language is known)."""
        is_taken = pc.equal(columns["status"], 200)
        is_taken = pc.and_(is_taken, pc.is_in(columns["mime"], pa.array(self.media, pa.string())))
        if self.hosts:
            is_taken = pc.and_(is_taken, self.of_hosts(columns["host"]))
        return pc.fill_null(pc.and_(is_taken, self._of_language(columns["languages"])), fill_value=False)

    def _of_language(self, languages: pa.Array) -> pa.Array:
        if self.rank == "unasked":
            return pa.array([True] * len(languages))
        place = "^" if self.rank == "first" else "(^|,)"
        of_language = pc.match_substring_regex(languages, f"{place}{self.language}(,|$)")
        return pc.fill_null(of_language, fill_value=bool(self.hosts))

    def of_hosts(self, hosts: pa.Array) -> pa.Array:
        """Which of these host names are among the rule's."""
        found = pa.array([False] * len(hosts))
        for pattern in self.hosts:
            found = pc.or_(found, pc.match_like(hosts, pattern.replace("_", r"\_").replace("*", "%")))
        return found

    def may_hold(self, first: str, last: str) -> bool:
        """Whether hosts of the rule can stand between two SURT keys, such as `kh,gov,moeys)/`."""
        prefixes = [surt(pattern) for pattern in self.hosts]
        return not prefixes or any(first <= prefix + "\x7f" and prefix <= last for prefix in prefixes)


def surt(pattern: str) -> str:
    """What the SURT keys of a host, or of all hosts below `*.`, begin with."""
    return ",".join(reversed(pattern.removeprefix("*.").split("."))) + (
        "" if pattern.startswith("*.") else ")"
    )


MOST_BYTES = 1 << 50  # no file is longer


def sound(table: pa.Table) -> pa.Table:
    """Records of SELECTED with nothing null but languages; numbers that cannot be are -1 (offset) and 0 (length)."""
    for at, name in enumerate(SELECTED.names):
        column = table[name]
        if name in ("offset", "length"):
            lowest = -1 if name == "offset" else 0
            is_possible = pc.and_(pc.greater(column, lowest), pc.less(column, MOST_BYTES))
            column = pc.if_else(pc.fill_null(is_possible, fill_value=False), column, lowest)
        elif name != "languages":
            column = pc.fill_null(column, "")
        table = table.set_column(at, SELECTED.field(at), column)
    return table


def fault_of(row: Mapping[str, Any]) -> str:
    """What a sound row lacks to name a record; empty where it names one."""
    path = row["file"]
    if not row["url"]:
        return "no url"
    if row["offset"] < 0 or row["length"] < 1:
        return f"offset {row['offset']}, length {row['length']}"
    is_path = _PATH.fullmatch(path) and "://" not in path and ".." not in path.split("/")
    return "" if is_path and not path.startswith("/") else f"file {path!r}"


def rows_table(rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Records as a table of SELECTED."""
    return pa.Table.from_pylist(list(rows), SELECTED)
