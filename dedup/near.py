"""The documents near a document, and what each has that the other has not.

`python -m dedup.near run=NAME url=URL` or `id=ID`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final, NamedTuple, NoReturn
from urllib.parse import quote

import numpy as np
import pyarrow as pa

from corpus.cli import fail
from corpus.errors import ConfigurationError, SastraError
from corpus.stage import StageConfig, check_run_name
from dedup.columns import Integers
from dedup.config import Reason
from dedup.difference import FACTS, GAP, SAME, WORDS, Piece, Text, excerpt, jaccard, pieces, read, run_set
from dedup.opened import OpenIndex
from dedup.sketch_kernels import SLOTS
from dedup.texts import documents_of
from dedup.traits import url_keys

USAGE: Final = "usage: python -m dedup.near run=NAME url=URL | id=ID [runs=FOLDER]"
KEYS: Final = ("run", "runs", "url", "id")
MOST_SHOWN: Final = 20
MOST_COMPARED: Final = 100_000  # by their sketches, of documents that share a bucket with the one asked for
LEAST_SHOWN: Final = 0.5  # similarity; less is common to any two texts of a kind
EXCERPT_CHARS: Final = 400
PASSAGE_CHARS: Final = 80
NAMED_CHARS: Final = 60
URL_SIGNS: Final = "%/:=&?~#+!$,;'@()*[]"
MOST_NAMED: Final = 12  # numbers, dates and places that one text alone has, and as many other words

CONTROL: Final = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")  # what a terminal would obey
COLUMNS: Final = ("url", "host", "title", "text")
TIES: Final = {
    Reason.EXACT_DUPLICATE: "the same text or units as",
    Reason.NEAR_DUPLICATE: "near-duplicate of",
    Reason.URL_DUPLICATE: "at the same URL as",
    Reason.REPEATED_PASSAGES: "little but passages that others have, such as",
}


@dataclass(frozen=True)
class Question:
    """Which run, and which document of it: by URL or by id."""

    config: StageConfig
    column: str
    value: str

    @classmethod
    def parse(cls, words: Sequence[str]) -> Question:
        """The question of a command line; ConfigurationError if it is none."""
        given = dict(word.partition("=")[::2] for word in words)
        unknown = [key for key in given if key not in KEYS]
        asked = [key for key in ("url", "id") if given.get(key)]
        if unknown or len(asked) != 1 or not given.get("run"):
            msg = f"near: got {' '.join(words)!a}; expected run=NAME and one of url=URL, id=ID. Try: {USAGE[7:]}"
            raise ConfigurationError(msg)
        check_run_name(given["run"])
        config = StageConfig(run=given["run"], runs=given.get("runs", "runs"))
        return cls(config, asked[0], given[asked[0]])


class Style(NamedTuple):
    """What stands before and after a stretch of text that only one document has."""

    here: tuple[str, str]
    there: tuple[str, str]
    fact: tuple[str, str]  # around a number, date or place in it


PLAIN: Final = Style(("{+", "+}"), ("[-", "-]"), ("", ""))
COLOURED: Final = Style(("\x1b[32m", "\x1b[0m"), ("\x1b[31m", "\x1b[0m"), ("\x1b[1;4m", "\x1b[22;24m"))


class Neighbour(NamedTuple):
    """A document near another one, by its number."""

    number: int
    similarity: float


def find(index: OpenIndex, question: Question) -> list[int]:
    """The numbers of the documents asked for; ConfigurationError if there are none."""
    if question.column == "id":
        found = index.numbers_of("id", question.value)
    else:
        written = [question.value, quote(question.value, URL_SIGNS)]  # a browser shows Khmer letters
        keys = url_keys(pa.chunked_array([written])).tolist()
        found = [number for key in dict.fromkeys(keys) for number in index.numbers_of("url_key", key)]
    if not found:
        asked = f"{question.column}={question.value}"
        msg = (
            f"{index.folder.uri}: no document with {asked} came to deduplication. "
            f"Try: make explain RUN={question.config.run} URL=… tells whether an earlier stage dropped it"
        )
        raise ConfigurationError(msg)
    return found


def neighbours(index: OpenIndex, number: int) -> tuple[list[Neighbour], int]:
    """The documents nearest to one, first that kept for it, then the most similar; and about how many there are.

    They are those that share a band's key with it or a kept document, up to MOST_SHOWN. From `threshold` on next to
    none is missing; of less similar ones those are found that happen to share a key.
    """
    others, kept = _candidates(index, number), int(index.ties[0][number])
    agreeing = index.agreeing(number, others)
    order = np.lexsort((others, -agreeing, others != kept))
    width = index.config["shingle_units"]
    own = run_set(index.units(number), width)
    nearest = [
        Neighbour(other, jaccard(own, run_set(index.units(other), width)))
        for other in others[order[: 2 * MOST_SHOWN]].tolist()
    ]
    shown = [near for near in nearest if near.similarity >= LEAST_SHOWN or near.number == kept]
    shown.sort(key=lambda near: (near.number != kept, -near.similarity, near.number))
    n_alike = int((agreeing >= LEAST_SHOWN * SLOTS).sum()) if others.size > len(nearest) else 0
    return shown[:MOST_SHOWN], max(n_alike, sum(near.similarity >= LEAST_SHOWN for near in shown))


def _candidates(index: OpenIndex, number: int) -> Integers:
    """Up to MOST_COMPARED documents in a bucket with this one, those of most buckets; the one kept for it; sorted."""
    keys, (kept, _) = index.keys(number), index.ties
    shared = [index.bucket(band, key) for band, key in enumerate(keys.tolist()) if key]
    shared += [np.flatnonzero(kept == kept[number]), np.full(len(keys) + 1, kept[number])]
    numbers, votes = np.unique(np.concatenate(shared).astype(np.int64), return_counts=True)
    votes = votes[numbers != number]
    numbers = numbers[numbers != number]
    return np.sort(numbers[np.lexsort((numbers, -votes))[:MOST_COMPARED]])


class Documents:
    """Documents by number: their traits, what became of them, and their texts as the stage wrote them."""

    def __init__(self, index: OpenIndex, numbers: Sequence[int]) -> None:
        self._index = index
        self._kept, self._reason = index.ties
        traits = index.traits(numbers, ("id", "source", "n_bytes"))
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
        (other,) = self._index.traits([kept], ("id",))
        stays = "this document" if kept == asked else other["id"]
        return f"dropped: {TIES[reason]} {stays}{told}"

    def passages(self, number: int) -> Iterator[str]:
        """What was cut out of a kept document, and which document has it still."""
        if self._reason[number] == Reason.KEPT:
            uri, own = self._file("passages", number), self._rows[number]["id"]
            for table in documents_of([uri], [own], ("text", "evidence")):
                for row in table.to_pylist():
                    shown = _marked(excerpt([Piece(row["text"], SAME)], PASSAGE_CHARS), ("", ""), ("", ""))
                    yield f"{len(row['text']):,} characters, still in {row['evidence']}: {shown}"


def near(question: Question, style: Style) -> Iterator[str]:
    """The lines to be shown of all documents asked for."""
    index = OpenIndex.of(question.config)
    for place, number in enumerate(find(index, question)):
        found, n_alike = neighbours(index, number)
        documents = Documents(index, [number, *(other.number for other in found)])
        own = documents.read(number)
        yield from [""] * min(place, 1)
        yield from _headed("document", [*documents.about(number), documents.fate(number, number)])
        yield from _headed("cut out", list(documents.passages(number)))
        n_shown = sum(other.similarity >= LEAST_SHOWN for other in found)
        more = f" of about {n_alike:,}" if n_alike > n_shown else ""
        yield from _headed("near", [f"{n_shown}{more}, of a similarity of {LEAST_SHOWN} or more"])
        for rank, other in enumerate(found, 1):
            yield ""
            about = [documents.fate(other.number, number), *documents.about(other.number)]
            yield from _headed(f"{rank:>2}  {other.similarity:.3f}", about)
            yield from _told(own, documents.read(other.number), style)


def _headed(head: str, lines: Sequence[str]) -> Iterator[str]:
    for n, line in enumerate(lines):
        yield f"{'' if n else head:<11}{line}"


def _told(own: Text, other: Text, style: Style) -> Iterator[str]:
    """What one text has and the other has not: by name, facts first, then in place."""
    sides = (("here", pieces(own, other), style.here), ("there", pieces(other, own), style.there))
    if all(piece.kind == SAME for _, found, _ in sides for piece in found):
        yield from _headed("", ["the same text"])
        return
    for side, found, _ in sides:
        named = "; ".join(filter(None, (_named(found, kind) for kind in (FACTS, WORDS))))
        yield from _headed(f"only {side}", [named or "nothing"])
    for side, found, around in sides:
        yield from _headed(side, [_marked(excerpt(found, EXCERPT_CHARS), around, style.fact)])


def _named(found: Sequence[Piece], kind: str) -> str:
    differing = [excerpt([Piece(piece.text, SAME)], NAMED_CHARS) for piece in found if piece.kind == kind]
    texts = (" ".join(_marked(pieces, ("", ""), ("", "")).split()) for pieces in differing)
    told = list(filter(None, dict.fromkeys(texts)))
    more = f" and {len(told) - MOST_NAMED:,} more" if len(told) > MOST_NAMED else ""
    return ", ".join(told[:MOST_NAMED]) + more


def _marked(found: Sequence[Piece], around: tuple[str, str], fact: tuple[str, str]) -> str:
    shown = []
    for kind, group in groupby(found, lambda piece: piece.kind if piece.kind in (SAME, GAP) else WORDS):
        texts = [(piece.text.translate(CONTROL), piece.kind) for piece in group]
        text = "".join(f"{fact[0]}{text}{fact[1]}" if own == FACTS else text for text, own in texts)
        shown.append(
            f"{around[0]}{text}{around[1]}" if kind == WORDS else f" {text} " if kind == GAP else text
        )
    return "".join(shown).strip()


def main(words: Sequence[str]) -> NoReturn:
    """Show the documents near one and exit: 0 when it is known, 2 when not."""
    if {"-h", "--help", "help"} & set(words):
        sys.stdout.write(USAGE + "\n")
        sys.exit(0)
    style = COLOURED if sys.stdout.isatty() and "NO_COLOR" not in os.environ else PLAIN
    try:
        lines = list(near(Question.parse(words), style))
    except SastraError as error:
        fail(str(error), error.exit_code)
    sys.stdout.write("\n".join(lines) + "\n")
    sys.exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
