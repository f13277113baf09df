"""A hostile host beside a healthy one, a crawl for each case of `bench.hostilecases`: bounded, explained, gone on.

A case passes when the crawl ends well within the case's time and 250 MB, every page of the healthy host is stored, and
the WARC, the ledger or the server's log say of the hostile one what they must.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from warcio.archiveiterator import ArchiveIterator

from bench.crawls import Watched, crawl_command, watch
from bench.hostilecases import CASES, Case
from bench.hostileweb import LOOPBACK, N_HEALTHY, Served, serve
from bench.rows import Row, measured

MOST_BYTES: Final = 250_000_000
DEADLINE: Final = 3  # seconds for a request and its answer
WORDS: Final = (
    "delay=0.02",
    f"deadline={DEADLINE}",
    "retries=1",
    "retry_wait=0.1",
    "max_depth=100",
    "patience=1",
)


class Outcome(NamedTuple):
    """What a case took, and in what it failed; empty where in nothing."""

    watched: Watched
    faults: list[str]


def rows() -> Iterator[Row]:
    """Peak memory in each case; the share of cases that pass, the largest peak, the number of cases."""
    outcomes = {name: run(name, case) for name, case in CASES.items()}
    for name, (watched, faults) in outcomes.items():
        if faults:
            print(f"crawl.hostile_{name}: {'; '.join(faults)}", file=sys.stderr)
        told = f"MB, {watched.wall_seconds:.1f} s, {'; '.join(CASES[name].expected)}"
        yield measured(f"crawl.hostile_{name}", watched.peak_bytes / 1e6, told)
    yield measured("crawl.hostile_cases", len(outcomes), "cases")
    n_passed = sum(not outcome.faults for outcome in outcomes.values())
    yield measured("crawl.hostile", n_passed / len(outcomes), "of the cases bounded, explained, gone on")
    peak = max(outcome.watched.peak_bytes for outcome in outcomes.values())
    yield measured("crawl.hostile_memory", peak / 1e6, "MB, the largest peak")


def run(name: str, case: Case) -> Outcome:
    """Crawl the case's host and the healthy one."""
    with tempfile.TemporaryDirectory(prefix="bench-hostile-") as folder, serve(name, Path(folder)) as served:
        watched = watch(_command(Path(folder), case, served), lambda seconds: seconds > 2 * case.seconds)
        stage = Path(folder) / "hostile" / "crawl"
        faults = [f"exit {watched.code}: {watched.said[-300:]}"] if watched.code else []
        faults += [] if watched.wall_seconds <= case.seconds else [f"{watched.wall_seconds:.1f} s"]
        faults += [] if watched.peak_bytes <= MOST_BYTES else [f"{watched.peak_bytes / 1e6:.0f} MB"]
        if not watched.code:
            faults += _unfound(case, stage, served)
    return Outcome(watched, faults)


def _command(folder: Path, case: Case, served: Served) -> list[str]:
    plain = f"{LOOPBACK}:{served.port}"
    secured = f"secure.test=tls://{LOOPBACK}:{served.tls_port}"
    resolve = f"resolve=['{secured}','plain.test=tls://{plain}','*.test={plain}']"
    seeds = f"seeds=['{case.seed}','http://good.test/0']"
    return crawl_command(folder, "hostile", seeds, "hosts=['*.test']", resolve, *WORDS, *case.words)


def _unfound(case: Case, stage: Path, served: Served) -> list[str]:
    """What should have been found and was not, of the healthy host too."""
    found = _found(stage, served)
    healthy = {f"stored=http://good.test/{page}" for page in range(N_HEALTHY)}
    missing = [] if healthy <= found else [f"healthy host: {len(healthy - found)} pages not stored"]
    for expected in case.expected:
        if expected.startswith("unasked="):
            missing += [expected] if expected[2:] in found else []
        else:
            missing += [] if expected in found else [f"not found: {expected}"]
    told = sorted(fact for fact in found if not fact.startswith(("stored=", "asked=")))[:12]
    return [*missing, f"found: {', '.join(told)}"] if missing else []


def _found(stage: Path, served: Served) -> set[str]:
    """Facts about the hostile host, in the form of the cases' expectations, and the healthy host's stored pages."""
    facts = {f"asked={line.partition(' ')[2]}" for line in served.log.read_text().splitlines()}
    for path in sorted((stage / "warc").glob("*.warc.gz")):
        with path.open("rb") as file:
            for record in ArchiveIterator(file, check_digests="raise"):
                facts |= _of_record(record)
    told = json.loads((stage / "manifest.json").read_text())["facts"]
    facts |= {f"unfollowed={name}" for name in told.get("unfollowed", {})}
    return facts | ({"paused"} if told.get("paused") else set())


def _of_record(record: Any) -> set[str]:
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    content = record.content_stream().read()
    is_policy = url.endswith((".txt", ".json"))
    if record.rec_type == "metadata":
        reason = json.loads(content).get("reason")
        return {f"reason={reason}"} if reason else set()
    if record.rec_type != "response":
        return set()
    if url.startswith("http://good.test/"):
        return {f"stored={url}"}
    cut = record.rec_headers.get_header("WARC-Truncated")
    facts = {f"truncated={cut}"} if cut else set()
    return facts if is_policy else facts | {f"status={record.http_headers.get_statuscode()}"}
