"""The table of seeds: hosts with their category, where they were found, and whether their text may be taken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, get_args

from corpus.errors import ConfigurationError
from corpus.lines import lines_of
from crawl.urls import clean_url, host_of

Permission = Literal["unknown", "granted", "refused", "licensed"]
Via = Literal["crawl", "dump"]
COLUMNS: Final = (
    "host",
    "url",
    "category",
    "languages",
    "via",
    "found_in",
    "permission",
    "permission_date",
    "permission_evidence",
    "notes",
)


@dataclass(frozen=True)
class Seed:
    """A host to start from.

    `languages` are those expected (BCP 47), the likeliest first. `via`: by crawling, or by the dumps that the host
    offers. `found_in`: codes of the lists that name it. `permission`: what its owner said about its use, with the
    evidence and its date (ISO); `unknown` where nobody asked, and then only what the site itself states binds.
    """

    host: str
    url: str
    category: str
    languages: tuple[str, ...]
    via: Via
    found_in: tuple[str, ...]
    permission: Permission
    permission_date: str
    permission_evidence: str
    notes: str

    @property
    def is_crawled(self) -> bool:
        """Whether a crawl may start from it: an owner's refusal stands, and who offers dumps is left in peace."""
        return self.via == "crawl" and self.permission != "refused"

    def rules(self) -> list[str]:
        """Scope rules that keep a crawl below the seed's path; none for a seed that is a whole host."""
        path = self.url.partition("://")[2].partition("/")[2]
        return [f"accept {self.host}/{path}*", f"reject {self.host}"] if path else []


def read_seeds(path: str) -> list[Seed]:
    """The seeds of a file with tab-separated COLUMNS and their names in its first line.

    Raises ConfigurationError naming file, line and column for anything that is not as it should be.
    """
    lines = lines_of(path)
    if tuple(next(lines, "").split("\t")) != COLUMNS:
        msg = f"{path}:1: expected the columns {', '.join(COLUMNS)}, separated by tabs"
        raise ConfigurationError(msg)
    seeds: dict[str, Seed] = {}
    for number, line in enumerate(lines, start=2):
        if not line.strip():
            continue
        seed = _seed(f"{path}:{number}", line.split("\t"))
        if seed.url in seeds:
            msg = f"{path}:{number}: url: got {seed.url!r} again; expected each but once"
            raise ConfigurationError(msg)
        seeds[seed.url] = seed
    return list(seeds.values())


def _seed(where: str, cells: list[str]) -> Seed:
    if len(cells) != len(COLUMNS):
        msg = f"{where}: got {len(cells)} cells; expected {len(COLUMNS)}, separated by tabs"
        raise ConfigurationError(msg)
    row = {name: cell.strip() for name, cell in zip(COLUMNS, cells, strict=True)}
    for column, got, expected in _faults(row):
        msg = f"{where}: {column}: got {got!r}; expected {expected}"
        raise ConfigurationError(msg)
    return Seed(
        host=row["host"],
        url=row["url"],
        category=row["category"],
        languages=tuple(row["languages"].split(",")),
        via=row["via"],  # type: ignore[arg-type]
        found_in=tuple(row["found_in"].split(";")),
        permission=row["permission"],  # type: ignore[arg-type]
        permission_date=row["permission_date"],
        permission_evidence=row["permission_evidence"],
        notes=row["notes"],
    )


def _faults(row: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Each cell that is not as it should be: its column, what it holds, what it should hold."""
    if clean_url("", row["url"]) != row["url"] or not row["url"]:
        yield "url", row["url"], "an http or https URL in its clean form"
    if row["host"] != host_of(row["url"]):
        yield "host", row["host"], "the host of the url"
    for column in ("category", "languages", "found_in"):
        if not row[column]:
            yield column, "", "something"
    for column, known in (("via", get_args(Via)), ("permission", get_args(Permission))):
        if row[column] not in known:
            yield column, row[column], " or ".join(known)
    if row["permission"] != "unknown" and not row["permission_evidence"]:
        yield "permission_evidence", "", f"what shows that use is {row['permission']}"
    if row["permission_date"] and not _is_date(row["permission_date"]):
        yield "permission_date", row["permission_date"], "a date as 2026-11-26"


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
