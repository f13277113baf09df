"""Which URLs belong to a crawl: ordered rules, then the hosts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import urlsplit

from corpus.errors import ConfigurationError
from crawl.urls import names_host

Action = Literal["accept", "reject"]


@dataclass(frozen=True)
class Rule:
    """What happens to URLs whose host and path (with query) match; `*` stands for any characters."""

    action: Action
    host: str
    path: re.Pattern[str] | None

    @classmethod
    def of(cls, text: str) -> Rule:
        """The rule in `accept HOST` or `reject HOST/PATH`; raises ConfigurationError for anything else."""
        action, _, pattern = text.strip().partition(" ")
        host, slash, path = pattern.strip().partition("/")
        if action not in ("accept", "reject") or not host or " " in pattern.strip():
            msg = f"scope: got {text!r}; expected accept or reject, and HOST or HOST/PATH"
            raise ConfigurationError(f"{msg}. Try: scope=['reject *.gov.kh/archive/*']")
        parts = map(re.escape, f"/{path}".split("*"))
        return cls(
            "accept" if action == "accept" else "reject",
            host.lower(),
            re.compile(".*".join(parts), re.S) if slash else None,
        )

    def matches(self, host: str, path: str) -> bool:
        """Whether the rule speaks of this URL."""
        return names_host(self.host, host) and (self.path is None or self.path.fullmatch(path) is not None)


class Scope:
    """Rules, of which the first that matches decides; a URL that none names must be on one of the hosts."""

    def __init__(self, rules: Sequence[Rule], hosts: Sequence[str]) -> None:
        self._rules = rules
        self._hosts = hosts
        self._is_on_hosts = lru_cache(maxsize=1 << 14)(self._find)

    @classmethod
    def of(cls, rules: Sequence[str], hosts: Sequence[str]) -> Scope:
        """The scope of a configuration."""
        return cls([Rule.of(rule) for rule in rules], list(hosts))

    def refusal(self, url: str) -> str:
        """Why a clean URL is not crawled, `rejected` or `out_of_scope`; empty for one that is."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if self._rules:
            path = f"{parts.path}?{parts.query}" if parts.query else parts.path
            for rule in self._rules:
                if rule.matches(host, path):
                    return "" if rule.action == "accept" else "rejected"
        return "" if self._is_on_hosts(host) else "out_of_scope"

    def _find(self, host: str) -> bool:
        return any(names_host(pattern, host) for pattern in self._hosts)
