"""The crawl: answers by status and day, what hosts yield, who refused by which rule, what waits and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from report.numbers import Value, ratio
from report.queries import Table
from report.records import RunRecord, dataset, rows

LARGEST_HOSTS: Final = 30
HELD_HOSTS: Final = 20
TABLES: Final = ("statuses", "unfollowed", "kinds", "refusals", "days", "crawled_hosts", "held_hosts")
FACTS: Final = (
    "hosts", "body_bytes", "khmer_bytes", "new_khmer_bytes", "covered", "pending", "parked", "parked_hosts",
    "paused_hosts", "too_deep",
)  # fmt: skip
VALUES: Final = (*FACTS, "answers", "khmer_share", "new_khmer_share")


def crawling(record: RunRecord) -> tuple[dict[str, Value], dict[str, Table]]:
    """Figures and tables of the crawl; None and no rows for what it did not measure."""
    values: dict[str, Value] = dict.fromkeys(VALUES)
    tables: dict[str, Table] = {name: [] for name in TABLES}
    if "crawl" not in record.manifests:
        return values, tables
    facts = record.manifests["crawl"].facts
    values |= {name: facts.get(name) for name in FACTS}
    values["answers"] = sum(facts.get("status", {}).values())
    for name in ("khmer", "new_khmer"):
        values[f"{name}_share"] = ratio(facts.get(f"{name}_bytes"), facts.get("body_bytes"))
    tables["statuses"], tables["unfollowed"], tables["kinds"] = (
        counted(facts.get(name)) for name in ("status", "unfollowed", "kinds")
    )
    hosts, tables["days"] = _health(record, "hosts"), _health(record, "days")
    tables["refusals"] = _refusals(hosts)
    tables["crawled_hosts"] = [_host(row) for row in _by_khmer(hosts)[:LARGEST_HOSTS]]
    tables["held_hosts"] = [_host(row) for row in _held(hosts)[:HELD_HOSTS]]
    return values, tables


def counted(counts: Mapping[str, int] | None) -> Table:
    """A mapping of counts as rows, largest first; none where the stage tells none."""
    ordered = sorted((counts or {}).items(), key=lambda item: (-item[1], item[0]))
    return [{"name": name, "count": n} for name, n in ordered]


def _health(record: RunRecord, name: str) -> Table:
    """The rows of one of the crawl's tables of health; none where it has none."""
    uris = [uri for uri in record.tables("crawl", "health") if uri.endswith(f"/{name}.parquet")]
    if not uris:
        return []
    data = dataset(uris)
    found: Table = rows(data, data.schema.names).to_pylist()
    return found


def _refusals(hosts: Table) -> Table:
    """URLs of which nothing was taken, by reason, most first, and the hosts that they are of."""
    urls: Counter[str] = Counter()
    n_hosts: Counter[str] = Counter()
    for host in hosts:
        urls.update({part["name"]: part["n"] for part in host["refused"]})
        n_hosts.update([part["name"] for part in host["refused"]])
    return [
        {"reason": row["name"], "urls": row["count"], "hosts": n_hosts[row["name"]]} for row in counted(urls)
    ]


def _by_khmer(hosts: Table) -> Table:
    """Hosts by the Khmer text that they brought, each text once, most first."""
    return sorted(hosts, key=lambda row: (-row["new_khmer_bytes"], row["host"]))


def _held(hosts: Table) -> Table:
    """Hosts that have URLs waiting: parked, paused, or not come to yet; most URLs first."""
    waiting = (row for row in hosts if row["pending"])
    return sorted(waiting, key=lambda row: (-row["pending"], row["host"]))


def _host(row: Mapping[str, Any]) -> dict[str, Any]:
    """A host as the page shows it."""
    return {
        "host": row["host"],
        "answers": row["fetched"],
        "classes": _joined(row["classes"]),
        "bytes": row["body_bytes"],
        "khmer_bytes": row["new_khmer_bytes"],
        "yield": ratio(row["new_khmer_bytes"], row["body_bytes"]),
        "refused": row["refused"],
        "pending": row["pending"],
        "parked": row["parked"],
        "paused_for": row["paused_for"] if row["paused_until"] else "",
        "paused_until": row["paused_until"] and row["paused_until"].strftime("%Y-%m-%d %H:%M"),
    }


def _joined(counts: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(f"{part['name']} {part['n']:,}" for part in counts)
