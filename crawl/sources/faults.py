"""What was wrong with inputs, as the manifest tells it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from crawl.sources.compressed import Fault

MOST_LISTED = 100


def fault_facts(file: str, faults: Iterable[Fault]) -> list[dict[str, Any]]:
    """The faults of a file by position; of very many only the first, and how many more there are."""
    listed = [{"file": file, "position": fault.position, "fault": fault.what} for fault in sorted(faults)]
    more = len(listed) - MOST_LISTED
    if more <= 0:
        return listed
    return [*listed[:MOST_LISTED], {"file": file, "position": None, "fault": f"and {more:,} more"}]
