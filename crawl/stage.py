"""The crawl: configured hosts → WARC files, with every decision on record."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from typing import Any

import pyarrow.parquet as pq

from corpus.ledger import Amount
from corpus.manifest import Manifest
from corpus.stage import Stage, StageRun
from corpus.task import Task
from crawl.config import CrawlConfig, check, due_time, scope_of, seed_urls
from crawl.download.exchange import open_client
from crawl.download.names import Names
from crawl.frontier.batch import Link
from crawl.frontier.hosts import Hosts
from crawl.frontier.mail import Post, at_work, unread
from crawl.frontier.store import Frontier, faults_named
from crawl.health import DAYS, HOSTS, day_rows, host_rows, table
from crawl.journal import Journal, Part
from crawl.logs import libraries_logged
from crawl.policy.identity import AGENT, user_agent
from crawl.session import Crawl
from crawl.spider import run_crawl

GARBAGE_OBJECTS = 20_000  # new ones, after which Python looks for cycles
N_NAMED = 20  # paused hosts that the manifest names


def run(stage: StageRun[CrawlConfig]) -> None:
    """Rounds of crawling, until no partition has mail for another; then what came of them is taken together."""
    parts = [Part(number, stage.config.partitions) for number in range(stage.config.partitions)]
    tasks = [stage.task(f"part-{part.name}", arguments={"number": part.number}) for part in parts]
    stage.folder.delete(
        "receipts"
    )  # the frontiers know what is left, whatever a run that was killed had done
    n_rounds = 0
    while n_rounds == 0 or _has_mail(stage, parts):
        n_rounds += 1
        stage.map(f"round-{n_rounds:03d}", crawl_part, tasks)
    gathered = stage.map("gather", gather_part, tasks)
    stage.map("health", write_health, [stage.task("health")])
    stage.facts.update(_merged([receipt["facts"] for receipt in gathered]))


def _has_mail(stage: StageRun[CrawlConfig], parts: Sequence[Part]) -> bool:
    folder = stage.folder.local()
    return any(unread(folder, to, of) for to in parts for of in parts if to != of)


def _part(task: Task[CrawlConfig]) -> Part:
    return Part(task.arguments["number"], task.config.partitions)


def _journal(task: Task[CrawlConfig]) -> Journal:
    config = task.config
    return Journal(task.folder.local(), _part(task), config.warc_bytes, _about(config), config.max_depth)


def crawl_part(task: Task[CrawlConfig]) -> None:
    """Crawl a partition until nothing is left that may be fetched now: resumed where it stood, whatever ended it."""
    gc.freeze()  # what is imported stays; to look at it again and again took 8 % of a crawl's time
    gc.set_threshold(GARBAGE_OBJECTS, 20, 50)
    folder, part = task.folder.local(), _part(task)
    with ExitStack() as stack:
        stack.enter_context(at_work(folder, part))
        stack.enter_context(faults_named(folder / part.frontier))
        stack.enter_context(libraries_logged())
        journal = stack.enter_context(closing(_journal(task)))
        journal.frontier.reopen(due_time(task.config))
        asyncio.run(_crawl(task, journal))


async def _crawl(task: Task[CrawlConfig], journal: Journal) -> None:
    config = task.config
    post = Post(task.folder.local(), journal)
    scope = scope_of(config)
    journal.link(Link(url) for url in seed_urls(config) if not scope.refusal(url))
    journal.commit()
    async with open_client(user_agent(config.contact)) as client:
        crawl = Crawl(
            config=config,
            client=client,
            names=Names(config.resolve),
            scope=scope,
            journal=journal,
            hosts=Hosts(config, journal),
            failed=asyncio.get_running_loop().create_future(),
            post=post,
        )
        await run_crawl(crawl)


def gather_part(task: Task[CrawlConfig]) -> dict[str, Any]:
    """Take a partition's WARC files into the receipt, and what it counted into the ledger."""
    path = task.folder.local() / _part(task).frontier
    with faults_named(path), closing(_journal(task)) as journal:
        tallies = journal.frontier.tallies()
        rows = list(host_rows(journal.frontier))
        too_deep = journal.frontier.n_too_deep()
        paths = journal.warc_paths()
    for kind, name, n_documents, n_bytes in tallies:
        if kind in ("kept", "dropped"):
            amount = Amount(n_documents, bytes=n_bytes)
            task.ledger.add(task.config.source, "in", "", amount)
            task.ledger.add(task.config.source, kind, name, amount)  # type: ignore[arg-type]
    for path in paths:
        task.adopt(str(path.relative_to(task.folder.local())))
    counts = {(kind, name): n for kind, name, n, _ in tallies}
    sizes = {(kind, name): n for kind, name, _, n in tallies}
    return {
        "status": _named(counts, "status"),
        "kinds": _named(counts, "kind"),
        "unfollowed": _named(counts, "unfollowed"),
        "revisits": _named(counts, "revisit"),
        "covered": counts.get(("covered", ""), 0),
        "khmer_bytes": sizes.get(("khmer", "all"), 0),
        "new_khmer_bytes": sizes.get(("khmer", "new"), 0),
        "body_bytes": sum(row["body_bytes"] for row in rows),
        "pending": sum(row["pending"] for row in rows),
        "parked": sum(row["parked"] for row in rows),
        "parked_hosts": sum(row["is_parked"] for row in rows),
        "too_deep": too_deep,
        "hosts": len(rows),
        "paused": _paused(rows),
    }


