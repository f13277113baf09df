"""Memory and open files of a crawl that runs while a million URLs on 5,000 hosts wait in its frontier.

The crawl finds them itself, on 525 pages of 2,000 links each, breadth-first, so that it has them soon. It is killed
when it has gone on for a while, and started again on that frontier, which must not take longer or more memory than it
did to grow.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.crawls import Watched, crawl_command, watch
from bench.linkedweb import HUB_LINKS, LinkedWeb, Served, serve
from bench.rows import Row, measured

WEB: Final = LinkedWeb(n_hosts=5000, n_pages=210, n_hubs=525)
N_PENDING: Final = 1_000_000
FURTHER_SECONDS: Final = 30.0  # of crawling with the whole frontier
MOST_SECONDS: Final = 900.0


def rows() -> Iterator[Row]:
    """The larger of both processes' peaks, the most open files, and how soon the second asked for a page."""
    with tempfile.TemporaryDirectory(prefix="bench-crawl-") as folder, serve(WEB, Path(folder)) as served:
        seeds = Path(folder) / "seeds.txt"
        seeds.write_text("\n".join(WEB.seeds(served.port)))
        words = ["hosts=['*.test']", "delay=0", "order=breadth", f"seed_files=['{seeds}']", served.resolve]
        command = crawl_command(Path(folder), "memory", *words)
        grown = watch(command, _Growing(served))
        _check(grown, served)
        again = _Resuming(served)
        resumed = watch(command, again)
    if not again.first_request:
        raise RuntimeError(f"started again, exit {resumed.code}: {resumed.said[-2000:]}")
    peak = max(grown.peak_bytes, resumed.peak_bytes)
    yield measured("crawl.memory_1m_pending", peak / 1e6, "MB, crawl running")
    yield measured("crawl.memory_1m_restarted", resumed.peak_bytes / 1e6, "MB, started again on it")
    yield measured("crawl.open_files", max(grown.open_files, resumed.open_files), "files")
    yield measured("crawl.restart_1m_pending", again.first_request, "seconds from start to first request")


def _check(grown: Watched, served: Served) -> None:
    """Raise unless so many URLs are known and not asked for."""
    asked = set(served.requests())
    hubs = {line for line in asked if line.startswith("hub") and line.rpartition("/")[2].isdecimal()}
    n_pages = sum(line.startswith("h") and line.rpartition("/")[2].isdecimal() for line in asked) - len(hubs)
    if (n_pending := len(hubs) * HUB_LINKS - n_pages) < N_PENDING:
        msg = f"{len(hubs)} of {WEB.n_hubs} hubs and {n_pages:,} pages asked for: {n_pending:,} URLs pending"
        raise RuntimeError(f"{msg}; exit {grown.code}: {grown.said[-2000:]}")


class _Growing:
    """Says when all hubs have been asked for and some time has passed since."""

    def __init__(self, served: Served) -> None:
        self._file = served.log.open()
        self._n_hubs = 0
        self._all_at = MOST_SECONDS

    def __call__(self, seconds: float) -> bool:
        self._n_hubs += sum(
            line.startswith("hub") and line.strip().rpartition("/")[2].isdecimal() for line in self._file
        )
        if self._n_hubs >= WEB.n_hubs:
            self._all_at = min(self._all_at, seconds)
        return seconds > min(self._all_at + FURTHER_SECONDS, MOST_SECONDS)


class _Resuming:
    """Says when the crawl has gone on for some time since its first request."""

    def __init__(self, served: Served) -> None:
        self._log = served.log
        self._before = served.log.stat().st_size
        self.first_request = 0.0

    def __call__(self, seconds: float) -> bool:
        if not self.first_request and self._log.stat().st_size > self._before:
            self.first_request = seconds
        return bool(self.first_request) and seconds > self.first_request + FURTHER_SECONDS
