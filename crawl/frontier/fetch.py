"""One URL on its way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crawl.discovery.kinds import LISTINGS, Kind
from crawl.frontier.recrawl import Visit
from crawl.policy.signals import Signal
from crawl.policy.site import Site, Verdict
from crawl.warc import Exchange

if TYPE_CHECKING:
    from crawl.frontier.lanes import Lane


@dataclass
class Fetch:
    """One of the frontier's URLs (`seq` > 0) or a policy file, on its way."""

    url: str
    host: int
    site: Site
    kind: Kind = "page"
    seq: int = 0
    depth: int = 0
    hops: int = 0
    tries: int = 0
    lane: Lane | None = None
    via: int = 0  # the lane of the page that it was found on
    visit: Visit | None = None  # the last one, if it is not the first
    verdict: Verdict = field(default_factory=lambda: Verdict("exempt", []))
    earlier: tuple[Exchange, ...] = ()  # redirects on the way to a policy file

    @property
    def is_listing(self) -> bool:
        """Whether it is a sitemap, a feed or a page of an API."""
        return self.kind in LISTINGS

    @property
    def is_policy(self) -> bool:
        """Whether it is fetched for what it says about the others."""
        return self.seq == 0

    def evidence(self, signals: Iterable[Signal] | None = None) -> dict[str, Any]:
        """What the WARC says about the decision on this URL; `signals` are its site's unless given."""
        return {
            "kind": self.kind,
            "depth": self.depth,
            "robots": self.verdict.robots,
            **({"rule": self.verdict.rule} if self.verdict.rule else {}),
            "opt_outs": [
                {"signal": s.name, "evidence": s.evidence, "forbids": s.forbids}
                for s in (self.verdict.signals if signals is None else signals)
            ],
        }
