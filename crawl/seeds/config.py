"""What the seed checker is told."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import ConfigurationError
from corpus.stage import StageConfig, option, run_folder
from crawl.download.names import Names
from crawl.policy.identity import user_agent
from crawl.seeds.table import Seed, read_seeds

TABLE = Path(__file__).with_name("khmer.tsv")


@dataclass
class SeedsConfig(StageConfig):
    """Which seeds to look at, who we are, and the limits."""

    contact: str = option("", "address at which a site's owner reaches you (mailto:… or https://…); required")
    tables: list[str] = option([], "tables of seeds; empty = the one that comes with the project")
    categories: list[str] = option([], "categories to look at, such as news or government; empty = all")
    resolve: list[str] = option(
        [],
        "hosts that a server on this machine answers for, such as *.khmer.test=127.0.0.1:8080",
        volatile=True,
    )
    only_resolved: bool = option(default=False, text="contact no host but those in resolve")
    delay: float = option(2.0, "least seconds between two requests to a host", volatile=True)
    max_crawl_delay: float = option(60.0, "most seconds that a site's Crawl-delay is granted", volatile=True)
    concurrency: int = option(64, "hosts asked at the same time", volatile=True)
    deadline: float = option(30.0, "seconds for a request and its answer")
    seed_deadline: float = option(300.0, "seconds for all that is asked of a seed's host")
    max_body_bytes: int = option(4 << 20, "bytes of an answer that are read")


LEAST = {
    "delay": 0.0,
    "max_crawl_delay": 0.0,
    "concurrency": 1,
    "deadline": 0.001,
    "seed_deadline": 0.001,
    "max_body_bytes": 1,
}


def check(config: SeedsConfig) -> None:
    """Refuse to start anonymously, without seeds, or with impossible limits."""
    user_agent(config.contact)
    Names(config.resolve)
    run_folder(config).local()
    for name, least in LEAST.items():
        if not least <= getattr(config, name) < math.inf:
            msg = f"{name}: got {getattr(config, name)}; expected {least} or more"
            raise ConfigurationError(msg)
    if not seeds_of(config):
        msg = f"categories: got {config.categories}; expected some that the tables have. Try: categories=[]"
        raise ConfigurationError(msg)


def tables(config: SeedsConfig) -> list[str]:
    """The tables to read."""
    return list(config.tables) or [str(TABLE)]


def seeds_of(config: SeedsConfig) -> list[Seed]:
    """The seeds to look at, each URL once, in the order of their tables."""
    found = {seed.url: seed for table in tables(config) for seed in read_seeds(table)}
    wanted = tuple(config.categories)
    return [seed for seed in found.values() if not wanted or _is_of(seed.category, wanted)]


def _is_of(category: str, wanted: tuple[str, ...]) -> bool:
    """Whether a category such as ngo/rights is one of those wanted, or below it."""
    return any(category == name or category.startswith(f"{name}/") for name in wanted)
