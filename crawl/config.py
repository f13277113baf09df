"""What a crawl is told: where to go, who we are, and every limit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from corpus.errors import ConfigurationError
from corpus.stage import StageConfig, option, run_folder
from crawl.discovery.scope import Scope
from crawl.download.names import Names
from crawl.policy.identity import user_agent
from crawl.seeds.table import Seed, read_seeds
from crawl.urls import clean_url, host_of

ORDERS = ("yield", "breadth")
MOST_PARTITIONS = 100  # their files are numbered with two digits
TABLE = ".tsv"  # how the names of tables of seeds end


@dataclass
class CrawlConfig(StageConfig):
    """Where to crawl, who we are, and the limits."""

    contact: str = option("", "address at which a site's owner reaches you (mailto:… or https://…); required")
    source: str = option("crawl", "name of this crawl in the ledger")
    seeds: list[str] = option([], "URLs to start from")
    seed_files: list[str] = option(
        [],
        "tables of seeds (.tsv, such as crawl/seeds/khmer.tsv), or files with a URL on each line, # a comment",
    )
    hosts: list[str] = option(
        [],
        "hosts to stay on, such as moeys.gov.kh or *.khmer.test; empty = those of the seeds, with and without www",
    )
    scope: list[str] = option(
        [],
        "rules such as 'reject *.gov.kh/archive/*' or 'accept *.khmer.test'; the first that matches a URL decides, "
        "and hosts where none does",
    )
    resolve: list[str] = option(
        [],
        "hosts that a server on this machine answers for, such as *.khmer.test=127.0.0.1:8080",
        volatile=True,
    )
    only_resolved: bool = option(default=False, text="contact no host but those in resolve")
    partitions: int = option(1, "parts that the hosts are dealt to, each crawled by a process of its own")
    due: str = option(
        "", "pages whose next visit is due before this date, such as 2026-12-01, are visited again"
    )
    order: str = option(
        "yield", "which URL comes first: that of the best yield in Khmer text, or the oldest (breadth)"
    )
    delay: float = option(2.0, "least seconds between two requests to a host", volatile=True)
    max_crawl_delay: float = option(60.0, "most seconds that a site's Crawl-delay is granted", volatile=True)
    concurrency: int = option(64, "hosts asked at the same time, by each partition", volatile=True)
    deadline: float = option(60.0, "seconds for a request and its answer")
    retries: int = option(2, "further tries after 5xx, timeouts and broken connections")
    retry_wait: float = option(
        60.0, "seconds that a host is left alone after 429, 5xx, a timeout; doubled each time", volatile=True
    )
    patience: float = option(
        600.0, "longest pause of a host, in seconds, that the crawl waits out before it ends", volatile=True
    )
    max_depth: int = option(25, "links between a seed and a page")
    max_redirects: int = option(10, "redirects one after the other")
    max_links: int = option(2000, "links taken from a page")
    max_listed: int = option(50_000, "URLs taken from a sitemap or a feed")
    max_pages_per_host: int = option(1_000_000, "pages fetched from a host")
    trial_pages: int = option(
        50, "pages of a host after which its yield is looked at; doubled while it holds"
    )
    lane_pages: int = option(
        100,
        "pages of one shape of URL on a host, doubled while they bring Khmer text that is new, or lead to it",
    )
    min_yield: float = option(0.005, "bytes of new Khmer text per byte fetched, below which a host is parked")
    max_body_bytes: int = option(16 << 20, "bytes of a body; what is longer is cut and marked")
    max_pdf_bytes: int = option(64 << 20, "bytes of a PDF; what is longer is cut and marked")
    max_decoded_bytes: int = option(16 << 20, "bytes of a body with its content coding undone")
    max_listing_bytes: int = option(32 << 20, "likewise of a sitemap, a feed or an answer of an API")
    warc_bytes: int = option(1 << 30, "size at which a new WARC file is begun", volatile=True)


LEAST = {
    "partitions": 1,
    "delay": 0,
    "max_crawl_delay": 0,
    "concurrency": 1,
    "deadline": 0.001,
    "retries": 0,
    "retry_wait": 0,
    "patience": 0,
    "max_depth": 0,
    "max_redirects": 0,
    "max_links": 0,
    "max_listed": 0,
    "max_pages_per_host": 1,
    "trial_pages": 1,
    "lane_pages": 1,
    "min_yield": 0,
    "max_body_bytes": 1,
    "max_pdf_bytes": 1,
    "max_decoded_bytes": 1,
    "max_listing_bytes": 1,
    "warc_bytes": 1,
}


def check(config: CrawlConfig) -> None:
    """Refuse to start anonymously, without seeds, or with impossible limits."""
    user_agent(config.contact)
    Names(config.resolve)
    run_folder(config).local()
    for name, least in LEAST.items():
        if not least <= getattr(config, name) < math.inf:  # NaN neither
            msg = f"{name}: got {getattr(config, name)}; expected a number of {least} or more"
            raise ConfigurationError(msg)
    if config.partitions > MOST_PARTITIONS:
        msg = f"partitions: got {config.partitions}; expected {MOST_PARTITIONS} or fewer"
        raise ConfigurationError(msg)
    if config.order not in ORDERS:
        msg = f"order: got {config.order!r}; expected {' or '.join(ORDERS)}"
        raise ConfigurationError(msg)
    due_time(config)
    seeds = seed_urls(config)
    if not seeds:
        msg = "seeds: got none; expected at least one URL. Try: seeds=[https://moeys.gov.kh/]"
        raise ConfigurationError(msg)
    scope = scope_of(config)
    if not any(scope.refusal(seed) == "" for seed in seeds):
        msg = f"seeds: got {seeds[0]!r}, {scope.refusal(seeds[0])} by hosts and scope; expected a URL within them"
        raise ConfigurationError(msg)


def due_time(config: CrawlConfig) -> float:
    """The moment before which a page's next visit must be due, in seconds since 1970 (UTC); 0 for none."""
    if not config.due:
        return 0.0
    try:
        moment = datetime.fromisoformat(config.due)
    except ValueError as error:
        msg = f"due: got {config.due!r}; expected a date as in ISO 8601. Try: due=2026-12-01"
        raise ConfigurationError(msg) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def scope_of(config: CrawlConfig) -> Scope:
    """What is to be crawled: an owner's refusal in a table of seeds stands above every other rule."""
    tables = _tables(config)
    refused = [f"reject {seed.host}" for seed in tables if seed.permission == "refused"]
    below = [rule for seed in tables if seed.is_crawled for rule in seed.rules()]
    hosts = config.hosts or sorted({twin for url in seed_urls(config) for twin in _twins(host_of(url))})
    return Scope.of([*refused, *config.scope, *below], hosts)


def _twins(host: str) -> tuple[str, str]:
    """A host with and without www, which are one site to everybody but computers."""
    return host, host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"


def seed_urls(config: CrawlConfig) -> list[str]:
    """The URLs to start from, those of the configuration before those of files, those of tables last."""
    listed = [path for path in config.seed_files if not path.endswith(TABLE)]
    given = [*config.seeds, *(line for path in listed for line in _seed_lines(Path(path)))]
    given += [seed.url for seed in _tables(config) if seed.is_crawled]
    cleaned = [clean_url("", seed) for seed in given]
    if bad := [seed for seed, url in zip(given, cleaned, strict=True) if not url]:
        msg = f"seeds: got {bad[0]!r}; expected an http or https URL"
        raise ConfigurationError(msg)
    return cleaned


def _tables(config: CrawlConfig) -> list[Seed]:
    return [seed for path in config.seed_files if path.endswith(TABLE) for seed in read_seeds(path)]


def _seed_lines(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8"
        msg = f"seed_files: {path}: cannot be read ({why}); expected a file with a URL on each line"
        raise ConfigurationError(msg) from error
    return [seed for line in lines if (seed := line.partition(" #")[0].strip()) and not seed.startswith("#")]
