"""What happened since the last commit, in the shape in which the frontier takes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from crawl.discovery.kinds import LISTINGS, Kind
from crawl.frontier.recrawl import Visit
from crawl.policy.site import Site
from crawl.urls import url_key

KINDS: tuple[Kind, ...] = ("page", *LISTINGS)  # those that the frontier holds, by the number it knows them by


class Link(NamedTuple):
    """A URL found: how many links from a seed, how many redirects led to it, and what the link promises."""

    url: str
    depth: int = 0
    hops: int = 0
    kind: Kind = "page"
    is_khmer: bool = False
    via: int = 0  # the lane of the page that it was found on


class Pending(NamedTuple):
    """A URL to be fetched, by its place in the frontier."""

    seq: int
    url: str
    depth: int
    hops: int
    kind: Kind
    tries: int = 0
    via: int = 0
    visit: Visit | None = None


class HostRow(NamedTuple):
    """What is kept of a host: its name stands beside it, its rates are those of a Yield."""

    id: int
    n_fetched: int = 0
    n_failures: int = 0
    n_failed_urls: int = 0
    paused_until: float = 0.0
    why: str = ""
    budget: int = 0
    is_parked: int = 0
    bytes: float = 0.0
    khmer: float = 0.0


class LaneRow(NamedTuple):
    """What is kept of a host's URLs of one shape and level."""

    id: int
    host: int
    level: int
    shape: str
    n_fetched: int = 0
    budget: int = 0
    is_parked: int = 0
    bytes: float = 0.0
    khmer: float = 0.0
    credit: float = 0.0


class Committed(NamedTuple):
    """What a commit changed in the queues: new URLs by lane, and URLs whose text came another way, by lane."""

    grown: Counter[int]
    covered: dict[int, set[int]]


@dataclass
class Batch:
    """What happened since the last commit."""

    done: dict[int, Visit | None] = field(default_factory=dict)  # by seq
    tries: dict[int, int] = field(default_factory=dict)  # by seq
    links: dict[int, Link] = field(default_factory=dict)  # by key
    covered: dict[int, Link] = field(default_factory=dict)  # by key
    mail: dict[int, tuple[int, Link]] = field(default_factory=dict)  # by key, for another partition
    read: dict[int, int] = field(default_factory=dict)  # how far another partition's mail was read
    sites: dict[str, Site] = field(default_factory=dict)
    hosts: dict[int, HostRow] = field(default_factory=dict)
    lanes: dict[int, LaneRow] = field(default_factory=dict)
    documents: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    bytes: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    days: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, links: Iterable[Link]) -> None:
        """Remember URLs; the first way to each counts."""
        for link in links:
            self.links.setdefault(url_key(link.url), link)

    def count(self, host: int, kind: str, name: str, n_bytes: int = 0, times: int = 1) -> None:
        """Count more of a kind: `kept`, `dropped` by reason, `status`, `khmer`, `unfollowed` by reason."""
        self.documents[host, kind, name] += times
        self.bytes[host, kind, name] += n_bytes
