"""WARC records → records: each response with its body, its rights, and a reason for each that is no page to keep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from corpus.document import document_id
from corpus.task import Task
from crawl.discovery.kinds import LISTINGS
from crawl.discovery.posts import Post
from crawl.ingest.config import IngestConfig, SourceConfig
from crawl.ingest.licences import WEB
from crawl.ingest.notes import Notes, noted_signals
from crawl.ingest.pdfs import pdf_columns
from crawl.ingest.posts import page_of, posts_of
from crawl.ingest.rows import host, moment, storable
from crawl.ingest.shards import Verdict, sharded
from crawl.ingest.sites import OVERTAKEN, Sites, answer_of, is_web, load_sites, policy_file, warc_records
from crawl.policy.optout import Signal, page_signals
from crawl.sources.compressed import Fault
from crawl.sources.faults import fault_facts
from crawl.sources.http import Response, split_head
from crawl.sources.warc import WarcRecord
from crawl.warc import payload_digest


def ingest_warc(task: Task[IngestConfig]) -> dict[str, Any]:
    """Write the records of one WARC file; returns its faults and how many records of each type it holds."""
    faults: list[Fault] = []
    kinds: Counter[str] = Counter()
    reading = _Reading(task, load_sites(tuple(task.arguments["policies"])), faults)
    with sharded(task) as shards:
        for record in warc_records(task, faults):
            kinds[record.kind or "unreadable"] += 1
            if record.kind == "response":
                for at, (row, verdict) in enumerate(reading.response(record)):
                    take = shards.unfold if at else shards.add
                    take(row, verdict, row["n_bytes"])
            elif not record.kind:
                shards.add(*reading.unreadable(record), 0)
            elif record.kind == "metadata":
                reading.notes.take(record)
    if not kinds:
        faults.append(Fault(0, "empty: no records"))
    return {"faults": fault_facts(reading.label, faults), "records": dict(sorted(kinds.items()))}


@dataclass(frozen=True)
class Rights:
    """What a page's site, header and head say about its use."""

    robots: str
    signals: list[Signal]

    def verdict(self) -> Verdict:
        """The refusal that follows, if any."""
        for signal in self.signals:
            if signal.forbids == "training":
                return Verdict("opt_out", f"{signal.name} ({signal.evidence})")
        if self.robots in ("disallowed", "unreachable"):
            return Verdict("robots_txt", self.robots)
        return Verdict()

    def column(self) -> dict[str, Any]:
        """As documents carry them."""
        decision = "refused" if self.verdict().reason else "allowed"
        return {"robots": self.robots, "opt_outs": [s.name for s in self.signals], "decision": decision}


