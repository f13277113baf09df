"""The conformance suite (`crawl/policy/conformance`) as checks that can be run on this crawler and on its peers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from crawl.policy.identity import AGENT
from crawl.policy.optout import forbidden, page_signals
from crawl.policy.politeness import least_delay, pause_seconds
from crawl.policy.robots import Robots
from crawl.policy.site import Site

SUITE: Final = Path(__file__).parents[1] / "crawl" / "policy" / "conformance"
STAND_IN: Final = re.compile("examplebot", re.I)
HOME: Final = "http://a.test"
SLACK_SECONDS: Final = 3.0  # a date is written in whole seconds, and time passes


class Access(NamedTuple):
    """A question that any reader of robots.txt can answer."""

    robots: bytes
    url: str
    is_allowed: bool


@dataclass(frozen=True)
class Check:
    """One expectation of a row; `access` where it is about robots.txt's rules alone."""

    name: str
    holds: Callable[[], bool]
    is_beyond: bool
    access: Access | None = None


def checks() -> Iterator[Check]:
    """Every expectation of the suite, file by file, in order."""
    for file, expected in (
        ("robots", _robots),
        ("answers", _answers),
        ("reservations", _reservations),
        ("pauses", _pauses),
    ):
        for number, row in enumerate(rows_of(file), 1):
            name = f"{file} {number}, {row['cites']}: {row['says']}"
            for what, holds, access in expected(row):
                yield Check(f"{name} ({what})", holds, "beyond" in row, access)


def rows_of(file: str) -> list[dict[str, Any]]:
    """The rows of one of the suite's files."""
    rows: list[dict[str, Any]] = yaml.safe_load((SUITE / f"{file}.yaml").read_text(encoding="utf-8"))
    return rows


def _body(row: dict[str, Any], name: str) -> bytes:
    """A row's text as a site would send it, with our product token in the place of the stand-in."""
    text = STAND_IN.sub(AGENT, str(row.get(name, "")))
    if name == "robots" and "repeat" in row:
        text = row.get("lead", "") + row["repeat"]["line"] * row["repeat"]["times"] + text
    return text.encode(row.get("encoding", "utf-8"))


def _url(path: str) -> str:
    return path if path.startswith("http") else HOME + path


Expectation = tuple[str, Callable[[], bool], Access | None]


def _robots(row: dict[str, Any]) -> Iterator[Expectation]:
    body = _body(row, "robots")
    robots = Robots.of_response(200, body)
    for url, is_allowed in _paths(row):
        verdict = "allowed" if is_allowed else "disallowed"
        yield url, partial(_is, partial(robots.verdict, url), verdict), Access(body, url, is_allowed)
    for what in ("crawl_delay", "sitemaps"):
        if what in row:
            yield what, partial(_is, partial(getattr, robots, what), row[what]), None


def _is(found: Callable[[], object], expected: object) -> bool:
    return found() == expected


def _paths(row: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    for path in row.get("allowed", []):
        yield _url(path), True
    for path in row.get("disallowed", []):
        yield _url(path), False


def _answers(row: dict[str, Any]) -> Iterator[Expectation]:
    site = Site(HOME)
    if earlier := row.get("earlier"):
        site.learn("robots", earlier["status"], _body(earlier, "robots"))
        site.read_at -= 3600.0 * earlier["hours"]
        site.fetched_at -= 3600.0 * earlier["hours"]
        site = site.renewed()
    site.learn("robots", row["status"], _body(row, "robots"))
    for url, is_allowed in _paths(row):
        yield url, partial(_is, partial(_is_open, site, url), is_allowed), None


def _is_open(site: Site, url: str) -> bool:
    return not site.verdict(url).refusal


def _reservations(row: dict[str, Any]) -> Iterator[Expectation]:
    site = Site(HOME)
    site.learn("robots", 200, _body(row, "robots"))
    site.learn("tdmrep", 200, _body(row, "tdmrep"))
    site.learn("ai_txt", 200, _body(row, "ai_txt"))
    headers = [STAND_IN.sub(AGENT, line).split(": ", 1) for line in row.get("headers", [])]
    body = _body(row, "pdf" if "pdf" in row else "html")
    verdict = site.verdict(_url(row.get("at", "/page")))
    signals = page_signals([(name, value) for name, value in headers], body, verdict.signals)
    for what in ("training", "following"):
        if what in row:
            yield what, partial(_is, partial(forbidden, signals, what), row[what] == "refused"), None


def _pauses(row: dict[str, Any]) -> Iterator[Expectation]:
    if delays := row.get("delays"):
        delay = partial(least_delay, delays["own"], delays["crawl_delay"], delays["most"], delays["latency"])
        yield "delay", partial(_is, delay, row["seconds"]), None
        return
    retry_after = re.sub(r"\{in (\d+) seconds\}", _date, str(row.get("retry_after", "")))
    slack = SLACK_SECONDS if retry_after != row.get("retry_after", "") else 0.0
    paused = pause_seconds(row["status"], retry_after, row.get("before", 0), float(row.get("first", 1)))
    yield "pause", lambda: abs(paused - row["seconds"]) <= slack, None


def _date(found: re.Match[str]) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=int(found[1])), usegmt=True)
