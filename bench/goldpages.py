"""The article pages of the development web with exact gold, read once for the rooms that measure extraction."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from bench.realdata import json_lines
from crawl.sources.http import parse_response
from crawl.sources.warc import read_records

MAX_BYTES = 1 << 26


class GoldPage(NamedTuple):
    """A page as fetched, and what stands in it: title, author, date, text and how each was planted."""

    url: str
    payload: bytes
    charset: str | None
    gold: dict[str, Any]


@cache
def gold_pages(folder: Path) -> list[GoldPage]:
    """The pages of `web/` in the order of their gold."""
    found = {}
    gold = {row["url"]: row for row in json_lines(folder / "web" / "dev.gold.jsonl.zst")}
    with (folder / "web" / "dev_web.warc.gz").open("rb") as file:
        for record in read_records(file, MAX_BYTES, []):
            if record.kind == "response" and record.url in gold:
                response = parse_response(record.block, MAX_BYTES)
                if response is not None:
                    found[record.url] = (response.body, response.charset or None)
    return [GoldPage(url, *found[url], row) for url, row in gold.items()]
