"""The CDX index, asked host by host and page by page: lines of JSON, with or without key and time before them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

import pyarrow as pa

from corpus.errors import StageError
from crawl.commoncrawl.archive import NotGivenError, NotNowError, Server
from crawl.commoncrawl.selection import SELECTED, Rule, rows_table

MAX_PAGE_BYTES = 256 << 20
MOST_PAGES = 1_000_000


def select(server: Server, crawl: str, host: str, rule: Rule) -> Iterator[pa.Table]:
    """The records of one host (or of all below `*.`) in a crawl that the rule takes, a table for each page."""
    query = (
        f"{crawl}-index?url={quote(host if host.startswith('*.') else f'{host}/*', safe='*/')}&output=json"
    )
    for page in range(_n_pages(server, query)):
        lines = _page(server, f"{query}&page={page}").splitlines()
        yield _taken([row for line in lines if (row := _row(line, crawl))], rule)


def _n_pages(server: Server, query: str) -> int:
    """How many pages the answer has: a number, or an object that holds it; none where nothing was captured."""
    answer = _page(server, f"{query}&showNumPages=true").strip()
    if not answer:
        return 0
    try:
        told = json.loads(answer)
        n_pages = int(told["pages"] if isinstance(told, dict) else told)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        msg = f"{query}: got {answer[:80]!r}; expected a number of pages. Try: the same command again"
        raise StageError(msg) from error
    return min(n_pages, MOST_PAGES)


def _page(server: Server, query: str) -> str:
    try:
        return server.whole(query, MAX_PAGE_BYTES).decode("utf-8", "replace")
    except NotNowError:
        raise
    except NotGivenError as error:
        if error.reason == "not_there":  # how the server says that there are no captures
            return ""
        raise


def _row(line: str, crawl: str) -> dict[str, Any] | None:
    """A line's fields by the names of SELECTED, with status and mime; None for a line that is none."""
    try:
        fields = json.loads(line[line.index("{") :])
        time = str(fields.get("timestamp") or line.split(" ", 2)[1])
        return {
            "url": str(fields["url"]),
            "host": (urlsplit(str(fields["url"])).hostname or ""),
            "file": str(fields["filename"]),
            "offset": int(fields["offset"]),
            "length": int(fields["length"]),
            "digest": str(fields.get("digest", "")),
            "languages": fields.get("languages"),
            "fetched": datetime.strptime(time, "%Y%m%d%H%M%S")
            .replace(tzinfo=UTC)
            .strftime("%Y-%m-%d %H:%M:%SZ"),
            "crawl": crawl,
            "subset": "robotstxt" if "/robotstxt/" in fields["filename"] else "warc",
            "status": int(fields.get("status") or 0),
            "mime": str(fields.get("mime-detected") or fields.get("mime") or ""),
        }
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        return None


def _taken(rows: list[dict[str, Any]], rule: Rule) -> pa.Table:
    if not rows:
        return SELECTED.empty_table()
    columns = {name: pa.array([row[name] for row in rows]) for name in ("host", "status", "mime")}
    languages = pa.array([row["languages"] for row in rows], pa.string())
    return rows_table(rows).filter(rule.mask({**columns, "languages": languages}))
