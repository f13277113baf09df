"""The conformance suite, beside other readers of robots.txt; and manners, measured at a server by when it is asked."""

from __future__ import annotations

import itertools
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final
from urllib.robotparser import RobotFileParser

from protego import Protego
from scrapy.robotstxt import ProtegoRobotParser, PythonRobotParser

from bench.conformance import Access, checks
from bench.crawls import crawl_command, watch
from bench.manners import (
    ASKED_DELAY,
    DELAY,
    LATENCY,
    LATER_SECONDS,
    MOST_DELAY,
    N_PAGES,
    RETRY_AFTER,
    Asked,
    Web,
    build_web,
    serving,
)
from bench.rows import Row, against, measured
from crawl.policy.identity import AGENT
from crawl.policy.politeness import LATENCIES
from crawl.policy.robots import Robots

EARLY_SECONDS: Final = 0.01  # how much sooner a pause may seem to end: clocks are read on both sides
Reader = Callable[[bytes, str], bool]


def rows() -> Iterator[Row]:
    """The share of all checks passed, then that of each reader of robots.txt on the rules that bind everybody."""
    outcomes = {check.name: check.holds() for check in checks()}
    outcomes |= {f"at the server: {name}": holds for name, holds in _measured_manners()}
    for name in (name for name, holds in outcomes.items() if not holds):
        print(f"not kept: {name}", file=sys.stderr)
    yield measured(
        "crawl.conformance", sum(outcomes.values()) / len(outcomes), f"share of {len(outcomes)} checks"
    )
    asked = [check.access for check in checks() if check.access and not check.is_beyond]
    ours = _share(asked, lambda robots, url: Robots.of_response(200, robots).verdict(url) == "allowed")
    for name, reader in READERS.items():
        row = f"crawl.conformance_robots.vs_{name}"
        yield against(row, [(ours, _share(asked, reader))], f"share of {len(asked)} verdicts", name)


def _share(asked: list[Access], reader: Reader) -> float:
    return sum(reader(access.robots, access.url) is access.is_allowed for access in asked) / len(asked)


def _urllib(robots: bytes, url: str) -> bool:
    parser = RobotFileParser()
    parser.parse(robots.decode("utf-8-sig", "replace").splitlines())
    return parser.can_fetch(AGENT, url)


def _protego(robots: bytes, url: str) -> bool:
    return bool(Protego.parse(robots.decode("utf-8-sig", "replace")).can_fetch(url, AGENT))


def _scrapy(backend: type[ProtegoRobotParser | PythonRobotParser]) -> Reader:
    logging.getLogger("scrapy.robotstxt").setLevel(
        logging.CRITICAL
    )  # it tells of each file that it cannot read
    return lambda robots, url: bool(backend(robots, None).allowed(url, AGENT))


READERS: Final[dict[str, Reader]] = {
    "protego": _protego,
    "scrapy_protego": _scrapy(ProtegoRobotParser),
    "scrapy_python": _scrapy(PythonRobotParser),
    "urllib": _urllib,
}


def _measured_manners() -> Iterator[tuple[str, bool]]:
    """What the server's log says of a crawl, and of its continuation by the same command with more seeds."""
    web = build_web()
    seeds = [f"http://{host}/" for host in web.pages]
    with tempfile.TemporaryDirectory() as folder, serving(web) as port:
        words = [f"resolve=['*.test=127.0.0.1:{port}']", f"delay={DELAY}", f"max_crawl_delay={MOST_DELAY}"]
        words += ["retry_wait=0.5", "patience=5", "order=breadth"]
        command = crawl_command(Path(folder), "manners", *words, f"seeds={seeds}")
        _run(command)
        yield from itertools.chain(
            _kept_delays(web), _kept_pauses(web), _kept_rules(web), _one_at_a_time(web)
        )
        n_robots = Counter(asked.host for asked in web.log if asked.target == "/robots.txt")
        more = [*seeds, "http://plain.test/later"]
        _run(crawl_command(Path(folder), "manners", *words, f"seeds={more}"))
        yield "a later run goes on", any(asked.target == "/later" for asked in web.log)
        again = Counter(asked.host for asked in web.log if asked.target == "/robots.txt") - n_robots
        yield "robots.txt is not asked for again within a day", again.keys() <= {"unreachable.test"}
        yield "a pause outlives the process", [asked.target for asked in web.of("tired.test")][-1] == "/p2"


