"""How pieces of a text are shown on a terminal, or in a plain file."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final, NamedTuple

from report.near.difference import FACTS, GAP, SAME, WORDS, Piece

CONTROL: Final = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")  # what a terminal would obey


class Style(NamedTuple):
    """What stands before and after a stretch of text that only one document has."""

    here: tuple[str, str]
    there: tuple[str, str]
    fact: tuple[str, str]  # around a number, date or place in it


PLAIN: Final = Style(("{+", "+}"), ("[-", "-]"), ("", ""))
COLOURED: Final = Style(("\x1b[32m", "\x1b[0m"), ("\x1b[31m", "\x1b[0m"), ("\x1b[1;4m", "\x1b[22;24m"))


def marked(found: Sequence[Piece], around: tuple[str, str], fact: tuple[str, str]) -> str:
    """The pieces in one line, with a mark around what differs and around each fact in it."""
    shown = []
    for kind, group in groupby(found, lambda piece: piece.kind if piece.kind in (SAME, GAP) else WORDS):
        texts = [(piece.text.translate(CONTROL), piece.kind) for piece in group]
        text = "".join(f"{fact[0]}{text}{fact[1]}" if own == FACTS else text for text, own in texts)
        shown.append(
            f"{around[0]}{text}{around[1]}" if kind == WORDS else f" {text} " if kind == GAP else text
        )
    return "".join(shown).strip()
