"""What robots.txt says, in the states of RFC 9309."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from protego import Protego

from crawl.policy.identity import AGENT

MAX_BYTES = 500 * 1024  # RFC 9309, 2.5: at least this much is parsed
MAX_REDIRECTS = 5  # RFC 9309, 2.3.1.2

State = Literal["parsed", "absent", "unreachable"]
Verdict = Literal["allowed", "absent", "disallowed", "unreachable"]


@dataclass(frozen=True)
class Robots:
    """A site's robots.txt: parsed, absent (all is allowed) or unreachable (nothing is)."""

    state: State
    text: str = ""

    @classmethod
    def of_response(cls, status: int, body: bytes) -> Robots:
        """The state that an answer leads to: 2xx parsed, 3xx (too many) and 4xx absent, others unreachable.

        RFC 9309, 2.3.1, but for 429: a site that is asked too much has not said yes. `body` is decompressed.
        """
        if 200 <= status < 300:
            return cls("parsed", body[:MAX_BYTES].decode("utf-8-sig", "replace"))
        return cls("absent" if 300 <= status < 500 and status != 429 else "unreachable")

    @cached_property
    def _rules(self) -> Protego:
        return Protego.parse(self.text)

    def verdict(self, url: str) -> Verdict:
        """Whether our agent may fetch `url`."""
        if self.state != "parsed":
            return self.state
        return "allowed" if self._rules.can_fetch(url, AGENT) else "disallowed"

    @property
    def crawl_delay(self) -> float:
        """Seconds that the site asks to be left between requests; 0 where it asks for none."""
        delay = self._rules.crawl_delay(AGENT) if self.state == "parsed" else None
        return max(delay or 0.0, 0.0)
