"""Sheets on which people judge documents, blind to what any rule says."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from typing import Any, Final

COLUMNS: Final = ("item", "text", "verdict", "remark")
VERDICTS: Final = ("keep", "drop", "unsure")
GUIDE: Final = (
    "Judge each text for itself: would a language model learn good Khmer from it? Write one of "
    f"{', '.join(VERDICTS)} into the column `verdict`, and what you like into `remark`. Leave the other columns as "
    "they are.\n"
    "សូមវិនិច្ឆ័យអត្ថបទនីមួយៗដោយឡែក៖ តើអត្ថបទនេះគួរឱ្យម៉ូដែលភាសារៀនភាសាខ្មែរត្រឹមត្រូវដែរឬទេ? សូមសរសេរ keep (ទុក), drop "
    "(លុប) ឬ unsure (មិនច្បាស់) ក្នុងជួរឈរ verdict។\n"
)


def item_of(name: str) -> str:
    """The name of a document on a sheet: it tells nothing of its source, and no spreadsheet takes it for a number."""
    return "text-" + hashlib.blake2b(f"sheet {name}".encode(), digest_size=4).hexdigest()


def choose(cases: Sequence[dict[str, Any]], most: int) -> list[dict[str, Any]]:
    """Cases for a sheet: as many of each of the four pairs of decisions as there is room for, mixed by their items."""
    pairs: dict[tuple[bool, bool], list[dict[str, Any]]] = {}
    for case in sorted(cases, key=lambda case: item_of(case["id"])):
        pairs.setdefault((case["ours"] is None, case["theirs"] is None), []).append(case)
    each = -(-most // max(len(pairs), 1))
    chosen = [case for group in pairs.values() for case in group[:each]]
    return sorted(chosen, key=lambda case: item_of(case["id"]))[:most]


def sheet(cases: Sequence[dict[str, Any]], n_chars: int) -> bytes:
    """An empty sheet as CSV, with the mark by which spreadsheets know UTF-8; a text never begins a formula."""
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for case in cases:
        text = case["text"][:n_chars]
        guarded = f"'{text}" if text[:1] in "=+-@" else text
        writer.writerow({"item": item_of(case["id"]), "text": guarded, "verdict": "", "remark": ""})
    return written.getvalue().encode("utf-8-sig")
