"""All personal data of one piece of text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from clean.personal import contacts, kernels, numbers
from clean.personal.fold import fold
from clean.personal.kinds import Span

_HIDDEN: Final = "\x00"  # no pattern matches it and every number ends at it

# In order: what is found is hidden from the finders below. The anchor says in which regions each has to look.
_CONTACTS: Final = (
    (kernels.LINK, contacts.links),
    (kernels.NUMBER, numbers.parameters),
    (kernels.CONTACT, contacts.emails),
    (kernels.CONTACT, contacts.payments),
    (kernels.CONTACT, contacts.handles),
)
_NUMBERS: Final = (
    (kernels.BIRTH, numbers.births),
    (kernels.NUMBER, numbers.cards),
    (kernels.NUMBER, numbers.announced),
    (kernels.NUMBER, numbers.phones),
    (kernels.PLATE, numbers.plates),
    (kernels.DOTTED | kernels.COLONS, contacts.addresses),
)


def find(text: str, anchors: int = kernels.ANY) -> list[Span]:
    """Where personal data stands, in order and apart; `anchors` are those of the region that the text is.

    The numbers in a URL are not a person's, so far as the URL is not one of a person.
    """
    folded = fold(text)
    plain, found = _found(folded.text, anchors, _CONTACTS)
    plain = _without(plain, contacts.urls(plain))
    found += _found(plain, anchors, _NUMBERS)[1]
    return sorted(Span(*folded.span(start, end), kind) for start, end, kind in found)


def _found(
    text: str, anchors: int, finders: Iterable[tuple[int, Callable[[str], Iterator[Span]]]]
) -> tuple[str, list[Span]]:
    """The text with what was found hidden, and the spans."""
    found: list[Span] = []
    for anchor, finder in finders:
        if anchors & anchor:
            spans = _apart(finder(text))
            text = _without(text, ((start, end) for start, end, _ in spans))
            found += spans
    return text, found


def _apart(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, without those that overlap an earlier one."""
    kept: list[Span] = []
    for span in sorted(spans):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    parts, done = [], 0
    for start, end in spans:
        parts += [text[done:start], _HIDDEN * (end - start)]
        done = end
    return "".join([*parts, text[done:]]) if parts else text
