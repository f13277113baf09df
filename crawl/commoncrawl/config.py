"""What `commoncrawl` is told."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from corpus.errors import ConfigurationError
from corpus.stage import StageConfig, option, run_folder
from crawl.policy.identity import user_agent

INDEXES = ("columnar", "cdx")
RANKS = ("first", "any", "unasked")


@dataclass
class CommonCrawlConfig(StageConfig):
    """Which records are taken, from where, and how politely."""

    contact: str = option(
        "", "address at which who runs the server reaches you (mailto:… or https://…); required"
    )
    source: str = option("commoncrawl", "name of these records in the ledger")
    crawls: list[str] = option([], "crawls by name, such as CC-MAIN-2026-05")
    index: str = option("columnar", "index that is asked: columnar (whole crawls) or cdx (host by host)")
    data: str = option(
        "https://data.commoncrawl.org/", "address or folder of WARC files and columnar index", volatile=True
    )
    cdx: str = option("https://index.commoncrawl.org/", "address of the CDX index", volatile=True)
    language: str = option("khm", "language by its ISO 639-3 code, as the index states it")
    rank: str = option(
        "first", "where the language stands among a page's: first, any, or unasked (all languages)"
    )
    hosts: list[str] = option(
        [],
        "hosts, such as moeys.gov.kh or *.gov.kh; empty = all. Of these, pages without a language are taken too",
    )
    media: list[str] = option(
        ["text/html", "application/xhtml+xml", "application/pdf"], "media types, as detected, that are taken"
    )
    robots: bool = option(default=True, text="take the robots.txt of the pages' hosts too (columnar index)")
    warc_lists: list[str] = option(
        [], "lists of WARC files without an index, such as crawl-data/CC-NEWS/2026/10/warc.paths.gz"
    )
    least_khmer: int = option(
        200, "Khmer letters from which on a page of a WARC list is taken, whatever its host"
    )
    records_per_file: int = option(5000, "records fetched by one task, into one WARC file")
    connections: int = option(
        8, "requests at the same time, all workers together (one each at least)", volatile=True
    )
    deadline: float = option(120.0, "seconds for one answer", volatile=True)
    tries: int = option(5, "how often a record is asked for", volatile=True)
    retry_wait: float = option(5.0, "seconds before the second try; doubled for each", volatile=True)
    patience: float = option(
        900.0,
        "most seconds to wait when the server asks to be left alone; longer ends the run",
        volatile=True,
    )
    max_record_bytes: int = option(32 << 20, "bytes of a record, packed and unpacked")


LEAST = {
    "least_khmer": 1,
    "records_per_file": 1,
    "connections": 1,
    "deadline": 0.001,
    "tries": 1,
    "retry_wait": 0,
    "patience": 0,
    "max_record_bytes": 1,
}


def check(config: CommonCrawlConfig) -> None:
    """Refuse what cannot be fetched, before anything is."""
    user_agent(config.contact)
    run_folder(config).local()
    for name, least in LEAST.items():
        if not least <= getattr(config, name) < math.inf:
            msg = f"{name}: got {getattr(config, name)}; expected {least} or more"
            raise ConfigurationError(msg)
    for name, known in (("index", INDEXES), ("rank", RANKS)):
        if getattr(config, name) not in known:
            msg = f"{name}: got {getattr(config, name)!r}; expected one of {', '.join(known)}"
            raise ConfigurationError(msg)
    if not re.fullmatch(r"[a-z]{3}", config.language):
        msg = f"language: got {config.language!r}; expected an ISO 639-3 code. Try: language=khm"
        raise ConfigurationError(msg)
    if odd := [name for name in config.crawls if not re.fullmatch(r"[A-Za-z0-9._-]+", name)]:
        msg = f"crawls: got {odd[0]!r}; expected a name. Try: crawls=[CC-MAIN-2026-05]"
        raise ConfigurationError(msg)
    if odd := [name for name in config.hosts if not re.fullmatch(r"[\w*.-]+", name)]:
        msg = f"hosts: got {odd[0]!r}; expected a host's name. Try: hosts=[moeys.gov.kh,'*.gov.kh']"
        raise ConfigurationError(msg)
    if config.index == "cdx" and not config.cdx.startswith(("http://", "https://")):
        msg = f"cdx: got {config.cdx!r}; expected an address. Try: cdx=https://index.commoncrawl.org/"
        raise ConfigurationError(msg)
    if not config.crawls and not config.warc_lists:
        msg = "crawls: got none, and no warc_lists. Try: crawls=[CC-MAIN-2026-05]"
        raise ConfigurationError(msg)
    if config.crawls and config.index == "cdx" and not config.hosts:
        msg = (
            "hosts: got none, but the CDX index is asked host by host. Try: hosts=['*.kh'], or index=columnar"
        )
        raise ConfigurationError(msg)
