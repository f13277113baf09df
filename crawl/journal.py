"""The commit protocol: records to the WARC, on disk, then one transaction that says they are there.

Killed at any moment, the next start cuts the WARC at the committed position and takes again every URL that is
not marked done: no URL is lost and no answer is stored twice; at most one batch is fetched again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from crawl.frontier import Batch, Frontier, Link
from crawl.hosts import Fetch
from crawl.policy.site import Site, is_policy_file
from crawl.warc import Exchange, WarcFiles, refusal_member, response_members

FRONTIER = "frontier.sqlite"
WARC_FOLDER = "warc"
MAX_BATCH_BYTES = 8 << 20


class Journal:
    """Collects what happens, and makes it durable with `commit`."""

    def __init__(self, folder: Path, roll_bytes: int, about: Mapping[str, str]) -> None:
        self.frontier = Frontier(folder / FRONTIER)
        self._warc = WarcFiles(folder / WARC_FOLDER, self.frontier.position(), roll_bytes, about)
        self._batch = Batch()
        self._members: list[bytes] = []
        self._n_bytes = 0

    def keep(self, fetch: Fetch, exchange: Exchange, evidence: Mapping[str, Any]) -> None:
        """Store an answer."""
        self._done(fetch, response_members(exchange, {"decision": "kept", **evidence}))
        self._batch.count("kept", "", len(exchange.body))
        self._batch.count("status", str(exchange.status), len(exchange.body))

    def drop(self, fetch: Fetch, reason: str, evidence: Mapping[str, Any], n_bytes: int = 0) -> None:
        """Store why nothing is kept of a URL, of which `n_bytes` of body had come in."""
        refused = {"decision": "dropped", "reason": reason, **evidence}
        self._done(fetch, refusal_member(fetch.url, refused))
        self._batch.count("dropped", reason, n_bytes)

    def link(self, links: Iterable[Link]) -> None:
        """Add URLs to the frontier; those known already change nothing."""
        self._batch.add(link for link in links if not is_policy_file(link.url))

    def unfollowed(self, reason: str, times: int = 1) -> None:
        """Count links that do not enter the frontier."""
        if times:
            self._batch.documents["unfollowed", reason] += times

    def learnt(self, site: Site) -> None:
        """Keep a site's policy."""
        self._batch.sites[site.origin] = site

    def _done(self, fetch: Fetch, members: bytes) -> None:
        self._members.append(members)
        self._n_bytes += len(members)
        if fetch.seq:
            self._batch.done.append(fetch.seq)
            self._batch.fetched[fetch.host] += fetch.is_sent

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to commit."""
        return not (self._members or self._batch.links)

    @property
    def has_links(self) -> bool:
        """Whether URLs wait to enter the frontier."""
        return bool(self._batch.links)

    @property
    def is_full(self) -> bool:
        """Whether a commit should not wait for the next tick."""
        return self._n_bytes > MAX_BATCH_BYTES

    def commit(self) -> set[int]:
        """Make everything so far durable; returns the hosts that have new URLs."""
        if self.is_empty:
            return set()
        members = b"".join(self._members)
        position = self._warc.append(members) if members else self._warc.position
        touched = self.frontier.commit(self._batch, position)
        self._batch, self._members, self._n_bytes = Batch(), [], 0
        return touched

    def warc_paths(self) -> list[Path]:
        """The WARC files, in order."""
        return self._warc.paths()

    def close(self) -> None:
        """Close the files; what is not committed never was."""
        self._warc.close()
        self.frontier.close()
