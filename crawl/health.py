"""How a crawl has gone: a row for each host and each day, and the facts that the manifest tells."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from crawl.frontier import COVERED, PENDING, TOO_DEEP, Frontier

N_LANES = 5  # of a host that are told
HOSTS = pa.schema(
    [
        ("host", pa.string()),
        ("fetched", pa.int64()),
        ("kept", pa.int64()),
        ("classes", pa.map_(pa.string(), pa.int64())),
        ("kinds", pa.map_(pa.string(), pa.int64())),
        ("refused", pa.map_(pa.string(), pa.int64())),
        ("unfollowed", pa.map_(pa.string(), pa.int64())),
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
        ("robots", pa.map_(pa.string(), pa.string())),
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
            "classes": sorted(_classes(found.documents["status"]).items()),
            "kinds": sorted(found.documents["kind"].items()),
            "refused": sorted(found.documents["dropped"].items()),
            "unfollowed": sorted(found.documents["unfollowed"].items()),
            "khmer_bytes": found.bytes["khmer"]["all"],
            "new_khmer_bytes": found.bytes["khmer"]["new"],
            "body_bytes": found.bytes["kept"][""] + found.bytes["dropped"].total(),
            "pending": states[PENDING],
            "covered": states[COVERED],
            "too_deep": states[TOO_DEEP],
            "parked": states[PENDING] if row.is_parked else states["parked"],
            "is_parked": bool(row.is_parked),
            "paused_until": datetime.fromtimestamp(int(row.paused_until), UTC) if row.paused_until else None,
            "paused_for": row.why,
            "robots": robots[name],
            "best_lanes": lanes[row.id],
        }


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


def _robots(frontier: Frontier) -> defaultdict[str, list[tuple[str, str]]]:
    """What is known of the robots.txt of each of a host's origins."""
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for origin, state in frontier.rows("SELECT origin, robots_state FROM site ORDER BY origin"):
        found[_host(str(origin))].append((str(origin), str(state)))
    return found


def _host(origin: str) -> str:
    return origin.partition("://")[2].rpartition(":")[0] or origin.partition("://")[2]


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
            days[str(day)][str(what)] += int(str(amount))
    return [
        {
            "day": day,
            "answers": found["answers"],
            "bytes": found["bytes"],
            "khmer_bytes": found["khmer"],
        }
        for day, found in sorted(days.items())
    ]
