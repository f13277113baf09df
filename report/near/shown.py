"""The answer in lines: the document, and those near it with what differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from report.near.difference import FACTS, SAME, WORDS, Piece, Text, excerpt, pieces
from report.near.documents import Documents
from report.near.neighbours import LEAST_SHOWN, find, neighbours
from report.near.opened import OpenIndex
from report.near.style import Style, marked
from report.question import Question

EXCERPT_CHARS: Final = 400
NAMED_CHARS: Final = 60
MOST_NAMED: Final = 12  # numbers, dates and places that one text alone has, and as many other words


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
        yield from _headed(side, [marked(excerpt(found, EXCERPT_CHARS), around, style.fact)])


def _named(found: Sequence[Piece], kind: str) -> str:
    differing = [excerpt([Piece(piece.text, SAME)], NAMED_CHARS) for piece in found if piece.kind == kind]
    texts = (" ".join(marked(pieces, ("", ""), ("", "")).split()) for pieces in differing)
    told = list(filter(None, dict.fromkeys(texts)))
    more = f" and {len(told) - MOST_NAMED:,} more" if len(told) > MOST_NAMED else ""
    return ", ".join(told[:MOST_NAMED]) + more