def _named(counts: Mapping[tuple[str, str], int], kind: str) -> dict[str, int]:
    return {name: n for (of, name), n in counts.items() if of == kind}


def _paused(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The hosts that wanted to be left alone and have URLs waiting: why, until when (it may be past), how many."""
    return {
        row["host"]: {"why": row["paused_for"], "until": row["paused_until"], "pending": row["pending"]}
        for row in rows
        if row["pending"] > row["parked"] and row["paused_until"]
    }


def _merged(facts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The facts of all partitions as those of one crawl."""
    merged: dict[str, Any] = {}
    for name in facts[0]:
        values = [fact[name] for fact in facts]
        if name == "paused":
            merged["paused_hosts"] = sum(map(len, values))
            named = [item for value in values for item in value.items()]
            soonest = sorted(named, key=lambda item: (item[1]["until"], item[0]))
            merged[name] = dict(soonest[:N_NAMED])
        elif isinstance(values[0], dict):
            merged[name] = dict(sorted(sum(map(Counter, values), Counter()).items()))
        else:
            merged[name] = sum(values)
    return merged


def write_health(task: Task[CrawlConfig]) -> None:
    """Write a row for each host and for each day."""
    of = task.config.partitions
    paths = [task.folder.local() / Part(number, of).frontier for number in range(of)]
    with ExitStack() as stack:
        stack.enter_context(faults_named(task.folder.local()))
        frontiers = [stack.enter_context(closing(Frontier(path, task.config.max_depth))) for path in paths]
        hosts = sorted(
            (row for frontier in frontiers for row in host_rows(frontier)), key=lambda row: str(row["host"])
        )
        for name, rows, schema in (("hosts", hosts, HOSTS), ("days", day_rows(frontiers), DAYS)):
            with task.create(f"health/{name}.parquet") as out:
                pq.write_table(table(rows, schema), out)


def told(manifest: Manifest) -> str:
    """What the crawl has brought, and what it left for another time."""
    facts = manifest.facts
    brought = (
        f"{facts['hosts']:,} hosts, {sum(facts['status'].values()):,} answers, "
        f"{facts['body_bytes'] / 1e6:,.1f} MB, Khmer {facts['khmer_bytes'] / 1e6:,.1f} MB "
        f"({facts['new_khmer_bytes'] / 1e6:,.1f} MB each text once)"
    )
    lines = [brought]
    if facts["pending"]:
        lines.append(
            f"{facts['pending']:,} URLs wait: {facts['parked']:,} of them are parked for want of Khmer text,"
            f" {facts['paused_hosts']:,} hosts want to be left alone for some time"
        )
    for host, paused in facts["paused"].items():
        lines.append(f"  {host}: {paused['why']}, until {paused['until']}, {paused['pending']:,} URLs")
    return "\n".join(lines)


def goes_on(manifest: Manifest) -> bool:
    """Whether a host that wanted to be left alone may be asked again by now."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return any(paused["until"] <= now for paused in manifest.facts["paused"].values())


def _about(config: CrawlConfig) -> dict[str, str]:
    """The fields of the WARC files' warcinfo records."""
    return {
        "software": user_agent(config.contact).partition(" ")[0],
        "format": "WARC File Format 1.1",
        "http-header-user-agent": user_agent(config.contact),
        "operator": config.contact,
        "robots": f"RFC 9309, as {AGENT}; reservations of text and data mining are obeyed",
    }


STAGE = Stage(
    name="crawl",
    config=CrawlConfig,
    run=run,
    sources=lambda config: config.seed_files,
    check=check,
    told=told,
    gathers=True,
    goes_on=goes_on,
)
