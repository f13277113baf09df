"""Pages per CPU second against stock Scrapy's, on the same pages, from a server in a process of its own.

Ours does all that it does: links, WARC with digests, on disk at every commit, policy, a durable frontier. Scrapy
follows links and keeps nothing. The cost of starting is taken out of both: each crawls the web and one of 50 pages, and
the difference counts. Scrapy asks for each seed twice, which counts as two pages.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from bench.crawls import Watched, crawl_command, watch
from bench.linkedweb import LinkedWeb, Served, serve
from bench.rows import Row, against, measured

ROUNDS: Final = 3
WEB: Final = LinkedWeb(n_hosts=50, n_pages=60)
SMALL: Final = LinkedWeb(n_hosts=50, n_pages=1)

Client = Callable[[Served, Path], list[str]]


def rows() -> Iterator[Row]:
    """Ours and Scrapy's speed in turn, their start-up told apart; both fetched every page."""
    pairs, starts = [], []
    for _ in range(ROUNDS):
        (ours, our_start), (stock, stock_start) = (_speed(client) for client in (_ours, _stock))
        pairs.append((ours, stock))
        starts.append((our_start, stock_start))
    name = "crawl.pages_per_core_second"
    yield against(f"{name}.vs_scrapy", pairs, "pages per CPU second", "Scrapy, links alone")
    for which, seconds in zip(("ours", "scrapy"), zip(*starts, strict=True), strict=True):
        yield measured(f"{name}.start_{which}", min(seconds), "CPU seconds to start and fetch 50 pages")


def _speed(client: Client) -> tuple[float, float]:
    """Pages per CPU second, start-up taken out; and the CPU seconds of that."""
    (few, start), (many, whole) = (_crawled(client, web) for web in (SMALL, WEB))
    return (many - few) / (whole.cpu_seconds - start.cpu_seconds), start.cpu_seconds


def _crawled(client: Client, web: LinkedWeb) -> tuple[int, Watched]:
    """How many pages the server was asked for, and what that took."""
    with tempfile.TemporaryDirectory(prefix="bench-crawl-") as folder, serve(web, Path(folder)) as served:
        watched = watch(client(served, Path(folder)))
        pages = [line for line in served.requests() if line.rpartition("/")[2].isdecimal()]
    if watched.code or set(pages) != set(web.urls):
        msg = f"{client.__name__}: exit {watched.code}, {len(set(pages)):,} of {len(web.urls):,} pages"
        raise RuntimeError(f"{msg}: {watched.said[-2000:]}")
    return len(pages), watched


def _ours(served: Served, folder: Path) -> list[str]:
    seeds = f"seeds={served.web.seeds(served.port)}"
    return crawl_command(folder, "speed", served.resolve, "hosts=['*.test']", "delay=0", seeds)


def _stock(served: Served, _folder: Path) -> list[str]:
    return [sys.executable, "-m", "bench.stockscrapy", *served.web.seeds(served.port)]
