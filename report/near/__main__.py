"""The documents near a document, and what differs: `python -m report.near run=NAME url=URL` or `id=ID`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from report.near.shown import near
from report.near.style import COLOURED, PLAIN
from report.question import answer


def main(words: Sequence[str]) -> NoReturn:
    """Show the documents near the one that the words ask for."""
    style = COLOURED if sys.stdout.isatty() and "NO_COLOR" not in os.environ else PLAIN
    answer("report.near", words, lambda question: near(question, style))


if __name__ == "__main__":
    main(sys.argv[1:])
