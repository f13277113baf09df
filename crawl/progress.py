"""How a crawl shows itself: pages, pages a second, hosts, queue, MB."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.engine import meter
from corpus.progress import Meter, Progress

if TYPE_CHECKING:
    from crawl.frontier import Frontier
    from crawl.hosts import Hosts


@dataclass
class CrawlProgress(Progress):
    """The bar of a crawl, whose end nobody knows."""

    hosts: Hosts | None = None
    frontier: Frontier | None = None

    def tick_crawl(self) -> None:
        """Bring the bar up to date, and the log once a minute."""
        self.tick(meter())

    def line(self, meter: Meter, now: float) -> str:
        """Answers so far in this process and their rate, hosts, URLs waiting, MB received."""
        n_answers, n_bytes = meter.documents.value, meter.bytes.value
        rate = n_answers / max(now - self.started, 1e-9)
        n_hosts, n_pending = len(self.hosts or ()), self.frontier.n_pending if self.frontier else 0
        return (
            f"{self.label}: {n_answers:,} pages, {rate:.1f} pages/s, {n_hosts:,} hosts,"
            f" {n_pending:,} in the queue, {n_bytes / 1e6:.1f} MB"
        )
