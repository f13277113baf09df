"""The crawl: configured hosts → WARC files, with every decision on record."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.errors import ConfigurationError
from corpus.ledger import Amount
from corpus.stage import Stage, StageConfig, StageRun, option, run_folder
from corpus.task import Task
from crawl.download import open_client
from crawl.frontier import Link
from crawl.hosts import Hosts
from crawl.journal import Journal
from crawl.names import Names
from crawl.policy.identity import AGENT, user_agent
from crawl.session import Crawl
from crawl.spider import libraries_logged, run_crawl
from crawl.urls import clean_url, host_of


@dataclass
class CrawlConfig(StageConfig):
    """Where to crawl, who we are, and the limits."""

    contact: str = option("", "address at which a site's owner reaches you (mailto:… or https://…); required")
    source: str = option("crawl", "name of this crawl in the ledger")
    seeds: list[str] = option([], "URLs to start from")
    seed_files: list[str] = option([], "files with a URL to start from on each line; # begins a comment")
    hosts: list[str] = option(
        [], "hosts to stay on, such as moeys.gov.kh or *.khmer.test; empty = those of the seeds"
    )
    resolve: list[str] = option(
        [],
        "hosts that a server on this machine answers for, such as *.khmer.test=127.0.0.1:8080",
        volatile=True,
    )
    only_resolved: bool = option(default=False, text="contact no host but those in resolve")
    delay: float = option(2.0, "least seconds between two requests to a host", volatile=True)
    max_crawl_delay: float = option(60.0, "most seconds that a site's Crawl-delay is granted", volatile=True)
    concurrency: int = option(64, "hosts asked at the same time", volatile=True)
    deadline: float = option(60.0, "seconds for a request and its answer")
    retries: int = option(2, "further tries after 429, 5xx, timeouts and broken connections")
    retry_wait: float = option(10.0, "seconds before the first further try; doubled for each", volatile=True)
    max_depth: int = option(25, "links between a seed and a page")
    max_redirects: int = option(10, "redirects one after the other")
    max_links: int = option(2000, "links taken from a page")
    max_pages_per_host: int = option(1_000_000, "pages fetched from a host")
    max_body_bytes: int = option(16 << 20, "bytes of a body; what is longer is cut and marked")
    max_decoded_bytes: int = option(64 << 20, "bytes of a body with its content coding undone")
    warc_bytes: int = option(1 << 30, "size at which a new WARC file is begun", volatile=True)


LEAST = {
    "delay": 0,
    "max_crawl_delay": 0,
    "concurrency": 1,
    "deadline": 0.001,
    "retries": 0,
    "retry_wait": 0,
    "max_depth": 0,
    "max_redirects": 0,
    "max_links": 0,
    "max_pages_per_host": 1,
    "max_body_bytes": 1,
    "max_decoded_bytes": 1,
    "warc_bytes": 1,
}


def check(config: CrawlConfig) -> None:
    """Refuse to start anonymously, without seeds, or with impossible limits."""
    user_agent(config.contact)
    Names(config.resolve)
    run_folder(config).local()
    for name, least in LEAST.items():
        if getattr(config, name) < least:
            msg = f"{name}: got {getattr(config, name)}; expected {least} or more"
            raise ConfigurationError(msg)
    if not seed_urls(config):
        msg = "seeds: got none; expected at least one URL. Try: seeds=[https://moeys.gov.kh/]"
        raise ConfigurationError(msg)


def seed_urls(config: CrawlConfig) -> list[str]:
    """The URLs to start from, those of the configuration before those of files."""
    given = [*config.seeds, *(line for path in config.seed_files for line in _seed_lines(Path(path)))]
    cleaned = [clean_url("", seed) for seed in given]
    if bad := [seed for seed, url in zip(given, cleaned, strict=True) if not url]:
        msg = f"seeds: got {bad[0]!r}; expected an http or https URL"
        raise ConfigurationError(msg)
    return cleaned


def _seed_lines(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        msg = (
            f"seed_files: {path}: cannot be read ({error.strerror}); expected a file with a URL on each line"
        )
        raise ConfigurationError(msg) from error
    return [seed for line in lines if (seed := line.partition(" #")[0].strip()) and not seed.startswith("#")]


def run(stage: StageRun[CrawlConfig]) -> None:
    """One task, for a crawl has one frontier: resumed where it stood, whatever ended it."""
    [receipt] = stage.map("crawl", crawl_web, [stage.task("crawl")])
    stage.facts.update(receipt["facts"])


def crawl_web(task: Task[CrawlConfig]) -> dict[str, Any]:
    """Crawl until nothing is left that may be fetched, and take the WARC files into the receipt."""
    journal = Journal(task.folder.local(), task.config.warc_bytes, _about(task.config))
    try:
        with libraries_logged():
            asyncio.run(_crawl(task.config, journal))
        tallies = journal.frontier.tallies()
        facts = {
            "status": {name: n for kind, name, n, _ in tallies if kind == "status"},
            "unfollowed": {name: n for kind, name, n, _ in tallies if kind == "unfollowed"},
            "pending": journal.frontier.n_pending,
            "too_deep": journal.frontier.n_too_deep(task.config.max_depth),
        }
    finally:
        journal.close()
    for kind, name, n_documents, n_bytes in tallies:
        if kind in ("kept", "dropped"):
            amount = Amount(n_documents, bytes=n_bytes)
            task.ledger.add(task.config.source, "in", "", amount)
            task.ledger.add(task.config.source, kind, name, amount)  # type: ignore[arg-type]
    for path in journal.warc_paths():
        task.adopt(str(path.relative_to(task.folder.local())))
    return facts


async def _crawl(config: CrawlConfig, journal: Journal) -> None:
    seeds = seed_urls(config)
    scope = tuple(config.hosts or sorted({host_of(url) for url in seeds}))
    journal.link(Link(url) for url in seeds)
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
        )
        await run_crawl(crawl)


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
    gathers=True,
)
