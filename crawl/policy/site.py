"""All that a site states about crawling: its robots.txt and the files that reserve rights."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from crawl.policy.optout import Signal, SiteFiles, forbidden, site_signals
from crawl.policy.robots import MAX_BYTES, Robots

PolicyFile = Literal["robots", "tdmrep", "ai_txt"]
PATHS: dict[PolicyFile, str] = {
    "robots": "/robots.txt",
    "tdmrep": "/.well-known/tdmrep.json",
    "ai_txt": "/ai.txt",
}
MAX_AGE_SECONDS = 24 * 3600.0  # RFC 9309, 2.4


@dataclass(frozen=True)
class Verdict:
    """What a site's files say about one URL; `refusal` is the ledger's reason not to fetch it, or empty."""

    robots: str
    signals: list[Signal]

    @property
    def refusal(self) -> str:
        if self.robots in ("disallowed", "unreachable"):
            return "robots" if self.robots == "disallowed" else "robots_unreachable"
        return "opt_out" if forbidden(self.signals, "training") else ""


@dataclass
class Site:
    """The policy files of one origin (scheme, host, port), learnt one after the other."""

    origin: str
    robots: Robots | None = None
    tdmrep: str | None = None
    ai_txt: str | None = None
    fetched_at: float = field(default_factory=time.time)

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
        """Take in the answer to a file's request; status 0 stands for no answer."""
        if file == "robots":
            self.robots = Robots.of_response(status, body)
            return
        text = body[:MAX_BYTES].decode("utf-8-sig", "replace") if 200 <= status < 300 else ""
        setattr(self, file, text)

    def verdict(self, url: str) -> Verdict:
        """What the files say about `url`; robots.txt must be known."""
        assert self.robots is not None
        files = SiteFiles(self.robots.text, self.tdmrep or "", self.ai_txt or "")
        return Verdict(self.robots.verdict(url), site_signals(url, files))

    @property
    def is_old(self) -> bool:
        """Whether the files must be fetched anew."""
        return time.time() - self.fetched_at > MAX_AGE_SECONDS


def is_policy_file(url: str) -> bool:
    """Whether a link leads to a file that is fetched for its policy anyway."""
    return urlsplit(url).path in PATHS.values()
