"""What robots.txt says, in the states of RFC 9309."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from crawl.policy.agents import AI_AGENTS
from crawl.policy.groups import RULES, Groups, Line, read_groups
from crawl.policy.identity import AGENT
from crawl.policy.patterns import Rule, Rules, pattern_of, target_of

MAX_BYTES = 500 * 1024  # RFC 9309, 2.5: at least this much is parsed
MAX_REDIRECTS = 5  # RFC 9309, 2.3.1.2
PATH = "/robots.txt"

State = Literal["parsed", "absent", "unreachable"]
Verdict = Literal["allowed", "absent", "disallowed", "unreachable"]

_SECONDS = re.compile(r"[0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9}")
_RATE = re.compile(r"([0-9]{1,9})\s*/\s*([0-9]{1,9})\s*([smhd]?)", re.I)
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True)
class Robots:
    """A site's robots.txt: parsed, absent (all is allowed) or unreachable (nothing is)."""

    state: State
    text: str = ""

    @classmethod
    def of_response(cls, status: int, body: bytes) -> Robots:
        """The state that an answer leads to: 2xx parsed, 3xx (too many) and 4xx absent, others unreachable.

        RFC 9309, 2.3.1, but for 429: a site that is asked too much has not said yes. `body` is decompressed; status
        0 stands for no answer, or none that is whole.
        """
        if 200 <= status < 300:
            return cls("parsed", policy_text(body))
        return cls("absent" if 300 <= status < 500 and status != 429 else "unreachable")

    @cached_property
    def groups(self) -> Groups:
        """What it says to us, to those who gather text for training, and to all; nothing unless it is parsed."""
        return read_groups(self.text if self.state == "parsed" else "", (AGENT, *AI_AGENTS))

    @cached_property
    def _rules(self) -> Rules[str]:
        return access_rules(self.groups.binding(AGENT))

    def verdict(self, url: str) -> Verdict:
        """Whether our agent may fetch `url`."""
        return self.verdict_on(target_of(url))[0]

    def verdict_on(self, target: str) -> tuple[Verdict, str]:
        """Whether our agent may fetch a spelt path, and the line that disallows it, if any does.

        robots.txt itself is always allowed (2.2.2).
        """
        if self.state != "parsed":
            return self.state, ""
        line = "" if target == PATH else refusing(self._rules, target)
        return ("disallowed" if line else "allowed"), line

    @property
    def crawl_delay(self) -> float:
        """Seconds that the site asks to be left between requests, by Crawl-delay or Request-rate; 0 for none."""
        return max((_delay(line) for line in self.groups.binding(AGENT)), default=0.0)

    @property
    def sitemaps(self) -> list[str]:
        """The sitemaps that it names, in order, each once, as written."""
        return list(dict.fromkeys(filter(None, self.groups.sitemaps)))


def policy_text(body: bytes) -> str:
    """A policy file's text, as far as it is read: UTF-8, or UTF-16 that says so; a line that is cut is left out."""
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        body = body[: 2 * MAX_BYTES].decode("utf-16", "replace").encode("utf-8", "replace")
    text = body[:MAX_BYTES].decode("utf-8-sig", "replace")
    if len(body) > MAX_BYTES and body[MAX_BYTES : MAX_BYTES + 1] not in (b"\r", b"\n"):
        return text[: max(text.rfind("\n"), text.rfind("\r")) + 1]
    return text


def access_rules(lines: list[Line]) -> Rules[str]:
    """The lines that allow and disallow, each as it says; of equally long ones the one that allows decides (2.2.2)."""
    return Rules(
        Rule(pattern_of(value), int(name == "disallow"), f"{name.capitalize()}: {value}")
        for name, value in lines
        if name in RULES and value
    )


def refusing(rules: Rules[str], target: str) -> str:
    """The line that disallows a spelt path; empty where it is allowed."""
    rule = rules.deciding(target)
    return rule.said if rule and rule.rank else ""


def _delay(line: Line) -> float:
    if line.field == "crawl-delay":
        seconds = _SECONDS.match(line.value)
        return float(seconds[0]) if seconds else 0.0
    rate = _RATE.match(line.value) if line.field == "request-rate" else None
    return int(rate[2]) * _UNITS[rate[3].lower()] / max(int(rate[1]), 1) if rate else 0.0
