"""The story of one document, from its fetch to its tokens: `python -m report.explain run=NAME url=URL` or `id=ID`."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from corpus.errors import ConfigurationError
from crawl.ingest.rows import host
from crawl.urls import clean_url
from report.numbers import plain, size
from report.question import Question, answer
from report.records import TEXT_STAGES, RunRecord, dataset, rows
from report.warc import Visit, visit_at, visits_of

NEAREST = 5
FOUND = {
    "language": "language",
    "other_language": "other lines in",
    "page_licence": "the page states the licence",
    "contamination_item": "nearest benchmark item",
}
COUNTED = {"repaired_": "repaired", "page_host_": "removed as of the host", "masked_": "masked"}
COLUMNS = (
    *(
        "id",
        "url",
        "source",
        "licence",
        "rights",
        "title",
        "origin",
        "fetched_at",
        "media_type",
        "http_status",
    ),
    *("n_chars", "n_bytes", "n_clusters", "reason", "score", "evidence"),
)
FATES = (("documents", "kept"), ("dropped", "dropped"))


def explain(question: Question) -> list[str]:
    """The lines of the story; ConfigurationError if the run knows no such document."""
    record = RunRecord.open(question.config)
    if not record.manifests:
        msg = f"{record.folder.uri}: no stage of this run has finished. Try: make demo"
        raise ConfigurationError(msg)
    found = list(_events(record, question))
    refused = list(visits_of(record, _written(question))) if question.column == "url" and not found else []
    if not found and not refused:
        raise ConfigurationError(_unknown(record, question))
    lines: list[str] = [f"url        {question.value}"] if refused else []
    lines += [line for visit in refused for line in _crawl_lines(visit)]
    for document in dict.fromkeys(row["id"] for _, _, row in found):
        lines += ["", *_story(record, document, [event for event in found if event[2]["id"] == document])]
    return lines[1:] if lines and not lines[0] else lines


Event = tuple[str, str, dict[str, Any]]  # stage, fate, the row


def _written(question: Question) -> list[str]:
    """What to look for: a URL as it stands, and in its canonical form."""
    written = [question.value]
    return [*written, clean_url("", question.value)] if question.column == "url" else written


def _events(record: RunRecord, question: Question) -> Iterator[Event]:
    """What each stage made of the documents asked for."""
    chosen = ds.field(question.column).isin(_written(question))
    for stage in TEXT_STAGES:
        for kind, fate in FATES:
            if data := record.dataset(stage, kind):
                for row in rows(data, COLUMNS, chosen).to_pylist():
                    yield stage, fate, row


def _story(record: RunRecord, document: str, events: list[Event]) -> list[str]:
    first = events[0][2]
    lines = [f"url        {first['url'] or '(none)'}", f"id         {document}"]
    if any(row.get("title") for _, _, row in events):
        lines.append(f"title      {next(row['title'] for _, _, row in reversed(events) if row.get('title'))}")
    if visit := visit_at(record, first):
        lines += _crawl_lines(visit)
    for stage, fate, row in events:
        lines += _stage_lines(record, stage, fate, row)
    if events[-1][1] == "kept":
        lines += list(_token_lines(record, document))
    return lines


def _crawl_lines(visit: Visit) -> list[str]:
    lines = [f"fetch      {visit.outcome}", f"           {visit.file} at {visit.position:,}"]
    return [*lines, *(f"           {note}" for note in visit.notes)]


def _stage_lines(record: RunRecord, stage: str, fate: str, row: dict[str, Any]) -> list[str]:
    about = f"{row['source']}, {row['licence']}"
    amount = (
        f"{plain(row['n_chars'])} characters, {size(row['n_bytes'])}, {plain(row['n_clusters'])} clusters"
    )
    verdict = f"{fate}, {amount}" if fate == "kept" else f"dropped: {row['reason']}"
    lines = [f"{stage:<10} {verdict}"]
    if stage == "ingest":
        origin = row["origin"]
        lines.append(f"           {about}; from {origin['file']} at {origin['position']:,}")
        lines += [f"           {line}" for line in _rights(row)]
    if fate == "dropped":
        lines += [f"           {line}" for line in _why(record, stage, row)]
    if stage == "dedup":
        lines += [f"           {line}" for line in _copies(record, fate, row["id"])]
    if stage == "clean":
        lines += [
            f"           {line}" for line in (*_findings(record, row["id"]), *_scores(record, row["id"]))
        ]
    return lines


def _rights(row: dict[str, Any]) -> list[str]:
    """Robots and opt-outs as they were found at the fetch; nothing for imported texts."""
    rights = row["rights"]
    if not rights:
        return []
    opt_outs = ", ".join(rights["opt_outs"] or []) or "none"
    fetched = f"fetched {row['fetched_at']:%Y-%m-%d %H:%M} UTC; " if row["fetched_at"] else ""
    return [f"{fetched}robots: {rights['robots']}; opt-outs: {opt_outs}; use: {rights['decision']}"]


def _why(record: RunRecord, stage: str, row: dict[str, Any]) -> Iterator[str]:
    """The evidence of a drop: the rule with the value, or the document kept instead."""
    if stage != "dedup":
        value = "" if row["score"] is None else f" (value {row['score']:.6g})"
        if row["evidence"] or value:
            yield f"{row['evidence'] or ''}{value}".strip()
        return
    similarity = "" if row["score"] is None else f", similarity {row['score']:.3f}"
    yield f"kept instead: {row['evidence']}{similarity}"
    data = record.dataset("dedup", "documents")
    if data and (other := rows(data, ("id", "url"), ds.field("id") == row["evidence"]).to_pylist()):
        yield f"              {other[0]['url'] or '(no URL)'}"


def _copies(record: RunRecord, fate: str, document: str) -> Iterator[str]:
    """What a document lost to better ones: passages, where it is kept; facts, where it is not."""
    if fate == "kept":
        cut = record.dataset("dedup", "passages")
        for row in rows(cut, ("text", "evidence"), ds.field("id") == document).to_pylist() if cut else ():
            yield f"passage of {len(row['text']):,} characters left to {row['evidence']}"
        return
    clusters = record.dataset("dedup", "clusters")
    lost = ("numbers_lost", "places_lost")
    for row in rows(clusters, lost, ds.field("member") == document).to_pylist() if clusters else ():
        if any(row.values()):
            yield f"facts that it has not: {row['numbers_lost']} numbers and dates, {row['places_lost']} places"


def _findings(record: RunRecord, document: str) -> Iterator[str]:
    """What cleaning found in the document, repaired, removed and masked."""
    data = record.dataset("clean", "attributes")
    if not data:
        return
    whole = [field.name for field in data.schema if pa.types.is_integer(field.type)]
    counted = [name for name in whole if name.startswith(tuple(COUNTED))]
    for row in rows(data, (*FOUND, *counted), ds.field("id") == document).to_pylist():
        for name, said in FOUND.items():
            if row.get(name):
                yield f"{said} {row[name]}"
        for beginning, said in COUNTED.items():
            names = [name for name in counted if name.startswith(beginning) and row[name]]
            if names:
                yield f"{said}: {', '.join(f'{name.removeprefix(beginning)} {row[name]:,}' for name in names)}"


def _scores(record: RunRecord, document: str) -> Iterator[str]:
    """The scores that decide, each beside its thresholds."""
    rules = record.manifests["clean"].config.get("rules", [])
    data = record.dataset("clean", "attributes")
    if not data or not rules:
        return
    names = list(dict.fromkeys(rule["score"] for rule in rules))
    for row in rows(data, names, ds.field("id") == document).to_pylist():
        for rule in rules:
            value = row.get(rule["score"])
            bound = f"< {rule['below']:g}" if rule.get("above") is None else f"> {rule['above']:g}"
            if value is not None:
                yield f"{rule['score']} = {value:.4g} ({rule['reason']} if {bound})"


def _token_lines(record: RunRecord, document: str) -> Iterator[str]:
    """Where the document's tokens stand."""
    if "tokenizer" not in record.manifests:
        return
    name = record.manifests["tokenizer"].facts.get("tokenizer", {}).get("name", "tokenizer")
    for uri in record.tables("tokenizer", "tokens"):
        for row in rows(dataset([uri]), ("start", "n_tokens"), ds.field("id") == document).to_pylist():
            split, shard = uri.split("/")[-2:]
            start, n_tokens = row["start"], row["n_tokens"]
            yield f"{'tokenizer':<10} {n_tokens:,} tokens of {name}, {split}"
            place = f"tokens/{split}/{shard.removesuffix('.parquet')}.bin"
            yield f"           {place} [{start:,}, {start + n_tokens:,})"


