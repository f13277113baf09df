"""How a crawl has gone: a row for each host and each day, and the facts that the manifest tells."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.json as pj

from crawl.frontier.store import COVERED, PENDING, TOO_DEEP, Frontier
from crawl.urls import host_of

N_LANES = 5  # of a host that are told
NAMED = pa.list_(pa.struct([("name", pa.string()), ("n", pa.int64())]))
HOSTS = pa.schema(
    [
        ("host", pa.string()),
        ("fetched", pa.int64()),
        ("kept", pa.int64()),
        ("classes", NAMED),
        ("kinds", NAMED),
        ("refused", NAMED),
        ("unfollowed", NAMED),
        ("khmer_bytes", pa.int64()),
        ("new_khmer_bytes", pa.int64()),
        ("body_bytes", pa.int64()),
        ("pending", pa.int64()),
        ("covered", pa.int64()),
        ("too_deep", pa.int64()),
        ("parked", pa.int64()),
        ("is_parked", pa.bool_()),
        ("paused_until", pa.timestamp("s", "UTC")),
        ("paused_for", pa.string()),
        ("robots", pa.list_(pa.struct([("origin", pa.string()), ("state", pa.string())]))),
        ("best_lanes", pa.list_(pa.string())),
    ]
)
DAYS = pa.schema(
    [("day", pa.string()), ("answers", pa.int64()), ("bytes", pa.int64()), ("khmer_bytes", pa.int64())]
)


@dataclass
class _Counts:
    """What was counted of one host, by kind and name."""

    documents: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    bytes: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


def host_rows(frontier: Frontier) -> Iterator[dict[str, Any]]:
    """Every host as a row of HOSTS, by name."""
    counts = _counts(frontier)
    waiting = _waiting(frontier)
    robots = _robots(frontier)
    lanes = _best_lanes(frontier)
    names = frontier.host_names()
    for row in sorted(frontier.hosts(), key=lambda row: names[row.id]):
        name, found, states = names[row.id], counts[row.id], waiting[row.id]
        yield {
            "host": name,
            "fetched": found.documents["status"].total(),
            "kept": found.documents["kept"][""],
            "classes": _named(_classes(found.documents["status"])),
            "kinds": _named(found.documents["kind"]),
            "refused": _named(found.documents["dropped"]),
            "unfollowed": _named(found.documents["unfollowed"]),
            "khmer_bytes": found.bytes["khmer"]["all"],
            "new_khmer_bytes": found.bytes["khmer"]["new"],
            "body_bytes": found.bytes["kept"][""] + found.bytes["dropped"].total(),
            "pending": states[PENDING],
            "covered": states[COVERED],
            "too_deep": states[TOO_DEEP],
            "parked": states[PENDING] if row.is_parked else states["parked"],
            "is_parked": bool(row.is_parked),
            "paused_until": _moment(row.paused_until),
            "paused_for": row.why,
            "robots": robots[name],
            "best_lanes": lanes[row.id],
        }


def _named(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"name": name, "n": n} for name, n in sorted(counts.items())]


def _moment(seconds: float) -> str | None:
    """A time in seconds since 1970 as ISO 8601; None for 0."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else None


def table(rows: Iterable[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    """Rows as a table; by way of JSON, since pyarrow loads pandas (40 MB) to look at Python objects."""
    lines = "\n".join(map(json.dumps, rows)).encode()
    options = pj.ParseOptions(explicit_schema=schema)
    return pj.read_json(pa.BufferReader(lines), parse_options=options) if lines else schema.empty_table()


def _counts(frontier: Frontier) -> defaultdict[int, _Counts]:
    found: defaultdict[int, _Counts] = defaultdict(_Counts)
    for host, kind, name, documents, n_bytes in frontier.rows("SELECT * FROM tally"):
        found[host].documents[kind][name] = documents
        found[host].bytes[kind][name] = n_bytes
    return found


def _classes(statuses: Mapping[str, int]) -> Counter[str]:
    """Answers by the class of their status, such as `2xx`."""
    classes: Counter[str] = Counter()
    for status, n in statuses.items():
        classes[f"{status[:1]}xx"] += n
    return classes


def _waiting(frontier: Frontier) -> defaultdict[int, Counter[Any]]:
    """URLs by host and state; those in parked lanes once more, as `parked`."""
    found: defaultdict[int, Counter[Any]] = defaultdict(Counter)
    query = (
        "SELECT host, state, is_parked, count(*) FROM url JOIN lane ON lane.id = lane"
        " GROUP BY host, state, is_parked"
    )
    for host, state, is_parked, n in frontier.rows(query):
        found[host][state] += n
        if is_parked and state == PENDING:
            found[host]["parked"] += n
    return found


def _robots(frontier: Frontier) -> defaultdict[str, list[dict[str, str]]]:
    """What is known of the robots.txt of each of a host's origins."""
    found: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for origin, state in frontier.rows("SELECT origin, robots_state FROM site ORDER BY origin"):
        found[host_of(origin)].append({"origin": origin, "state": state})
    return found


def _best_lanes(frontier: Frontier) -> defaultdict[int, list[str]]:
    """The shapes of each host that yielded most, with their yields."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    query = "SELECT host, shape, n_fetched, khmer / bytes AS rate FROM lane WHERE bytes > 0 ORDER BY rate DESC, id"
    for host, shape, n_fetched, rate in frontier.rows(query):
        if len(found[host]) < N_LANES:
            found[host].append(f"{shape} {rate:.3f} of {n_fetched}")
    return found


def day_rows(frontiers: list[Frontier]) -> list[dict[str, Any]]:
    """Every UTC day of the crawl as a row of DAYS, over all partitions."""
    days: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for frontier in frontiers:
        for day, what, amount in frontier.rows("SELECT day, what, amount FROM day"):
            days[day][what] += amount
    return [
        {
            "day": day,
            "answers": found["answers"],
            "bytes": found["bytes"],
            "khmer_bytes": found["khmer"],
        }
        for day, found in sorted(days.items())
    ]
