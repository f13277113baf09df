"""All that a site states about crawling: its robots.txt and the files that reserve rights."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from crawl.policy.patterns import target_of
from crawl.policy.reservations import Reservations
from crawl.policy.robots import Robots, policy_text
from crawl.policy.signals import Signal

PolicyFile = Literal["robots", "tdmrep", "ai_txt"]
PATHS: dict[PolicyFile, str] = {
    "robots": "/robots.txt",
    "tdmrep": "/.well-known/tdmrep.json",
    "ai_txt": "/ai.txt",
}
MAX_AGE_SECONDS = 24 * 3600.0  # RFC 9309, 2.4
MAX_STALE_SECONDS = 30 * 24 * 3600.0  # RFC 9309, 2.3.1.4: "for example, 30 days"
STALE_RETRY_SECONDS = 3600.0


@dataclass(frozen=True)
class Verdict:
    """What a site's files say about one URL: `rule` is the line of robots.txt that disallows it."""

    robots: str
    signals: list[Signal]
    rule: str = ""

    @property
    def refusal(self) -> str:
        """The ledger's reason not to fetch the URL; empty if it may be fetched."""
        if self.robots in ("disallowed", "unreachable"):
            return "robots" if self.robots == "disallowed" else "robots_unreachable"
        return "opt_out" if any(said.forbids == "training" for said in self.signals) else ""


@dataclass
class Site:
    """The policy files of one origin (scheme, host, port), learnt one after the other.

    Unix times: `fetched_at`, when they were last asked for; `read_at`, when the rules of robots.txt that are in
    force were read, which is earlier where it was out of reach since.
    """

    origin: str
    robots: Robots | None = None
    tdmrep: str | None = None
    ai_txt: str | None = None
    fetched_at: float = field(default_factory=time.time)
    read_at: float = 0.0
    _earlier: Site | None = field(default=None, repr=False, compare=False)
    _reservations: Reservations | None = field(default=None, repr=False, compare=False)

    def missing(self) -> PolicyFile | None:
        """The file to be fetched next; None when all that matters is known."""
        if self.robots is None:
            return "robots"
        if self.tdmrep is None and self._is_open("tdmrep"):
            return "tdmrep"
        return "ai_txt" if self.ai_txt is None and self._is_open("ai_txt") else None

    def _is_open(self, file: PolicyFile) -> bool:
        """Whether robots.txt lets us ask for a file of another kind."""
        assert self.robots is not None
        return self.robots.verdict(self.origin + PATHS[file]) in ("allowed", "absent")

    def learn(self, file: PolicyFile, status: int, body: bytes) -> None:
        """Take in the answer to a file's request; status 0 stands for no answer, or none that is whole.

        Where robots.txt is out of reach, rules that were read within 30 days stay in force (RFC 9309, 2.4), with the
        other files of their time; after an hour it is asked for again.
        """
        self._reservations = None
        if file == "robots":
            self._learn_robots(Robots.of_response(status, body))
        else:
            setattr(self, file, policy_text(body) if 200 <= status < 300 else "")

    def _learn_robots(self, robots: Robots) -> None:
        self.robots, self.read_at = robots, time.time()
        earlier = self._earlier
        if robots.state == "unreachable" and earlier and self.read_at - earlier.read_at < MAX_STALE_SECONDS:
            self.robots, self.read_at = earlier.robots, earlier.read_at
            self.tdmrep, self.ai_txt = earlier.tdmrep, earlier.ai_txt
            self.fetched_at = time.time() - MAX_AGE_SECONDS + STALE_RETRY_SECONDS
        self._earlier = None

    def renewed(self) -> Site:
        """The site with nothing learnt yet; what this one knows serves should robots.txt be out of reach."""
        is_known = self.robots is not None and self.robots.state != "unreachable"
        return Site(self.origin, _earlier=self if is_known else None)

    def verdict(self, url: str) -> Verdict:
        """What the files say about `url`; robots.txt must be known."""
        assert self.robots is not None
        if self._reservations is None:
            self._reservations = Reservations.of_files(
                self.robots.groups, self.tdmrep or "", self.ai_txt or ""
            )
        target = target_of(url)
        robots, rule = self.robots.verdict_on(target)
        return Verdict(robots, self._reservations.signals(target), rule)

    @property
    def is_old(self) -> bool:
        """Whether the files must be fetched anew; those of the future are of a clock that was wrong."""
        return not -MAX_AGE_SECONDS < time.time() - self.fetched_at <= MAX_AGE_SECONDS


def is_policy_file(url: str) -> bool:
    """Whether a link leads to a file that is fetched for its policy anyway."""
    return urlsplit(url).path in PATHS.values()
