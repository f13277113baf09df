"""The lines of a robots.txt, or of a file in its form, by the crawlers that they address (RFC 9309, 2.1 and 2.2)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

ALL = "*"
RULES = frozenset(["allow", "disallow"])
OTHER_LINES = frozenset(["crawl-delay", "request-rate", "content-signal", "content-usage"])
FIELDS = RULES | OTHER_LINES | {"user-agent", "sitemap"}
_SLIPS = {  # of authors; Google's reference parser (github.com/google/robotstxt) reads most of them so
    "useragent": "user-agent",
    "user agent": "user-agent",
    "dissallow": "disallow",
    "dissalow": "disallow",
    "disalow": "disallow",
    "diasllow": "disallow",
    "disallaw": "disallow",
    "site-map": "sitemap",
    "crawl delay": "crawl-delay",
}
_WITHOUT_COLON = re.compile(
    r"[ \t]*+(user-agent|allow|disallow|crawl-delay|sitemap)[ \t]++(\S++)[ \t]*+\Z", re.I
)
_LINE_END = re.compile(r"\r\n?|\n")
_TOKEN = re.compile(r"[a-z0-9_.-]+")


class Line(NamedTuple):
    """A line of a group: its field in small letters, and its value."""

    field: str
    value: str


@dataclass
class Groups:
    """What a file says to each of some crawlers, by its token, and to all of them."""

    lines: dict[str, list[Line]] = field(default_factory=dict)
    sitemaps: list[str] = field(default_factory=list)

    def binding(self, agent: str) -> list[Line]:
        """The lines of the groups that name a crawler, else of those for all; groups of one name are one."""
        return self.lines.get(token_of(agent), self.lines.get(ALL, []))

    def names(self, agent: str) -> bool:
        """Whether any group names the crawler."""
        return token_of(agent) in self.lines


def read_groups(text: str, agents: Collection[str]) -> Groups:
    """The groups for these crawlers and for all.

    A list of crawlers ends at the next line that allows or disallows: no other line ends a group (2.2.4). A rule
    before any group binds nobody (2.1); any other line that stands there is taken as meant for all.
    """
    wanted = {ALL, *map(token_of, agents)}
    groups, addressed, is_list, has_begun = Groups(), [ALL], False, False
    for name, value in _lines(text):
        if name == "user-agent":
            addressed, is_list, has_begun = (addressed if is_list else []), True, True
            token = token_of(value)
            if token in wanted and token not in addressed:
                addressed.append(token)
                groups.lines.setdefault(token, [])
        elif name == "sitemap":
            groups.sitemaps.append(value)
        elif has_begun or name in OTHER_LINES:
            is_list = is_list and name not in RULES
            line = Line(name, value)
            for token in addressed:
                groups.lines.setdefault(token, []).append(line)
    return groups


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """Field and value of each line that has them, without comments."""
    for line in _LINE_END.split(text):
        said = line.partition("#")[0]
        name, colon, value = said.partition(":")
        name = name.strip().lower()
        name = _SLIPS.get(name, name)
        if colon and name in FIELDS:
            yield name, value.strip()
        elif found := _WITHOUT_COLON.match(said):
            yield found[1].lower(), found[2]


def token_of(value: str) -> str:
    """The product token that begins a User-agent value, in small letters; `*` for all, empty for none (2.2.1)."""
    if value.startswith(ALL):
        return ALL
    found = _TOKEN.match(value.lower())
    return found[0] if found else ""
