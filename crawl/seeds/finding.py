"""What was found at a seed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final

import pyarrow as pa

# States in the order in which a person should look at them.
STATES: Final = {
    "open": "may be crawled",
    "moved": "may be crawled, under another host",
    "opt_out": "reserves its text",
    "robots": "robots.txt forbids it",
    "robots_unreachable": "robots.txt is out of reach, so nothing is allowed",
    "blocked": "answers crawlers with a refusal",
    "busy": "asked to be left alone for a while",
    "http": "answers with an error",
    "not_html": "answers with something else than a page",
    "timeout": "did not answer in time",
    "connection": "refuses or breaks the connection",
    "tls": "its certificate or encryption is faulty",
    "dns": "its name is not known",
    "private_address": "its name leads to a private network",
    "other": "gave no answer that could be read",
    "refused": "its owner refused: not asked",
    "dump": "offers dumps: not asked",
    "not_resolved": "not among the names in resolve: not asked",
}


@dataclass
class Finding:
    """One seed, as it stood at `checked_at` (ISO 8601, UTC); counts are of what was asked for, not of all there is.

    `khmer_share`: of the letters of its first page, in [0, 1]. `reached` is where its redirects lead. `robots`: as
    in the ledger (allowed, absent, disallowed, unreachable), with the deciding `rule`; `opt_outs` each with where it
    stands. `n_listed`: URLs of pages in the listings of each kind that answered.
    """

    host: str
    url: str
    category: str
    state: str = "other"
    evidence: str = ""
    checked_at: str = ""
    reached: str = ""
    address: str = ""
    tls: str = ""
    status: int = 0
    seconds: float = 0.0
    robots: str = ""
    rule: str = ""
    crawl_delay: float = 0.0
    opt_outs: list[str] = field(default_factory=list)
    sitemaps: list[str] = field(default_factory=list)
    feeds: list[str] = field(default_factory=list)
    wordpress: str = ""
    is_blogger: bool = False
    n_listed: dict[str, int] = field(default_factory=dict)
    n_bytes: int = 0
    khmer_share: float = 0.0
    n_links: int = 0
    n_khmer_links: int = 0
    n_requests: int = 0

    @classmethod
    def of(cls, row: dict[str, Any]) -> Finding:
        """A finding from what `asdict` made of it; raises TypeError for other fields."""
        return cls(**row)

    def cells(self) -> list[str]:
        """As a line of a table of text."""
        return [_cell(value) for value in asdict(self).values()]


HEADER: Final = [f.name for f in fields(Finding)]
SCHEMA: Final = pa.schema(
    [
        *((name, pa.string()) for name in HEADER[:9]),
        ("status", pa.int16()),
        ("seconds", pa.float64()),
        ("robots", pa.string()),
        ("rule", pa.string()),
        ("crawl_delay", pa.float64()),
        ("opt_outs", pa.list_(pa.string())),
        ("sitemaps", pa.list_(pa.string())),
        ("feeds", pa.list_(pa.string())),
        ("wordpress", pa.string()),
        ("is_blogger", pa.bool_()),
        ("n_listed", pa.map_(pa.string(), pa.int64())),
        ("n_bytes", pa.int64()),
        ("khmer_share", pa.float64()),
        ("n_links", pa.int64()),
        ("n_khmer_links", pa.int64()),
        ("n_requests", pa.int64()),
    ]
)


def findings_table(found: list[Finding]) -> pa.Table:
    """The findings as a table, in order."""
    rows = [{**asdict(one), "n_listed": list(one.n_listed.items())} for one in found]
    return pa.Table.from_pylist(rows, SCHEMA)


def _cell(value: object) -> str:
    match value:
        case bool():
            text = "yes" if value else ""
        case dict():
            text = "; ".join(f"{key} {number}" for key, number in value.items())
        case list():
            text = "; ".join(map(str, value))
        case float():
            text = f"{value:.3g}" if value else ""
        case int():
            text = str(value) if value else ""
        case _:
            text = str(value)
    return " ".join(text.split())
