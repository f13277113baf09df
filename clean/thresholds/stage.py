"""The stage `thresholds`: read the scores of a cleaned run → measure every rule → show what lies next to it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from clean.attributes import attribute_schema, decisive_names
from clean.decide import Rule, check_rules
from clean.thresholds.measure import EVERY, PERCENTILES, Floats, Integers, Rules, measured, nearest
from corpus.errors import ConfigurationError
from corpus.manifest import Manifest
from corpus.shards import read_batches
from corpus.stage import Stage, StageConfig, StageRun, option
from corpus.task import Task

TABLE: Final = "thresholds.tsv"
EXAMPLES: Final = "examples.tsv"
SHARES: Final = ("dropped", "alone")
MARKS: Final = tuple(f"p{percent}" for percent in PERCENTILES)
ID: Final = pa.field("id", pa.string(), nullable=False)
SOURCE: Final = pa.field("source", pa.string(), nullable=False)
TEXT: Final = pa.schema([ID, pa.field("text", pa.large_string(), nullable=False)])


@dataclass
class ThresholdsConfig(StageConfig):
    """Which rules are measured, and against what."""

    rules: list[Rule] = option([], "rules to measure; none given: those that the run was cleaned by")
    reference: list[str] = option([], "sources whose documents are to stay; none given: all")
    given_up: float = option(0.005, "share of these documents that a proposed threshold would drop")
    examples: int = option(10, "documents shown on either side of a threshold")
    example_chars: int = option(200, "characters shown of each of them")


def check(config: ThresholdsConfig) -> None:
    """Refuse rules that name no score, and numbers that make no sense."""
    check_rules(config.rules, decisive_names())
    if not 0 <= config.given_up < 1:
        msg = f"given_up: got {config.given_up}; expected at least 0 and less than 1. Try: given_up=0.005"
        raise ConfigurationError(msg)
    for name in ("examples", "example_chars"):
        if getattr(config, name) < 0:
            msg = f"{name}: got {getattr(config, name)}; expected 0 or more. Try: without {name}"
            raise ConfigurationError(msg)


def run(stage: StageRun[ThresholdsConfig]) -> None:
    """Measure all rules in one task: a threshold is about the whole."""
    shards = {kind: stage.shards("clean", kind) for kind in ("attributes", "documents", "dropped")}
    stood = [dict(rule) for rule in stage.upstream["clean"].config["rules"]]
    (receipt,) = stage.map("measure", measure, [stage.task("measure", arguments={**shards, "rules": stood})])
    stage.facts.update(receipt["facts"])


def measure(task: Task[ThresholdsConfig]) -> dict[str, Any]:
    """Write both tables; the rows for all sources together."""
    attributes = Attributes(task.arguments["attributes"])
    chosen = task.config.rules or [Rule(**rule) for rule in task.arguments["rules"]]
    rules = Rules(chosen, lru_cache(maxsize=1)(attributes.values), attributes.sources)
    if strange := sorted(set(task.config.reference) - set(rules.sources)):
        sources = ", ".join(sorted(set(rules.sources)))
        remedy = f"reference=[{sources.partition(', ')[0]}]"
        msg = f"reference: got {strange[0]!r}; expected one of {sources}. Try: {remedy}"
        raise ConfigurationError(msg)
    rows = list(measured(rules, task.config.reference, task.config.given_up))
    _write(task, TABLE, rows)
    _write(task, EXAMPLES, list(_examples(task, rules, attributes)))
    return {"rules": [row for row in rows if row["source"] == EVERY]}


@dataclass(frozen=True)
class Attributes:
    """The stored scores of a run, read a column at a time."""

    shards: Sequence[str]

    @cached_property
    def sources(self) -> list[str]:
        """The source of every document."""
        return [str(source) for column in self._column(SOURCE) for source in column.to_pylist()]

    def values(self, name: str) -> Floats:
        """A score of every document, null as NaN."""
        columns = [pc.cast(column, pa.float64()) for column in self._column(attribute_schema().field(name))]
        return np.concatenate([np.empty(0), *(column.to_numpy() for column in columns)])

    def ids(self, places: Integers) -> dict[int, tuple[str, str]]:
        """The ids of the documents at some places, in order, and the name of the shard that each is in."""
        found: dict[int, tuple[str, str]] = {}
        first = 0
        for uri, ids in zip(self.shards, self._column(ID), strict=True):
            chosen = places[(places >= first) & (places < first + len(ids))]
            found |= {place: (ids[place - first].as_py(), _name(uri)) for place in chosen.tolist()}
            first += len(ids)
        return found

    def _column(self, field: pa.Field) -> Iterator[pa.ChunkedArray]:
        """A column of each shard."""
        schema = pa.schema([field])
        for uri in self.shards:
            yield pa.concat_tables([schema.empty_table(), *read_batches(uri, schema)])[field.name]


def _name(uri: str) -> str:
    return uri.rpartition("/")[2]


def _examples(task: Task[ThresholdsConfig], rules: Rules, attributes: Attributes) -> Iterator[dict[str, Any]]:
    """A row for each document next to a threshold, with the beginning of its text as it was stored, masked."""
    chosen = [nearest(rules, rule, task.config.examples) for rule in rules.rules]
    places = np.unique(np.concatenate([np.empty(0, np.int64), *(side for sides in chosen for side in sides)]))
    found = attributes.ids(places)
    texts = _texts(task.arguments, found.values(), task.config.example_chars)
    for position, (rule, sides) in enumerate(zip(rules.rules, chosen, strict=True)):
        values = rules.values(rule.score)
        for side, near in zip(("beyond", "within"), sides, strict=True):
            for place in near.tolist():
                id_ = found[place][0]
                yield {
                    "rule": position,
                    "score": rule.score,
                    "side": side,
                    "value": float(values[place]),
                    "source": rules.sources[place],
                    "id": id_,
                    "text": texts[id_],
                }


def _texts(
    shards: Mapping[str, Sequence[str]], found: Iterable[tuple[str, str]], n_chars: int
) -> dict[str, str]:
    """The beginnings of documents, from the shards of kept and dropped ones that bear the attributes' names."""
    wanted: dict[str, set[str]] = {}
    for id_, name in found:
        wanted.setdefault(name, set()).add(id_)
    texts: dict[str, str] = {}
    for uri in (*shards["documents"], *shards["dropped"]):
        ids = wanted.get(_name(uri))
        for batch in read_batches(uri, TEXT) if ids else ():
            rows = batch.filter(pc.is_in(batch["id"], pa.array(sorted(ids or ()))))
            starts = pc.utf8_slice_codeunits(rows["text"], 0, n_chars)
            texts |= dict(zip(rows["id"].to_pylist(), starts.to_pylist(), strict=True))
    return texts


