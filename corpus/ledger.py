"""What became of every document: amounts by source, fate and reason, and the law that nothing disappears."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

import pyarrow as pa

from corpus.errors import StageError

Fate = Literal["in", "unfolded", "kept", "dropped", "edited"]
CONSERVED = ("documents", "chars", "bytes", "clusters")


@dataclass(frozen=True, slots=True)
class Amount:
    """How much text: documents, code points, UTF-8 bytes, orthographic clusters, and tokens where they are known."""

    documents: int = 0
    chars: int = 0
    bytes: int = 0
    clusters: int = 0
    tokens: int = 0

    def __add__(self, other: Amount) -> Amount:
        return Amount(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def __sub__(self, other: Amount) -> Amount:
        return Amount(*(getattr(self, f.name) - getattr(other, f.name) for f in fields(self)))


def amounts_by(table: pa.Table, keys: list[str]) -> dict[tuple[str, ...], Amount]:
    """The amount of text in a table of documents for each combination of the columns `keys`."""
    columns = [
        "n_chars",
        "n_bytes",
        "n_clusters",
        *(["n_tokens"] if "n_tokens" in table.schema.names else []),
    ]
    sums = (
        table.select([*keys, *columns])
        .group_by(keys, use_threads=False)
        .aggregate([([], "count_all"), *((name, "sum") for name in columns)])
    )
    return {
        tuple(row[key] for key in keys): Amount(
            row["count_all"], *(row[f"{name}_sum"] or 0 for name in columns)
        )
        for row in sums.to_pylist()
    }


class Ledger:
    """Amounts by (source, fate, reason); `reason` is the reason of a drop or the step of an edit, else empty.

    `unfolded` are documents that others held, which came in as one: the posts in an answer of a site's interface.
    """

    def __init__(self, rows: Iterable[Mapping[str, Any]] = ()) -> None:
        self.amounts: dict[tuple[str, Fate, str], Amount] = defaultdict(Amount)
        self.extend(rows)

    def add(self, source: str, fate: Fate, reason: str, amount: Amount) -> None:
        """Count `amount` more."""
        self.amounts[source, fate, reason] += amount

    def add_table(self, table: pa.Table, fate: Fate) -> None:
        """Count the documents of a table; a table of dropped ones by its column `reason`."""
        keys = ["source", "reason"] if fate == "dropped" else ["source"]
        for (source, *reason), amount in amounts_by(table, keys).items():
            self.add(source, fate, "".join(reason), amount)

    def add_edit(self, step: str, before: pa.Table, after: pa.Table) -> None:
        """Count what a step took from (or, negative, added to) the text of documents that all stay."""
        taken, left = amounts_by(before, ["source"]), amounts_by(after, ["source"])
        for (source,), amount in taken.items():
            change = amount - left.get((source,), Amount())
            if change != Amount():
                self.add(source, "edited", step, change)

    def extend(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Count the rows of another ledger."""
        for row in rows:
            amount = Amount(**{f.name: row[f.name] for f in fields(Amount)})
            self.add(row["source"], row["fate"], row["reason"], amount)

    def rows(self) -> list[dict[str, Any]]:
        """Every amount as a flat row, sorted."""
        return [
            {"source": source, "fate": fate, "reason": reason, **asdict(amount)}
            for (source, fate, reason), amount in sorted(self.amounts.items())
        ]

    def total(self, fate: Fate, source: str | None = None) -> Amount:
        """The amount of one fate, over all reasons, of one source or of all."""
        chosen = (a for (s, f, _), a in self.amounts.items() if f == fate and source in (None, s))
        return sum(chosen, Amount())

    def sources(self) -> list[str]:
        """The names of all sources, sorted."""
        return sorted({source for source, _, _ in self.amounts})

    def came(self, source: str) -> Amount:
        """What a source brought."""
        return self.total("in", source) + self.total("unfolded", source)

    def accounted(self, source: str) -> Amount:
        """What is known to have become of it."""
        return sum((self.total(fate, source) for fate in ("kept", "dropped", "edited")), Amount())

    def check(self, where: str) -> None:
        """Hold the law `in + unfolded = kept + Σ dropped + Σ edited` for every source; a breach is a StageError."""
        for source in self.sources():
            for name in CONSERVED:
                got, expected = getattr(self.accounted(source), name), getattr(self.came(source), name)
                if got != expected:
                    msg = (
                        f"{where}: source {source!r} does not conserve {name}: {expected:,} came in, "
                        f"{got:,} are accounted for. This is a fault of the stage; please report it"
                    )
                    raise StageError(msg)