class _Reading:
    """One WARC file being read: how its records become documents."""

    def __init__(self, task: Task[IngestConfig], sites: Sites, faults: list[Fault]) -> None:
        self.label: str = task.arguments["label"]
        self._source = SourceConfig(**task.arguments["source"])
        self._config = task.config
        self._sites = sites
        self._faults = faults
        self._overtaken: dict[int, str] = {
            ordinal: reason for reason, found in task.arguments["overtaken"].items() for ordinal in found
        }
        self._n_captures = 0
        self.notes = Notes()

    def response(self, record: WarcRecord) -> Iterator[tuple[dict[str, Any], Verdict]]:
        """A response as a row of RECORD, with its verdict; after that of an open interface, its posts."""
        overtaken = self._next_overtaken()
        response = answer_of(record, self._config)
        if response is None or not is_web(record.url):
            evidence = f"no HTTP response: {record.headers.get('content-type', '')} of {record.url!r}"
            yield self._dropped(record, Verdict("malformed_record", evidence))
            return
        noted = self.notes.of(record.url)
        rights = self._rights(record.url, response, noted)
        row, verdict = self._answer(record, response, rights, noted.get("kind"))
        posts = posts_of(noted, record.url, response)
        yield row, overtaken if overtaken.reason and not verdict.reason else verdict
        for post in posts:
            overtaken = self._next_overtaken()
            if verdict.reason == "listing":
                row, of_post = self._post(record, response, post, noted)
                yield row, overtaken if overtaken.reason and not of_post.reason else of_post

    def _next_overtaken(self) -> Verdict:
        """What became of the next capture's page since, as the survey numbered them."""
        reason = self._overtaken.get(self._n_captures, "")
        self._n_captures += 1
        return Verdict(reason, OVERTAKEN[reason]) if reason else Verdict()

    def _answer(
        self, record: WarcRecord, response: Response, rights: Rights, kind: str | None
    ) -> tuple[dict[str, Any], Verdict]:
        digest = payload_digest(split_head(record.block)[1])
        fault = _fault(record, response, digest)
        if fault:
            self._faults.append(Fault(record.position, f"{record.url}: {fault}"))
        verdict = _verdict(record.url, response, rights, kind)
        row = self._row(record) | {
            "rights": rights.column(),
            "content_digest": digest,
            "n_bytes": len(response.body),
            "media_type": "text/html" if response.is_html else response.media_type,
            "charset": response.charset or None,
            "http_status": response.status,
            "payload": None if verdict.reason else response.body,
        }
        if not verdict.reason and response.is_pdf:
            columns, verdict = pdf_columns(response.body, self._config)
            row |= columns
        return row, verdict._replace(evidence=verdict.evidence or fault)

    def _post(
        self, record: WarcRecord, response: Response, post: Post, noted: Mapping[str, Any]
    ) -> tuple[dict[str, Any], Verdict]:
        """A post as the page that it is on its site; the rights are those of that page and of the answer."""
        rights = self._rights(post.url, response, {**noted, "robots": ""})
        verdict = rights.verdict()
        page = page_of(post)
        return self._row(record) | {
            "id": document_id(self._source.name, post.url),
            "url": post.url,
            "host": host(post.url),
            "published_at": moment(post.published),
            "title": post.title or None,
            "author": post.author or None,
            "rights": rights.column(),
            "content_digest": payload_digest(page),
            "n_bytes": len(page),
            "media_type": "text/html",
            "charset": "utf-8",
            "http_status": response.status,
            "payload": None if verdict.reason else page,
        }, verdict

    def unreadable(self, record: WarcRecord) -> tuple[dict[str, Any], Verdict]:
        """What stands where a record should: dropped, with its beginning as evidence."""
        self._faults.append(Fault(record.position, record.fault))
        beginning = record.block.decode("utf-8", "replace").partition("\r\n")[0]
        return self._dropped(record, Verdict("malformed_record", f"{record.fault}: {beginning!r}"))

    def _dropped(self, record: WarcRecord, verdict: Verdict) -> tuple[dict[str, Any], Verdict]:
        return self._row(record) | {"n_bytes": len(record.block)}, verdict

    def _row(self, record: WarcRecord) -> dict[str, Any]:
        return {
            "id": document_id(self._source.name, record.url or f"{self.label}#{record.position}"),
            "text": "",
            "url": record.url or None,
            "host": host(record.url),
            "source": self._source.name,
            "licence": self._source.licence or WEB,
            "fetched_at": moment(record.headers.get("warc-date")),
            "origin": {"file": self.label, "position": record.position},
        }

    def _rights(self, url: str, response: Response, noted: Mapping[str, Any]) -> Rights:
        """What is found now, joined with what our crawler found when it fetched the page."""
        of_site = self._sites.verdict(url)
        body = response.body if response.is_html or response.is_pdf else b""
        signals = page_signals(response.headers, body, of_site.signals)
        known = {signal.name for signal in signals}
        signals += [signal for signal in noted_signals(noted) if signal.name not in known]
        return Rights(storable(noted.get("robots") or of_site.robots), signals)


def _verdict(url: str, response: Response, rights: Rights, kind: str | None) -> Verdict:
    """Why a response is no page to keep, if it is not; `kind` is what our crawler asked for."""
    if policy_file(url) == "robots":
        return Verdict("robots_txt", "the robots.txt itself")
    if 300 <= response.status < 400 and response.status != 304:
        return Verdict("redirect", response.header("location"))
    if response.status != 200:
        return Verdict(f"http_{response.status}")
    if policy_file(url):
        return Verdict("policy_file")
    refusal = rights.verdict()
    if refusal.reason:
        return refusal
    if kind in LISTINGS:
        return Verdict("listing", kind)
    if not response.body.strip():
        return Verdict("empty")
    if not response.is_html and not response.is_pdf:
        return Verdict("not_html", response.media_type)
    return Verdict()


def _fault(record: WarcRecord, response: Response, digest: str) -> str:
    stated = record.headers.get("warc-payload-digest", "")
    is_wrong = stated.startswith("sha1:") and stated != digest and not record.fault
    truncated = record.headers.get("warc-truncated", "")
    found = [
        record.fault,
        response.fault,
        f"the payload's digest is {digest}, not {stated} as stated" if is_wrong else "",
        f"truncated when it was fetched ({truncated})" if truncated else "",
    ]
    return "; ".join(part for part in found if part)
