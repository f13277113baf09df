"""Reservations of rights that a site states about its text, in every form in which today's web states them.

Sources: Google's robots meta tag and X-Robots-Tag; DeviantArt's `noai`; TDMRep (W3C Community Group report of
10 May 2024); contentsignals.org; IETF AIPREF `Content-Usage`; Spawning's ai.txt; robots.txt groups addressed
to crawlers that gather text for language models (agents from github.com/ai-robots-txt/ai.robots.txt).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple, TypeVar
from urllib.parse import urlsplit

from protego import Protego

from crawl.policy.identity import AGENT

Forbidden = Literal["training", "following", "indexing", "images"]
T = TypeVar("T")

EVIDENCE_CHARS = 200
HEAD_BYTES = 1 << 16  # metas stand in the head; a page's first 64 KiB hold it

DIRECTIVES: dict[str, Forbidden] = {
    "noai": "training",
    "noimageai": "images",
    "nofollow": "following",
    "noindex": "indexing",
}
VALUED_DIRECTIVES = {"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview"}
AI_AGENTS = (
    "AI2Bot",
    "Amazonbot",
    "anthropic-ai",
    "Applebot-Extended",
    "Bytespider",
    "CCBot",
    "ClaudeBot",
    "cohere-training-data-crawler",
    "Diffbot",
    "FacebookBot",
    "Google-Extended",
    "GPTBot",
    "img2dataset",
    "Meta-ExternalAgent",
    "omgili",
    "PanguBot",
    "Timpibot",
    "webzio-extended",
)


class Signal(NamedTuple):
    """A reservation found: its canonical name, the text that states it, and what it forbids."""

    name: str
    evidence: str
    forbids: Forbidden


@dataclass(frozen=True)
class SiteFiles:
    """The texts of a site's policy files; empty where there is none."""

    robots: str = ""
    tdmrep: str = ""
    ai_txt: str = ""


def page_signals(headers: Iterable[tuple[str, str]], html: bytes, of_site: list[Signal]) -> list[Signal]:
    """The reservations of a page's header and head, joined with those of its site.

    `html` is its body, decompressed, or empty. A TDM reservation of the page's own takes the place of tdmrep.json.
    """
    of_headers, of_metas = list(headers), list(_metas(html))
    stated = [value.strip() for name, value in [*of_headers, *of_metas] if name.lower() == "tdm-reservation"]
    kept = [signal for signal in of_site if not (stated and signal.name == "tdmrep.json: 1")]
    found = [*_header_signals(of_headers), *_meta_signals(of_metas), *kept]
    return list({signal.name: signal for signal in found}.values())


def forbidden(signals: Iterable[Signal], what: Forbidden) -> bool:
    """Whether any of the signals forbids it."""
    return any(signal.forbids == what for signal in signals)


def _signal(name: str, evidence: str, forbids: Forbidden = "training") -> Signal:
    return Signal(name, " ".join(evidence.split())[:EVIDENCE_CHARS], forbids)


def _header_signals(headers: Iterable[tuple[str, str]]) -> Iterator[Signal]:
    for name, value in headers:
        evidence = f"{name}: {value}"
        match name.lower():
            case "x-robots-tag":
                yield from _directives("x-robots-tag", _addressed_to_us(value), evidence)
            case "tdm-reservation" if value.strip() == "1":
                yield _signal("tdm-reservation: 1", evidence)
            case "content-signal" | "content-usage" if usage := _refused_usage(value):
                yield _signal(f"{name.lower()}: {usage}", evidence)


def _addressed_to_us(value: str) -> str:
    """The directives of an X-Robots-Tag that name no crawler or ours."""
    agent, colon, directives = value.partition(":")
    if not colon or "," in agent or agent.strip().lower() in VALUED_DIRECTIVES:
        return value
    return directives if agent.strip().lower() == AGENT.lower() else ""


def _directives(where: str, value: str, evidence: str) -> Iterator[Signal]:
    words = {word.strip() for word in value.lower().split(",")}
    if "none" in words:
        words |= {"noindex", "nofollow"}
    for directive, forbids in DIRECTIVES.items():
        if directive in words:
            yield _signal(f"{where}: {directive}", evidence, forbids)


