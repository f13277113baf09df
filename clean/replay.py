"""`python -m clean.replay run=NAME …`: what changed rules would keep and drop, from stored scores alone.

No text is read, so thresholds are tried out in seconds: `python -m clean.replay run=web rules.16.below=30`. What the
rules of configs/clean.yaml and the command line say stands beside what was decided when the run was cleaned; `make
clean` with the same words makes it so.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from clean.attributes import attribute_schema
from clean.config import CleanConfig, check
from clean.decide import Decisions, Rule, decide
from clean.stage import STAGE
from corpus.cli import configure, fail
from corpus.errors import SastraError
from corpus.shards import read_batches
from corpus.stage import finished, run_folder

KEPT: Final = "kept"
CLUSTERS: Final = "gopher_clusters"
EXAMPLES: Final = 5


@dataclass(frozen=True)
class Replay:
    """The stored scores of a run; what was decided by them, and what the rules given decide."""

    scores: pa.Table
    standing: Decisions
    replayed: Decisions


def replay(config: CleanConfig) -> Replay:
    """The decisions of a finished run, and what the rules of `config` make of its scores."""
    manifest, folder = finished(config, STAGE.name), run_folder(config).child(STAGE.name)
    standing = [Rule(**rule) for rule in manifest.config["rules"]]
    needed = {rule.score for rule in (*standing, *config.rules)} | {"id", "source", CLUSTERS}
    schema = pa.schema([field for field in attribute_schema() if field.name in needed])
    batches = [batch for uri in manifest.shards(folder, "attributes") for batch in read_batches(uri, schema)]
    scores = pa.concat_tables([schema.empty_table(), *batches])
    return Replay(scores, decide(scores, standing), decide(scores, config.rules))


def told(found: Replay) -> str:
    """Documents and clusters by fate and by source, before and after, and some documents that change sides."""
    fates = [_fates(decisions) for decisions in (found.standing, found.replayed)]
    table = pa.table(
        {
            "source": found.scores["source"],
            "clusters": pc.cast(found.scores[CLUSTERS], pa.int64()),
            "before": fates[0],
            "after": fates[1],
        }
    )
    lines = [*_by_fate(table), "", *_by_source(table)]
    for side, other, title in (("after", "before", "newly kept"), ("before", "after", "newly dropped")):
        moved = pc.and_(pc.equal(table[side], KEPT), pc.not_equal(table[other], KEPT))
        ids = found.scores["id"].filter(moved).slice(0, EXAMPLES).to_pylist()
        lines.append(
            f"{title}: {pc.sum(moved).as_py() or 0:,}" + (f", such as {', '.join(ids)}" if ids else "")
        )
    return "\n".join(lines)


def _fates(decisions: Decisions) -> pa.Array:
    return pc.fill_null(decisions.reason, KEPT)


def _by_fate(table: pa.Table) -> list[str]:
    before, after = (_sums(table, key) for key in ("before", "after"))
    rows = sorted({*before, *after}, key=lambda fate: (fate != KEPT, -before.get(fate, (0, 0))[0], fate))
    return [
        _header("fate"),
        *(_line(fate, before.get(fate, (0, 0)), after.get(fate, (0, 0))) for fate in rows),
    ]


def _by_source(table: pa.Table) -> list[str]:
    before, after = (_sums(table.filter(pc.equal(table[key], KEPT)), "source") for key in ("before", "after"))
    sources = sorted(set(table["source"].to_pylist()))
    return [_header("kept of"), *(_line(s, before.get(s, (0, 0)), after.get(s, (0, 0))) for s in sources)]


def _sums(table: pa.Table, key: str) -> dict[str, tuple[int, int]]:
    """Documents and clusters by the values of a column."""
    sums = table.group_by(key).aggregate([([], "count_all"), ("clusters", "sum")])
    return {row[key]: (row["count_all"], row["clusters_sum"] or 0) for row in sums.to_pylist()}


def _header(name: str) -> str:
    return f"{name:24s}{'documents':>12s}{'replayed':>12s}{'change':>10s}{'clusters':>15s}{'replayed':>15s}"


def _line(name: str, before: tuple[int, int], after: tuple[int, int]) -> str:
    documents = f"{before[0]:>12,}{after[0]:>12,}{after[0] - before[0]:>+10,}"
    return f"{name:24s}{documents}{before[1]:>15,}{after[1]:>15,}"


def main(words: Sequence[str]) -> None:
    """Print the tables for a run and a configuration."""
    try:
        config = configure(STAGE, words)
        check(config)
        print(told(replay(config)))  # noqa: T201 (a command line)
    except SastraError as error:
        fail(str(error), error.exit_code)


if __name__ == "__main__":
    main(sys.argv[1:])
