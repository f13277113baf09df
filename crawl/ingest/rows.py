"""Rows that others gathered → records: text, licence and origin, and a reason for each row that is none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

from corpus.document import document_id
from corpus.paths import resolve
from corpus.task import Task
from crawl.ingest.config import COLUMNS, IngestConfig, SourceConfig
from crawl.ingest.licences import Licences
from crawl.ingest.plan import dataset_name
from crawl.ingest.shards import Verdict, sharded
from crawl.sources.compressed import Fault
from crawl.sources.faults import fault_facts
from crawl.sources.files import Row, jsonl_rows, parquet_rows, value_at
from crawl.sources.hub import dataset_rows, resolved_revision
from crawl.sources.wikipedia.articles import dump_rows
from crawl.urls import host_of

MOST_STATED = 20


def ingest_rows(task: Task[IngestConfig]) -> dict[str, Any]:
    """Write the records of one file or dataset; returns its faults, and what it states about itself."""
    source = SourceConfig(**task.arguments["source"])
    reading = _Reading(source, task.arguments["label"], task.arguments["key_prefix"], Licences(task.config))
    faults: list[Fault] = []
    with _rows_of(task, source, faults) as rows, sharded(task) as shards:
        for row in rows:
            record, verdict = reading.record(row)
            shards.add(record, verdict, 3 * len(record["text"]))
    if not shards.n_records:
        faults.append(Fault(0, "empty: no rows"))
    return {
        "faults": fault_facts(reading.label, faults),
        "revisions": _revisions(source, task.config.mirror),
        "stated_sources": dict(reading.stated_sources.most_common(MOST_STATED)),
        "unregistered_licences": dict(reading.licences.unregistered.most_common(MOST_STATED)),
    }


def _revisions(source: SourceConfig, mirror: str) -> dict[str, str]:
    """The commit of a dataset on the hub that was read, under its source's name."""
    commit = resolved_revision(dataset_name(source, mirror)) if source.kind == "dataset" else ""
    return {source.name: commit} if commit else {}


@contextmanager
def _rows_of(task: Task[IngestConfig], source: SourceConfig, faults: list[Fault]) -> Iterator[Iterator[Row]]:
    if source.kind == "dataset":
        yield dataset_rows(dataset_name(source, task.config.mirror), faults)
        return
    filesystem, path = resolve(task.source)
    with filesystem.open_input_file(path) as file:
        if source.kind == "parquet":
            yield parquet_rows(file, [source.column(name) for name in COLUMNS], faults)
        elif source.kind == "wikipedia":
            yield dump_rows(file, task.config.wikitext_seconds, task.config.wikitext_memory, faults)
        else:
            yield jsonl_rows(file, task.config.max_line_bytes, faults)


class _Reading:
    """One input being read: how its rows become records."""

    def __init__(self, source: SourceConfig, label: str, key_prefix: str, licences: Licences) -> None:
        self.source = source
        self.label = label
        self.licences = licences
        self.stated_sources: Counter[str] = Counter()
        self._key_prefix = key_prefix
        self._columns = [(name, source.column(name)) for name in COLUMNS]
        self._seen: set[str] = set()

    def record(self, row: Row) -> tuple[dict[str, Any], Verdict]:
        """A row as a record, with its verdict."""
        values = {ours: value_at(row.fields, theirs) for ours, theirs in self._columns}
        text, verdict = _text(row, values["text"])
        if self.source.line_end:
            text = text.replace(self.source.line_end, "\n")
        url = _string(values["url"])
        if stated := _string(values["source"]):
            self.stated_sources[stated] += 1
        return {
            "id": self._id(url or _string(values["id"]), row.position),
            "text": text,
            "url": url,
            "host": host(url),
            "source": self.source.name,
            "licence": self.licences.of(_string(values["licence"]) or "", self.source.licence),
            "fetched_at": moment(values["fetched_at"]),
            "published_at": moment(values["published_at"]),
            "title": _string(values["title"]),
            "author": _string(values["author"]),
            "origin": {"file": self.label, "position": row.position},
        }, verdict

    def _id(self, key: str | None, position: int) -> str:
        """From the row's URL or own id; from its place where it has none, or one that came before."""
        place = f"{self.label}#{position}"
        found = document_id(self.source.name, self._key_prefix + key if key else place)
        if found in self._seen:
            found = document_id(self.source.name, f"{key} at {place}")
        self._seen.add(found)
        return found


def _text(row: Row, value: Any) -> tuple[str, Verdict]:
    if row.reason:
        return row.raw, Verdict(row.reason, row.evidence)
    if not isinstance(value, str):
        return "", Verdict(
            "no_text", f"the text is {'missing' if value is None else f'a {type(value).__name__}'}"
        )
    try:
        value.encode()
    except UnicodeEncodeError as error:
        return storable(value), Verdict("invalid_utf8", f"character {error.start}: {error.reason}")
    return value, Verdict() if value.strip() else Verdict("empty")


def _string(value: Any) -> str | None:
    """A value as a string that can be stored; None for an empty one."""
    if value is None or isinstance(value, (dict, list)):
        return None
    return storable(value).strip() or None


def storable(value: object) -> str:
    """A value as text that can be stored: JSON can spell half a surrogate pair, which becomes a question mark."""
    return str(value).encode("utf-8", "replace").decode()


def host(url: str | None) -> str | None:
    """The host of a URL; None where there is none."""
    try:
        return host_of(url or "") or None
    except ValueError:
        return None


def moment(value: Any) -> datetime | None:
    """A date or time as given, in UTC and whole seconds; None if it is not one, or beyond the calendar."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    if not isinstance(value, datetime):
        return None
    try:
        return value.replace(tzinfo=value.tzinfo or UTC).astimezone(UTC).replace(microsecond=0)
    except OverflowError:
        return None