def _run(command: list[str]) -> None:
    ended = watch(command)
    if ended.code:
        raise RuntimeError(ended.said[-2000:])


Manner = tuple[str, bool]
ALL_PAGES: Final = frozenset(["/", *(f"/p{number}" for number in range(N_PAGES))])


def _kept_delays(web: Web) -> Iterator[Manner]:
    """Pauses between the end of an answer and the next request."""
    yield "its own delay", all(_least_pause(web.of(host)) >= DELAY for host in web.pages)
    yield "a site's Crawl-delay", _least_pause(web.pages_of("asking.test")) >= ASKED_DELAY
    greedy = web.pages_of("greedy.test")
    yield "the most that is granted of a Crawl-delay", _least_pause(greedy) >= MOST_DELAY
    yield "no less than is granted", len(greedy) == len(ALL_PAGES)
    slow = [asked for asked in web.pages_of("slow.test") if asked.status == 200]
    yield "five times the latency of a host that is slow", _least_pause(slow) >= LATENCIES * LATENCY


def _kept_pauses(web: Web) -> Iterator[Manner]:
    """Silence of the whole host after an answer that asks for it, and what was refused then fetched later."""
    for host, least in (("busy.test", RETRY_AFTER), ("down.test", LATER_SECONDS - 1)):
        asked = web.of(host)
        at = next(number for number, one in enumerate(asked) if one.status in (429, 503))
        yield f"Retry-After, for all of {host}", _least_pause(asked[at : at + 2]) >= least
        yield (
            f"the rest of {host}",
            {one.target for one in web.pages_of(host) if one.status == 200} == ALL_PAGES,
        )


def _kept_rules(web: Web) -> Iterator[Manner]:
    """Pages that were asked for, and those that were not."""
    for host in web.pages:
        first, *others = (asked.target for asked in web.of(host))
        yield f"robots.txt of {host} first", first == "/robots.txt"
        yield f"robots.txt of {host} once", host == "unreachable.test" or "/robots.txt" not in others
    for host, asked_for in PAGES_ASKED.items():
        yield (
            f"what may be asked for at {host}",
            Counter(one.target for one in web.pages_of(host)) == Counter(asked_for),
        )


PAGES_ASKED: Final = {
    "plain.test": ALL_PAGES,
    "unreachable.test": frozenset[str](),
    "closed.test": frozenset(["/", "/p1"]),
    "ours.test": ALL_PAGES - {"/p3"},
    "reserved.test": frozenset(["/"]),
    "trainers.test": ALL_PAGES - {"/p4"},
    "moved.test": frozenset(["/", *(f"/r{number}" for number in range(3, 8))]),
    "lost.test": ALL_PAGES | {f"/r{number}" for number in range(5)},
    "nofollow.test": frozenset(["/"]),
}


def _one_at_a_time(web: Web) -> Iterator[Manner]:
    yield "one connection a host", max(web.most_open.values()) == 1
    spans = [web.of(host) for host in web.pages]
    yield "one request a host", all(_least_pause(span) >= 0 for span in spans)
    lasted = max(asked.until for asked in web.log) - min(asked.at for asked in web.log)
    one_by_one = sum(span[-1].until - span[0].at for span in spans)
    yield "many hosts at the same time", lasted < one_by_one / 3


def _least_pause(asked: list[Asked]) -> float:
    """The shortest time between the end of an answer and the next request, as the server sees it."""
    pauses = (later.at - earlier.until for earlier, later in itertools.pairwise(asked))
    return min(pauses, default=float("inf")) + EARLY_SECONDS
