"""Every figure of a run by its name: one place that reads ledgers and shards, for the page and for the card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, get_args

from corpus.ledger import CONSERVED, Amount, Fate, Ledger
from report.cleaning import cleaning
from report.crawling import crawling
from report.duplicates import duplicates
from report.numbers import Value, ratio
from report.queries import composition, dates
from report.records import STAGES, TEXT_STAGES, RunRecord
from report.scores import histograms, masked
from report.training import training
from report.trials import ablation, audit

UNITS = tuple(f.name for f in fields(Amount))
Table = list[dict[str, Any]]


@dataclass
class Figures:
    """Single figures by name, None where a figure was not measured, and tables of them."""

    values: dict[str, Value] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)

    def add(self, prefix: str, values: Mapping[str, Value]) -> None:
        """Name several figures `<prefix>.<name>`."""
        self.values.update({f"{prefix}.{name}": value for name, value in values.items()})

    def to_json(self) -> dict[str, Any]:
        """A form to be written."""
        return asdict(self)


def measure(record: RunRecord, run: str, target_tokens: int) -> Figures:
    """All figures of a run."""
    figures = Figures({"run.name": run})
    figures.add("ran", {stage: stage in record.manifests for stage in STAGES})
    figures.tables["stages"] = [_stage(record, name) for name in record.manifests]
    figures.tables["dropped"] = _fates(record, "dropped")
    figures.tables["edited"] = _fates(record, "edited")
    figures.tables["sources"] = _sources(record)
    _headline(figures, record, target_tokens)
    figures.add("data", dates(record))
    figures.tables.update(composition(record))
    figures.tables["scores"] = histograms(record)
    figures.tables["personal"] = masked(record)
    _facts(figures, record)
    for prefix, (values, tables) in (
        ("crawl", crawling(record)),
        ("cleaning", cleaning(record)),
        ("duplicates", duplicates(record)),
        ("training", training(record)),
        ("audit", audit(record)),
        ("ablation", ablation(record)),
    ):
        figures.add(prefix, values)
        figures.tables.update(tables)
    return figures


def _stage(record: RunRecord, name: str) -> dict[str, Any]:
    """One stage's amounts by fate, and what is missing from the law `in + unfolded = kept + Σ dropped + Σ edited`."""
    manifest = record.manifests[name]
    books = manifest.books()
    totals = {fate: books.total(fate) for fate in get_args(Fate)}
    return {
        "stage": name,
        "fingerprint": manifest.fingerprint,
        "config": manifest.config,
        "stale": record.stale(name),
        "files": len(manifest.outputs),
        "file_bytes": sum(file["bytes"] for file in manifest.outputs),
        "missing": missing(books),
        **{fate: asdict(amount) for fate, amount in totals.items()},
    }


def missing(books: Ledger) -> Table:
    """Breaches of the conservation law: source, unit, and how much of it is unaccounted for."""
    breaches = []
    for source in books.sources():
        rest = books.came(source) - books.accounted(source)
        breaches += [
            {"source": source, "unit": unit, "amount": getattr(rest, unit)}
            for unit in CONSERVED
            if getattr(rest, unit)
        ]
    return breaches


def _fates(record: RunRecord, fate: Fate) -> Table:
    """The amounts of each reason or step, most documents first within a stage, with its share of what came in."""
    table: Table = []
    for stage, manifest in record.manifests.items():
        books = manifest.books()
        came = books.total("in")
        sums: dict[str, Amount] = {}
        for (_, this, reason), amount in books.amounts.items():
            if this == fate:
                sums[reason] = sums.get(reason, Amount()) + amount
        rows = [
            {
                "stage": stage,
                "reason": reason,
                **asdict(amount),
                "share": ratio(amount.documents, came.documents),
                "share_of_bytes": ratio(amount.bytes, came.bytes),
            }
            for reason, amount in sums.items()
        ]
        table += sorted(rows, key=lambda row: (-row["documents"], -abs(row["bytes"]), row["reason"]))
    return table


def _sources(record: RunRecord) -> Table:
    """What came in and what is left of each source, most bytes left first; tokens where they are counted."""
    first = next((name for name in TEXT_STAGES if name in record.manifests), None)
    if first is None or record.corpus is None:
        return []
    came, left = record.manifests[first].books(), record.manifests[record.corpus].books()
    tokens = record.manifests["tokenizer"].books() if "tokenizer" in record.manifests else None
    rows = [
        {
            "source": source,
            "in": came.total("in", source).documents,
            **asdict(left.total("kept", source)),
            "tokens": tokens.total("kept", source).tokens if tokens else None,
        }
        for source in sorted({*came.sources(), *left.sources()})
    ]
    whole = sum(row["bytes"] for row in rows)
    ordered = sorted(rows, key=lambda row: (-row["bytes"], row["source"]))
    return [{**row, "share": ratio(row["bytes"], whole)} for row in ordered]


def _headline(figures: Figures, record: RunRecord, target_tokens: int) -> None:
    """What came in, what is kept, and how far it is from the target."""
    corpus, stages = record.corpus, record.manifests
    kept = stages[corpus].books().total("kept") if corpus else None
    first = next((name for name in TEXT_STAGES if name in stages), None)
    figures.values["in.documents"] = stages[first].books().total("in").documents if first else None
    for unit in UNITS:
        figures.values[f"kept.{unit}"] = getattr(kept, unit) if kept else None
    counted = stages["tokenizer"].books().total("kept") if "tokenizer" in stages else None
    tokens = counted.tokens if counted else None
    figures.values["kept.tokens"] = tokens
    figures.values["target.tokens"] = target_tokens
    figures.values["target.share"] = ratio(tokens, target_tokens)
    figures.values["target.missing_tokens"] = None if tokens is None else max(target_tokens - tokens, 0)
    for unit in ("documents", "bytes", "chars", "clusters"):
        each = ratio(getattr(counted, unit), tokens) if counted else None
        figures.values[f"per_token.{unit}"] = each
        figures.values[f"target.{unit}"] = None if each is None else round(each * target_tokens)


def _facts(figures: Figures, record: RunRecord) -> None:
    """What stages say about themselves in their manifests."""
    facts = {name: manifest.facts for name, manifest in record.manifests.items()}
    tokenizer = facts.get("tokenizer", {})
    identity, evaluation = tokenizer.get("tokenizer", {}), tokenizer.get("evaluation", {})
    figures.add("tokenizer", {name: identity.get(name) for name in ("name", "sha256", "vocabulary")})
    figures.add("tokenizer", {f"{split}_tokens": tokenizer.get(f"{split}_tokens") for split in SPLITS})
    figures.add("evaluation", {name: evaluation.get(name) for name in EVALUATION})


SPLITS = ("train", "validation")
EVALUATION = (
    "n_documents",
    "n_tokens",
    "bytes_per_token",
    "chars_per_token",
    "clusters_per_token",
    "broken_clusters",
    "byte_tokens",
)
