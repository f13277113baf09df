"""The commit protocol: records to the WARC, on disk, then one transaction that says they are there.

Killed at any moment, the next start cuts the WARC at the committed position and takes again every URL that is
not marked done: no URL is lost and no answer is stored twice; at most one batch is fetched again.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xxhash

from corpus.errors import StageError
from crawl.frontier.batch import Batch, Committed, HostRow, LaneRow, Link, Pending
from crawl.frontier.fetch import Fetch
from crawl.frontier.recrawl import Visit
from crawl.frontier.store import Frontier
from crawl.policy.site import Site, is_policy_file
from crawl.urls import host_of, url_key
from crawl.warc import Exchange, Profile, WarcFiles, metadata_member, response_members, revisit_members

WARC_FOLDER = "warc"
MAX_BATCH_BYTES = 8 << 20
MAX_BATCH_RECORDS = 100
MAX_BATCH_LINKS = 5_000


@dataclass(frozen=True)
class Part:
    """Which of a crawl's partitions it is; a host belongs to one of them by its name."""

    number: int = 0
    of: int = 1

    def owner(self, host: str) -> int:
        """The number of the partition that a host belongs to."""
        return xxhash.xxh3_64_intdigest(host.encode("utf-8", "surrogatepass")) % self.of

    @property
    def name(self) -> str:
        return f"{self.number:02d}"

    @property
    def frontier(self) -> str:
        """The name of its database."""
        return f"frontier-{self.name}.sqlite"