def _unknown(record: RunRecord, question: Question) -> str:
    msg = f"{record.folder.uri}: no document with {question.column}={question.value}"
    near = nearest(record, question.value) if question.column == "url" else []
    return f"{msg}. Nearest: {' '.join(near)}" if near else f"{msg}; expected one that this run has seen"


def nearest(record: RunRecord, url: str) -> list[str]:
    """URLs of the run most like this one: of the same host, or else of hosts like it."""
    tables = [
        rows(data, ("url", "host"))
        for stage in TEXT_STAGES[:1]
        if stage in record.manifests
        for kind, _ in FATES
        if (data := record.dataset(stage, kind))
    ]
    if not tables:
        return []
    table = pa.concat_tables(tables).drop_null()
    hosts = pc.unique(table["host"]).to_pylist()
    wanted = difflib.get_close_matches(host(url) or url, sorted(hosts), 2, 0.5)
    urls = table.filter(pc.is_in(table["host"], pa.array(wanted, pa.string())))["url"].to_pylist()
    return difflib.get_close_matches(url, sorted(set(urls))[:5000], NEAREST, 0.3)


def main(words: Sequence[str]) -> NoReturn:
    """Tell the story of the document that the words ask for."""
    answer("report.explain", words, explain)


if __name__ == "__main__":
    main(sys.argv[1:])
