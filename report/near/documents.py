"""What is told of a document: where it is from, what became of it, what was cut out, and its text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from dedup.config import Reason
from report.near.difference import SAME, Piece, Text, excerpt, read
from report.near.opened import OpenIndex
from report.near.style import CONTROL, marked
from report.near.texts import documents_of

PASSAGE_CHARS: Final = 80
COLUMNS: Final = ("url", "host", "title", "text")
TIES: Final = {
    Reason.EXACT_DUPLICATE: "the same text or units as",
    Reason.NEAR_DUPLICATE: "near-duplicate of",
    Reason.URL_DUPLICATE: "at the same URL as",
    Reason.REPEATED_PASSAGES: "little but passages that others have, such as",
}


class Documents:
    """Documents by number: their traits, what became of them, and their texts as the stage wrote them."""

    def __init__(self, index: OpenIndex, numbers: Sequence[int]) -> None:
        self._index = index
        self._kept, self._reason = index.ties
        traits = index.traits(numbers)
        self._rows: dict[int, dict[str, Any]] = {}
        for number, row in zip(numbers, traits, strict=True):
            self._rows[number] = {**dict.fromkeys(COLUMNS), **row}
        files: dict[str, list[int]] = {}
        for number in numbers:
            kind = "documents" if self._reason[number] == Reason.KEPT else "dropped"
            files.setdefault(self._file(kind, number), []).append(number)
        for uri, held in files.items():
            by_id = {self._rows[number]["id"]: number for number in held}
            for table in documents_of([uri], list(by_id), COLUMNS):
                for row in table.to_pylist():
                    self._rows[by_id[row["id"]]] |= row

    def _file(self, kind: str, number: int) -> str:
        shard = self._index.shard_of(number)[0].rpartition("-")[0]
        return self._index.folder.at(f"{kind}/{shard}.parquet")

    def about(self, number: int) -> list[str]:
        """Where a document is from."""
        row = self._rows[number]
        lines = [
            ", ".join(filter(None, (row["source"], row["host"]))),
            row["url"],
            row["title"],
            f"id {row['id']}",
        ]
        return [line.translate(CONTROL) for line in lines if line]

    def read(self, number: int) -> Text:
        """The beginning of a document's text, scanned."""
        return read(self._rows[number]["text"] or "")

    def fate(self, number: int, asked: int) -> str:
        """What became of a document, said to who asked for another."""
        reason, kept = Reason(self._reason[number]), int(self._kept[number])
        if reason == Reason.KEPT:
            n_gone = int((self._kept == number).sum()) - 1
            return f"kept; {n_gone:,} went for it" if n_gone else "kept"
        told = f", similarity {self._index.similarity(number):.3f}" if reason == Reason.NEAR_DUPLICATE else ""
        (other,) = self._index.traits([kept])
        stays = "this document" if kept == asked else other["id"]
        return f"dropped: {TIES[reason]} {stays}{told}"

    def passages(self, number: int) -> Iterator[str]:
        """What was cut out of a kept document, and which document has it still."""
        if self._reason[number] == Reason.KEPT:
            uri, own = self._file("passages", number), self._rows[number]["id"]
            for table in documents_of([uri], [own], ("text", "evidence")):
                for row in table.to_pylist():
                    shown = marked(excerpt([Piece(row["text"], SAME)], PASSAGE_CHARS), ("", ""), ("", ""))
                    yield f"{len(row['text']):,} characters, still in {row['evidence']}: {shown}"