# Linear in the length of any page: what is never closed runs to the end, and no name is tried from its middle.
_META = re.compile(rb"<meta\b[^>]*+(?:>|\Z)", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""(?<![\w:-])([\w:-]++)\s*+=\s*+("[^"]*"|'[^']*'|[^\s"'>]+)""")
_COMMENT = re.compile(rb"<!--(?:-?>|.*?(?:--!?>|\Z))", re.DOTALL)


def _metas(html: bytes) -> Iterator[tuple[str, str]]:
    """Name and content of each meta element in the head."""
    for tag in _META.findall(_COMMENT.sub(b"", html[:HEAD_BYTES])):
        pairs = _ATTRIBUTE.findall(tag.decode("utf-8", "replace"))
        attributes = {key.lower(): value.strip("\"'") for key, value in pairs}
        name = attributes.get("name") or attributes.get("http-equiv")
        if name and "content" in attributes:
            yield name.strip(), attributes["content"]


def _meta_signals(metas: Iterable[tuple[str, str]]) -> Iterator[Signal]:
    for name, content in metas:
        evidence = f'<meta name="{name}" content="{content}">'
        match name.lower():
            case "robots":
                yield from _directives("meta robots", content, evidence)
            case "tdm-reservation" if content.strip() == "1":
                yield _signal("meta tdm-reservation: 1", evidence)
            case other if other in (AGENT.lower(), "x-robots-tag"):
                yield from _directives("meta robots", content, evidence)


def _refused_usage(value: str) -> str:
    """The refusal to train that a Content-Signal or a Content-Usage states, else an empty string."""
    usages = {part.replace(" ", "").lower() for part in value.split(",")}
    return next((usage for usage in ("ai-train=no", "train-ai=n") if usage in usages), "")


def site_signals(url: str, files: SiteFiles) -> list[Signal]:
    """The reservations that a site's policy files state for `url`; they are known before the page is fetched."""
    return _reservations(files).signals(url)


@dataclass
class _Reservations:
    """The policy files of a site, parsed."""

    usages: list[tuple[str, Signal | None]] = field(default_factory=list)  # by path pattern
    tdm: list[tuple[str, Signal | None]] = field(default_factory=list)
    robots: Protego | None = None
    agents: list[str] = field(default_factory=list)  # those of AI_AGENTS that robots.txt names
    ai_txt: Protego | None = None

    def signals(self, url: str) -> list[Signal]:
        """Those that apply to `url`."""
        parts = urlsplit(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        found = [_longest(self.usages, path), _longest(self.tdm, path)]
        for agent in self.agents:
            if self.robots and not self.robots.can_fetch(url, agent):
                found.append(_signal(f"robots.txt: {agent}", f"robots.txt disallows {path} to {agent}"))
                break
        if self.ai_txt and not all(self.ai_txt.can_fetch(u, AGENT) for u in (url, _as_file(url))):
            found.append(_signal("ai.txt: disallow", f"ai.txt disallows {path}"))
        return [signal for signal in found if signal]


@lru_cache(maxsize=1024)
def _reservations(files: SiteFiles) -> _Reservations:
    parsed = _Reservations(usages=list(_usages(files.robots)), tdm=list(_tdm(files.tdmrep)))
    named = {agent for agents, _, _ in _robots_lines(files.robots) for agent in agents}
    parsed.agents = [agent for agent in AI_AGENTS if agent.lower() in named]
    if parsed.agents:
        parsed.robots = Protego.parse(files.robots)
    if files.ai_txt:
        parsed.ai_txt = Protego.parse(files.ai_txt)
    return parsed


def _robots_lines(text: str) -> Iterator[tuple[frozenset[str], str, str]]:
    """Each rule of a robots.txt with the agents of its group, in lower case; none for rules before any group."""
    agents: frozenset[str] = frozenset()
    in_group = False
    for line in text.splitlines():
        name, colon, value = line.partition("#")[0].partition(":")
        name, value = name.strip().lower(), value.strip()
        if not colon:
            continue
        if name == "user-agent":
            agents = frozenset([value.lower()]) if in_group or not agents else agents | {value.lower()}
            in_group = False
            continue
        in_group = in_group or name != "sitemap"
        yield agents, name, value


def _usages(robots: str) -> Iterator[tuple[str, Signal | None]]:
    """Content-Signal and Content-Usage of the group that binds us: ours, else that of all crawlers."""
    lines = [line for line in _robots_lines(robots) if line[1] in ("content-signal", "content-usage")]
    ours = AGENT.lower()
    names_us = any(ours in agents for agents, _, _ in _robots_lines(robots))
    for agents, name, value in lines:
        if agents and (ours if names_us else "*") not in agents:
            continue
        path, _, rest = value.partition(" ") if value.startswith("/") else ("/", "", value)
        usage = _refused_usage(rest)
        if usage or "train" in rest.lower():
            yield path, _signal(f"{name}: {usage}", f"robots.txt: {name}: {value}") if usage else None


def _tdm(text: str) -> Iterator[tuple[str, Signal | None]]:
    """The rules of a tdmrep.json; one that is not valid states none."""
    try:
        rules = json.loads(text) if text.strip() else []
    except (ValueError, RecursionError):
        return
    for rule in rules if isinstance(rules, list) else []:
        if not isinstance(rule, dict) or not isinstance(rule.get("location"), str):
            continue
        reserved = str(rule.get("tdm-reservation")).strip() == "1"
        yield rule["location"], _signal("tdmrep.json: 1", json.dumps(rule)) if reserved else None


def _longest(rules: list[tuple[str, T | None]], path: str) -> T | None:
    """What the rule with the longest matching pattern says; of equal ones, the reservation."""
    matching = [(len(pattern), said is not None, said) for pattern, said in rules if _matches(pattern, path)]
    return max(matching, key=lambda rule: rule[:2])[2] if matching else None


def _matches(pattern: str, path: str) -> bool:
    """RFC 9309 patterns: a prefix, with `*` for any characters and a final `$` for the end.

    Without regular expressions, which a site's `/*a*a*a*a*b` would keep busy for years.
    """
    first, *rest = pattern.removesuffix("$").split("*")
    if pattern.endswith("$") and not rest:
        return path == first
    last = rest.pop() if pattern.endswith("$") else ""
    at, end = len(first), len(path) - len(last)
    if not path.startswith(first) or not path.endswith(last) or end < at:
        return False
    for part in rest:
        found = path.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _as_file(url: str) -> str:
    """The URL as that of a file: ai.txt reserves kinds of text by their endings, and a page is a .html."""
    parts = urlsplit(url)
    if "." in parts.path.rpartition("/")[2]:
        return url
    return parts._replace(path=f"{parts.path.rstrip('/')}/index.html", query="").geturl()