class Journal:
    """Collects what happens, and makes it durable with `commit`."""

    def __init__(
        self, folder: Path, part: Part, roll_bytes: int, about: Mapping[str, str], max_depth: int = 1 << 30
    ) -> None:
        self.part = part
        self.frontier = Frontier(folder / part.frontier, max_depth)
        prefix = f"crawl-{part.name}"
        self._check_partitions()
        self._check_not_lost(folder / WARC_FOLDER, prefix)
        self._warc = WarcFiles(folder / WARC_FOLDER, self.frontier.position(), roll_bytes, about, prefix)
        self._batch = Batch()
        self._members: list[bytes] = []
        self._n_bytes = 0

    def _check_partitions(self) -> None:
        """Hosts stay where they are: a crawl that was dealt to some number of partitions goes on with as many."""
        of = self.frontier.meta("partitions")
        if of is None:
            self.frontier.set_meta("partitions", self.part.of)
        elif of != self.part.of:
            msg = f"partitions: this crawl has {of:.0f} partitions, got {self.part.of}. Try: partitions={of:.0f}"
            self.frontier.close()
            raise StageError(msg)

        own = self.frontier.meta("partition")
        if own is None:
            self.frontier.set_meta("partition", self.part.number)
        elif own != self.part.number:
            msg = f"{self.part.frontier}: this is the frontier of partition {own:.0f}. Try: another run="
            self.frontier.close()
            raise StageError(msg)

    def _check_not_lost(self, folder: Path, prefix: str) -> None:
        """A frontier that is new says that no record is valid: never let it cut what an older one vouched for."""
        written = [path for path in sorted(folder.glob(f"{prefix}-*.warc.gz")) if path.stat().st_size]
        if self.frontier.is_new and written:
            msg = f"{self.part.frontier}: it is lost, and {written[0].name} is without it. Try: another run="
            self.frontier.delete()
            raise StageError(msg)

    def keep(
        self, fetch: Fetch, exchange: Exchange, evidence: Mapping[str, Any], visit: Visit | None
    ) -> None:
        """Store an answer; `visit` says when the URL is due again, None for never."""
        self._done(fetch, response_members(exchange, {"decision": "kept", **evidence}), visit)
        self._batch.count(fetch.host, "kept", "", len(exchange.body))
        self._count_answer(fetch, exchange)

    def revisit(
        self, fetch: Fetch, exchange: Exchange, evidence: Mapping[str, Any], visit: Visit | None
    ) -> None:
        """Store that a page is as it was when it was visited before; in the ledger it is dropped as `unchanged`."""
        assert fetch.visit is not None
        profile: Profile = "server-not-modified" if exchange.status == 304 else "identical-payload-digest"
        unchanged = {"decision": "dropped", "reason": "unchanged", **evidence}
        self._done(
            fetch, revisit_members(exchange, profile, fetch.visit.earlier(fetch.url), unchanged), visit
        )
        self._batch.count(fetch.host, "dropped", "unchanged", len(exchange.body))
        self._batch.count(fetch.host, "revisit", profile)
        self._count_answer(fetch, exchange)

    def _count_answer(self, fetch: Fetch, exchange: Exchange) -> None:
        n_bytes = len(exchange.body)
        self._batch.count(fetch.host, "status", str(exchange.status), n_bytes)
        self._batch.count(fetch.host, "kind", fetch.kind, n_bytes)
        self._count_day("answers", 1)
        self._count_day("bytes", n_bytes)

    def drop(
        self,
        fetch: Fetch,
        reason: str,
        evidence: Mapping[str, Any],
        n_bytes: int = 0,
        visit: Visit | None = None,
    ) -> None:
        """Store why nothing is kept of a URL, of which `n_bytes` of body had come in; `visit` as for `keep`."""
        refused = {"decision": "dropped", "reason": reason, **evidence}
        self._done(fetch, metadata_member(fetch.url, refused), visit)
        self._batch.count(fetch.host, "dropped", reason, n_bytes)
        if n_bytes:
            self._count_day("answers", 1)
            self._count_day("bytes", n_bytes)

    def count_khmer(self, fetch: Fetch, n_khmer: int, n_new: int) -> None:
        """Count the bytes of Khmer text in a page, and those that no earlier page held."""
        if n_khmer:
            self._batch.count(fetch.host, "khmer", "all", n_khmer)
            self._batch.count(fetch.host, "khmer", "new", n_new)
            self._count_day("khmer", n_khmer)

    def _count_day(self, what: str, amount: int) -> None:
        self._batch.days[time.strftime("%Y-%m-%d", time.gmtime()), what] += amount

    def link(self, links: Iterable[Link]) -> None:
        """Add URLs to the frontier, or to the mail for the partition that they belong to; known ones change nothing."""
        for link in links:
            key = url_key(link.url)
            if self.frontier.knows(key) or key in self._batch.links or is_policy_file(link.url):
                continue
            if self.part.of > 1 and (owner := self.part.owner(host_of(link.url))) != self.part.number:
                self._batch.mail.setdefault(key, (owner, link))
            else:
                self._batch.links[key] = link

    def cover(self, fetch: Fetch, links: Iterable[Link]) -> None:
        """Mark URLs as ones whose text the answer to `fetch` holds: they need not be asked for."""
        for link in links:
            self._batch.covered[url_key(link.url)] = link
            self._batch.count(fetch.host, "covered", "")

    def received(self, partition: int, links: Iterable[Link], read_to: int) -> None:
        """Take in another partition's mail up to one of its letters."""
        self.link(links)
        self._batch.read[partition] = read_to

    def unfollowed(self, fetch: Fetch, reason: str, times: int = 1) -> None:
        """Count links of a page that do not enter the frontier."""
        if times:
            self._batch.documents[fetch.host, "unfollowed", reason] += times

    def tried(self, seq: int, tries: int) -> None:
        """Keep how often a URL was tried in vain."""
        self._batch.tries[seq] = tries

    def known(self, pending: Pending) -> Pending:
        """A URL as the frontier has it, with what the next commit will add."""
        tries = self._batch.tries.get(pending.seq)
        return pending if tries is None else pending._replace(tries=tries)

    def learnt(self, site: Site) -> None:
        """Keep a site's policy."""
        self._batch.sites[site.origin] = site

    def site(self, origin: str) -> Site | None:
        """What is known of an origin's policy."""
        return self._batch.sites.get(origin) or self.frontier.site(origin)

    def note_host(self, row: HostRow) -> None:
        """Keep how a host stands."""
        self._batch.hosts[row.id] = row

    def note_lane(self, row: LaneRow) -> None:
        """Keep how a lane stands."""
        self._batch.lanes[row.id] = row

    def is_done(self, seq: int) -> bool:
        """Whether a URL was dealt with since the last commit."""
        return seq in self._batch.done

    def _done(self, fetch: Fetch, members: bytes, visit: Visit | None) -> None:
        self._members.append(members)
        self._n_bytes += len(members)
        if fetch.seq:
            self._batch.done[fetch.seq] = visit

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to commit."""
        batch = self._batch
        return not (
            self._members or batch.links or batch.mail or batch.read or batch.hosts or batch.documents
        )

    @property
    def has_links(self) -> bool:
        """Whether URLs wait to enter the frontier."""
        return bool(self._batch.links)

    @property
    def is_full(self) -> bool:
        """Whether a commit should not wait for the next tick."""
        return (
            self._n_bytes > MAX_BATCH_BYTES
            or len(self._members) >= MAX_BATCH_RECORDS
            or len(self._batch.links) >= MAX_BATCH_LINKS
        )

    def commit(self) -> Committed | None:
        """Make everything so far durable; returns what this changes in the queues, None if there was nothing."""
        if self.is_empty:
            return None
        members = b"".join(self._members)
        position = self._warc.append(members) if members else self._warc.position
        committed = self.frontier.commit(self._batch, position)
        self._batch, self._members, self._n_bytes = Batch(), [], 0
        return committed

    def warc_paths(self) -> list[Path]:
        """The WARC files, in order."""
        return self._warc.paths()

    def close(self) -> None:
        """Close the files; what is not committed never was."""
        self._warc.close()
        self.frontier.close()
