"""What our crawler noted about a URL, in the metadata records of its WARC files."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from crawl.ingest.rows import storable
from crawl.policy.optout import Signal
from crawl.sources.warc import WarcRecord


class Notes:
    """The last metadata record that was read; it speaks of the response that follows it."""

    def __init__(self) -> None:
        self._url = ""
        self._noted: Mapping[str, Any] = {}

    def take(self, record: WarcRecord) -> Mapping[str, Any]:
        """Remember a metadata record; returns what it says, nothing if it is of another's making."""
        try:
            is_json = record.headers.get("content-type") == "application/json"
            noted = json.loads(record.block) if is_json else {}
        except (ValueError, RecursionError):
            noted = {}
        self._url, self._noted = record.url, noted if isinstance(noted, dict) else {}
        return self._noted

    def of(self, url: str) -> Mapping[str, Any]:
        """What was noted about the response of this URL."""
        return self._noted if self._url == url else {}


def refuses_training(noted: Mapping[str, Any]) -> bool:
    """Whether nothing was kept of a URL because its text is reserved."""
    return (noted.get("decision"), noted.get("reason")) == ("dropped", "opt_out")


def noted_signals(noted: Mapping[str, Any]) -> Iterator[Signal]:
    """The reservations in a metadata record of our crawler's making; none in one of any other shape."""
    opt_outs = noted.get("opt_outs")
    for found in opt_outs if isinstance(opt_outs, list) else []:
        if isinstance(found, dict) and {"signal", "evidence", "forbids"} <= found.keys():
            yield Signal(storable(found["signal"]), storable(found["evidence"]), found["forbids"])
