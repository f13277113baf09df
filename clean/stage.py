"""The stage: records in; documents, dropped documents with reasons, and the scores of both out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from clean.decide import Rule, check_rules, decide
from clean.extract.page import PAGE_FACTS, READ, Limits, extract
from clean.personal import mask
from clean.scores import SCORES, score
from clean.scores.texts import Texts
from clean.whitespace import tidy
from corpus.document import DOCUMENT, RECORD, with_text
from corpus.errors import ConfigurationError
from corpus.shards import ShardWriter, read_batches
from corpus.stage import Stage, StageConfig, StageRun, option
from corpus.task import Outcome, Task
from khmer.normalize import normalize

SIZES = ("n_chars", "n_bytes", "n_clusters")
MOST_PAGE_BYTES = 1 << 30
MOST_PAGE_SECONDS = 86_400


@dataclass
class CleanConfig(StageConfig):
    """What a page may cost, and what drops a document."""

    page_bytes: int = option(8 << 20, "bytes of a page beyond which it is not parsed")
    page_seconds: float = option(60.0, "seconds for a page, against what the limit on bytes does not foresee")
    rules: list[Rule] = option([], "what drops a document, in order; each with score, reason, above or below")


def check(config: CleanConfig) -> None:
    """Refuse rules that name no score and limits that nothing can meet."""
    check_rules(config.rules, list(SCORES))
    for name, most in (("page_bytes", MOST_PAGE_BYTES), ("page_seconds", MOST_PAGE_SECONDS)):
        if not 0 < getattr(config, name) <= most:
            msg = f"{name}: got {getattr(config, name)}; expected more than 0, at most {most}. Try: without {name}"
            raise ConfigurationError(msg)


def run(stage: StageRun[CleanConfig]) -> None:
    """Clean every shard of records."""
    receipts = stage.map("clean", clean_shard, stage.tasks(stage.shards("ingest")))
    stage.facts["masked"] = {
        kind: sum(receipt["facts"][kind] for receipt in receipts) for kind in ("emails", "phones")
    }


def clean_shard(task: Task[CleanConfig]) -> dict[str, int]:
    """Clean one shard; the numbers of addresses and telephone numbers masked."""
    masked = {"emails": 0, "phones": 0}
    attributes = task.create(f"attributes/{task.name}.parquet")
    with ShardWriter(attributes, attribute_schema()) as scored, task.outcome() as out:
        for records in read_batches(task.source, RECORD):
            out.read(records)
            rows = clean_batch(records, task.config, out)
            scored.write(rows)
            for kind in masked:
                masked[kind] += pc.sum(rows[f"masked_{kind}"]).as_py() or 0
    return masked


def clean_batch(records: pa.Table, config: CleanConfig, out: Outcome) -> pa.Table:
    """Extract, normalise, score, mask and decide; what is kept and dropped goes to `out`, the scores are returned.

    Personal data is masked in dropped documents too: people look at them. No score depends on it.
    """
    found = extract(records, Limits(config.page_bytes, config.page_seconds))
    unread = pc.fill_null(pc.not_equal(found["page_outcome"], READ), fill_value=False)
    extracted = _rewritten(_described(records.select(DOCUMENT.names), found), found["text"], unread)
    out.edited("extract", records, extracted)

    normal = _rewritten(extracted, tidy(normalize(extracted["text"])), unread)
    out.edited("normalise", extracted, normal)

    scores = score(Texts(normal, found.select(PAGE_FACTS.names)))
    masked = mask(normal["text"])
    documents = _rewritten(normal, masked.texts, unread)
    out.edited("mask", normal, documents)

    decisions = decide(scores, config.rules)
    out.keep(documents.filter(decisions.kept))
    dropped = pc.invert(decisions.kept)
    out.drop(documents.filter(dropped), *(column.filter(dropped) for column in decisions))
    counts = {"masked_emails": pa.array(masked.counts("email")), "masked_phones": pa.array(masked.counts("phone"))}
    return pa.table({"id": documents["id"], **_columns(scores), **counts}, attribute_schema())


def _columns(table: pa.Table) -> dict[str, pa.ChunkedArray]:
    return dict(zip(table.column_names, table.columns, strict=True))


def _described(documents: pa.Table, found: pa.Table) -> pa.Table:
    """The documents with title, author and date as extracted, in canonical Khmer and masked."""
    columns = {name: mask(tidy(normalize(found[name]))).texts for name in ("title", "author")}
    for name, column in {**columns, "published_at": found["published_at"]}.items():
        field = documents.schema.field(name)
        documents = documents.set_column(
            documents.schema.get_field_index(name), field, column.cast(field.type)
        )
    return documents


def _rewritten(documents: pa.Table, texts: Any, unread: Any) -> pa.Table:
    """The documents with other texts, measured anew; one whose page was not read keeps the size it came with."""
    after = with_text(documents, texts)
    for name in SIZES:
        column = pc.if_else(unread, documents[name], after[name])
        after = after.set_column(after.schema.get_field_index(name), after.schema.field(name), column)
    return after


@cache
def attribute_schema() -> pa.Schema:
    """The columns of attributes/: the document's id, every score, and how much was masked."""
    nothing = Texts(DOCUMENT.empty_table(), PAGE_FACTS.empty_table())
    counts = [("masked_emails", pa.int64()), ("masked_phones", pa.int64())]
    return pa.schema([pa.field("id", pa.string(), nullable=False), *score(nothing).schema, *counts])


STAGE = Stage(name="clean", config=CleanConfig, run=run, upstream=lambda _config: ("ingest",), check=check)