def _write(task: Task[ThresholdsConfig], path: str, rows: Sequence[dict[str, Any]]) -> None:
    table = io.StringIO()
    if rows:
        writer = csv.DictWriter(table, list(rows[0]), delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    with task.create(path) as file:
        file.write(table.getvalue().encode())


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return f"{value:.5g}"
    return " ".join(value.split()) if isinstance(value, str) else value


def told(manifest: Manifest) -> str:
    """A line for each rule: its threshold, what it drops, and the distribution of its score."""
    head = f"{'rule':44s}{'proposed':>10s}" + "".join(f"{name:>9s}" for name in (*SHARES, *MARKS))
    return "\n".join([head, *map(_line, manifest.facts["rules"])])


def _line(row: Mapping[str, Any]) -> str:
    wording = Rule(*(row[name] for name in ("score", "reason", "above", "below"))).wording
    shares = "".join(f"{row[name]:>9.5f}" for name in SHARES)
    return f"{wording:44s} {_mark(row['proposed'])}{shares}" + "".join(_mark(row[name]) for name in MARKS)


def _mark(value: float | None) -> str:
    return f"{'' if value is None else f'{value:.4g}':>9s}"


STAGE = Stage(
    name="thresholds",
    module="clean.thresholds",
    config=ThresholdsConfig,
    run=run,
    upstream=lambda _config: ("clean",),
    check=check,
    told=told,
)
