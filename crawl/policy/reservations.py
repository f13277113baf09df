"""Reservations that a site's policy files state for a URL, known before it is fetched.

- `Content-Signal` (contentsignals.org) and `Content-Usage` (IETF AIPREF, draft-ietf-aipref-attach and -vocab) in
  the robots.txt group that binds us, by the longest path.
- robots.txt groups addressed to crawlers that gather text for training (`crawl.policy.agents`). Whoever writes
  `User-agent: GPTBot`, `Disallow: /` does not address us, but says that the text is not to be learnt from; it is
  read so for every path that the group disallows. A site that names us too has said what it wants of us.
- tdmrep.json (TDMRep, W3C Community Group report of 10 May 2024): the first rule whose location matches.
- ai.txt (Spawning): rules as in robots.txt, for kinds of files; or a line `Training: deny` (draft-car-ai-txt).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from crawl.policy.agents import AI_AGENTS
from crawl.policy.groups import Groups, Line, read_groups
from crawl.policy.identity import AGENT
from crawl.policy.patterns import Pattern, Rule, Rules, pattern_of, target_of
from crawl.policy.robots import access_rules, refusing
from crawl.policy.signals import Signal, allows_training, refused_usage, reservation, signal

USAGES = ("content-signal", "content-usage")
_TRAINING = re.compile(r"^[ \t]*+training[ \t]*+:[ \t]*+(deny|conditional)\b", re.I | re.M)


@dataclass(frozen=True)
class SiteFiles:
    """The texts of a site's policy files; empty where there is none."""

    robots: str = ""
    tdmrep: str = ""
    ai_txt: str = ""


def site_signals(url: str, files: SiteFiles) -> list[Signal]:
    """The reservations that a site's policy files state for `url`."""
    return _read(files).signals(target_of(url))


@lru_cache(maxsize=64)
def _read(files: SiteFiles) -> Reservations:
    return Reservations.of_files(addressed_groups(files.robots), files.tdmrep, files.ai_txt)


def addressed_groups(text: str) -> Groups:
    """What a file in the form of robots.txt says to us, to those who gather text for training, and to all."""
    return read_groups(text, (AGENT, *AI_AGENTS))


@dataclass
class Reservations:
    """The policy files of a site, parsed."""

    usages: Rules[Signal | None]
    training: list[tuple[str, Rules[str]]]  # of robots.txt, by the crawler that it names
    tdm: list[tuple[Pattern, Signal | None]]
    ai_txt: list[tuple[str, Rules[str]]] = field(default_factory=list)
    refusal: Signal | None = None  # of all that the site holds

    @classmethod
    def of_files(cls, groups: Groups, tdmrep: str, ai_txt: str) -> Reservations:
        """Those of a robots.txt's groups and of the texts of the other files."""
        parsed = cls(Rules(_usages(groups.binding(AGENT))), list(_training(groups)), list(_tdm(tdmrep)))
        ai_groups = addressed_groups(ai_txt)
        if lines := ai_groups.binding(AGENT):
            parsed.ai_txt.append((AGENT, access_rules(lines)))
        parsed.ai_txt += _training(ai_groups)
        if denial := _TRAINING.search(ai_txt):
            parsed.refusal = signal("ai.txt: training", f"ai.txt: {denial[0]}")
        return parsed

    def signals(self, target: str) -> list[Signal]:
        """Those that apply to a spelt path."""
        usage = self.usages.deciding(target)
        tdm = next((said for pattern, said in self.tdm if pattern.matches(target)), None)
        found = [usage.said if usage else None, tdm]
        if trained := _first_refusing(self.training, target):
            agent, line = trained
            found.append(signal(f"robots.txt: {agent}", f"robots.txt, {agent}: {line}"))
        # ai.txt reserves kinds of files by their endings: a page is a .html, whatever its address.
        if in_ai_txt := _first_refusing(self.ai_txt, target) or _first_refusing(
            self.ai_txt, _as_file(target)
        ):
            found.append(signal("ai.txt: disallow", f"ai.txt, {': '.join(in_ai_txt)}"))
        return [one for one in (*found, self.refusal) if one]


def _first_refusing(rules: list[tuple[str, Rules[str]]], target: str) -> tuple[str, str] | None:
    """The first crawler to which a spelt path is disallowed, and by which line."""
    return next(((agent, line) for agent, its in rules if (line := refusing(its, target))), None)


def _training(groups: Groups) -> Iterator[tuple[str, Rules[str]]]:
    """The rules for crawlers that gather text for training; none if the file names us. Equal ones once."""
    seen: set[tuple[Line, ...]] = set()
    for agent in () if groups.names(AGENT) else AI_AGENTS:
        lines = tuple(groups.binding(agent)) if groups.names(agent) else ()
        if lines and lines not in seen:
            seen.add(lines)
            yield agent, access_rules(list(lines))


def _usages(lines: list[Line]) -> Iterator[Rule[Signal | None]]:
    """What Content-Signal and Content-Usage say of training, by path; of equal paths the refusal decides."""
    for name, value in lines:
        if name not in USAGES:
            continue
        path, stated = [*value.split(None, 1), ""][:2] if value.startswith("/") else ("", value)
        if usage := refused_usage(stated):
            yield Rule(pattern_of(path), 0, signal(f"{name}: {usage}", f"robots.txt: {name}: {value}"))
        elif allows_training(stated):
            yield Rule(pattern_of(path), 1, None)


def _tdm(text: str) -> Iterator[tuple[Pattern, Signal | None]]:
    """Location and reservation of each rule of a tdmrep.json; of one that is not valid, of none.

    A lone rule without the array's brackets is read as an array of one.
    """
    try:
        stated = json.loads(text) if text.strip() else []
    except (ValueError, RecursionError):
        return
    for rule in [stated] if isinstance(stated, dict) else stated if isinstance(stated, list) else []:
        if not isinstance(rule, dict) or not isinstance(rule.get("location"), str):
            continue
        if reserved := reservation(str(rule.get("tdm-reservation"))):
            evidence = f"tdmrep.json: {json.dumps(rule, ensure_ascii=False)}"
            pattern = Pattern.of(pattern_of(rule["location"]))
            yield pattern, signal("tdmrep.json: 1", evidence) if reserved == "1" else None


def _as_file(target: str) -> str:
    """The path of a page as that of a file."""
    path = target.partition("?")[0]
    return target if "." in path.rpartition("/")[2] else f"{path.rstrip('/')}/index.html"
