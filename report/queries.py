"""Questions to the shards: what the corpus is made of, and when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import pyarrow.dataset as ds

from report.numbers import Value, ratio
from report.records import RunRecord, reading

Table = list[dict[str, Any]]

LARGEST_HOSTS = 20
MEMORY = "768MB"


def connect() -> duckdb.DuckDBPyConnection:
    """A database in memory that reads Arrow data sets and nothing from outside."""
    return duckdb.connect(
        ":memory:", config={"memory_limit": MEMORY, "threads": 2, "enable_external_access": False}
    )


def select(data: ds.Dataset, sql: str) -> Table:
    """The rows of a query over the Arrow data set `data`."""
    return select_from({"data": data}, sql)


def select_from(data: Mapping[str, ds.Dataset], sql: str) -> Table:
    """The rows of a query over Arrow data sets, each by its name."""
    with connect() as database:
        for name, one in data.items():
            database.register(name, one)
        with reading([file for one in data.values() for file in one.files]):
            found = database.execute(sql)
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def dates(record: RunRecord) -> dict[str, Value]:
    """The first and last day on which a kept document was fetched, and published (ISO 8601)."""
    names = [f"{which}_{what}" for what in ("fetched", "published") for which in ("first", "last")]
    if record.corpus is None or (data := record.dataset(record.corpus, "documents")) is None:
        return dict.fromkeys(names)
    (row,) = select(
        data,
        """SELECT min(fetched_at) AS first_fetched, max(fetched_at) AS last_fetched,
                  min(published_at) AS first_published, max(published_at) AS last_published FROM data""",
    )
    return {name: row[name] and row[name].date().isoformat() for name in names}


def composition(record: RunRecord) -> dict[str, Table]:
    """Kept documents, characters and bytes by host (the largest, then all others) and by licence."""
    if record.corpus is None or (data := record.dataset(record.corpus, "documents")) is None:
        return {"hosts": [], "licences": []}
    hosts, licences = _group(data, "host"), _group(data, "licence")
    first, rest = hosts[:LARGEST_HOSTS], hosts[LARGEST_HOSTS:]
    if rest:
        first.append({"host": None, "others": len(rest), **_sum(rest)})
    return {"hosts": first, "licences": licences}


def _group(data: ds.Dataset, column: str) -> Table:
    groups = select(
        data,
        f"""SELECT coalesce({column}, '') AS {column}, count(*) AS documents,
                   sum(n_chars)::BIGINT AS chars, sum(n_bytes)::BIGINT AS bytes
            FROM data GROUP BY 1 ORDER BY bytes DESC, 1""",  # noqa: S608 (column names of our own)
    )
    whole = sum(row["bytes"] for row in groups)
    return [{**row, "share": ratio(row["bytes"], whole)} for row in groups]


def _sum(rows: Table) -> dict[str, Any]:
    return {name: sum(row[name] or 0 for row in rows) for name in ("documents", "chars", "bytes", "share")}
