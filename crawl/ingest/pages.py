"""WARC records → records: each response with its body, its rights, and a reason for each that is no page to keep."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from corpus.document import document_id
from corpus.task import Task
from crawl.ingest.config import IngestConfig, SourceConfig
from crawl.ingest.faults import fault_facts
from crawl.ingest.licences import WEB
from crawl.ingest.rows import host, moment, storable
from crawl.ingest.shards import Verdict, sharded
from crawl.ingest.sites import Sites, is_web, load_sites, policy_file, warc_records
from crawl.policy.optout import Signal, page_signals
from crawl.sources.compressed import Fault
from crawl.sources.http import Response, parse_response, split_head
from crawl.sources.warc import WarcRecord


def ingest_warc(task: Task[IngestConfig]) -> dict[str, Any]:
    """Write the records of one WARC file; returns its faults and how many records of each type it holds."""
    faults: list[Fault] = []
    kinds: Counter[str] = Counter()
    reading = _Reading(task, load_sites(tuple(task.arguments["policies"])), faults)
    with sharded(task) as shards:
        for record in warc_records(task, faults):
            kinds[record.kind or "unreadable"] += 1
            if record.kind == "response":
                row, verdict = reading.response(record)
                shards.add(row, verdict, row["n_bytes"])
            elif not record.kind:
                shards.add(*reading.unreadable(record), 0)
            elif record.kind == "metadata":
                reading.metadata(record)
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
        self._max_body_bytes = task.config.max_body_bytes
        self._sites = sites
        self._faults = faults
        self._superseded = frozenset(task.arguments["superseded"])
        self._n_responses = 0
        self._noted: tuple[str, Mapping[str, Any]] = ("", {})

    def metadata(self, record: WarcRecord) -> None:
        """Remember what our crawler noted about the response that follows."""
        try:
            is_json = record.headers.get("content-type") == "application/json"
            noted = json.loads(record.block) if is_json else {}
        except (ValueError, RecursionError):
            noted = {}
        self._noted = (record.url, noted if isinstance(noted, dict) else {})

    def response(self, record: WarcRecord) -> tuple[dict[str, Any], Verdict]:
        """A response as a row of RECORD, with its verdict."""
        is_superseded = self._n_responses in self._superseded
        self._n_responses += 1
        response = parse_response(record.block, self._max_body_bytes)
        if response is None or not is_web(record.url):
            evidence = f"no HTTP response: {record.headers.get('content-type', '')} of {record.url!r}"
            return self._dropped(record, Verdict("malformed_record", evidence))
        digest = _digest(record.block)
        fault = _fault(record, response, digest)
        if fault:
            self._faults.append(Fault(record.position, f"{record.url}: {fault}"))
        rights = self._rights(record.url, response)
        verdict = _verdict(record.url, response, rights)
        if is_superseded and not verdict.reason:
            verdict = Verdict("superseded", "captured again later")
        return self._row(record) | {
            "rights": rights.column(),
            "content_digest": digest,
            "n_bytes": len(response.body),
            "media_type": "text/html" if response.is_html else response.media_type,
            "charset": response.charset or None,
            "http_status": response.status,
            "payload": None if verdict.reason else response.body,
        }, verdict._replace(evidence=verdict.evidence or fault)

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

    def _rights(self, url: str, response: Response) -> Rights:
        """What is found now, joined with what our crawler found when it fetched the page."""
        of_site = self._sites.verdict(url)
        noted = self._noted[1] if self._noted[0] == url else {}
        signals = page_signals(response.headers, response.head_in_utf8(), of_site.signals)
        known = {signal.name for signal in signals}
        signals += [signal for signal in _noted_signals(noted) if signal.name not in known]
        return Rights(storable(noted.get("robots") or of_site.robots), signals)


def _noted_signals(noted: Mapping[str, Any]) -> Iterator[Signal]:
    """The reservations in a metadata record of our crawler's making; none in one of any other shape."""
    opt_outs = noted.get("opt_outs")
    for found in opt_outs if isinstance(opt_outs, list) else []:
        if isinstance(found, dict) and {"signal", "evidence", "forbids"} <= found.keys():
            yield Signal(storable(found["signal"]), storable(found["evidence"]), found["forbids"])


def _verdict(url: str, response: Response, rights: Rights) -> Verdict:
    """Why a response is no page to keep, if it is not."""
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
    if not response.body.strip():
        return Verdict("empty")
    if not response.is_html:
        return Verdict("not_html", response.media_type)
    return Verdict()


def _digest(block: bytes) -> str:
    """The digest of a response's body as it is stored, in the form of WARC-Payload-Digest."""
    body = split_head(block)[1]
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


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
