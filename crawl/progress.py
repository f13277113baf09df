"""How a crawl shows itself: answers, pages a second, MB, Khmer, hosts, queue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.engine import meter
from corpus.progress import Meter, Progress

if TYPE_CHECKING:
    from crawl.session import Crawl


@dataclass
class CrawlProgress(Progress):
    """The bar of a crawl, whose end nobody knows."""

    crawl: Crawl | None = None

    def tick_crawl(self) -> None:
        """Bring the bar up to date, and the log once a minute."""
        self.tick(meter())

    def line(self, meter: Meter, now: float) -> str:
        """Answers so far in this process and their rate, MB received, hosts by what they do, URLs waiting."""
        n_answers, n_bytes = meter.documents.value, meter.bytes.value
        rate = n_answers / max(now - self.started, 1e-9)
        parts = [f"{self.label}: {n_answers:,} answers, {rate:.1f} answers/s, {n_bytes / 1e6:.1f} MB"]
        if self.crawl is not None:
            hosts = self.crawl.hosts
            parts += [
                f"{self.crawl.n_khmer / 1e6:.1f} MB Khmer",
                f"{len(hosts):,} hosts ({hosts.n_active} asked, {hosts.n_paused} paused, {hosts.n_parked} parked)",
                f"{self.crawl.journal.frontier.n_pending:,} in the queue",
            ]
        return ", ".join(parts)
